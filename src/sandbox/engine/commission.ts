import {
  ProtoOACommissionType as CommissionType,
  ProtoOAMinCommissionType as MinimumType,
} from '../../protocol/index.ts'
import type { Instrument } from '../world/index.ts'
import type { Rates } from './conversion.ts'
import { greater, nil, pointsPerOne, type Ratio, ratio, roundHalfAway, times } from './ratio.ts'

/** Volumes are in hundredths of a unit. */
const volumePerUnit = 100n
const preciseScale = 100_000_000n

/**
 * What one side of a trade costs: zero or negative, in units of 10^-moneyDigits, halves rounded away from zero on each
 * side (a captured charge of 0.025 was booked as 0.03). Undefined while a conversion lacks a price.
 *
 * @param price of the deal, units of 1e-5
 */
export function commissionOf(
  instrument: Instrument,
  volume: number,
  price: number,
  rates: Rates,
  deposit: { readonly asset: string; readonly digits: number },
): bigint | undefined {
  const { commission } = instrument
  const charge = chargeOf(instrument, volume, price, rates)
  if (charge === undefined) return undefined
  const asDeposit = rates(charge.asset, deposit.asset)
  if (asDeposit === undefined) return undefined
  let amount = times(charge.amount, asDeposit)
  if (commission.minimum > 0n) {
    const inQuote = commission.minimumType === MinimumType.QUOTE_CURRENCY
    const asset = inQuote ? instrument.quote : commission.minimumAsset
    const minimumRate = rates(asset, deposit.asset)
    if (minimumRate === undefined) return undefined
    amount = greater(amount, times(ratio(commission.minimum, preciseScale), minimumRate))
  }
  return -roundHalfAway(times(amount, ratio(10n ** BigInt(deposit.digits))))
}

function chargeOf(
  { commission, lotSize, base, quote }: Instrument,
  volume: number,
  price: number,
  rates: Rates,
): { readonly amount: Ratio; readonly asset: string } | undefined {
  const rate = ratio(commission.rate, preciseScale)
  switch (commission.type) {
    case CommissionType.USD_PER_LOT:
      return { amount: times(rate, ratio(volume, lotSize)), asset: 'USD' }
    case CommissionType.QUOTE_CCY_PER_LOT:
      return { amount: times(rate, ratio(volume, lotSize)), asset: quote }
    case CommissionType.PERCENTAGE_OF_VALUE: {
      const value = ratio(BigInt(volume) * BigInt(price), volumePerUnit * pointsPerOne)
      return { amount: times(value, ratio(commission.rate, 100_000n * 100n)), asset: quote }
    }
    case CommissionType.USD_PER_MILLION_USD: {
      const dollars = rates(base, 'USD')
      if (dollars === undefined) return undefined
      const value = times(ratio(volume, volumePerUnit), dollars)
      return { amount: times(times(value, rate), ratio(1n, 1_000_000n)), asset: 'USD' }
    }
    default:
      return { amount: nil, asset: 'USD' }
  }
}
