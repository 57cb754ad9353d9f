import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AccountNotFoundError,
  AccountOnOtherHostError,
  type Client,
  ConnectionLostError,
  createClient,
  InvalidDistanceError,
  InvalidVolumeError,
  lots,
  OrderRejectedError,
  PositionNotFoundError,
  pips,
  priceDistance,
  RequestRefusedError,
  UnknownSymbolError,
  units,
} from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'

let sandbox: Sandbox
let client: Client

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 7 })
  client = await createClient(sandbox.clientOptions())
})

afterAll(async () => {
  await client.close()
  await sandbox.close()
})

const demo = (): number => sandbox.accounts[0]?.accountId ?? 0

describe('accounts', () => {
  test('the list covers demo and live accounts alike', () => {
    expect(client.accounts.map((account) => account.accountId)).toEqual(
      sandbox.accounts.map((account) => account.accountId),
    )
    expect(new Set(client.accounts.map((account) => account.isLive))).toEqual(
      new Set([true, false]),
    )
    expect(client.accounts.every((account) => account.scope === 'trading')).toBe(true)
  })

  test('a demo and a live account are read through one client, each on its host', async () => {
    const live = client.accounts.find((account) => account.isLive)
    const account = await client.account(live?.accountId ?? 0)
    expect((await account.trader()).accountId).toBe(live?.accountId)
    const other = await client.account(demo())
    expect(other.session).not.toBe(account.session)
    expect(String((await other.trader()).balance)).toMatch(/^\d+\.\d\d USD$/)
  })

  test('the same account is opened once', async () => {
    expect(await client.account(demo())).toBe(await client.account(demo()))
  })

  test('an unknown account names the ones there are; a login number is recognised', async () => {
    await expect(client.account(424242)).rejects.toThrow(AccountNotFoundError)
    await expect(client.account(sandbox.accounts[0]?.traderLogin ?? 0)).rejects.toThrow(
      'login number',
    )
  })

  test('an account of the other host says which environment to use', async () => {
    const { environment, ...rest } = sandbox.clientOptions()
    const { live: _live, ...demoOnly } = environment
    await using single = await createClient({ ...rest, environment: demoOnly })
    const live = sandbox.accounts.find((account) => account.isLive)
    await expect(single.account(live?.accountId ?? 0)).rejects.toThrow(AccountOnOtherHostError)
  })
})

describe('symbols and quotes', () => {
  test('the volumes and digits of a symbol are exact', async () => {
    const account = await client.account(demo())
    const eurusd = await account.symbol('EURUSD')
    expect(eurusd).toMatchObject({
      name: 'EURUSD',
      digits: 5,
      pipPosition: 4,
      baseAsset: 'EUR',
      quoteAsset: 'USD',
    })
    expect(String(eurusd.lotSize)).toBe('100000')
    expect((await account.symbols()).length).toBeGreaterThanOrEqual(10)
  })

  test('an unknown symbol names those that look like it', async () => {
    const account = await client.account(demo())
    await expect(account.symbol('EURUSB')).rejects.toThrow('EURUSD')
    await expect(account.symbol('NOSUCH')).rejects.toThrow(UnknownSymbolError)
  })

  test('quotes always have both sides, and two watchers share one subscription', async () => {
    const account = await client.account(demo())
    const first = account.watchQuotes(['EURUSD'])
    const one = (await first.next()).value
    const second = account.watchQuotes(['EURUSD', 'XAUUSD'])
    for (let index = 0; index < 5; index++) {
      const quote = (await second.next()).value
      expect(quote?.bid.compare(quote.ask)).toBe(-1)
    }
    expect(one?.symbol).toBe('EURUSD')
    await first.return()
    // The other watcher goes on although the first one has left.
    expect((await second.next()).done).toBe(false)
    await second.return()
  })

  test('an aborted watch ends with its reason', async () => {
    const account = await client.account(demo())
    const stop = new AbortController()
    const quotes = account.watchQuotes(['GBPUSD'], { signal: stop.signal })
    await quotes.next()
    stop.abort(new Error('enough'))
    await expect(
      (async () => {
        for await (const _quote of quotes) {
          // Until the end.
        }
      })(),
    ).rejects.toThrow('enough')
  })
})

describe('orders', () => {
  test('a market order is accepted, filled, protected and closed, and the money adds up', async () => {
    const account = await client.account(demo())
    const before = await account.trader()
    const order = await account.placeOrder({
      symbol: 'EURUSD',
      side: 'buy',
      type: 'market',
      volume: lots('0.10'),
      stopLoss: pips(20),
      takeProfit: pips(40),
      label: 'a test',
    })
    const fill = await order.filled
    expect(fill).toMatchObject({
      side: 'buy',
      symbol: 'EURUSD',
      orderId: order.orderId,
      closed: undefined,
    })
    expect(String(fill.volume)).toBe('10000')
    await expect
      .poll(
        async () =>
          (await account.positions()).find((item) => item.positionId === fill.positionId)?.stopLoss,
      )
      .toBeDefined()
    const position = (await account.positions()).find((item) => item.positionId === fill.positionId)
    expect(String(position?.stopLoss)).toBe(String(fill.price.minus('0.0020')))
    expect(String(position?.takeProfit)).toBe(String(fill.price.plus('0.0040')))
    expect(position?.label).toBe('a test')

    const half = await (
      await account.closePosition({ positionId: fill.positionId, volume: units(5000) })
    ).filled
    expect(String(half.closed?.volume)).toBe('5000')
    const rest = await (await account.closePosition({ positionId: fill.positionId })).filled
    const change = half.closed?.netProfit.plus(rest.closed?.netProfit ?? half.closed.netProfit)
    expect(String(rest.closed?.balance)).toBe(String(before.balance.plus(change ?? before.balance)))
    expect(String((await account.trader()).balance)).toBe(String(rest.closed?.balance))
    expect((await account.positions()).some((item) => item.positionId === fill.positionId)).toBe(
      false,
    )
  })

  test('what the symbol does not allow is refused before anything is sent', async () => {
    const account = await client.account(demo())
    const order = { symbol: 'EURUSD', side: 'buy', type: 'market' } as const
    await expect(account.placeOrder({ ...order, volume: units(1) })).rejects.toThrow(
      InvalidVolumeError,
    )
    await expect(account.placeOrder({ ...order, volume: units(1500) })).rejects.toThrow('steps')
    await expect(
      account.placeOrder({ ...order, volume: lots('0.1'), stopLoss: priceDistance('0.000001') }),
    ).rejects.toThrow(InvalidDistanceError)
    expect(await account.positions()).toEqual([])
  })

  test('what the server refuses rejects with its code', async () => {
    const account = await client.account(demo())
    const order = account.placeOrder({
      symbol: 'EURUSD',
      side: 'sell',
      type: 'market',
      volume: lots(90),
    })
    await expect(order).rejects.toThrow(OrderRejectedError)
    await expect(order).rejects.toMatchObject({
      serverCode: 'NOT_ENOUGH_MONEY',
      outcome: 'refused',
    })
    await expect(account.closePosition({ positionId: 1 })).rejects.toThrow(PositionNotFoundError)
  })

  test('a token of scope accounts reads everything and trades nothing', async () => {
    await using reader = await createClient(sandbox.clientOptions({ scope: 'accounts' }))
    expect(reader.accounts[0]?.scope).toBe('accounts')
    const account = await reader.account(demo())
    expect((await account.trader()).accountId).toBe(demo())
    const order = account.placeOrder({
      symbol: 'EURUSD',
      side: 'buy',
      type: 'market',
      volume: lots('0.1'),
    })
    await expect(order).rejects.toThrow(RequestRefusedError)
  })
})

describe('the beginning and the end', () => {
  test('a wrong secret and a bad token are refused with the server’s code, and never shown', async () => {
    const options = sandbox.clientOptions()
    const wrong = { ...options.application, clientSecret: 'not-the-secret' }
    const refused = createClient({ ...options, application: wrong })
    await expect(refused).rejects.toMatchObject({ serverCode: 'CH_CLIENT_AUTH_FAILURE' })
    await refused.catch((error: unknown) =>
      expect(JSON.stringify(error)).not.toContain('not-the-secret'),
    )
    await expect(
      createClient({ ...options, grants: [{ accessToken: 'no-such-token' }] }),
    ).rejects.toMatchObject({
      serverCode: 'CH_ACCESS_TOKEN_INVALID',
    })
  })

  test('when the server goes away, what waits fails and says so; when it is back, all goes on', async () => {
    const caDir = await mkdtemp(join(tmpdir(), 'ctrader-client-test-'))
    const first = await createSandbox({ seed: 8, caDir })
    const ports = { demoPort: first.demo.protobufPort, livePort: first.live.protobufPort }
    await using lasting = await createClient({
      ...first.clientOptions(),
      reconnect: { firstDelayMs: 50, maxDelayMs: 100 },
    })
    const account = await lasting.account(first.accounts[0]?.accountId ?? 0)
    const quotes = account.watchQuotes(['EURUSD'])
    await quotes.next()
    const phases: string[] = []
    account.session.onStatus(({ phase }) => phases.push(phase))
    const gone = account.session.call.assetClassList({ ctidTraderAccountId: account.accountId })
    const failed = expect(gone).rejects.toThrow(ConnectionLostError)
    await first.close()
    await failed
    // An order is for this moment; a question can wait until the server is back.
    const order = account.placeOrder({
      symbol: 'EURUSD',
      side: 'buy',
      type: 'market',
      volume: lots(1),
    })
    await expect(order).rejects.toMatchObject({ code: 'NOT_READY', outcome: 'not-sent' })
    const balance = account.trader({ timeoutMs: 60_000 })
    await using _second = await createSandbox({ seed: 8, caDir, ...ports })
    expect((await balance).accountId).toBe(account.accountId)
    expect(await account.session.ready()).toMatchObject({ generation: 2, missing: [] })
    for (let index = 0; index < 2; index++) expect((await quotes.next()).done).toBe(false)
    await quotes.return()
    expect(phases).toContain('connecting')
    expect(phases.at(-1)).toBe('ready')
    await rm(caDir, { recursive: true })
  })

  test('a client that is closed is closed for good', async () => {
    const closed = await createClient(sandbox.clientOptions())
    const account = await closed.account(demo())
    const quotes = account.watchQuotes(['EURUSD'])
    await quotes.next()
    const left = quotes.next().then(() => quotes.next())
    await closed.close()
    await expect(left).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
    await expect(account.trader()).rejects.toMatchObject({ outcome: 'not-sent' })
    await expect(closed.account(demo())).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  })
})
