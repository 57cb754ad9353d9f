import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Carrier,
  type CTraderError,
  carriers,
  createClient,
  lots,
  type RequestError,
} from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { connectSession, type Session } from '../../src/session/index.ts'

let sandbox: Sandbox
const sessions: Session[] = []

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 11 })
})

afterAll(async () => {
  for (const session of sessions) await session.close()
  await sandbox.close()
})

async function open(carrier: Carrier): Promise<Session> {
  const { protobufPort, jsonPort } = sandbox.demo
  const session = await connectSession({
    endpoint: { host: '127.0.0.1', port: carrier.startsWith('json') ? jsonPort : protobufPort },
    application: sandbox,
    ca: sandbox.ca,
    carrier,
  })
  sessions.push(session)
  return session
}

/** What an error tells a program. */
async function failure(work: Promise<unknown>): Promise<object> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as RequestError & { serverCode?: string; description?: string },
  )
  if (error === undefined) throw new Error('It did not fail.')
  const { name, code, outcome, serverCode, description, remedy } = error
  return { name, code, outcome, serverCode, description, remedy }
}

const demo = (): number => sandbox.accounts.find((account) => !account.isLive)?.accountId as number

describe.each(carriers)('a client over %s', (carrier) => {
  test('lists accounts, streams quotes, trades and closes', async () => {
    await using client = await createClient(sandbox.clientOptions({ carrier }))
    expect(client.accounts.map((account) => account.accountId)).toEqual(
      sandbox.accounts.map((account) => account.accountId),
    )
    const account = await client.account(demo())
    const symbol = await account.symbol('EURUSD')
    expect(symbol.digits).toBe(5)
    let quotes = 0
    for await (const quote of account.watchQuotes(['EURUSD', 'XAUUSD'])) {
      expect(quote.bid.compare(quote.ask)).toBeLessThan(0)
      if (++quotes === 3) break
    }
    const order = await account.placeOrder({
      symbol: 'EURUSD',
      side: 'buy',
      type: 'market',
      volume: lots('0.10'),
    })
    const fill = await order.filled
    expect(fill.volume.toNumber()).toBe(10_000)
    const positions = await account.positions()
    const position = positions.find((one) => one.positionId === fill.positionId)
    expect(position?.volume.toNumber()).toBe(10_000)
    const closing = await account.closePosition({ positionId: fill.positionId })
    expect((await closing.filled).closed?.balance).toBeDefined()
  })

  test('messages of both sides cross while requests are under way', async () => {
    const session = await open(carrier)
    const ctidTraderAccountId = demo()
    await session.authorizeAccount(ctidTraderAccountId, sandbox.accessToken)
    let spots = 0
    session.on('ProtoOASpotEvent', () => spots++)
    await session.call.subscribeSpots({ ctidTraderAccountId, symbolId: [1, 2, 3] })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => session.call.symbolsList({ ctidTraderAccountId })),
    )
    expect(new Set(answers.map((answer) => answer.symbol.length)).size).toBe(1)
    expect(spots).toBeGreaterThanOrEqual(3)
    expect(session.pending).toBe(0)
  })

  test('closing fails what waits, at once and truthfully', async () => {
    const session = await open(carrier)
    const waiting = failure(session.call.version({}))
    await session.close()
    expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect(await session.closed).toMatchObject({ kind: 'closed' })
    expect(await failure(session.call.version({}))).toMatchObject({ outcome: 'not-sent' })
  })
})

/** Everything that can be refused, one after the other. */
async function refusals(carrier: Carrier): Promise<readonly object[]> {
  const session = await open(carrier)
  const ctidTraderAccountId = demo()
  const live = sandbox.accounts.find((account) => account.isLive)?.accountId as number
  const market = { orderType: 1, tradeSide: 1, symbolId: 1 }
  const list = [
    await failure(session.call.trader({ ctidTraderAccountId })),
    await failure(session.authorizeAccount(ctidTraderAccountId, 'no such token')),
    await failure(session.authorizeAccount(live, sandbox.accessToken)),
    await failure(session.authorizeAccount(77, sandbox.accessToken)),
  ]
  await session.authorizeAccount(ctidTraderAccountId, sandbox.accessToken)
  const order = { ctidTraderAccountId, ...market }
  list.push(
    await failure(session.call.newOrder({ ...order, volume: 1 })),
    await failure(session.call.newOrder({ ...order, volume: 100_000, stopLoss: 1.1 })),
    await failure(
      session.call.closePosition({ ctidTraderAccountId, positionId: 1, volume: 100_000 }),
    ),
    // Not even encoded: the volume is a fraction.
    await failure(session.call.newOrder({ ...order, volume: 0.5 })),
  )
  return list
}

test('every carrier reports the same errors in the same words', async () => {
  const [first, ...others] = await Promise.all(carriers.map(refusals))
  expect(first).toHaveLength(8)
  for (const other of others) expect(other).toEqual(first)
  expect(first).toMatchObject([
    { serverCode: 'INVALID_REQUEST', outcome: 'refused' },
    { serverCode: 'CH_ACCESS_TOKEN_INVALID' },
    { serverCode: 'CANT_ROUTE_REQUEST' },
    { serverCode: 'CH_CTID_TRADER_ACCOUNT_NOT_FOUND' },
    { code: 'ORDER_REJECTED', serverCode: 'TRADING_BAD_VOLUME' },
    { code: 'REQUEST_REFUSED', serverCode: 'INVALID_REQUEST' },
    { code: 'ORDER_REJECTED', serverCode: 'POSITION_NOT_FOUND' },
    { code: 'INVALID_MESSAGE' },
  ])
})

test('a wrong secret is told the same way on every carrier', async () => {
  const told = await Promise.all(
    carriers.map((carrier) =>
      failure(
        createClient({
          ...sandbox.clientOptions({ carrier }),
          application: { clientId: sandbox.clientId, clientSecret: 'wrong' },
        }),
      ),
    ),
  )
  for (const one of told) expect(one).toEqual(told[0])
  expect(told[0]).toMatchObject({ serverCode: 'CH_CLIENT_AUTH_FAILURE', outcome: 'refused' })
})

test('a carrier on the port of the other format fails, and says that the port is the reason', async () => {
  for (const carrier of carriers) {
    const { protobufPort, jsonPort } = sandbox.demo
    const port = carrier.startsWith('json') ? protobufPort : jsonPort
    const attempt = connectSession({
      endpoint: { host: '127.0.0.1', port },
      application: sandbox,
      ca: sandbox.ca,
      carrier,
    })
    const error = await attempt.catch((reason: CTraderError) => reason)
    expect(error, carrier).toMatchObject({ code: 'CONNECTION_LOST' })
  }
})

test('without a JSON port in its environment a client refuses JSON before it connects', async () => {
  const options = sandbox.clientOptions({ carrier: 'json-tcp' })
  const { host, port } = options.environment.demo
  const environment = { ...options.environment, demo: { host, port } }
  expect(await failure(createClient({ ...options, environment }))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    remedy: expect.stringContaining('jsonPort'),
  })
})
