import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
// Inside the repository, so that the package's own name leads to what was built.
const folder = join(root, '.cache/jest-project')

/** What the guide says about jest is the project. */
const section = readFileSync(join(root, 'docs/guide/sandbox.md'), 'utf8')
  .split(/^### With jest$/m)[1]
  ?.split(/^### /m)[0]

function block(info: string): string {
  const found = section?.match(new RegExp(`^\`\`\`${info}\\n(.*?)^\`\`\`$`, 'ms'))?.[1]
  if (found === undefined) throw new Error(`The guide has no ${info} in its part about jest.`)
  return found
}

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  writeFileSync(join(folder, 'package.json'), block('json'))
  writeFileSync(join(folder, 'orders.test.js'), block('mjs no-check'))
  writeFileSync(join(folder, 'failing.test.js'), failing)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const failing = `
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createClient } from 'ctrader-open-api'
import { assertReceived, sandboxMatchers, useSandbox } from 'ctrader-open-api/testing'

expect.extend(sandboxMatchers)
const it = useSandbox({ beforeAll, beforeEach, afterAll }, { seed: 7 })
beforeEach(async () => {
  const client = await createClient(it.sandbox.clientOptions())
  await client.close()
})

test('never came', () => expect(it.sandbox).toHaveReceived('newOrder', { times: 2 }))
test('came, and should not have', () => expect(it.sandbox).not.toHaveReceived('applicationAuth'))
test('is no message', () => expect(it.sandbox).not.toHaveReceived('newOrdr'))
test('is no sandbox', () => expect(it).not.toHaveReceived('newOrder'))
test('without a matcher', () => assertReceived(it.sandbox, 'newOrder'))
`

interface JestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Runs the project's own \`npm test\` for one file. */
async function runJest(file: string) {
  const { scripts } = JSON.parse(block('json')) as { scripts: { test: string } }
  const [node, ...args] = scripts.test.split(' ')
  expect(node).toBe('node')
  const out = join(folder, `${file}.json`)
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_OPTIONS|NODE_ENV|VITEST|JEST|FORCE_COLOR)/.test(name),
  )
  const child = spawn(process.execPath, [...args, file, '--json', `--outputFile=${out}`], {
    ...{ cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...Object.fromEntries(kept), NO_COLOR: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const [exitCode] = await once(child, 'close')
  let report: JestReport
  try {
    report = JSON.parse(readFileSync(out, 'utf8'))
  } catch (cause) {
    throw new Error(`jest wrote no report: ${output}`, { cause })
  }
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  return { exitCode, output, results }
}

const isHere = (() => {
  try {
    createRequire(import.meta.url).resolve('jest/package.json')
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!isHere && process.env['CI'] !== 'true')('jest', { timeout: 120_000 }, () => {
  test('runs what the guide shows, and ends by itself', async () => {
    const { exitCode, output, results } = await runJest('orders.test.js')
    expect(results.map(({ title, status }) => [title, status])).toEqual([
      ['buys once', 'passed'],
      ['finds nothing of it in the next test', 'passed'],
    ])
    expect(exitCode, output).toBe(0)
    expect(output).not.toMatch(/did not exit|force exited|open handle/)
  })

  test('fails with sentences that say what there was instead', async () => {
    const { exitCode, results } = await runJest('failing.test.js')
    const said = results.map(({ title, failureMessages }) => [title, failureMessages.join('\n')])
    expect(Object.fromEntries(said)).toEqual({
      'never came': expect.stringMatching(
        /newOrder.*expected 2 times and is in the journal 0 times\. The last entries: #\d+ received applicationAuth/,
      ),
      'came, and should not have': expect.stringMatching(
        /applicationAuth was received, and should not have been\. Found: #\d+ received applicationAuth/,
      ),
      'is no message': expect.stringMatching(/There is no message "newOrdr".*newOrder/),
      'is no sandbox': expect.stringContaining('This matcher is about a sandbox'),
      'without a matcher': expect.stringMatching(/newOrder.*expected once/),
    })
    expect(results.every(({ status }) => status === 'failed')).toBe(true)
    expect(exitCode).toBe(1)
  })

  test('has the matchers in its types, as the guide makes them known', async () => {
    writeFileSync(join(folder, 'matchers.ts'), block('ts no-check'))
    writeFileSync(
      join(folder, 'use.ts'),
      `import { expect } from '@jest/globals'
import type { Sandbox } from 'ctrader-open-api/sandbox'
declare const sandbox: Sandbox
expect(sandbox).toHaveReceived('newOrder', { times: 1 })
expect(sandbox).not.toHaveSent('ProtoOAErrorRes')
// @ts-expect-error an option that there is not
expect(sandbox).toHaveReceived('newOrder', { time: 1 })
`,
    )
    const config = { extends: '../../tsconfig.json', include: ['*.ts'], compilerOptions: {} }
    config.compilerOptions = { rootDir: '../..', noUnusedLocals: false, noUnusedParameters: false }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    const [code] = await once(child, 'close')
    expect([code, said]).toEqual([0, ''])
  })
})
