// `npm start`: the main job, from a checkout. Builds what is missing or out of date, then becomes the command
// `ctrader tour` with the same arguments. The command runs in this very process, so that Ctrl-C, signals and the
// exit code are its own.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { command, isBuilt } from './built.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

if (!existsSync(join(root, 'node_modules'))) {
  console.error('Nothing is installed yet. Run `npm ci` first.')
  process.exit(2)
}
endWithNpm()
if (!isBuilt()) await build()
process.argv.splice(1, 1, command, 'tour')
await import(pathToFileURL(command).href)

/**
 * npm runs us through a shell. A signal sent to npm alone ends that shell and goes no further, which would leave us
 * running: so the end of the parent counts as the signal that caused it.
 */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200)
  watch.unref()
}

/** Builds in a process group of its own, so that a signal that reaches only us ends the compiler as well. */
async function build() {
  console.error('Building ...')
  const child = spawn(process.execPath, ['tools/build.mjs'], {
    cwd: root,
    // What the build prints is not the command's output.
    stdio: ['ignore', 2, 2],
    detached: true,
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const handOn = (signal) => process.kill(-child.pid, signal)
  for (const signal of signals) process.on(signal, handOn)
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (...outcome) => resolve(outcome))
  })
  for (const name of signals) process.off(name, handOn)
  if (signal !== null) process.kill(process.pid, signal)
  if (code !== 0) process.exit(1)
}
