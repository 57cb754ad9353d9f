import { ProtoOASwapCalculationType as SwapType } from '../../protocol/index.ts'
import type { Instrument } from '../world/index.ts'
import type { Rates } from './conversion.ts'
import { exactly } from './decimal.ts'
import { over, pointsPerOne, type Ratio, ratio, roundHalfAway, times } from './ratio.ts'
import type { Position } from './trade.ts'

const volumePerUnit = 100n
/** Day count of a swap that is a percentage a year. No source says whether the original takes 360 or 365. */
const daysPerYear = 360n

/**
 * What holding a position over one rollover costs (below zero) or brings, in units of 10^-digits of the deposit asset,
 * halves away from zero. Undefined while a price is missing.
 *
 * @param price at which the position could be closed, units of 1e-5
 * @param days how many days are charged at once
 */
export function swapOf(
  position: Position,
  instrument: Instrument,
  price: number,
  rates: Rates,
  deposit: { readonly asset: string; readonly digits: number },
  days: number,
): bigint | undefined {
  const rate = rates(instrument.quote, deposit.asset)
  if (rate === undefined) return undefined
  const { swap } = instrument
  const given = exactly(position.side === 'buy' ? swap.long : swap.short)
  const perUnit = times(given, stepOf(instrument, price))
  const units = ratio(position.volume, volumePerUnit)
  const money = times(times(times(perUnit, units), rate), ratio(days))
  return roundHalfAway(times(money, ratio(10n ** BigInt(deposit.digits))))
}

/** What 1 of the published swap is worth, for one unit and in the quote asset. */
function stepOf({ swap, digits, pipPosition }: Instrument, price: number): Ratio {
  switch (swap.type) {
    case SwapType.PERCENTAGE:
      return over(ratio(price, pointsPerOne), ratio(100n * daysPerYear))
    case SwapType.POINTS:
      return ratio(1n, 10n ** BigInt(digits))
    default:
      return ratio(1n, 10n ** BigInt(pipPosition))
  }
}

/** What a swap-free account pays instead, zero or negative: so much of USD per lot and day. */
export function rolloverCommissionOf(
  position: Position,
  { rollover, lotSize }: Instrument,
  rates: Rates,
  deposit: { readonly asset: string; readonly digits: number },
  days: number,
): bigint | undefined {
  const rate = rates('USD', deposit.asset)
  if (rate === undefined) return undefined
  const lots = ratio(position.volume, lotSize)
  const money = times(times(ratio(rollover.perLot * days), lots), rate)
  return -roundHalfAway(times(money, ratio(10n ** BigInt(deposit.digits))))
}
