import { expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { openAccount, startSandbox } from './fixture.ts'

const spot = 'ProtoOASpotEvent'

async function subscribed(more: object = {}) {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const request = { ctidTraderAccountId, symbolId: [1], ...more }
  const answer = await client.request('ProtoOASubscribeSpotsReq', request)
  return { clock, sandbox, client, ctidTraderAccountId, request, answer }
}

test('the answer comes first, then both sides with the close of the session, then what changes', async () => {
  const { clock, client } = await subscribed()
  const names = client.received.map(({ name }) => name)
  expect(names.slice(-2)).toEqual(['ProtoOASubscribeSpotsRes', spot])
  const { payload } = await client.next(spot)
  expect(Object.keys(payload).sort()).toEqual(
    ['ask', 'bid', 'ctidTraderAccountId', 'sessionClose', 'symbolId'].sort(),
  )
  const shapes = new Set<string>()
  const sides = { bid: payload['bid'] as number, ask: payload['ask'] as number }
  for (let step = 0; step < 5; step++) {
    clock.advance(10_000)
    await client.request('ProtoOAVersionReq')
  }
  for (const event of client.waiting(spot)) {
    const changed = (['bid', 'ask'] as const).filter((side) => side in event.payload)
    shapes.add(changed.join('+'))
    // An update names a side because that side has moved.
    for (const side of changed) expect(event.payload[side]).not.toBe(sides[side])
    Object.assign(sides, event.payload)
    expect(sides.ask).toBeGreaterThanOrEqual(sides.bid)
    expect(event.payload).not.toHaveProperty('sessionClose')
    expect(event.payload).not.toHaveProperty('timestamp')
  }
  expect(shapes).toEqual(new Set(['bid', 'ask', 'bid+ask']))
})

test('the time of a quote is told to those who ask for it', async () => {
  const { clock, client } = await subscribed({ subscribeToSpotTimestamp: true })
  const first = await client.next(spot)
  expect(first.payload['timestamp']).toBeLessThanOrEqual(clock.now())
  clock.advance(3000)
  const second = await client.next(spot)
  expect(second.payload['timestamp']).toBeGreaterThan(clock.now() - 3000)
})

test('subscribing to what is subscribed already changes nothing, also for the rest of the request', async () => {
  const { client, request } = await subscribed()
  const again = await client.request('ProtoOASubscribeSpotsReq', { ...request, symbolId: [2, 1] })
  expect(again.payload).toMatchObject({ errorCode: 'ALREADY_SUBSCRIBED' })
  const rest = await client.request('ProtoOASubscribeSpotsReq', { ...request, symbolId: [2] })
  expect(rest.name).toBe('ProtoOASubscribeSpotsRes')
})

test('symbols that do not exist, or none at all, are refused', async () => {
  const { client, request } = await subscribed()
  for (const name of ['ProtoOASubscribeSpotsReq', 'ProtoOAUnsubscribeSpotsReq']) {
    const unknown = await client.request(name, { ...request, symbolId: [77_777] })
    expect(unknown.payload).toMatchObject({
      errorCode: 'SYMBOL_NOT_FOUND',
      description: 'Symbol 77777 not found',
    })
    const none = await client.request(name, { ...request, symbolId: [] })
    expect(none.payload).toMatchObject({
      errorCode: 'INVALID_REQUEST',
      description: 'Message missing required fields: symbolId',
    })
  }
})

test('after unsubscribing nothing comes any more', async () => {
  const { clock, client, request } = await subscribed()
  const answer = await client.request('ProtoOAUnsubscribeSpotsReq', request)
  expect(answer.name).toBe('ProtoOAUnsubscribeSpotsRes')
  const before = client.received.length
  clock.advance(20_000)
  await client.request('ProtoOAVersionReq')
  expect(client.received).toHaveLength(before + 1)
  const twice = await client.request('ProtoOAUnsubscribeSpotsReq', request)
  expect(twice.payload).toMatchObject({ errorCode: 'NOT_SUBSCRIBED_TO_SPOTS' })
})

test('two accounts on one connection each have their own subscription', async () => {
  const { clock, sandbox, client, ctidTraderAccountId, request } = await subscribed()
  const second = sandbox.accounts.filter(({ isLive }) => !isLive)[1]?.accountId
  const { accessToken } = sandbox
  const authorise = { ctidTraderAccountId: second, accessToken }
  await client.request('ProtoOAAccountAuthReq', authorise)
  await client.request('ProtoOASubscribeSpotsReq', { ...request, ctidTraderAccountId: second })
  clock.advance(20_000)
  await client.request('ProtoOAVersionReq')
  const counts = [ctidTraderAccountId, second].map(
    (id) =>
      client.waiting(spot).filter((event) => event.payload['ctidTraderAccountId'] === id).length,
  )
  expect(counts[0]).toBe(counts[1])
  expect(counts[0]).toBeGreaterThan(5)
})

test('symbols asked for by an id that does not exist are left out, or refused where the switch says so', async () => {
  const { client, request } = await subscribed()
  const mixed = { ...request, symbolId: [1, 77_777] }
  const { payload } = await client.request('ProtoOASymbolByIdReq', mixed)
  expect(payload['symbol'].map((symbol: { symbolId: number }) => symbol.symbolId)).toEqual([1])
  const strict = await startSandbox({ behaviour: { unknownSymbolIds: 'refused' } })
  const other = await openAccount(strict)
  const refused = await other.client.request('ProtoOASymbolByIdReq', mixed)
  expect(refused.payload).toMatchObject({ errorCode: 'SYMBOL_NOT_FOUND' })
})

test('a chain of symbols converts any asset to any other', async () => {
  const { client, ctidTraderAccountId } = await subscribed()
  const { payload } = await client.request('ProtoOAAssetListReq', { ctidTraderAccountId })
  const assets = new Map<string, number>(
    payload['asset'].map((asset: { name: string; assetId: number }) => [asset.name, asset.assetId]),
  )
  const chain = async (from: string, to: string): Promise<readonly string[]> => {
    const request = { firstAssetId: assets.get(from), lastAssetId: assets.get(to) }
    const answer = await client.request('ProtoOASymbolsForConversionReq', {
      ctidTraderAccountId,
      ...request,
    })
    return (answer.payload['symbol'] ?? []).map((one: { symbolName: string }) => one.symbolName)
  }
  expect(await chain('EUR', 'EUR')).toEqual([])
  expect(await chain('EUR', 'USD')).toEqual(['EURUSD'])
  expect(await chain('JPY', 'USD')).toEqual(['USDJPY'])
  expect(await chain('CHF', 'GBP')).toEqual(['USDCHF', 'GBPUSD'])
})
