import { describe, expect, it } from 'vitest'
import { createWorld, type Instrument } from '../world/index.ts'
import { commissionOf } from './commission.ts'
import { Conversion } from './conversion.ts'
import { marginOf, shareOfMargin, shownMargin } from './margin.ts'
import { enter, leave } from './position.ts'
import { one, type Ratio, ratio } from './ratio.ts'
import { newPosition, type Position, type Side } from './trade.ts'

// Numbers of this file were recorded at a real server, in USD accounts with two money digits.
const world = createWorld({ seed: 1, marketHours: 'always' })
const conversion = new Conversion(world.instruments.values())
const dollars = { asset: 'USD', digits: 2 }

function instrumentOf(name: string): Instrument {
  const found = [...world.instruments.values()].find((instrument) => instrument.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

function ratesAt(prices: Record<string, number>) {
  const priceOf = (symbolId: number): number | undefined =>
    prices[world.instruments.get(symbolId)?.name ?? '']
  return conversion.rates(priceOf, 'buy')
}

function held(
  name: string,
  side: Side,
  volume: number,
  price: number,
  rest: Partial<Position> = {},
) {
  const instrument = instrumentOf(name)
  const { symbolId } = instrument
  const position = newPosition(1, { symbolId, side, label: undefined, comment: undefined })
  const entry = { side, volume, price, commission: 0n, margin: 0n, marginRate: one, at: 1 }
  return { instrument, position: { ...enter(position, entry), ...rest } }
}

describe('commission', () => {
  it('per lot rounds halves away from zero on each side', () => {
    const rates = ratesAt({ EURUSD: 112_569 })
    const eurusd = instrumentOf('EURUSD')
    expect(commissionOf(eurusd, 100_000, 112_569, rates, dollars)).toBe(-3n)
    expect(commissionOf(eurusd, 200_000, 112_568, rates, dollars)).toBe(-5n)
  })

  it('as a percentage of the value', () => {
    const bitcoin = instrumentOf('BTCUSD')
    const charge = (volume: number, price: number): bigint | undefined =>
      commissionOf(bitcoin, volume, price, ratesAt({ BTCUSD: price }), dollars)
    expect(charge(100, 8_528_722_000)).toBe(-2772n)
    expect(charge(100, 8_518_789_000)).toBe(-2769n)
    expect(charge(100, 8_520_910_000)).toBe(-2769n)
    expect(charge(1, 8_521_906_000)).toBe(-28n)
  })

  it('per million dollars counts the value of the base asset', () => {
    const audusd = instrumentOf('AUDUSD')
    // 100,000 AUD at 0.65420 are 65,420 dollars; 30 dollars per million of them are 1.9626.
    const rates = ratesAt({ AUDUSD: 65_420 })
    expect(commissionOf(audusd, 10_000_000, 65_420, rates, dollars)).toBe(-196n)
  })

  it('in the quote asset is converted to the deposit', () => {
    const eurjpy = instrumentOf('EURJPY')
    // 360 yen a lot at 147.25 yen a dollar are 2.4448 dollars.
    const rates = ratesAt({ EURJPY: 16_574_500, USDJPY: 14_725_000, EURUSD: 112_560 })
    expect(commissionOf(eurjpy, 10_000_000, 16_574_500, rates, dollars)).toBe(-244n)
  })

  it('is never below the least charge', () => {
    const gold = instrumentOf('XAUUSD')
    // One ounce at 1,300 dollars would cost 3.9 cents; the least is 5.
    const rates = ratesAt({ XAUUSD: 130_000_000 })
    expect(commissionOf(gold, 100, 130_000_000, rates, dollars)).toBe(-5n)
    expect(commissionOf(gold, 1000, 130_000_000, rates, dollars)).toBe(-39n)
  })

  it('is unknown while a price for the conversion is missing', () => {
    const eurjpy = instrumentOf('EURJPY')
    const rates = ratesAt({ EURJPY: 16_574_500 })
    expect(commissionOf(eurjpy, 10_000_000, 16_574_500, rates, dollars)).toBeUndefined()
  })
})

describe('margin', () => {
  const plain = { baseToUsd: one, accountLeverage: 10_000, tiers: [] }

  it('is units times rate over leverage, halves up to the cent', () => {
    const margin = (volume: number, points: number): bigint =>
      shownMargin(marginOf(volume, 0, { ...plain, marginRate: ratio(points, 100_000) }), 2)
    expect(margin(100_000, 112_569)).toBe(1126n)
    expect(margin(200_000, 112_568)).toBe(2251n)
    expect(margin(100_000, 112_568)).toBe(1126n)
  })

  it('shrinks with a part closed by the share of the volume', () => {
    const rate = ratio(8_528_722_000, 100_000)
    const tiers = [{ volume: 100_000_000n, leverage: 333 }]
    const whole = marginOf(100, 0, { ...plain, marginRate: rate, baseToUsd: rate, tiers })
    expect(shownMargin(whole, 2)).toBe(2_561_178n)
    expect(shownMargin(shareOfMargin(whole, 99, 100), 2)).toBe(2_535_566n)
  })

  it('takes the tier that each part of the exposure falls into', () => {
    // 1:3 for the first 100,000 dollars, 1:1 beyond; one bitcoin is 96,000 dollars.
    const rate: Ratio = ratio(96_000)
    const tiers = [
      { volume: 10_000_000n, leverage: 300 },
      { volume: 20_000_000n, leverage: 100 },
    ]
    const terms = { ...plain, marginRate: rate, baseToUsd: rate, tiers }
    expect(shownMargin(marginOf(100, 0, terms), 2)).toBe(3_200_000n)
    expect(shownMargin(marginOf(100, 100, terms), 2)).toBe(9_333_333n)
  })

  it("never uses more leverage than the account's", () => {
    const tiers = [{ volume: 500_000_000n, leverage: 50_000 }]
    const terms = { ...plain, marginRate: ratio(112_569, 100_000), tiers }
    expect(shownMargin(marginOf(100_000, 0, terms), 2)).toBe(1126n)
  })
})

describe('closing', () => {
  it('releases the entry commission by share: of -5 half is -3, which leaves -2', () => {
    const { instrument, position } = held('EURUSD', 'buy', 200_000, 112_568, { commission: -5n })
    const exit = { price: 112_567, commission: -3n, deposit: dollars, rate: one, at: 2 }
    const half = leave(position, { ...exit, instrument, volume: 100_000 })
    expect(half.outcome).toMatchObject({ gross: -1n, commission: -6n, conversionFee: 0n })
    expect(half.position).toMatchObject({ commission: -2n, volume: 100_000, status: 'open' })
  })

  it('of a hundredth of a bitcoin', () => {
    const { instrument, position } = held('BTCUSD', 'buy', 100, 8_528_721_000, {
      commission: -2772n,
    })
    const exit = { price: 8_521_906_000, commission: -28n, deposit: dollars, rate: one, at: 2 }
    const part = leave(position, { ...exit, instrument, volume: 1 })
    expect(part.outcome).toMatchObject({ gross: -68n, commission: -56n })
    expect(part.position).toMatchObject({ commission: -2744n, volume: 99 })
  })

  it('of a whole bitcoin at a take profit that was moved below the entry', () => {
    const { instrument, position } = held('BTCUSD', 'buy', 100, 8_520_910_000, {
      commission: -2769n,
    })
    const exit = { price: 8_518_789_000, commission: -2769n, deposit: dollars, rate: one, at: 2 }
    const all = leave(position, { ...exit, instrument, volume: 100 })
    expect(all.outcome).toMatchObject({ gross: -2121n, commission: -5538n })
    expect(all.position).toMatchObject({ volume: 0, status: 'created', margin: 0n })
  })

  it('of an index quoted in euros charges the conversion fee on a loss too, rounded up', () => {
    const { instrument, position } = held('GER40', 'buy', 100, 2_549_430_000, { swap: -515n })
    const rate = ratio(113_666, 100_000)
    const exit = { price: 2_547_124_000, commission: 0n, deposit: dollars, rate, at: 2 }
    const { outcome } = leave(position, { ...exit, instrument, volume: 100 })
    expect(outcome).toMatchObject({ gross: -2621n, swap: -515n, conversionFee: -19n })
    const { gross, swap, commission, conversionFee } = outcome
    expect(gross + swap + commission + conversionFee).toBe(-3155n)
  })
})

describe('adding to a position', () => {
  it('averages the entry price by volume', () => {
    const { position } = held('EURUSD', 'buy', 100_000, 112_560)
    const entry = { side: 'buy', volume: 300_000, price: 112_580, commission: -8n } as const
    const both = enter(position, { ...entry, margin: 5n, marginRate: ratio(3), at: 9 })
    expect(both).toMatchObject({ volume: 400_000, entry: 11_257_500_000_000n, commission: -8n })
    expect(both.marginRate).toEqual(ratio(25_000_000_000_000n, 10_000_000_000_000n))
    expect(both.openedAt).toBe(1)
    expect(both.updatedAt).toBe(9)
  })
})
