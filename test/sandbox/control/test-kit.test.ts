import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  assertReceived,
  assertSent,
  type MatcherResult,
  type SandboxMatchers,
  sandboxMatchers,
  useSandbox,
} from '../../../src/sandbox/testing/index.ts'
import { openAccount } from '../fixture.ts'

expect.extend(sandboxMatchers)
const it = useSandbox({ beforeAll, beforeEach, afterAll }, { seed: 3, time: 'owned' })

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: it must be written as it is there
  interface Matchers<T = any> extends SandboxMatchers {}
}

describe('one sandbox for a file', () => {
  const seen: unknown[] = []

  test.each(['first', 'second'])('is as good as new for the %s test', async () => {
    const { control } = it.sandbox
    seen.push([it.sandbox.seed, control.accounts.get(1001).balance, control.journal.entries()])
    control.accounts.deposit(1001, 500)
    control.tokens.invalidate()
    control.faults.add({ fault: 'ignore' })
    expect(seen.at(-1)).toEqual([3, '10000.00', []])
  })

  test('has matchers that show what there is instead', async () => {
    const { client } = await openAccount(it.sandbox)
    await client.request('ProtoOAVersionReq')
    expect(it.sandbox).toHaveReceived('version')
    expect(it.sandbox).toHaveReceived('version', { times: 1 })
    expect(it.sandbox).not.toHaveReceived('newOrder')
    expect(it.sandbox).toHaveSent('ProtoOAVersionRes', { host: 'demo' })
    const { pass, message }: MatcherResult = sandboxMatchers.toHaveReceived(it.sandbox, 'version', {
      times: 2,
    })
    expect([pass, message()]).toEqual([
      false,
      expect.stringMatching(/expected 2 times.*once.*received version/),
    ])
    assertReceived(it.sandbox, 'version', { times: 1 })
    expect(() => assertSent(it.sandbox, 'ProtoOAErrorRes')).toThrow(/expected once/)
    const unwanted: MatcherResult = sandboxMatchers.toHaveReceived(it.sandbox, 'version')
    expect([unwanted.pass, unwanted.message()]).toEqual([
      true,
      expect.stringMatching(/version was received, and should not.*Found: #\d+ received version/),
    ])
  })

  test('lets no mistake pass for a message that was not seen', () => {
    expect(() => expect(it).not.toHaveReceived('newOrder')).toThrow('about a sandbox')
    expect(() => expect(undefined).not.toHaveSent('newOrder')).toThrow('about a sandbox')
    for (const options of [{ account: '1001' }, { times: '1' }, { times: -1 }]) {
      const wrong = options as object
      expect(() => expect(it.sandbox).not.toHaveReceived('newOrder', wrong)).toThrow('cannot be')
    }
    expect(() => expect(it.sandbox).not.toHaveReceived('newOrdr')).toThrow('There is no message')
    const misspelt = { time: 1 } as object
    expect(() => expect(it.sandbox).not.toHaveSent('version', misspelt)).toThrow('"time"')
  })

  test('needs hooks', () => {
    expect(() => useSandbox({ beforeEach })).toThrow('beforeAll')
  })
})

test('node:test needs nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctrader-kit-'))
  const kit = fileURLToPath(new URL('../../../dist/sandbox/testing/index.js', import.meta.url))
  writeFileSync(
    join(folder, 'kit.test.mjs'),
    `import { after, before, beforeEach, test } from 'node:test'
import assert from 'node:assert/strict'
import { assertReceived, useSandbox } from ${JSON.stringify(kit)}
const it = useSandbox({ before, beforeEach, after }, { time: 'owned' })
test('a deposit', () => {
  it.sandbox.control.accounts.deposit(1001, '1.00')
  assert.equal(it.sandbox.control.accounts.get(1001).balance, '10001.00')
})
test('is gone in the next', () => {
  assert.equal(it.sandbox.control.accounts.get(1001).balance, '10000.00')
  assert.throws(() => assertReceived(it.sandbox, 'newOrder'), /expected once/)
})
`,
  )
  try {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env
    const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', folder], {
      encoding: 'utf8',
      env,
    })
    expect(run.stdout).toMatch(/# pass 2/)
    expect(run.stdout).toMatch(/# fail 0/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
