// Everything that can be said about the code without running it, in order from quick to slow.
// `npm run check` runs all of it; `npm run check -- types lint` runs the named steps.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack } from './pack.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'ctrader-check-'))
const bin = (name, folder = root) => join(folder, 'node_modules/.bin', name)
const node = process.execPath

// A step is a command; `needs` names the step whose failure makes it pointless.
const steps = [
  { name: 'schema', command: [node, 'tools/generate/main.mjs', '--check'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  {
    name: 'lint',
    command: [bin('biome'), 'check', '--error-on-warnings', '--max-diagnostics=100', '.'],
  },
  { name: 'unused', command: [bin('knip')] },
  { name: 'build', command: [node, 'tools/build.mjs'] },
  { name: 'publint', needs: 'build', command: () => [bin('publint'), packed(), '--strict'] },
  {
    name: 'attw',
    needs: 'build',
    command: () => [bin('attw'), packed(), '--profile', 'esm-only', '--no-emoji'],
  },
  { name: 'api', needs: 'build', command: [node, 'tools/check/api.mjs'] },
  { name: 'doc-code', needs: 'build', command: [node, 'tools/check/doc-code.mjs'] },
  { name: 'doc-links', command: [node, 'tools/check/doc-links.mjs'] },
  { name: 'docs', command: [bin('typedoc', join(root, 'docs')), '--options', 'docs/typedoc.json'] },
  {
    name: 'install-size',
    needs: 'build',
    command: () => [node, 'tools/check/install-size.mjs', packed()],
  },
]

let tarball
function packed() {
  tarball ??= pack(scratch)
  return tarball
}

/** Runs a command to its end; resolves with its exit code and everything it printed. */
function run([file, ...args]) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const keep = (chunk) => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code, signal) => resolve({ code: signal === null ? code : 1, output }))
  })
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(
    `No such check: ${unknown.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}.`,
  )
  process.exit(2)
}

const failed = new Set()
const chosen = steps.filter((step) => wanted.length === 0 || wanted.includes(step.name))
try {
  for (const step of chosen) {
    if (failed.has(step.needs)) {
      failed.add(step.name)
      console.log(`  FAILED  ${step.name.padEnd(14)} not run, because ${step.needs} failed`)
      continue
    }
    const started = performance.now()
    const { code, output } = await attempt(step)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const note = code === 0 ? (output.trim().split('\n').at(-1) ?? '') : ''
    console.log(
      `  ${code === 0 ? 'ok    ' : 'FAILED'}  ${step.name.padEnd(14)} ${seconds.padStart(5)} s  ${brief(note)}`,
    )
    if (code !== 0) {
      failed.add(step.name)
      console.log(`${output.trimEnd().replaceAll(/^/gm, '          ')}\n`)
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

console.log(`${chosen.length - failed.size} checks passed, ${failed.size} failed`)
if (failed.size > 0) process.exitCode = 1

async function attempt(step) {
  try {
    return await run(typeof step.command === 'function' ? step.command() : step.command)
  } catch (error) {
    return { code: 1, output: String(error) }
  }
}

/** The last words of a tool, where they fit on the line. */
function brief(text) {
  return text.length <= 70 && /\w/.test(text) ? text : ''
}
