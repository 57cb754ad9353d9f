import { describe, expect, test } from 'vitest'
import type { Payload } from '../official-client.ts'
import { codeOf, formats, openPrices, type PriceClient } from './carriers.ts'

const bars = 'ProtoOAGetTrendbarsReq'
const ticks = 'ProtoOAGetTickDataReq'
const now = Date.parse('2026-03-10T12:00:00Z')
const minute = 60_000
const [m1, m5, h1, d1] = [1, 5, 9, 12]
const latest = 2_147_483_646_000

function decoded(page: Payload) {
  return ((page['trendbar'] ?? []) as Payload[]).map((bar) => {
    const low = bar['low'] as number
    return {
      start: (bar['utcTimestampInMinutes'] as number) * minute,
      open: low + (bar['deltaOpen'] as number),
      high: low + (bar['deltaHigh'] as number),
      low,
      close: low + (bar['deltaClose'] as number),
      volume: bar['volume'] as number,
    }
  })
}

/** Ticks of one page, absolute. */
function undelta(page: Payload): { at: number; price: number }[] {
  let [at, price] = [0, 0]
  return ((page['tickData'] ?? []) as Payload[]).map((tick) => {
    at += tick['timestamp'] as number
    price += tick['tick'] as number
    return { at, price }
  })
}

async function allTicks(client: PriceClient, type: 1 | 2, from: number, to: number) {
  const found: { at: number; price: number }[] = []
  for (let end = to, more = true; more; ) {
    const range = { symbolId: 1, type, fromTimestamp: from, toTimestamp: end }
    const { payload } = await client.ask(ticks, range)
    const page = undelta(payload)
    found.push(...page)
    more = payload['hasMore'] as boolean
    end = (page.at(-1)?.at ?? 0) - 1
  }
  return found
}

describe.each(formats)('over %s, trend bars', (format) => {
  test('are what the ticks of the bid make them, oldest first, without their period', async () => {
    const { client } = await openPrices(format)
    const range = { symbolId: 1, fromTimestamp: now - 20 * minute, toTimestamp: now }
    const { payload } = await client.ask(bars, { period: m5, ...range })
    const got = decoded(payload)
    expect(got.map(({ start }) => (now - start) / minute)).toEqual([20, 15, 10, 5])
    expect(payload).toMatchObject({ symbolId: 1, hasMore: false })
    for (const bar of payload['trendbar']) expect(bar).not.toHaveProperty('period')
    const quotes = (await allTicks(client, 1, now - 20 * minute, now - 1)).toReversed()
    for (const bar of got) {
      const inside = quotes.filter(({ at }) => at >= bar.start && at < bar.start + 5 * minute)
      const prices = inside.map(({ price }) => price)
      expect(bar).toMatchObject({
        ...{ open: prices[0], close: prices.at(-1), volume: prices.length },
        ...{ high: Math.max(...prices), low: Math.min(...prices) },
      })
    }
  })

  test('by count are the newest up to the end, whatever the beginning; one that opens at the end is in', async () => {
    const { client } = await openPrices(format)
    const request = { period: m1, symbolId: 1, count: 7 }
    const to = now - 10 * minute
    const { payload } = await client.ask(bars, {
      ...{ ...request, fromTimestamp: to - 2 * minute, toTimestamp: to },
    })
    expect(decoded(payload).map(({ start }) => (to - start) / minute)).toEqual([
      6, 5, 4, 3, 2, 1, 0,
    ])
    expect(payload['hasMore']).toBe(true)
    const newest = await client.ask(bars, request)
    expect(decoded(newest.payload)).toHaveLength(7)
  })

  test('come in chunks of the newest, with word of more', async () => {
    const { client } = await openPrices(format, { limits: { trendbarsPerAnswer: 10 } })
    const from = now - 25 * minute
    const starts: number[] = []
    for (let to = now, more = true; more; ) {
      const range = { fromTimestamp: from, toTimestamp: to }
      const { payload } = await client.ask(bars, { period: m1, symbolId: 41, ...range })
      const page = decoded(payload).map(({ start }) => start)
      expect(page.length).toBeLessThanOrEqual(10)
      starts.unshift(...page)
      more = payload['hasMore']
      to = (page[0] ?? 0) - 1
    }
    expect(starts.map((start) => (start - from) / minute)).toEqual(
      Array.from({ length: 25 }, (_, index) => index),
    )
  })

  test('hold the one that is being formed, and days begin at 17:00 New York', async () => {
    const { clock, client } = await openPrices(format)
    clock.advance(20_000)
    const forming = await client.ask(bars, { period: h1, symbolId: 1, count: 1 })
    expect(decoded(forming.payload)[0]?.start).toBe(now)
    const day = await client.ask(bars, { period: d1, symbolId: 1, count: 2 })
    expect(decoded(day.payload).map(({ start }) => new Date(start).toISOString())).toEqual([
      '2026-03-08T21:00:00.000Z',
      '2026-03-09T21:00:00.000Z',
    ])
  })

  test.each([
    ['an unknown symbol', { symbolId: 4711 }, 'SYMBOL_NOT_FOUND'],
    ['an unknown period', { period: 15 }, 'INVALID_REQUEST'],
    ['a count of none', { count: 0 }, 'INVALID_REQUEST'],
    ['a beginning before 1970', { fromTimestamp: -1 }, 'INCORRECT_BOUNDARIES'],
    ['an end beyond all time', { toTimestamp: latest + 1 }, 'INCORRECT_BOUNDARIES'],
    ['an end before the beginning', { fromTimestamp: 5, toTimestamp: 4 }, 'INCORRECT_BOUNDARIES'],
    ['another account', { ctidTraderAccountId: 1002 }, 'INVALID_REQUEST'],
  ])('are refused for %s', async (_, wrong, code) => {
    const { client } = await openPrices(format)
    const request = { period: m1, symbolId: 1, fromTimestamp: 0, toTimestamp: now }
    expect(codeOf(await client.ask(bars, { ...request, ...wrong }))).toBe(code)
  })

  test('keep to the old table of windows where that is asked of the sandbox', async () => {
    const strict = await openPrices(format, { behaviour: { trendbarWindow: 'by-period' } })
    const weeks = 3_024_000_000
    const ask = (length: number, period = m1) => {
      const range = { fromTimestamp: now - length, toTimestamp: now }
      return strict.client.ask(bars, { period, symbolId: 1, count: 1, ...range })
    }
    expect(codeOf(await ask(weeks))).toBe('ProtoOAGetTrendbarsRes')
    expect(codeOf(await ask(weeks + 1))).toBe('INCORRECT_BOUNDARIES')
    expect(codeOf(await ask(weeks + 1, h1))).toBe('ProtoOAGetTrendbarsRes')
    expect(codeOf(await ask(31_622_400_001, d1))).toBe('INCORRECT_BOUNDARIES')
  })

  test('sometimes have no high where that is asked of the sandbox', async () => {
    const { client } = await openPrices(format, { behaviour: { trendbarHigh: 'sometimes-zero' } })
    const { payload } = await client.ask(bars, { period: m1, symbolId: 1, count: 1_000 })
    const fallen = (payload['trendbar'] as Payload[]).filter(
      ({ deltaOpen, deltaClose }) => deltaOpen > 0 && deltaClose === 0,
    )
    expect(fallen.length).toBeGreaterThan(0)
    for (const bar of fallen) expect(bar['deltaHigh']).toBe(0)
  })
})

describe.each(formats)('over %s, ticks', (format) => {
  test('come newest first, each as its difference to the one before, page by page', async () => {
    const { client } = await openPrices(format, { limits: { ticksPerAnswer: 50 } })
    const range = { symbolId: 1, fromTimestamp: now - 5 * minute, toTimestamp: now }
    const { payload } = await client.ask(ticks, { type: 1, ...range })
    const raw = payload['tickData'] as Payload[]
    expect([raw.length, payload['hasMore']]).toEqual([50, true])
    expect(raw[0]?.['timestamp']).toBeGreaterThan(now - 5 * minute)
    expect(raw.slice(1).every(({ timestamp }) => timestamp <= 0)).toBe(true)
    const all = await allTicks(client, 1, now - 5 * minute, now)
    expect(all.slice(0, 50)).toEqual(undelta(payload))
    expect(all.length).toBeGreaterThan(100)
    expect(all.every(({ at }, index) => at <= (all[index - 1]?.at ?? now))).toBe(true)
    const asks = await allTicks(client, 2, now - 5 * minute, now)
    expect(asks[0]?.price).toBeGreaterThan(all[0]?.price ?? 0)
  })

  test.each([
    ['an unknown symbol', { symbolId: 4711 }, 'SYMBOL_NOT_FOUND'],
    ['an unknown side', { type: 3 }, 'INVALID_REQUEST'],
    ['more than a week', { fromTimestamp: now - 604_800_001 }, 'INCORRECT_BOUNDARIES'],
    ['a beginning before 1970', { fromTimestamp: -1 }, 'INCORRECT_BOUNDARIES'],
    ['an end beyond all time', { toTimestamp: latest + 1 }, 'INCORRECT_BOUNDARIES'],
    ['an end before the beginning', { toTimestamp: 5 }, 'INCORRECT_BOUNDARIES'],
    ['another account', { ctidTraderAccountId: 1002 }, 'INVALID_REQUEST'],
  ])('are refused for %s', async (_, wrong, code) => {
    const { client } = await openPrices(format)
    const request = { type: 1, symbolId: 1, fromTimestamp: now - minute, toTimestamp: now }
    expect(codeOf(await client.ask(ticks, { ...request, ...wrong }))).toBe(code)
  })

  test('go further than a week where that is asked of the sandbox, and need no window', async () => {
    const { client } = await openPrices(format, {
      ...{ behaviour: { tickWindow: 'unlimited' }, limits: { ticksPerAnswer: 10 } },
    })
    const wide = { type: 1, symbolId: 1, fromTimestamp: 0, toTimestamp: now }
    expect((await client.ask(ticks, wide)).payload['tickData']).toHaveLength(10)
    expect((await client.ask(ticks, { type: 2, symbolId: 9 })).payload).toMatchObject({
      hasMore: true,
    })
  })
})
