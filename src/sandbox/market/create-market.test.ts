import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { Random } from '../random.ts'
import { createWorld, gridOf, type Instrument } from '../world/index.ts'
import { createMarket, createScriptedMarket, type QuoteChange } from './index.ts'

const minute = 60_000
const hour = 60 * minute

interface Setting {
  readonly seed?: number
  readonly now?: string
  readonly marketHours?: 'always' | 'real'
}

/** A market of which every symbol is watched. */
async function openMarket({ seed = 7, now, marketHours = 'always' }: Setting = {}) {
  const clock = new ManualClock(now ?? '2026-01-07T12:00:00Z')
  const world = createWorld({ seed, marketHours })
  const market = await createMarket({ world, clock, random: new Random(seed) })
  const changes: QuoteChange[] = []
  market.onChange((change) => changes.push(change))
  for (const symbolId of world.instruments.keys()) market.watch(symbolId)
  const instrument = (name: string): Instrument => {
    const found = [...world.instruments.values()].find((one) => one.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }
  const of = (name: string) => changes.filter((one) => one.symbolId === instrument(name).symbolId)
  return { clock, world, market, changes, instrument, of }
}

describe('a seeded market', () => {
  it('has a two-sided price of every symbol before it starts, and moves none of them', async () => {
    const { clock, world, market, changes } = await openMarket()
    clock.advance(hour)
    for (const { symbolId } of world.lightSymbols) {
      const { bid, ask, sessionClose } = market.quote(symbolId) ?? { bid: 0, ask: 0 }
      expect(bid).toBeGreaterThan(0)
      expect(ask).toBeGreaterThan(bid)
      expect(sessionClose).toBeGreaterThan(0)
    }
    expect(changes).toEqual([])
    expect(market.quote(4711)).toBeUndefined()
    expect(market.isOpen(4711, clock.now())).toBe(false)
    market.close()
  })

  it('gives the same quotes for the same seed, and others for another', async () => {
    const run = async (seed: number) => {
      const { clock, market, changes } = await openMarket({ seed })
      market.start()
      clock.advance(3 * minute)
      market.close()
      return changes
    }
    const [one, again, other] = [await run(7), await run(7), await run(8)]
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
  })

  it('gives the same prices however late its timers are', async () => {
    const prices = async (late: number) => {
      const { clock, market, of } = await openMarket()
      const punctual = clock.after.bind(clock)
      clock.after = (ms, call) => punctual(ms + late, call)
      market.start()
      clock.advance(5 * minute)
      market.close()
      return of('XAUUSD').map(({ bid, ask }) => [bid, ask])
    }
    const [punctual, late] = [await prices(0), await prices(13)]
    expect(late.length).toBeGreaterThan(500)
    expect(punctual.slice(0, late.length)).toEqual(late)
  })

  it('keeps to the price grid, never crosses, and mostly moves one side at a time', async () => {
    const { clock, world, market, changes } = await openMarket()
    market.start()
    const crossed: QuoteChange[] = []
    market.onChange((change) => {
      const { bid = 0, ask = 0 } = market.quote(change.symbolId) ?? {}
      if (ask <= bid) crossed.push(change)
    })
    clock.advance(20 * minute)
    market.close()
    expect(crossed).toEqual([])
    const offGrid = changes.filter(({ symbolId, bid, ask }) => {
      const instrument = world.instruments.get(symbolId)
      const grid = instrument === undefined ? 0 : gridOf(instrument)
      return (bid ?? 0) % grid !== 0 || (ask ?? 0) % grid !== 0
    })
    expect(offGrid).toEqual([])
    expect(changes.every(({ bid, ask }) => (bid ?? ask) !== undefined)).toBe(true)
    const both = changes.filter(({ bid, ask }) => bid !== undefined && ask !== undefined)
    expect(both.length / changes.length).toBeGreaterThan(0.02)
    expect(both.length / changes.length).toBeLessThan(0.5)
  })

  it('shows life: a few quotes a second of the majors, more of gold, a sensible spread', async () => {
    const { clock, world, market, of, instrument } = await openMarket()
    const spreads = new Map<number, number[]>()
    market.onChange(({ symbolId }) => {
      const { bid = 0, ask = 0 } = market.quote(symbolId) ?? {}
      spreads.set(symbolId, [...(spreads.get(symbolId) ?? []), ask - bid])
    })
    market.start()
    clock.advance(5 * minute)
    market.close()
    const rate = (name: string): number => of(name).length / 300
    for (const major of ['EURUSD', 'GBPUSD', 'USDJPY']) {
      expect(rate(major)).toBeGreaterThan(1)
      expect(rate(major)).toBeLessThan(10)
    }
    expect(rate('XAUUSD')).toBeGreaterThan(rate('EURUSD'))
    for (const { name } of world.instruments.values()) {
      const { symbolId, quoting } = instrument(name)
      const sorted = (spreads.get(symbolId) ?? []).sort((one, other) => one - other)
      const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
      expect(middle).toBeGreaterThan(quoting.spread * 0.5)
      expect(middle).toBeLessThan(quoting.spread * 1.6 + 100)
    }
  })

  it('never lets a round trip through a cross and its legs earn anything', async () => {
    const { clock, market, instrument, of } = await openMarket()
    const price = (name: string) => market.quote(instrument(name).symbolId) ?? { bid: 0, ask: 0 }
    const earning: (readonly [string, number])[] = []
    const check = (): void => {
      const [euro, pound, yen] = [price('EURUSD'), price('GBPUSD'), price('USDJPY')]
      const [sterling, euroYen] = [price('EURGBP'), price('EURJPY')]
      // Multiplied out, so that only whole numbers are compared.
      const one = 100_000
      const profits = {
        'EURGBP down': sterling.bid * pound.bid - euro.ask * one,
        'EURGBP up': euro.bid * one - sterling.ask * pound.ask,
        'EURJPY down': euroYen.bid * one - euro.ask * yen.ask,
        'EURJPY up': euro.bid * yen.bid - euroYen.ask * one,
      }
      for (const entry of Object.entries(profits)) if (entry[1] > 0) earning.push(entry)
    }
    check()
    market.onChange(check)
    market.start()
    clock.advance(10 * minute)
    check()
    expect(earning).toEqual([])
    expect(of('EURGBP').length).toBeGreaterThan(200)
    expect(of('EURJPY').length).toBeGreaterThan(200)
    market.close()
  })

  it('moves on the session close at 17:00 New York, summer and winter', async () => {
    for (const now of ['2026-01-07T21:50:00Z', '2026-07-08T20:50:00Z']) {
      const { clock, market } = await openMarket({ now })
      market.start()
      const first = market.quote(1)?.sessionClose
      clock.advance(9 * minute)
      expect(market.quote(1)?.sessionClose).toBe(first)
      let last: number | undefined
      const stop = market.onChange(({ symbolId, timestamp }) => {
        if (symbolId === 1 && timestamp < Date.parse(now) + 10 * minute) {
          last = market.quote(symbolId)?.bid
        }
      })
      clock.advance(2 * minute)
      stop()
      expect(market.quote(1)?.sessionClose).toBe(last)
      market.close()
    }
  })

  it('does not depend on the day of the week by default', async () => {
    const { clock, market, of } = await openMarket({ now: '2026-01-10T12:00:00Z' })
    market.start()
    clock.advance(minute)
    expect(market.isOpen(1, clock.now())).toBe(true)
    expect(of('EURUSD').length).toBeGreaterThan(50)
    expect(of('GER40').length).toBeGreaterThan(20)
    market.close()
  })

  it('lets nobody wait for a quote by default, whatever the hour, the day and the seed', async () => {
    // A weekend's night, around a rollover, a change of clocks and the end of a year.
    const moments = ['2026-12-05T20:30', '2026-11-27T21:30', '2027-03-14T06:30', '2026-12-31T23:30']
    for (const [index, now] of moments.entries()) {
      const { longest, five } = await pauses({ seed: index + 1, now: `${now}:00Z` })
      for (const pause of longest.values()) expect(pause).toBeLessThan(4_000)
      expect(five.get('EURUSD')).toBeLessThan(3_000)
    }
    const real = await pauses({ now: '2026-11-26T22:30:00Z', marketHours: 'real' })
    expect(real.longest.get('EURUSD')).toBeGreaterThan(10_000)
  })
})

/** By symbol, over an hour: the longest time between two quotes, and between one and the fourth after it, ms. */
async function pauses(setting: Setting) {
  const { clock, market, world, of } = await openMarket(setting)
  const from = clock.now()
  market.start()
  clock.advance(hour)
  market.close()
  const longestOf = (name: string, apart: number): number => {
    const at = [from, ...of(name).map(({ timestamp }) => timestamp), clock.now()]
    return Math.max(...at.slice(apart).map((moment, index) => moment - (at[index] ?? 0)))
  }
  const names = [...world.instruments.values()].map(({ name }) => name)
  const by = (apart: number) => new Map(names.map((name) => [name, longestOf(name, apart)]))
  return { longest: by(1), five: by(4) }
}

describe('real market hours', () => {
  it('keep closed symbols still, and let them go on when they open', async () => {
    // Sunday: only crypto-currencies trade.
    const { clock, market, changes, of } = await openMarket({
      now: '2026-01-11T21:00:00Z',
      marketHours: 'real',
    })
    market.start()
    clock.advance(hour / 2)
    expect(new Set(changes.map(({ symbolId }) => symbolId))).toEqual(new Set([10_026]))
    expect(market.quote(1)).toBeDefined()
    // Sunday 17:05 New York is 22:05 UTC in winter.
    clock.advanceTo(new Date('2026-01-11T22:04:59.999Z'))
    expect(of('EURUSD')).toEqual([])
    expect(market.isOpen(1, clock.now())).toBe(false)
    clock.advance(minute)
    expect(market.isOpen(1, clock.now())).toBe(true)
    expect(of('EURUSD').length).toBeGreaterThan(10)
    expect(of('EURGBP').length).toBeGreaterThan(10)
    expect(of('XAUUSD')).toEqual([])
    market.close()
  })

  it.each([
    ['EURUSD, winter, just before Friday ends', 1, '2026-01-09T21:54:59Z', true],
    ['EURUSD, winter, Friday has ended', 1, '2026-01-09T21:55:00Z', false],
    ['EURUSD, summer, Friday has ended', 1, '2026-07-10T20:55:00Z', false],
    ['EURUSD, summer, an hour before', 1, '2026-07-10T19:55:00Z', true],
    ['EURUSD, the daily pause', 1, '2026-01-07T22:00:00Z', false],
    ['EURUSD, after the daily pause', 1, '2026-01-07T22:05:00Z', true],
    // America changes its clocks on 8 March, Europe on 29 March.
    ['gold, the daily hour, after America changed', 41, '2026-03-10T21:30:00Z', false],
    ['gold, an hour later', 41, '2026-03-10T22:30:00Z', true],
    ['the German index, before Europe changed', 10_021, '2026-03-10T20:59:59Z', true],
    ['the German index, 22:00 in winter', 10_021, '2026-03-10T21:00:00Z', false],
    ['the German index, 22:00 in summer', 10_021, '2026-03-31T20:00:00Z', false],
    ['Bitcoin, Sunday', 10_026, '2026-01-11T03:00:00Z', true],
    ['Bitcoin, its maintenance', 10_026, '2026-01-10T08:15:00Z', false],
  ])('%s', async (_, symbolId, at, open) => {
    const { market } = await openMarket({ marketHours: 'real' })
    expect(market.isOpen(symbolId, Date.parse(at))).toBe(open)
    market.close()
  })
})

describe('a scripted market', () => {
  it('moves only when somebody sets a price, and tells the sides that changed', () => {
    const clock = new ManualClock()
    const world = createWorld({ seed: 1, marketHours: 'always' })
    const market = createScriptedMarket({ world, clock })
    const told: (readonly [number | undefined, number | undefined])[] = []
    const stop = market.onChange(({ bid, ask }) => told.push([bid, ask]))
    expect(market.quote(1)).toBeUndefined()
    market.set('EURUSD', '1.12568', '1.12569')
    market.set('EURUSD', '1.12568', '1.1257')
    market.set('EURUSD', '1.12568', '1.1257')
    stop()
    market.set('EURUSD', '1.2', '1.3')
    expect(told).toEqual([
      [112_568, 112_569],
      [undefined, 112_570],
      [112_568, 112_570],
    ])
    expect(market.quote(1)).toMatchObject({ bid: 120_000, ask: 130_000 })
  })

  it('takes only names and prices that it understands', () => {
    const clock = new ManualClock()
    const market = createScriptedMarket({
      world: createWorld({ seed: 1, marketHours: 'always' }),
      clock,
    })
    expect(() => market.set('EURPLN', '1', '2')).toThrow('There is no instrument "EURPLN".')
    for (const price of ['', '0', '-1', '1.123456', '1e5', 'x']) {
      expect(() => market.set('EURUSD', price, '2')).toThrow('is not a price')
    }
  })

  it('tells what a listener sets in answer after what it answers to', () => {
    const clock = new ManualClock()
    const world = createWorld({ seed: 1, marketHours: 'always' })
    const market = createScriptedMarket({ world, clock })
    const told: number[] = []
    market.onChange(({ symbolId }) => {
      if (symbolId === 1) market.set('GBPUSD', '1.3', '1.4')
    })
    market.onChange(({ symbolId }) => told.push(symbolId))
    market.set('EURUSD', '1.1', '1.2')
    expect(told).toEqual([1, 2])
  })
})
