import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { run } from './run.ts'

// Each verb starts a process of its own.
vi.setConfig({ testTimeout: 60_000 })

let sandbox: Sandbox
let folder: string
let file: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ctrader-verbs-'))
  file = join(folder, 'sandbox.json')
  sandbox = await createSandbox({ time: 'owned' })
  writeFileSync(file, JSON.stringify(sandbox.line()))
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (...args: readonly string[]) =>
  run(['sandbox', ...args], { env: { CTRADER_SANDBOX: file } })

/** The one JSON value that a verb printed. */
async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await ask(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.trim().split('\n')).toHaveLength(1)
  return JSON.parse(stdout)
}

test('prices are set, moved and released', async () => {
  expect(await json('price', 'EURUSD', '--bid', '1.10000', '--ask', '1.10010')).toMatchObject({
    ...{ symbol: 'EURUSD', bid: '1.10000', ask: '1.10010', held: true },
  })
  expect(await json('gap', 'EURUSD', '--pips', '-50')).toMatchObject({ bid: '1.09500' })
  const shown = await ask('price')
  expect(shown.stdout).toMatch(/symbol\s+bid\s+ask\s+open\s+held/)
  expect(shown.stdout).toMatch(/EURUSD\s+1\.09500\s+1\.09510\s+yes\s+yes/)
  expect(await json('close', 'EURUSD')).toMatchObject({ open: false })
  expect((await json('release')).symbols[0]).toMatchObject({ open: true, held: false })
})

test('what orders symbols and accounts take is changed and put back', async () => {
  const rules = await json(
    ...['rules', 'EURUSD', '--trading-mode', 'close-only', '--short-selling', 'no'],
    ...['--min-lots', '0.10', '--max-exposure-lots', 'none', '--stop-loss-distance', '5'],
  )
  expect(rules).toMatchObject({
    ...{ tradingMode: 'close-only', shortSelling: false, minLots: '0.1', maxExposureLots: null },
    stopLossDistance: 5,
  })
  expect(await json('rules', 'EURUSD')).toEqual(rules)
  const shown = await ask('rules')
  expect(shown.stdout).toMatch(/symbol\s+tradingMode\s+shortSelling/)
  expect(shown.stdout).toMatch(/EURUSD\s+close-only\s+no\s+0\.1/)
  expect(await json('rules', 'EURUSD', '--reset')).toMatchObject({ tradingMode: 'enabled' })
  expect(await json('silence', 'EURUSD')).toMatchObject({ silent: true })
  expect(await json('release', 'EURUSD')).toMatchObject({ silent: false })
  const terms = ['--max-positions', '2', '--limited-risk-margin', 'larger']
  const limited = { maxPositions: 2, limitedRisk: true, limitedRiskMargin: 'larger' }
  expect(await json('set-terms', '1002', ...terms, '--limited-risk', 'yes')).toMatchObject(limited)
  expect(await json('create-account', ...terms, '--limited-risk')).toMatchObject(limited)
})

test.each([
  [['price', '--bid', '1.1'], 'Which symbol is meant is not said.'],
  [['deposit', '1001'], '--amount is missing.'],
  [['withdraw', '1001'], '--amount is missing.'],
  [['set-access', '1001'], '--to is missing.'],
  [['open-position', '1001', '--side', 'buy', '--lots', '1'], '--symbol is missing.'],
  [['close-position', '1001'], '--position is missing.'],
  [['deposit', '1001', '500', '--amount', '5'], "Too many arguments for 'deposit'."],
  [['record', 'one.jsonl', 'two.jsonl'], "Too many arguments for 'record'."],
  [['gap', 'EURUSD', '--pisp', '5'], "Unknown option '--pisp'."],
  [['gap'], "Missing required argument 'symbol'."],
])('%j is refused before anything is asked', async (args, says) => {
  const { balance } = sandbox.control.accounts.get(1001)
  const { code, stdout, stderr } = await ask(...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`ctrader: ${says}`)
  expect(sandbox.control.accounts.get(1001).balance).toBe(balance)
})

test('what is missing leads to the help of its verb', async () => {
  expect((await ask('gap')).stderr).toContain('`ctrader sandbox gap --help` shows what there is.')
})

test('positions are opened, listed and closed by what the list says', async () => {
  const order = ['--symbol', 'EURUSD', '--side', 'sell', '--lots', '0.20']
  await json('open-position', '1003', ...order)
  await json('advance', '1')
  const [{ positionId }] = (await json('positions', '1003')).positions
  const { stdout } = await ask('positions', '1003')
  expect(stdout).toMatch(/position\s+symbolId\s+side\s+units\s+price/)
  expect(stdout).toMatch(new RegExp(`^${positionId}\\s+1\\s+sell\\s+20000\\s+1\\.`, 'm'))
  await json('close-position', '1003', '--position', String(positionId))
  await json('advance', '1')
  expect((await ask('positions', '1003')).stderr).toBe('There is none.\n')
})

test('names longer than others stay apart from their values, and what is not there is named', async () => {
  await ask('rules', 'GBPUSD', '--max-exposure-lots', 'none')
  const { stdout } = await ask('rules', 'GBPUSD')
  expect(stdout).toMatch(/^stopLossDistance +0$/m)
  expect(stdout).toMatch(/^takeProfitDistance +0$/m)
  expect(stdout).toMatch(/^maxExposureLots +none$/m)
  await ask('rules', 'GBPUSD', '--reset')
  expect((await ask('maintenance', '--for', '60')).stdout).toMatch(
    /^maintenance +of server, endsAt \d{4}-\d\d-\d\dT/,
  )
  expect((await ask('maintenance', '--end')).stdout).toMatch(/^maintenance +none$/m)
})

test('faults, maintenance and time', async () => {
  const rule = await json(
    'fault',
    'refuse',
    '--message',
    'newOrder',
    '--error-code',
    'MARKET_CLOSED',
    '--seed',
    '5',
    '--nth',
    '1',
  )
  expect(rule).toMatchObject({
    ...{
      id: 1,
      rule: { fault: 'refuse', message: 'newOrder', errorCode: 'MARKET_CLOSED', seed: 5, nth: 1 },
    },
  })
  expect((await ask('faults')).stdout).toContain('MARKET_CLOSED')
  expect(await json('faults', '--clear')).toEqual({ faults: [] })
  expect((await json('maintenance', '--for', '60')).maintenance).toMatchObject({ of: 'server' })
  expect(await json('maintenance', '--end')).toEqual({ maintenance: null })
  const { now } = await json('time')
  expect((await json('advance', '2.5')).now).toBe(now + 2_500)
})

test('time runs until something happens, and says so when it does not', async () => {
  sandbox.control.faults.add({ fault: 'ignore', message: 'version' })
  const missed = await ask('run-until', '--message', 'version', '--at-most', '5', '--json')
  expect([missed.code, missed.stdout]).toEqual([4, ''])
  expect(JSON.parse(missed.stderr).error.code).toBe('NOTHING_HAPPENED')
  sandbox.control.faults.clear()
  const { now } = await json('time')
  const client = await createClient({ ...sandbox.clientOptions(), clock: sandbox.clock })
  const found = await json('run-until', '--message', 'ProtoHeartbeatEvent', '--at-most', '60')
  expect(found.entry).toMatchObject({ message: 'ProtoHeartbeatEvent', host: 'demo' })
  expect(found.now).toBeGreaterThan(now)
  expect(found.now - now).toBeLessThanOrEqual(60_000)
  await client.close()
})

test('a fork is another sandbox, listed and closed here', async () => {
  const forkFile = join(folder, 'fork.json')
  const { id } = await json('snapshot')
  sandbox.control.accounts.deposit(1001, '500.00')
  const line = await json('fork', String(id), '--file', forkFile)
  expect(line.adminUrl).not.toBe(sandbox.adminUrl)
  const there = await run(['sandbox', 'list-accounts', '--json', '--sandbox-file', forkFile])
  expect(JSON.parse(there.stdout).accounts[0]).toMatchObject({ account: 1001, balance: '10000.00' })
  expect((await ask('forks')).stdout).toContain(line.adminUrl)
  expect((await ask('forks')).stdout).toMatch(/\d{4}-\d\d-\d\dT/)
  const otherFile = join(folder, 'other.json')
  const shown = await ask('fork', '--file', otherFile)
  expect(shown.stdout).toMatch(/^fork +\d+\nadminUrl +http.*\nconsoleUrl +http.*\n$/)
  expect(shown.stderr).toContain(`--sandbox-file ${otherFile}`)
  await json('close-fork', /^fork +(\d+)/.exec(shown.stdout)?.[1] ?? '')
  expect(await json('close-fork', String(line.fork))).toEqual({ forks: [] })
  const gone = await run(['sandbox', 'time', '--sandbox-file', forkFile])
  expect(gone.code).toBe(7)
  expect((await ask('close-fork', '99')).code).toBe(5)
  sandbox.control.snapshots.revert(id)
})

test('the journal can be shown and insisted on', async () => {
  expect(await json('journal', '--message', 'newOrder', '--expect', '0')).toMatchObject({
    count: 0,
  })
  const missed = await ask('journal', '--message', 'newOrder', '--expect', '1', '--json')
  expect([missed.code, missed.stdout]).toEqual([4, ''])
  expect(JSON.parse(missed.stderr).error).toMatchObject({ code: 'JOURNAL_MISMATCH' })
  expect(await json('connections')).toEqual({ connections: [] })
  expect(await json('cut')).toEqual({ ended: 0 })
})

test.each<[readonly string[], number, RegExp]>([
  [['price', 'EURUSDX'], 5, /no symbol "EURUSDX"/],
  [['gap', 'EURUSD'], 2, /How far the price is to gap is not said\..*\n.*Give one of --pips/],
  [['gap', 'EURUSD', '--pips', '3', '--by', '1'], 2, /--pips and --by contradict/],
  [['gap', 'EURUSD', '--pips', 'many'], 2, /--pips cannot be "many"/],
  [['rules', '--trading-mode', 'disabled'], 2, /Which symbol is meant is not said/],
  [['rules', 'EURUSD', '--trading-mode', 'off'], 2, /Give one of enabled, close-only/],
  [['rules', 'EURUSD', '--short-selling', 'maybe'], 2, /--short-selling cannot be "maybe"/],
  [['rules', 'EURUSD', '--reset', '--min-lots', '1'], 2, /Rules are put back or changed/],
  [['set-terms', '1002'], 2, /No term of account 1002 was given/],
  [['fault', 'nonsense'], 2, /Choose one of ignore/],
  [['fault'], 2, /missing required argument/i],
  [['nonsense'], 2, /The sandbox has no verb "nonsense"/],
  [['advnce', '3'], 2, /Did you mean advance/],
])('%j explains itself', async (args, code, message) => {
  const ended = await ask(...args)
  expect([ended.code, ended.stdout]).toEqual([code, ''])
  expect(ended.stderr).toMatch(message)
})

test('a sandbox that is not there, or whose file is not known, is said to be so', async () => {
  const unknown = await run(['sandbox', 'price'])
  expect(unknown).toMatchObject({ code: 2, stdout: '' })
  expect(unknown.stderr).toContain('CTRADER_SANDBOX is not set')
  const gone = join(folder, 'gone.json')
  const adminUrl = 'http://127.0.0.1:1/admin'
  writeFileSync(gone, JSON.stringify({ ...sandbox.line(), adminUrl }))
  const ended = await run(['sandbox', 'price', '--sandbox-file', gone])
  expect(ended).toMatchObject({ code: 7, stdout: '' })
  expect(ended.stderr).toContain('No sandbox answers')
})

test('what a verb does not take is refused and not left out', async () => {
  for (const [args, expected] of [
    [
      ['close', 'EURUSD', 'GBPUSD'],
      "Too many arguments for 'close'. Expected 1 argument but got 2",
    ],
    [['deposit', '1001', '500'], "Too many arguments for 'deposit'. Expected 1 argument but got 2"],
    [['reset', '1'], "Too many arguments for 'reset'. Expected 0 arguments but got 1"],
  ] as const) {
    const refused = await ask(...args)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(expected)
  }
  expect(await json('price', 'EURUSD')).toMatchObject({ open: true })
})
