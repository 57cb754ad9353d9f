/**
 * Exact numbers and the units of trading: decimals, money, prices, volumes, distances.
 *
 * @packageDocumentation
 */
export { Decimal, type DecimalInput } from './decimal.ts'
export {
  type Distance,
  type DistanceScale,
  formatDistance,
  pips,
  points,
  priceDistance,
  toRelativePoints,
} from './distance.ts'
export type { Instrument } from './instrument.ts'
export { CurrencyMismatchError, Money } from './money.ts'
export { priceFromDouble, priceFromQuote, quoteScale } from './price.ts'
export { formatVolume, lots, toVolumeCents, units, unitsFromCents, type Volume } from './volume.ts'
