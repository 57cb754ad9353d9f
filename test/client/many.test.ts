import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConnectionStatus, createClient, InvalidArgumentError } from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 12 })
})

afterAll(() => sandbox.close())

const demos = (): number[] =>
  sandbox.accounts.filter(({ isLive }) => !isLive).map(({ accountId }) => accountId)
const lives = (): number[] =>
  sandbox.accounts.filter(({ isLive }) => isLive).map(({ accountId }) => accountId)

describe('many accounts', () => {
  test('of one host share a connection; demo and live have one each, at the same time', async () => {
    await using client = await createClient(sandbox.clientOptions())
    const [first, second] = await Promise.all(demos().map((id) => client.account(id)))
    const live = await client.account(lives()[0] ?? 0)
    expect(second?.session).toBe(first?.session)
    expect(live.session).not.toBe(first?.session)
    expect(client.status.map(({ status }) => status.phase)).toEqual(['ready', 'ready'])
    const balances = await Promise.all([first, second, live].map((account) => account?.trader()))
    expect(balances.map((trader) => trader?.accountId)).toEqual([
      first?.accountId,
      second?.accountId,
      live.accountId,
    ])
  })

  test('can be spread over several connections, and stay where they are', async () => {
    await using client = await createClient({ ...sandbox.clientOptions(), connectionsPerHost: 2 })
    const accounts = await Promise.all(demos().map((id) => client.account(id)))
    expect(accounts.length).toBeGreaterThanOrEqual(2)
    expect(new Set(accounts.map(({ session }) => session)).size).toBe(2)
    for (const account of accounts) expect(await client.account(account.accountId)).toBe(account)
    expect(client.status.map(({ index }) => index).sort()).toEqual([0, 1])
    for (const connectionsPerHost of [0, 1.5, 26]) {
      const refused = createClient({ ...sandbox.clientOptions(), connectionsPerHost })
      await expect(refused).rejects.toThrow(InvalidArgumentError)
    }
  })

  test('of several grants live on one connection, each authorised with its own token', async () => {
    const [one = 0, two = 0] = demos()
    const grants = [one, two].map((accountId) => {
      const { accessToken } = sandbox.issueTokens({ accountIds: [accountId] })
      return { accessToken }
    })
    await using client = await createClient({ ...sandbox.clientOptions(), grants })
    expect(client.accounts.map(({ accountId }) => accountId)).toEqual([one, two])
    const [first, second] = await Promise.all([client.account(one), client.account(two)])
    expect(second.session).toBe(first.session)
    expect((await second.trader()).accountId).toBe(two)
  })

  test('of two grants that cover an account, the one counts that may trade', async () => {
    const grants = (['accounts', 'trading', 'accounts'] as const).map((scope) => ({
      accessToken: sandbox.issueTokens({ scope }).accessToken,
    }))
    await using client = await createClient({ ...sandbox.clientOptions(), grants })
    expect(client.accounts).toHaveLength(sandbox.accounts.length)
    expect(new Set(client.accounts.map(({ scope }) => scope))).toEqual(new Set(['trading']))
  })
})

test('nothing that happens to one client happens to another', async () => {
  const options = sandbox.clientOptions()
  const [one, other] = [await createClient(options), await createClient(options)]
  const [accountId = 0] = demos()
  const account = await other.account(accountId)
  await one.account(accountId)
  const statuses: string[] = []
  account.session.onStatus(({ phase }) => void statuses.push(phase))
  for await (const _quote of (await one.account(accountId)).watchQuotes(['EURUSD'])) break
  await one.close()
  expect((await account.trader()).accountId).toBe(accountId)
  expect(other.status).toMatchObject([{ status: { phase: 'ready', generation: 1 } }])
  expect(statuses).toEqual([])
  await other.close()
})

describe('a grant that is dead', () => {
  test('does not keep the others from working, and is not hidden', async () => {
    const { grants, ...options } = sandbox.clientOptions()
    const all = [{ accessToken: 'no-such-token' }, ...grants]
    await using client = await createClient({ ...options, grants: all })
    expect(client.failedGrants).toMatchObject([
      { index: 0, error: { serverCode: 'CH_ACCESS_TOKEN_INVALID' } },
    ])
    expect(client.accounts).toHaveLength(sandbox.accounts.length)
  })
})

describe('the status of a client', () => {
  test('begins with what is, tells every change, and ends with the client', async () => {
    const client = await createClient(sandbox.clientOptions())
    const seen: ConnectionStatus[] = []
    const watching = (async () => {
      for await (const status of client.watchStatus()) seen.push(status)
    })()
    await client.account(demos()[0] ?? 0)
    await client.close()
    await watching
    expect(seen[0]).toMatchObject({ host: sandbox.host, index: 0, status: { phase: 'ready' } })
    expect(seen.at(-1)).toMatchObject({ status: { phase: 'closed', end: { kind: 'closed' } } })
  })
})

test('a host that cannot be reached is replaced by its fallback', async () => {
  const { environment, ...options } = sandbox.clientOptions()
  const { demo } = environment
  // A port that nobody listens on: that of a server that was closed.
  const gone = await createSandbox({ seed: 13 })
  await gone.close()
  const first = { host: demo.host, port: gone.demo.protobufPort, fallbacks: [demo] }
  await using client = await createClient({
    ...options,
    environment: { ...environment, demo: first },
  })
  const account = await client.account(demos()[0] ?? 0)
  expect(account.session.status).toMatchObject({ phase: 'ready', endpoint: { port: demo.port } })
})
