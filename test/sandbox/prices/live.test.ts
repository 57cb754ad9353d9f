import { describe, expect, test } from 'vitest'
import type { Payload } from '../official-client.ts'
import { codeOf, formats, openPrices } from './carriers.ts'

const spot = 'ProtoOASpotEvent'
const depth = 'ProtoOADepthEvent'
const version = 'ProtoOAVersionReq'
const [m1, h1] = [1, 9]

describe.each(formats)('over %s, live trend bars', (format) => {
  test('ride on the spots whose bid changed, are being formed, and leave out their close', async () => {
    const { clock, client, ctidTraderAccountId } = await openPrices(format)
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    for (const period of [m1, h1]) {
      const answer = await client.ask('ProtoOASubscribeLiveTrendbarReq', { symbolId: 1, period })
      expect(answer.name).toBe('ProtoOASubscribeLiveTrendbarRes')
      expect(answer.payload).toEqual({ ctidTraderAccountId })
    }
    client.take(spot)
    const seen = new Map<number, number[]>()
    for (let step = 0; step < 13; step++) {
      clock.advance(10_000)
      await client.ask(version, {})
      for (const event of client.take(spot)) {
        const riding = (event['trendbar'] ?? []) as Payload[]
        expect(riding.length).toBe(event['bid'] === undefined ? 0 : 2)
        for (const bar of riding) {
          const low = bar['low'] as number
          expect(bar).not.toHaveProperty('deltaClose')
          expect(event['bid']).toBeGreaterThanOrEqual(low)
          expect(event['bid']).toBeLessThanOrEqual(low + (bar['deltaHigh'] as number))
          if (bar['period'] !== m1 && bar['period'] !== 'M1') continue
          const at = bar['utcTimestampInMinutes'] as number
          seen.set(at, [...(seen.get(at) ?? []), bar['volume'] as number])
        }
      }
    }
    expect(seen.size).toBe(3)
    for (const volumes of seen.values()) {
      expect(volumes).toEqual(volumes.map((_, index) => index + 1))
    }
    // What was told live is what history tells now.
    const [first] = [...seen.keys()]
    const range = { fromTimestamp: (first ?? 0) * 60_000, toTimestamp: (first ?? 0) * 60_000 }
    const history = { period: m1, symbolId: 1, ...range }
    const { payload } = await client.ask('ProtoOAGetTrendbarsReq', history)
    expect(payload['trendbar'][0]['volume']).toBe(seen.get(first ?? 0)?.at(-1))
  })

  test('end with their own request and with the spots, and leave the other alone', async () => {
    const { clock, client } = await openPrices(format)
    const bars = { symbolId: 1, period: m1 }
    const step = async (): Promise<readonly Payload[]> => {
      clock.advance(20_000)
      await client.ask(version, {})
      return client.take(spot)
    }
    const riding = (events: readonly Payload[]): number =>
      events.filter(({ trendbar }) => ((trendbar ?? []) as Payload[]).length > 0).length
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    await client.ask('ProtoOASubscribeLiveTrendbarReq', bars)
    expect(riding(await step())).toBeGreaterThan(0)
    const ended = await client.ask('ProtoOAUnsubscribeLiveTrendbarReq', bars)
    expect(ended.name).toBe('ProtoOAUnsubscribeLiveTrendbarRes')
    client.take(spot)
    const bare = await step()
    expect([bare.length > 0, riding(bare)]).toEqual([true, 0])
    await client.ask('ProtoOASubscribeLiveTrendbarReq', bars)
    await client.ask('ProtoOAUnsubscribeSpotsReq', { symbolId: [1] })
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    expect(riding(await step())).toBe(0)
  })

  test('are refused without spots, twice, for what is unknown, and the end of what never began', async () => {
    const { client } = await openPrices(format)
    const begin = async (more: object = {}): Promise<string> =>
      codeOf(
        await client.ask('ProtoOASubscribeLiveTrendbarReq', { symbolId: 1, period: m1, ...more }),
      )
    const end = async (more: object = {}): Promise<string> =>
      codeOf(
        await client.ask('ProtoOAUnsubscribeLiveTrendbarReq', { symbolId: 1, period: m1, ...more }),
      )
    expect(await begin()).toBe('NOT_SUBSCRIBED_TO_SPOTS')
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    expect(await begin({ symbolId: 4711 })).toBe('SYMBOL_NOT_FOUND')
    expect(await begin({ period: 99 })).toBe('INVALID_REQUEST')
    expect(await end()).toBe('INVALID_REQUEST')
    expect(await begin()).toBe('ProtoOASubscribeLiveTrendbarRes')
    expect(await begin()).toBe('ALREADY_SUBSCRIBED')
    expect(await begin({ period: h1 })).toBe('ProtoOASubscribeLiveTrendbarRes')
    expect(await end({ symbolId: 4711 })).toBe('SYMBOL_NOT_FOUND')
    expect(await end({ period: 99 })).toBe('INVALID_REQUEST')
    expect(await end()).toBe('ProtoOAUnsubscribeLiveTrendbarRes')
    const other = { ctidTraderAccountId: 1002 }
    expect([await begin(other), await end(other)]).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST'])
  })

  test('without spots are an invalid request where that is asked of the sandbox', async () => {
    const { client } = await openPrices(format, {
      behaviour: { trendbarWithoutSpots: 'INVALID_REQUEST' },
    })
    const request = { symbolId: 1, period: m1 }
    expect(codeOf(await client.ask('ProtoOASubscribeLiveTrendbarReq', request))).toBe(
      'INVALID_REQUEST',
    )
  })
})

describe.each(formats)('over %s, depth', (format) => {
  test('begins with the whole book and goes on with what differs, always around the spot', async () => {
    const { clock, client, ctidTraderAccountId } = await openPrices(format)
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    const answer = await client.ask('ProtoOASubscribeDepthQuotesReq', { symbolId: [1] })
    expect([answer.name, answer.payload]).toEqual([
      'ProtoOASubscribeDepthQuotesRes',
      { ctidTraderAccountId },
    ])
    clock.advance(20_000)
    await client.ask(version, {})
    const events = client.take(depth)
    expect(events.length).toBeGreaterThan(5)
    expect(events[0]?.['newQuotes']).toHaveLength(20)
    expect(events[0]?.['deletedQuotes'] ?? []).toEqual([])
    const book = new Map<number, Payload>()
    for (const event of events) {
      for (const id of event['deletedQuotes'] ?? []) expect(book.delete(Number(id))).toBe(true)
      for (const quote of event['newQuotes'] ?? []) {
        expect((quote['bid'] === undefined) !== (quote['ask'] === undefined)).toBe(true)
        expect(book.get(quote['id'])?.['size']).not.toBe(quote['size'])
        book.set(quote['id'], quote)
      }
      expect(book.size).toBe(20)
    }
    const sides = [...book.values()]
    const bids = sides.flatMap(({ bid }) => (bid === undefined ? [] : [bid as number]))
    const asks = sides.flatMap(({ ask }) => (ask === undefined ? [] : [ask as number]))
    await client.ask('ProtoOAUnsubscribeSpotsReq', { symbolId: [1] })
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    expect([Math.max(...bids), Math.min(...asks)]).toEqual(await lastSpot(client))
  })

  test('ends when asked to', async () => {
    const { clock, client } = await openPrices(format)
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1] })
    await client.ask('ProtoOASubscribeDepthQuotesReq', { symbolId: [1] })
    const ended = await client.ask('ProtoOAUnsubscribeDepthQuotesReq', { symbolId: [1] })
    expect(ended.name).toBe('ProtoOAUnsubscribeDepthQuotesRes')
    client.take(depth)
    clock.advance(20_000)
    await client.ask(version, {})
    expect(client.take(depth)).toEqual([])
  })

  test('is refused without spots, twice, for what is unknown, and the end of what never began', async () => {
    const { client } = await openPrices(format)
    const begin = async (symbolId: readonly number[], more: object = {}): Promise<string> =>
      codeOf(await client.ask('ProtoOASubscribeDepthQuotesReq', { symbolId, ...more }))
    const end = async (symbolId: readonly number[], more: object = {}): Promise<string> =>
      codeOf(await client.ask('ProtoOAUnsubscribeDepthQuotesReq', { symbolId, ...more }))
    expect(await begin([1])).toBe('NOT_SUBSCRIBED_TO_SPOTS')
    await client.ask('ProtoOASubscribeSpotsReq', { symbolId: [1, 2] })
    expect(await begin([1, 4711])).toBe('SYMBOL_NOT_FOUND')
    expect(await begin([])).toBe('INVALID_REQUEST')
    expect(await end([1])).toBe('INVALID_REQUEST')
    expect(await begin([1])).toBe('ProtoOASubscribeDepthQuotesRes')
    expect(await begin([2, 1])).toBe('ALREADY_SUBSCRIBED')
    expect(await end([2])).toBe('INVALID_REQUEST')
    expect(await end([4711])).toBe('SYMBOL_NOT_FOUND')
    expect(await end([])).toBe('INVALID_REQUEST')
    const other = { ctidTraderAccountId: 1002 }
    expect([await begin([1], other), await end([1], other)]).toEqual([
      'INVALID_REQUEST',
      'INVALID_REQUEST',
    ])
    expect(await end([1])).toBe('ProtoOAUnsubscribeDepthQuotesRes')
  })
})

describe.each(formats)('over %s, spots', (format) => {
  test('are refused twice, for what is unknown, and the end of what never began', async () => {
    const { client } = await openPrices(format)
    const begin = async (symbolId: readonly number[], more: object = {}): Promise<string> =>
      codeOf(await client.ask('ProtoOASubscribeSpotsReq', { symbolId, ...more }))
    const end = async (symbolId: readonly number[], more: object = {}): Promise<string> =>
      codeOf(await client.ask('ProtoOAUnsubscribeSpotsReq', { symbolId, ...more }))
    expect(await begin([])).toBe('INVALID_REQUEST')
    expect(await begin([1, 4711])).toBe('SYMBOL_NOT_FOUND')
    expect(await end([1])).toBe('NOT_SUBSCRIBED_TO_SPOTS')
    expect(await begin([1])).toBe('ProtoOASubscribeSpotsRes')
    expect(await begin([2, 1])).toBe('ALREADY_SUBSCRIBED')
    expect(await end([2])).toBe('NOT_SUBSCRIBED_TO_SPOTS')
    expect(await end([])).toBe('INVALID_REQUEST')
    expect(await end([4711])).toBe('SYMBOL_NOT_FOUND')
    const other = { ctidTraderAccountId: 1002 }
    expect([await begin([1], other), await end([1], other)]).toEqual([
      'INVALID_REQUEST',
      'INVALID_REQUEST',
    ])
    expect(await end([1])).toBe('ProtoOAUnsubscribeSpotsRes')
  })
})

async function lastSpot(client: {
  ask(name: string, fields: object): Promise<unknown>
  take(name: string): readonly Payload[]
}): Promise<readonly unknown[]> {
  await client.ask(version, {})
  const last = client.take(spot).findLast(({ sessionClose }) => sessionClose !== undefined)
  return [last?.['bid'], last?.['ask']]
}
