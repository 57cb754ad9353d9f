import type { ProtoOADynamicLeverage } from '../../protocol/index.ts'

const million = 100_000_000n

/** Ids of the tables below, for the table of instruments. */
export const leverage = { currencies: 12, metals: 13, indices: 17, crypto: 28 } as const

/**
 * How much leverage an exposure gets: a tier holds up to `volume` (US cents, per symbol and side), the last one beyond.
 * Leverage is in hundredths here, as `leverageInCents` is; the protocol does not say, a capture of 1:3.33 suggests it.
 */
export const dynamicLeverages: readonly ProtoOADynamicLeverage[] = [
  {
    leverageId: leverage.currencies,
    tiers: [
      { volume: 5n * million, leverage: 50_000 },
      { volume: 20n * million, leverage: 20_000 },
      { volume: 50n * million, leverage: 5_000 },
    ],
  },
  {
    leverageId: leverage.metals,
    tiers: [
      { volume: 2n * million, leverage: 20_000 },
      { volume: 10n * million, leverage: 5_000 },
    ],
  },
  {
    leverageId: leverage.indices,
    tiers: [
      { volume: million, leverage: 10_000 },
      { volume: 5n * million, leverage: 2_000 },
    ],
  },
  {
    leverageId: leverage.crypto,
    tiers: [
      { volume: (5n * million) / 10n, leverage: 333 },
      { volume: 2n * million, leverage: 100 },
    ],
  },
]
