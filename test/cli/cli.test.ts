import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { carriers } from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { run, start } from './run.ts'

let sandbox: Sandbox
let folder: string
let file: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ctrader-cli-'))
  file = join(folder, 'sandbox.json')
  sandbox = await createSandbox({ seed: 7 })
  writeFileSync(file, JSON.stringify(sandbox.line()))
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const there = (): Readonly<Record<string, string>> => ({ CTRADER_SANDBOX: file })

describe('ctrader', () => {
  test('prints its version and its help', async () => {
    const manifest = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    )
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` })
    const help = await run(['--help'])
    expect(help.code).toBe(0)
    for (const verb of ['sandbox', 'login', 'accounts', 'symbols', 'quotes', 'raw', 'tour']) {
      expect(help.stdout).toContain(verb)
    }
  })

  test.each([[['nonsense']], [['quotes']], [['quotes', 'EURUSD', '--nonsense']]])(
    '%o is a usage error: exit 2, nothing on stdout',
    async (args) => {
      expect(await run(args)).toMatchObject({ code: 2, stdout: '' })
    },
  )
})

describe('against a sandbox', () => {
  test('accounts lists what the token covers', async () => {
    const { code, stdout } = await run(['accounts', '--json'], { env: there() })
    expect(code).toBe(0)
    const list = JSON.parse(stdout)
    expect(list.map((account: { accountId: number }) => account.accountId)).toEqual(
      sandbox.accounts.map((account) => account.accountId),
    )
    expect((await run(['accounts'], { env: there() })).stdout).toContain('account')
  })

  test('every carrier shows the same, and one that does not exist is a usage error', async () => {
    const over = (carrier: string) =>
      run(['accounts', '--json', '--carrier', carrier], { env: there() })
    const [first, ...others] = await Promise.all(carriers.map(over))
    expect(first?.code).toBe(0)
    for (const other of others) expect(other).toEqual(first)
    const env = { ...there(), CTRADER_CARRIER: 'pigeon' }
    const wrong = await run(['accounts'], { env })
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toContain('json-websocket')
  })

  test('symbols can be searched', async () => {
    const { code, stdout } = await run(['symbols', '--search', 'xau', '--json'], { env: there() })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'XAUUSD', baseAsset: 'XAU' }])
  })

  test('quotes prints one JSON value a line and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await run(['quotes', 'EURUSD', '--count', '3', '--json'], {
      env: there(),
    })
    expect(code).toBe(0)
    const quotes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(quotes).toHaveLength(3)
    for (const quote of quotes)
      expect(quote).toMatchObject({ symbol: 'EURUSD', bid: expect.stringMatching(/^1\.\d{5}$/) })
    expect(stderr).toContain('Using the demo account 1001')
  })

  test('quotes ends with 130 when it is interrupted', async () => {
    const child = start(['quotes', 'EURUSD'], { env: there() })
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })

  test('a reader that leaves early is no failure', async () => {
    const child = start(['quotes', 'EURUSD', 'XAUUSD'], { env: there() })
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.stdout?.destroy()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('raw sends any request and keeps every digit', async () => {
    const { code, stdout } = await run(['raw', 'trader', '--json'], { env: there() })
    expect(code).toBe(0)
    expect(stdout).toMatch(/"balance":\s*1000000,/)
    const list = await run(['raw', '--list'])
    expect(list.stdout.trim().split('\n')).toHaveLength(41)
  })
})

describe('failures are one or two lines on stderr and the contract’s exit status', () => {
  const nobody = { CTRADER_CLIENT_ID: 'a', CTRADER_CLIENT_SECRET: 'b', CTRADER_ACCESS_TOKEN: 'c' }

  test.each<[string, readonly string[], () => Readonly<Record<string, string>>, number, string]>([
    ['an unknown symbol', ['quotes', 'EURUSB'], there, 5, 'EURUSD'],
    ['an unknown account', ['symbols', '--account', '5'], there, 5, '1001'],
    ['a login number for an account', ['symbols', '--account', '5001'], there, 5, 'login number'],
    [
      'a wrong secret',
      ['accounts'],
      () => ({ ...there(), CTRADER_CLIENT_SECRET: 'wrong-one' }),
      4,
      'CH_CLIENT_AUTH_FAILURE',
    ],
    [
      'a bad token',
      ['accounts'],
      () => ({ ...there(), CTRADER_ACCESS_TOKEN: 'dead-token' }),
      3,
      'CH_ACCESS_TOKEN_INVALID',
    ],
    ['a missing variable', ['accounts', '--env', 'demo'], () => ({}), 2, 'CTRADER_CLIENT_ID'],
    [
      'no login',
      ['accounts', '--env', 'demo'],
      () => ({ CTRADER_CLIENT_ID: 'a', CTRADER_CLIENT_SECRET: 'b' }),
      3,
      'ctrader login',
    ],
    ['no sandbox named', ['accounts', '--env', 'sandbox'], () => ({}), 2, '--sandbox-file'],
    [
      'an environment there is not',
      ['accounts', '--env', 'prod'],
      () => nobody,
      2,
      'demo, live, sandbox',
    ],
    ['an unknown request', ['raw', 'nothing'], there, 2, '--list'],
    ['a payload that is no JSON', ['raw', 'symbol-by-id', '{'], there, 2, 'JSON'],
    [
      'a payload with a wrong field',
      ['raw', 'symbol-by-id', '{"symbolId":["x"]}'],
      there,
      2,
      'symbolId[0]',
    ],
    [
      'a request that the server refuses',
      ['raw', 'trendbars', '{"symbolId":1,"period":99}'],
      there,
      4,
      'INVALID_REQUEST',
    ],
    ['a scope there is not', ['login', '--scope', 'everything'], there, 2, 'trading'],
  ])('%s', async (_what, args, env, code, text) => {
    const ended = await run(args, { env: env() })
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(text)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    expect(ended.stderr.trim().split('\n').length).toBeLessThanOrEqual(3)
    for (const secret of ['wrong-one', 'dead-token', sandbox.clientSecret, sandbox.accessToken]) {
      expect(ended.stderr).not.toContain(secret)
    }
  })

  test('a certificate nobody vouches for', async () => {
    const other = await createSandbox({ seed: 9 })
    const ended = await run(['accounts'], { env: { ...there(), CTRADER_CA_FILE: other.caFile } })
    await other.close()
    expect(ended.code).toBe(7)
    expect(ended.stderr).toMatch(/certificate/i)
  })

  test('a server that is not there', async () => {
    const line = {
      ...sandbox.line(),
      demo: { protobufPort: await freePort(), jsonPort: await freePort() },
    }
    const gone = join(folder, 'gone.json')
    writeFileSync(gone, JSON.stringify(line))
    const ended = await run(['accounts', '--json'], { env: { CTRADER_SANDBOX: gone } })
    expect(ended.code).toBe(7)
    expect(JSON.parse(ended.stderr)).toMatchObject({ error: { code: 'CONNECTION_REFUSED' } })
  })
})

describe('ctrader sandbox', () => {
  test('--json prints exactly the contract’s line, and ends with 0 on SIGTERM', async () => {
    const child = start(['sandbox', '--json', '--seed', '7'])
    let stdout = ''
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    const line = JSON.parse(stdout)
    expect(Object.keys(line)).toEqual([
      'seed',
      'pid',
      'authorizeUrl',
      'tokenUrl',
      'consoleUrl',
      'host',
      'demo',
      'live',
      'caFile',
      'clientId',
      'clientSecret',
      'redirectUris',
      'username',
      'password',
      'accessToken',
      'refreshToken',
      'accounts',
      'adminUrl',
      'adminToken',
    ])
    expect(line).toMatchObject({
      seed: 7,
      host: '127.0.0.1',
      demo: { jsonPort: expect.any(Number) },
    })
    expect(line.accounts[0]).toEqual({
      ctidTraderAccountId: 1001,
      traderLogin: 5001,
      isLive: false,
      depositAsset: 'USD',
      accountType: 'HEDGED',
    })
    process.kill(line.pid, 'SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  test('--file can be read by its owner alone', async () => {
    const own = join(folder, 'own.json')
    const child = start(['sandbox', '--file', own])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    expect(statSync(own).mode & 0o777).toBe(0o600)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('the file of a sandbox that runs is not taken from it', async () => {
    const own = join(folder, 'taken.json')
    const child = start(['sandbox', '--file', own])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    const second = await run(['sandbox', '--file', own])
    expect(second).toMatchObject({ code: 2, stdout: '' })
    expect(second.stderr).toContain(`a sandbox that is running (process ${child.pid})`)
    const accounts = await run(['accounts'], { env: { CTRADER_SANDBOX: own } })
    expect(accounts.code).toBe(0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const orphan = await run(['accounts'], { env: { CTRADER_SANDBOX: own } })
    expect(orphan.code).toBe(7)
    expect(orphan.stderr).toContain('is not running any more')
    // What a sandbox left behind that was killed is free again.
    const third = start(['sandbox', '--file', own])
    await once(third.stdout as NodeJS.ReadableStream, 'data')
    third.kill('SIGINT')
    expect(await once(third, 'exit')).toEqual([0, null])
  })

  test('--time owned moves only when it is told to', async () => {
    const own = join(folder, 'owned.json')
    const child = start(['sandbox', '--file', own, '--time', 'owned'])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    const env = { CTRADER_SANDBOX: own }
    const time = async (...args: readonly string[]): Promise<number> =>
      JSON.parse((await run(['sandbox', ...args, '--json'], { env })).stdout).now
    const began = await time('time')
    expect(await time('advance', '90')).toBe(began + 90_000)
    expect(await time('time')).toBe(began + 90_000)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test.each<[string, readonly string[], string]>([
    ['a time there is not', ['--time', 'fast'], 'fast'],
    ['a port that is none', ['--demo-port', '70000'], '70000'],
    ['a seed that is none', ['--seed', 'x'], 'x'],
    [
      'a replay file that is not there',
      ['--replay', 'EURUSD=/no/such/file.csv'],
      '/no/such/file.csv',
    ],
    ['a replay of no symbol', ['--replay', 'NOSUCH=package.json'], 'NOSUCH'],
    ['market hours there are not', ['--market-hours', 'sometimes'], 'sometimes'],
  ])('%s: exit 2 before anything is started', async (_what, args, text) => {
    const ended = await run(['sandbox', '--json', ...args])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(text)
  })

  test('a port that is taken is named', async () => {
    const { port } = new URL(sandbox.tokenUrl)
    const ended = await run(['sandbox', '--http-port', port])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(port)
  })
})

describe('ctrader tour', () => {
  test('walks through everything and sums it up in one line of JSON', {
    timeout: 30_000,
  }, async () => {
    // Ten quotes a second: five of them are seen in time on a slow machine too.
    const lively = join(folder, 'lively.csv')
    const rows = Array.from({ length: 600 }, (_, row) => {
      const pips = row % 7
      return `${1_399_237_200_000 + row * 100},1.1${100 + pips},1.1${110 + pips}`
    })
    writeFileSync(lively, `timestamp,bid,ask\n${rows.join('\n')}\n`)
    const replay = `EURUSD=${lively}`
    const { code, stdout, stderr } = await run([
      'tour',
      '--yes',
      '--json',
      '--seed',
      '3',
      '--replay',
      replay,
    ])
    expect(stderr).toContain('Consent')
    expect(code).toBe(0)
    const report = JSON.parse(stdout)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(report).toMatchObject({ ok: true, seed: 3, accountId: 1001, symbols: 12 })
    expect(report.quotes.length).toBeGreaterThanOrEqual(5)
    expect(report.protection.stopLoss).toMatch(/^\d\.\d{5}$/)
    expect(report.balanceAfter.amount).not.toBe(report.balanceBefore.amount)
  })

  test('an interruption leaves nothing running', async () => {
    const child = start(['tour', '--yes'])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      )
    })
  })
}
