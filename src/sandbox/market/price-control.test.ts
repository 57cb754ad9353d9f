import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { ProtoOATrendbarPeriod as Period } from '../../protocol/index.ts'
import { Random } from '../random.ts'
import { createWorld } from '../world/index.ts'
import { createMarket, type QuoteChange } from './index.ts'

const minute = 60_000
const [euro, pound, sterling] = [1, 2, 9]
const forever = Number.MAX_SAFE_INTEGER

async function openMarket(now: number | string = '2026-01-07T12:00:10.500Z') {
  const clock = new ManualClock(now)
  const world = createWorld({ seed: 7, marketHours: 'always' })
  const market = await createMarket({ world, clock, random: new Random(7) })
  const told: QuoteChange[] = []
  market.onChange((change) => told.push(change))
  market.start()
  const quote = (symbolId: number) => {
    const found = market.quote(symbolId)
    if (found === undefined) throw new Error('there is no quote')
    return found
  }
  return { clock, market, told, quote, control: market.control }
}

type Setting = Awaited<ReturnType<typeof openMarket>>

/** What was told live, against what history tells of it. */
function seams({ market, told }: Setting, symbolId: number, since: number) {
  return (['bid', 'ask'] as const).map((side) => {
    const live = told
      .filter((one) => one.symbolId === symbolId && one[side] !== undefined)
      .map((one) => ({ at: one.timestamp, price: one[side] }))
    const range = { from: since, to: forever, limit: 1_000_000 }
    return [live, market.ticks(symbolId, side, range).items.toReversed()] as const
  })
}

describe('a market that nobody watches', () => {
  it('keeps no timer, and still has the price of now', async () => {
    const { clock, market, quote, told } = await openMarket()
    expect(clock.pending).toBe(0)
    const before = quote(euro)
    clock.advance(10 * minute)
    expect(quote(euro).timestamp).toBeGreaterThan(before.timestamp)
    const stop = market.watch(euro)
    market.watch(pound)()
    expect(clock.pending).toBe(1)
    clock.advance(minute)
    expect(new Set(told.map(({ symbolId }) => symbolId))).toEqual(new Set([euro]))
    stop()
    stop()
    expect(clock.pending).toBe(0)
    market.close()
  })

  it('has the same price as one that was watched all the time', async () => {
    const [watched, idle] = [await openMarket(), await openMarket()]
    for (const id of [euro, sterling]) watched.market.watch(id)
    for (const { clock } of [watched, idle]) clock.advance(17 * minute + 1234)
    for (const id of [euro, sterling]) expect(idle.quote(id)).toEqual(watched.quote(id))
  })
})

describe('prices moved by hand', () => {
  it.each([
    [
      'held, then released',
      (one: Setting) => one.control.set(euro, { bid: 120_000, ask: 120_007 }),
    ],
    ['shifted', (one: Setting) => one.control.shift(euro, -500, one.quote(euro))],
    [
      'shocked',
      (one: Setting) => {
        const shock = { points: 900, lastsMs: 3 * minute, retrace: 0.5, spread: 6 }
        one.control.spike(euro, shock, one.quote(euro))
      },
    ],
    ['shut', (one: Setting) => one.control.setTrading(euro, false)],
    ['silenced', (one: Setting) => one.control.setQuoting(euro, false)],
  ])('and %s, are told by history as they were told live', async (_, act) => {
    const setting = await openMarket()
    const { clock, market, control } = setting
    const since = clock.now() + 1
    for (const id of [euro, pound, sterling]) market.watch(id)
    clock.advance(90_000)
    act(setting)
    clock.advance(2 * minute + 4_321)
    control.release(euro)
    control.setTrading(euro, undefined)
    control.setQuoting(euro, true)
    clock.advance(2 * minute)
    for (const id of [euro, pound, sterling]) {
      for (const [live, history] of seams(setting, id, since)) {
        expect(live.length).toBeGreaterThan(20)
        expect(history).toEqual(live)
      }
    }
    const from = Math.floor(since / minute) * minute
    const bars = market.bars(euro, Period.M1, { from, to: forever, limit: 99 }).items
    const later = bars.filter(({ start }) => start > since)
    for (const { start, open, high, low, close, volume } of later) {
      const [[live = []] = []] = seams(setting, euro, since)
      const inside = live.filter(({ at }) => at >= start && at < start + minute)
      const prices = inside.map(({ price = 0 }) => price)
      expect([open, high, low, close, volume]).toEqual([
        ...[prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1), prices.length],
      ])
    }
  })

  it('stand still while they are held, and move on from there', async () => {
    const { clock, market, control, quote, told } = await openMarket()
    market.watch(euro)
    control.set(euro, { bid: 120_000, ask: 120_007 })
    const count = told.length
    clock.advance(10 * minute)
    expect(told.length).toBe(count)
    expect(quote(euro)).toMatchObject({ bid: 120_000, ask: 120_007 })
    control.release(euro)
    clock.advance(30_000)
    expect(quote(euro).bid).not.toBe(120_000)
    expect(Math.abs(quote(euro).bid - 120_000)).toBeLessThan(100)
  })

  it('are gone while they are taken away, and the crosses follow the other leg', async () => {
    const { clock, market, control, quote, told } = await openMarket()
    for (const id of [euro, sterling]) market.watch(id)
    control.set(euro, { bid: 120_000, ask: 120_007 })
    control.setQuoting(euro, false)
    const [last, cross] = [market.lastQuote(euro), quote(sterling)]
    clock.advance(5 * minute)
    expect([market.quote(euro), market.depth(euro)]).toEqual([undefined, undefined])
    expect(market.lastQuote(euro)).toEqual(last)
    expect(told.at(-1)?.symbolId).toBe(sterling)
    expect(quote(sterling)).not.toEqual(cross)
    expect(market.isOpen(euro, clock.now())).toBe(true)
    // What was held before is held again.
    control.setQuoting(euro, true)
    expect(quote(euro)).toMatchObject({ bid: 120_000, ask: 120_007 })
    control.setQuoting(euro, false)
    control.set(euro, { bid: 130_000, ask: 130_007 })
    expect(quote(euro)).toMatchObject({ bid: 130_000, ask: 130_007 })
  })

  it('take the crosses along in the same moment', async () => {
    const { clock, market, control, quote, told } = await openMarket()
    market.watch(sterling)
    const middle = quote(pound).bid + quote(pound).ask
    control.set(euro, { bid: 150_000, ask: 150_010 })
    expect(told.at(-1)).toMatchObject({ symbolId: sterling, timestamp: clock.now() })
    const expected = (300_010 / middle) * 100_000
    expect(Math.abs((quote(sterling).bid + quote(sterling).ask) / 2 - expected)).toBeLessThan(20)
  })

  it('can be captured, put back, and put into another market of the same seed', async () => {
    const setting = await openMarket()
    const { clock, control, quote } = setting
    control.shift(euro, 2_000, quote(euro))
    control.setTrading(pound, false)
    const state = JSON.parse(JSON.stringify(control.capture()))
    const at = clock.now()
    clock.advance(5 * minute)
    const [later, same] = [quote(euro), quote(sterling)]
    control.shift(euro, 4_000, quote(euro))
    control.setTrading(pound, undefined)
    expect(quote(euro)).not.toEqual(later)
    control.restore(state)
    expect([quote(euro), quote(sterling)]).toEqual([later, same])
    const fork = await openMarket(at)
    fork.control.restore(state)
    fork.clock.advance(5 * minute)
    expect([fork.quote(euro), fork.quote(sterling)]).toEqual([later, same])
    expect(fork.market.isOpen(pound, fork.clock.now())).toBe(false)
    expect(fork.control.state()).toEqual([
      { symbolId: euro, held: false, trades: undefined, quotes: true },
      { symbolId: pound, held: false, trades: false, quotes: true },
    ])
  })

  it('may come by the hundred within a minute, also where a cross follows from them', async () => {
    const { clock, market, control } = await openMarket('2026-01-07T12:00:00Z')
    const from = clock.now()
    const bids = Array.from({ length: 150 }, (_, at) => 110_000 + ((at * 37) % 150) * 10)
    for (const bid of bids) {
      clock.advance(300)
      control.set(euro, { bid, ask: bid + 7 })
    }
    clock.advance(minute)
    const { items } = market.ticks(sterling, 'bid', { from, to: from + 45_000, limit: 10_000 })
    expect(items.length).toBeGreaterThanOrEqual(150)
    const [bar] = market.bars(sterling, Period.M1, { from, to: from, limit: 1 }).items
    const within = market.ticks(sterling, 'bid', { from, to: from + minute - 1, limit: 10_000 })
    const prices = within.items.map(({ price }) => price)
    const [high, low] = [Math.max(...prices), Math.min(...prices)]
    expect(bar).toMatchObject({ high, low, volume: prices.length, close: prices[0] })
    // Half of a euro's range of 1.35 percent, at the least.
    expect(high / low).toBeGreaterThan(1.007)
  })

  it('are refused where they make no sense', async () => {
    const { control, quote } = await openMarket()
    expect(() => control.set(4711, { bid: 1, ask: 2 })).toThrow('no symbol with the id 4711')
    expect(() => control.set(euro, { bid: 0, ask: 2 })).toThrow('The bid cannot be 0')
    expect(() => control.set(euro, { bid: 1, ask: 2.5 })).toThrow('The ask cannot be 2.5')
    expect(() => control.shift(euro, -1_000_000, quote(euro))).toThrow('cannot be -')
    expect(control.capture()).toEqual([])
  })
})
