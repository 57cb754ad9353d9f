import { describe, expect, it } from 'vitest'
import {
  ProtoOACommissionType as CommissionType,
  decodeMessage,
  encodeMessage,
} from '../../protocol/index.ts'
import { createWorld, gridOf } from './index.ts'

const world = createWorld({ seed: 1, marketHours: 'always' })
const instruments = [...world.instruments.values()]

describe('the world', () => {
  it('offers the instruments a newcomer expects, of different kinds', () => {
    const names = world.lightSymbols.map(({ symbolName }) => symbolName)
    expect(names).toEqual(expect.arrayContaining(['EURUSD', 'GBPUSD', 'USDJPY', 'EURGBP']))
    expect(names).toEqual(expect.arrayContaining(['AUDUSD', 'USDCHF', 'NZDUSD', 'XAUUSD']))
    expect(names).toEqual(expect.arrayContaining(['GER40', 'BTCUSD']))
    expect(new Set(instruments.map(({ digits }) => digits))).toEqual(new Set([5, 3, 2]))
    expect(new Set(instruments.map(({ commission }) => commission.type))).toEqual(
      new Set(Object.values(CommissionType)),
    )
    expect(instruments.find(({ name }) => name === 'GER40')?.quote).toBe('EUR')
  })

  it('has no two things of a kind with the same id or name', () => {
    const unique = (values: readonly unknown[]): void => {
      expect(new Set(values).size).toBe(values.length)
    }
    unique(world.assets.map(({ assetId }) => assetId))
    unique(world.assets.map(({ name }) => name))
    unique(world.lightSymbols.map(({ symbolId }) => symbolId))
    unique(world.lightSymbols.map(({ symbolName }) => symbolName))
    unique(world.accounts.map(({ accountId }) => accountId))
    unique(world.accounts.map(({ traderLogin }) => traderLogin))
  })

  it('refers only to things that exist', () => {
    const assetIds = new Set<number | undefined>(world.assets.map(({ assetId }) => assetId))
    const assetNames = new Set(world.assets.map(({ name }) => name))
    const classes = new Set(world.assetClasses.map(({ id }) => id))
    const categories = new Set<number | undefined>()
    for (const { id, assetClassId } of world.symbolCategories) {
      categories.add(id)
      expect(classes).toContain(assetClassId)
    }
    for (const light of world.lightSymbols) {
      expect(assetIds).toContain(light.baseAssetId)
      expect(assetIds).toContain(light.quoteAssetId)
      expect(categories).toContain(light.symbolCategoryId)
      expect(world.symbols.has(light.symbolId)).toBe(true)
    }
    for (const { leverageId = 0, minCommissionAsset = '' } of world.symbols.values()) {
      expect(world.dynamicLeverages.has(leverageId)).toBe(true)
      expect(assetNames).toContain(minCommissionAsset)
    }
    for (const { depositAsset } of world.accounts) expect(assetNames).toContain(depositAsset)
  })

  it('has volumes and prices that fit each other', () => {
    for (const instrument of instruments) {
      const { minVolume, stepVolume, maxVolume, lotSize, quoting } = instrument
      expect(minVolume % stepVolume).toBe(0)
      expect(maxVolume % stepVolume).toBe(0)
      expect(maxVolume).toBeGreaterThan(minVolume)
      expect(lotSize % stepVolume).toBe(0)
      expect(quoting.spread).toBeGreaterThanOrEqual(gridOf(instrument))
    }
  })

  it('has EURUSD as it was recorded', () => {
    expect(world.symbols.get(1)).toMatchObject({
      digits: 5,
      pipPosition: 4,
      lotSize: 10_000_000,
      minVolume: 100_000,
      commissionType: CommissionType.USD_PER_LOT,
      preciseTradingCommissionRate: 250_000_000,
      commission: 250,
      swapLong: -0.941,
      swapShort: 0.01,
      swapTime: 1259,
      swapPeriod: 24,
      pnlConversionFeeRate: 70,
    })
  })

  it('has accounts of every kind, the first a hedged demo one in dollars', () => {
    expect(world.accounts[0]).toMatchObject({
      accountId: 1001,
      traderLogin: 5001,
      isLive: false,
      depositAsset: 'USD',
      accountType: 'HEDGED',
      leverageInCents: 10_000,
      moneyDigits: 2,
    })
    const kinds = world.accounts.map(
      ({ isLive, depositAsset, accountType }) =>
        `${isLive ? 'live' : 'demo'} ${depositAsset} ${accountType}`,
    )
    expect(kinds).toEqual([
      'demo USD HEDGED',
      'demo EUR HEDGED',
      'demo USD NETTED',
      'live USD HEDGED',
      'live EUR NETTED',
    ])
  })

  it('can be sent: every symbol survives the wire', () => {
    for (const symbol of world.symbols.values()) {
      const bytes = encodeMessage('ProtoOASymbol', symbol)
      expect(decodeMessage('ProtoOASymbol', bytes)).toMatchObject({
        symbolId: symbol.symbolId,
        maxVolume: symbol.maxVolume,
        schedule: symbol.schedule,
        preciseTradingCommissionRate: symbol.preciseTradingCommissionRate,
      })
    }
  })

  it('is open round the clock by default, and its schedules say so', () => {
    for (const { schedule } of world.symbols.values()) {
      expect(schedule).toEqual([{ startSecond: 0, endSecond: 604_800 }])
    }
  })

  it('has real sessions when asked: in order, within the week, in a time zone that exists', () => {
    const real = createWorld({ seed: 1, marketHours: 'real' })
    for (const { schedule, scheduleTimeZone } of real.symbols.values()) {
      let end = 0
      for (const { startSecond, endSecond } of schedule) {
        expect(startSecond).toBeGreaterThanOrEqual(end)
        expect(endSecond).toBeGreaterThan(startSecond)
        end = endSecond
      }
      expect(end).toBeLessThanOrEqual(604_800)
      expect(Intl.supportedValuesOf('timeZone').concat('UTC')).toContain(scheduleTimeZone)
    }
    expect(real.symbols.get(1)?.schedule).toHaveLength(5)
  })

  it('is the same for the same seed; another seed only moves the price levels', () => {
    const other = createWorld({ seed: 2, marketHours: 'always' })
    expect(createWorld({ seed: 1, marketHours: 'always' })).toEqual(world)
    expect(other.symbols).toEqual(world.symbols)
    expect(other.instruments).not.toEqual(world.instruments)
    for (const [symbolId, { quoting }] of other.instruments) {
      const level = world.instruments.get(symbolId)?.quoting.level ?? 0
      expect(Math.abs(quoting.level / level - 1)).toBeLessThan(0.021)
    }
  })
})
