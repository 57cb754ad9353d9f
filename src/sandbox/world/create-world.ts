import { Random } from '../random.ts'
import { accounts } from './accounts.ts'
import { assetClasses, assets, symbolCategories } from './assets.ts'
import { dynamicLeverages } from './dynamic-leverages.ts'
import type { Instrument } from './instrument.ts'
import { instruments } from './instruments.ts'
import { withoutPause } from './trading-weeks.ts'
import { lightSymbolOf, symbolOf } from './wire-symbol.ts'
import type { World } from './world.ts'

export interface WorldOptions {
  /** Moves the price levels around which instruments start by up to one percent. */
  readonly seed: number
  /** `always`: every instrument trades round the clock and its schedule says so. `real`: real sessions. */
  readonly marketHours: 'always' | 'real'
}

/** Makes the world of the sandbox's broker: the same one for the same options. */
export function createWorld(options: WorldOptions): World {
  const random = new Random(options.seed)
  const offered = instruments.map((instrument): Instrument => {
    // Ten steps of a tenth of a percent either way: whole numbers, so that no rounding creeps in.
    const shift = random.fork(`level:${instrument.name}`).integer(21) - 10
    const { tradingWeek, quoting } = instrument
    return {
      ...instrument,
      ...(options.marketHours === 'always'
        ? { tradingWeek: withoutPause(tradingWeek), holidays: [] }
        : {}),
      quoting: { ...quoting, level: Math.round((quoting.level * (1000 + shift)) / 1000) },
    }
  })
  const assetIds = new Map(assets.map(({ name, assetId }) => [name, assetId]))
  return {
    marketHours: options.marketHours,
    assets,
    assetClasses,
    symbolCategories,
    lightSymbols: offered.map((instrument, at) => lightSymbolOf(instrument, assetIds, at + 1)),
    symbols: new Map(offered.map((instrument) => [instrument.symbolId, symbolOf(instrument)])),
    dynamicLeverages: new Map(dynamicLeverages.map((table) => [table.leverageId, table])),
    accounts: [...accounts],
    instruments: new Map(offered.map((instrument) => [instrument.symbolId, instrument])),
  }
}
