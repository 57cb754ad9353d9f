import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../async/manual-clock.ts'
import { ProtoOATrendbarPeriod as Period } from '../../../protocol/index.ts'
import { Random } from '../../random.ts'
import { createWorld } from '../../world/index.ts'
import { ZoneOffsets } from '../../zones/zone-offset.ts'
import { type Bar, createMarket, type PastTick, type QuoteChange } from '../index.ts'
import { PeriodCalendar, periods } from './periods.ts'

const minute = 60_000
const hour = 60 * minute
const everything = Number.MAX_SAFE_INTEGER
const symbols = [
  ['EURUSD', 1],
  ['EURGBP', 9],
  ['XAUUSD', 41],
  ['BTCUSD', 10_026],
] as const

async function marketAt(now: string, marketHours: 'always' | 'real' = 'real', seed = 5) {
  const clock = new ManualClock(now)
  const world = createWorld({ seed, marketHours })
  const market = await createMarket({ world, clock, random: new Random(seed) })
  return { clock, market }
}

const calendar = new PeriodCalendar(new ZoneOffsets().of('America/New_York'))

/** Bars from bid ticks (oldest first), the plain way. */
function barsOf(ticks: readonly PastTick[], period: Period): Bar[] {
  const bars = new Map<number, Bar>()
  for (const { at, price } of ticks) {
    const start = calendar.startOf(period, at)
    const bar = bars.get(start)
    bars.set(start, {
      start,
      open: bar?.open ?? price,
      high: Math.max(bar?.high ?? price, price),
      low: Math.min(bar?.low ?? price, price),
      close: price,
      volume: (bar?.volume ?? 0) + 1,
    })
  }
  return [...bars.values()]
}

describe('periods', () => {
  const start = (period: Period, text: string): string =>
    new Date(calendar.startOf(period, Date.parse(text))).toISOString()

  it('of up to an hour keep to the clock of UTC', () => {
    expect(start(Period.M5, '2026-01-07T12:34:56Z')).toBe('2026-01-07T12:30:00.000Z')
    expect(start(Period.H1, '2026-01-07T12:34:56Z')).toBe('2026-01-07T12:00:00.000Z')
  })

  it('of a day and its parts begin at 17:00 New York, winter and summer', () => {
    expect(start(Period.D1, '2026-01-07T21:59:59Z')).toBe('2026-01-06T22:00:00.000Z')
    expect(start(Period.D1, '2026-01-07T22:00:00Z')).toBe('2026-01-07T22:00:00.000Z')
    expect(start(Period.D1, '2026-07-07T21:00:00Z')).toBe('2026-07-07T21:00:00.000Z')
    expect(start(Period.H4, '2026-01-07T12:34:56Z')).toBe('2026-01-07T10:00:00.000Z')
    expect(start(Period.H4, '2026-07-07T12:34:56Z')).toBe('2026-07-07T09:00:00.000Z')
    expect(start(Period.H12, '2026-07-07T12:34:56Z')).toBe('2026-07-07T09:00:00.000Z')
  })

  it('of a week begin on Sunday evening, of a month on the evening before its first', () => {
    expect(start(Period.W1, '2026-01-07T12:00:00Z')).toBe('2026-01-04T22:00:00.000Z')
    expect(start(Period.W1, '2026-01-11T21:59:59Z')).toBe('2026-01-04T22:00:00.000Z')
    expect(start(Period.W1, '2026-01-11T22:00:00Z')).toBe('2026-01-11T22:00:00.000Z')
    expect(start(Period.MN1, '2026-07-07T12:00:00Z')).toBe('2026-06-30T21:00:00.000Z')
    expect(start(Period.MN1, '2026-06-30T21:00:00Z')).toBe('2026-06-30T21:00:00.000Z')
  })

  it.each(periods)('follow each other without a hole over the changes of clocks (%d)', (period) => {
    for (const change of ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z']) {
      let at = calendar.startOf(period, Date.parse(change) - 5 * 24 * hour)
      for (let count = 0; count < 200 && at < Date.parse(change) + 5 * 24 * hour; count++) {
        const end = calendar.endOf(period, at)
        expect(calendar.startOf(period, end - 1)).toBe(at)
        expect(calendar.startOf(period, end)).toBe(end)
        at = end
      }
    }
  })
})

describe('the past of a seeded market', () => {
  it.each(symbols)('%s: bars are what its ticks make them, in all 14 periods', async (_, id) => {
    const { market } = await marketAt('2026-03-10T15:17:23.456Z')
    const from = Date.parse('2026-03-08T00:00:00Z')
    const { items, more } = market.ticks(id, 'bid', { from, to: everything, limit: 5_000_000 })
    expect(more).toBe(false)
    const ticks = items.toReversed()
    expect(ticks.length).toBeGreaterThan(10_000)
    expect(ticks.every(({ at }, index) => at >= (ticks[index - 1]?.at ?? 0))).toBe(true)
    for (const period of periods) {
      const made = barsOf(ticks, period).filter(({ start }) => start >= from)
      const got = market.bars(id, period, { from, to: everything, limit: 100_000 })
      expect(got.items).toEqual(made)
    }
    market.close()
  })

  it.each(symbols)('%s: what was told live is what history tells later', async (_, id) => {
    const { clock, market } = await marketAt('2026-03-10T11:59:30Z')
    const told: QuoteChange[] = []
    market.onChange((change) => change.symbolId === id && told.push(change))
    market.watch(id)
    market.start()
    const from = clock.now() + 1
    clock.advance(45 * minute)
    for (const side of ['bid', 'ask'] as const) {
      const { items } = market.ticks(id, side, { from, to: everything, limit: 1_000_000 })
      const live = told
        .filter((change) => change[side] !== undefined)
        .map((change) => ({ at: change.timestamp, price: change[side] }))
      expect(live.length).toBeGreaterThan(50)
      expect(items.toReversed()).toEqual(live)
    }
    expect(market.quote(id)?.timestamp).toBe(told.at(-1)?.timestamp)
    market.close()
  })

  it('does not depend on when, how often or in which order it is asked', async () => {
    const range = {
      from: Date.parse('2024-05-06T09:00:00Z'),
      to: Date.parse('2024-05-06T10:00:00Z'),
      limit: 100,
    }
    const early = await marketAt('2024-05-06T10:05:00Z')
    const late = await marketAt('2026-11-20T03:04:05Z')
    late.market.bars(9, Period.D1, { from: 0, to: everything, limit: 20 })
    for (const [, id] of symbols) {
      const one = early.market.bars(id, Period.M1, range)
      expect(one.items.length).toBeGreaterThan(50)
      expect(late.market.bars(id, Period.M1, range)).toEqual(one)
      expect(late.market.ticks(id, 'ask', range)).toEqual(early.market.ticks(id, 'ask', range))
    }
    const other = await marketAt('2026-11-20T03:04:05Z', 'real', 6)
    expect(other.market.bars(1, Period.M1, range)).not.toEqual(
      late.market.bars(1, Period.M1, range),
    )
  })

  it('does not tell the future, and forms the last bar as far as it has come', async () => {
    const { clock, market } = await marketAt('2026-03-10T12:00:30Z', 'always')
    const range = { from: clock.now() - 2 * minute, to: everything, limit: 1_000 }
    const before = market.ticks(1, 'bid', range).items
    expect(before.every(({ at }) => at <= clock.now())).toBe(true)
    const forming = market.formingBar(1, Period.M1)
    const shown = market.bars(1, Period.M1, { ...range, limit: 1 }).items
    expect(shown).toEqual([forming])
    clock.advance(20_000)
    expect(market.formingBar(1, Period.M1)?.volume).toBeGreaterThan(forming?.volume ?? 0)
    expect(market.ticks(1, 'bid', range).items.slice(-before.length)).toEqual(before)
  })

  it('gives pages that fit together, newest first', async () => {
    const { market } = await marketAt('2026-03-10T12:00:30Z')
    const from = Date.parse('2026-03-10T09:00:00Z')
    const whole = market.ticks(41, 'bid', { from, to: everything, limit: 1_000_000 }).items
    // Ticks of the very same millisecond stay together, also where there are more of them than a page is long.
    for (const limit of [997, 37, 1]) {
      const paged: PastTick[] = []
      for (let to = everything, more = true; more; ) {
        const page = market.ticks(41, 'bid', { from, to, limit })
        const moments = new Set(page.items.map(({ at }) => at))
        if (moments.size > 1) expect(page.items.length).toBeLessThanOrEqual(limit)
        paged.push(...page.items)
        more = page.more
        to = (page.items.at(-1)?.at ?? 0) - 1
      }
      expect(paged).toEqual(whole)
    }
    const bars = market.bars(41, Period.M5, { from, to: everything, limit: 10 })
    expect([bars.items.length, bars.more]).toEqual([10, true])
    expect(bars.items.at(-1)?.start).toBe(Date.parse('2026-03-10T12:00:00Z'))
  })

  it('has no bar where the market was closed', async () => {
    const { market } = await marketAt('2026-01-12T12:00:00Z')
    const from = Date.parse('2026-01-09T21:55:00Z')
    const to = Date.parse('2026-01-11T22:04:00Z')
    expect(market.bars(1, Period.M1, { from, to, limit: 10 })).toEqual({ items: [], more: false })
    expect(market.bars(1, Period.M1, { from, to: to + minute, limit: 10 }).items).toHaveLength(1)
    expect(market.bars(41, Period.H1, { from: 0, to: from + 2 * hour, limit: 1 }).items).toEqual([
      expect.objectContaining({ start: Date.parse('2026-01-09T21:00:00Z') }),
    ])
    const christmas = Date.parse('2025-12-25T12:00:00Z')
    expect(
      market.bars(1, Period.M1, { from: christmas, to: christmas + hour, limit: 9 }).items,
    ).toEqual([])
  })

  it('goes back to 2010 and no further', async () => {
    const { market } = await marketAt('2010-01-04T11:59:59Z', 'always')
    const { items, more } = market.bars(1, Period.H1, { from: 0, to: everything, limit: 1_000 })
    expect([items.length, more]).toEqual([84, false])
    expect(items[0]?.start).toBe(Date.parse('2010-01-01T00:00:00Z'))
    expect(market.ticks(4711, 'bid', { from: 0, to: everything, limit: 1 }).items).toEqual([])
  })

  it('knows the close of the day before from the start', async () => {
    const { market } = await marketAt('2026-03-10T12:00:30Z')
    const [day] = market.bars(1, Period.D1, {
      from: 0,
      to: Date.parse('2026-03-09T20:59:59Z'),
      limit: 1,
    }).items
    expect(market.quote(1)?.sessionClose).toBe(day?.close)
  })
})
