import { describe, expect, it } from 'vitest'
import { createWorld } from '../world/index.ts'
import { Conversion } from './conversion.ts'
import { toDouble } from './ratio.ts'

const world = createWorld({ seed: 1, marketHours: 'always' })
const conversion = new Conversion(world.instruments.values())

const names = (from: string, to: string): readonly string[] | undefined =>
  conversion.chain(from, to)?.map(({ name }) => name)

describe('a chain of conversion', () => {
  it('is empty for the same asset, whether known or not', () => {
    expect(names('USD', 'USD')).toEqual([])
  })

  it('is the shortest there is', () => {
    expect(names('EUR', 'USD')).toEqual(['EURUSD'])
    expect(names('JPY', 'EUR')).toEqual(['EURJPY'])
    expect(names('CHF', 'CAD')).toEqual(['USDCHF', 'USDCAD'])
    expect(names('GER40', 'USD')).toEqual(['GER40', 'EURUSD'])
  })

  it('is undefined where nothing leads', () => {
    expect(names('EUR', 'PLN')).toBeUndefined()
  })
})

describe('a rate', () => {
  const prices = new Map([
    [1, { bid: 112_500, ask: 112_510 }],
    [4, { bid: 14_725_000, ask: 14_726_000 }],
    [10_021, { bid: 2_547_000_000, ask: 2_547_120_000 }],
  ])
  const priceOf = (symbolId: number, side: 'buy' | 'sell'): number | undefined =>
    prices.get(symbolId)?.[side === 'buy' ? 'ask' : 'bid']

  it('takes the ask for a deal that buys and the bid for one that sells, on every step', () => {
    const rate = (side: 'buy' | 'sell', from: string, to: string): number | undefined => {
      const found = conversion.rates(priceOf, side)(from, to)
      return found === undefined ? undefined : toDouble(found)
    }
    expect(rate('buy', 'EUR', 'USD')).toBe(1.1251)
    expect(rate('sell', 'EUR', 'USD')).toBe(1.125)
    expect(rate('sell', 'USD', 'JPY')).toBe(147.25)
    expect(rate('sell', 'JPY', 'USD')).toBe(1 / 147.25)
    expect(rate('buy', 'GER40', 'USD')).toBe(28_657.647_12)
    expect(rate('buy', 'GBP', 'USD')).toBeUndefined()
  })
})
