import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { InvalidArgumentError } from '../../src/errors.ts'
import { createSandbox, PortInUseError, type SandboxOptions } from '../../src/sandbox/index.ts'
import { patience } from '../patience.ts'
import { connectTo, logIn, openAccount, startSandbox } from './fixture.ts'

const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const call of cleanUps.splice(0).reverse()) await call()
})

/** A directory of its own for whatever the sandbox leaves in the place for temporary files. */
async function privateTmp(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-test-'))
  vi.stubEnv('TMPDIR', dir)
  cleanUps.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function occupiedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

/** What keeps the process alive, sockets and servers only. */
function openHandles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name))
}

test('the line holds the contract’s keys in the contract’s order', async () => {
  const sandbox = await startSandbox({ seed: 7 })
  const line = sandbox.line()
  expect(Object.keys(line)).toEqual([
    ...['seed', 'pid', 'authorizeUrl', 'tokenUrl', 'consoleUrl', 'host', 'demo', 'live', 'caFile'],
    ...['clientId', 'clientSecret', 'redirectUris', 'username', 'password'],
    ...['accessToken', 'refreshToken', 'accounts', 'adminUrl', 'adminToken'],
  ])
  expect(line).toMatchObject({
    seed: 7,
    pid: process.pid,
    host: '127.0.0.1',
    demo: { protobufPort: expect.any(Number), jsonPort: expect.any(Number) },
    live: { protobufPort: expect.any(Number), jsonPort: expect.any(Number) },
    redirectUris: ['http://127.0.0.1:8080/auth/callback', 'http://localhost:8080/auth/callback'],
  })
  expect(line.authorizeUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/apps\/auth$/)
  expect(line.tokenUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/apps\/token$/)
  expect(line.consoleUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(line.clientId).toMatch(/^\d+_[A-Za-z0-9]{50}$/)
  expect(line.clientSecret).toMatch(/^[A-Za-z0-9]{50}$/)
  expect(line.accessToken).toMatch(/^[\w-]{43}$/)
  expect(line.refreshToken).toMatch(/^[\w-]{43}$/)
  for (const account of line.accounts) {
    expect(Object.keys(account)).toEqual([
      ...['ctidTraderAccountId', 'traderLogin', 'isLive', 'depositAsset', 'accountType'],
    ])
  }
  const kinds = line.accounts.map(({ isLive, depositAsset }) => `${isLive} ${depositAsset}`)
  expect(new Set(kinds).size).toBe(4)
  expect(new Set(line.accounts.map(({ accountType }) => accountType)).size).toBe(2)
  // JSON and back changes nothing, so the line can be printed.
  expect(JSON.parse(JSON.stringify(line))).toEqual(line)
})

test('ids, secrets and tokens follow from the seed', async () => {
  const [one, same, other] = await Promise.all([7, 7, 8].map((seed) => startSandbox({ seed })))
  const names = (sandbox: typeof one) => {
    const { clientId, clientSecret, username, password, accessToken, refreshToken } =
      sandbox?.line() ?? {}
    return { clientId, clientSecret, username, password, accessToken, refreshToken }
  }
  expect(names(one)).toEqual(names(same))
  expect(names(other).clientSecret).not.toBe(names(one).clientSecret)
  expect(names(other).accessToken).not.toBe(names(one).accessToken)
  expect(one?.issueTokens()).toEqual(same?.issueTokens())
  const added = { name: 'Another', redirectUris: ['http://localhost/'] }
  const [first, again] = [one, same].map((sandbox) => sandbox?.addApplication(added))
  expect(first?.clientId).toBe(again?.clientId)
  expect(first?.clientSecret).toBe(again?.clientSecret)
})

test('openssl finds nothing wrong with the certificate', async () => {
  const sandbox = await startSandbox()
  const asking = promisify(execFile)('openssl', [
    's_client',
    ...['-connect', `127.0.0.1:${sandbox.demo.protobufPort}`, '-CAfile', sandbox.caFile],
    ...['-x509_strict', '-verify_return_error', '-verify_ip', '127.0.0.1'],
  ])
  asking.child.stdin?.end()
  const { stdout } = await asking
  expect(stdout).toContain('Verify return code: 0 (ok)')
})

test('nothing is left after closing, whoever is still connected', async () => {
  const tmp = await privateTmp()
  const before = openHandles()
  const clock = new ManualClock()
  const sandbox = await createSandbox({ clock })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] })
  client.send('ProtoOANewOrderReq', {
    ...{ ctidTraderAccountId, symbolId: 1, orderType: 'MARKET' },
    ...{ tradeSide: 'SELL', volume: 100_000 },
  })
  await client.request('ProtoOAVersionReq')
  await connectTo(sandbox, 'live')
  await fetch(sandbox.consoleUrl)
  expect(existsSync(sandbox.caFile)).toBe(true)
  await Promise.all([sandbox.close(), sandbox.close(), sandbox[Symbol.asyncDispose]()])
  await client.closed
  expect(clock.pending).toBe(0)
  expect(await readdir(tmp)).toEqual([])
  await vi.waitFor(() => expect(openHandles()).toEqual(before), patience)
})

test.each([
  ['httpPort', 'authorization server'],
  ['demoPort', 'demo API'],
  ['livePort', 'live API'],
] as const)('a %s that is taken is named, and nothing stays behind', async (name, purpose) => {
  const tmp = await privateTmp()
  const port = await occupiedPort()
  const before = openHandles()
  const clock = new ManualClock()
  const failure = await createSandbox({ clock, [name]: port }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(PortInUseError)
  expect(failure).toMatchObject({
    code: 'PORT_IN_USE',
    facts: { port, purpose },
    message: expect.stringMatching(new RegExp(`${port}.*${purpose}.*choose another port`)),
  })
  expect(clock.pending).toBe(0)
  expect(await readdir(tmp)).toEqual([])
  expect(openHandles()).toEqual(before)
})

test('ports may be chosen, and are free again afterwards', async () => {
  const port = await occupiedPort()
  await cleanUps.pop()?.()
  for (let round = 0; round < 3; round++) {
    const sandbox = await createSandbox({ demoPort: port })
    expect(sandbox.line().demo).toEqual({ protobufPort: port, jsonPort: expect.any(Number) })
    await logIn(sandbox).then((client) => client.close())
    await sandbox.close()
  }
})

test.each<[string, SandboxOptions]>([
  ['a seed that is no integer', { seed: 0.5 }],
  ['a limit that does not exist', { limits: { requests: 5 } as object }],
  ['a switch that does not exist', { behaviour: { gravity: false } as object }],
  ['a position that a switch does not have', { behaviour: { failureStatus: 500 } as object }],
  ['a lifetime of nothing', { tokenLifetimeSeconds: 0 }],
  ['a latency below zero', { latency: { execution: -1 } }],
])('%s is refused', async (_, options) => {
  const tmp = await privateTmp()
  await expect(createSandbox(options)).rejects.toThrow(InvalidArgumentError)
  expect(await readdir(tmp)).toEqual([])
})

test('recordings are checked before anything is opened', async () => {
  const dir = await privateTmp()
  const file = join(dir, 'ticks.csv')
  await writeFile(file, 'timestamp,bid,ask\n1000,1.1,1.2\n')
  await expect(createSandbox({ replay: { NOSUCH: file } })).rejects.toMatchObject({
    code: 'REPLAY_SYMBOL_UNKNOWN',
  })
  await expect(createSandbox({ replay: { EURUSD: join(dir, 'none.csv') } })).rejects.toMatchObject({
    code: 'REPLAY_FILE_UNREADABLE',
  })
  expect(await readdir(dir)).toEqual(['ticks.csv'])
})

test('a recording begins with the first subscription and arrives tick by tick', async () => {
  const dir = await privateTmp()
  const file = join(dir, 'ticks.csv')
  const rows = ['1000,1.10001,1.10003', '1100,1.10002,1.10003', '1300,1.10002,1.10007']
  await writeFile(file, `timestamp,bid,ask\n${rows.join('\n')}\n`)
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock, replay: { EURUSD: file } })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  clock.advance(10_000)
  await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] })
  const first = await client.next('ProtoOASpotEvent')
  expect(first.payload).toMatchObject({ bid: 110_001, ask: 110_003 })
  const rest: object[] = []
  for (let step = 0; step < 60 && rest.length < 2; step++) {
    clock.advance(20)
    // The file is read while it plays; that takes real time.
    await new Promise((resolve) => setImmediate(resolve))
    await client.request('ProtoOAVersionReq')
    rest.splice(0, rest.length, ...client.waiting('ProtoOASpotEvent').map(({ payload }) => payload))
  }
  expect(rest).toEqual([
    { ctidTraderAccountId, symbolId: 1, bid: 110_002, trendbar: undefined },
    { ctidTraderAccountId, symbolId: 1, ask: 110_007, trendbar: undefined },
  ])
})

test('a certificate authority can be kept for the next time', async () => {
  const dir = await privateTmp()
  const one = await createSandbox({ caDir: dir })
  await one.close()
  const two = await startSandbox({ caDir: dir })
  expect(two.ca).toBe(one.ca)
  expect(two.caFile).toBe(join(dir, 'ca.pem'))
  await logIn({ ...two, ca: one.ca })
  await two.close()
  expect(existsSync(two.caFile)).toBe(true)
})
