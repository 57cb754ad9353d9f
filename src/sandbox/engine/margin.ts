import {
  type ProtoOADynamicLeverage,
  ProtoOATotalMarginCalculationType as TotalMargin,
} from '../../protocol/index.ts'
import {
  compare,
  greater,
  lesser,
  minus,
  nil,
  over,
  plus,
  type Ratio,
  ratio,
  roundHalfAway,
  times,
} from './ratio.ts'
import type { Side } from './trade.ts'

/** Margin is kept in units of 1e-12 of the deposit asset, so that parts of a position add up again. */
const marginDigits = 12

export interface MarginTerms {
  /** Base to deposit. */
  readonly marginRate: Ratio
  readonly baseToUsd: Ratio
  /** Hundredths: 10000 is 1:100. */
  readonly accountLeverage: number
  /** The instrument's tiers; without them only the account's leverage counts. */
  readonly tiers: ProtoOADynamicLeverage['tiers']
}

/**
 * Margin for `volume` on top of `held` of the same symbol and side, units of 1e-12 of the deposit asset. Each part of the
 * volume gets the lesser of the account's leverage and that of the tier it falls into.
 */
export function marginOf(volume: number, held: number, terms: MarginTerms): bigint {
  const from = ratio(held)
  const to = ratio(held + volume)
  let reached = from
  let margin = nil
  for (const [index, tier] of terms.tiers.entries()) {
    const last = index === terms.tiers.length - 1
    // A tier ends at a number of US cents; volumes are in hundredths of a unit, so the two scales cancel out.
    const end = last ? to : lesser(to, over(ratio(tier.volume), terms.baseToUsd))
    if (compare(end, reached) <= 0) continue
    const leverage = Math.min(tier.leverage, terms.accountLeverage)
    margin = plus(margin, part(minus(end, reached), leverage, terms.marginRate))
    reached = greater(reached, end)
  }
  const rest = minus(to, reached)
  if (rest.num > 0n) margin = plus(margin, part(rest, terms.accountLeverage, terms.marginRate))
  return roundHalfAway(times(margin, ratio(10n ** BigInt(marginDigits))))
}

// Hundredths of a unit over hundredths of leverage.
function part(volume: Ratio, leverage: number, marginRate: Ratio): Ratio {
  return over(times(volume, marginRate), ratio(leverage))
}

/** The margin of part of a position. */
export function shareOfMargin(margin: bigint, part: number, whole: number): bigint {
  return roundHalfAway(ratio(margin * BigInt(part), whole))
}

/** Units of a margin to one of what is shown, by the digits that are. */
const unitsToShown = Array.from(
  { length: marginDigits + 1 },
  (_, digits) => 10n ** BigInt(marginDigits - digits),
)

/** Margin as it is shown, in units of 10^-digits; halves go up. */
export function shownMargin(margin: bigint, digits: number): bigint {
  const units = unitsToShown[digits] ?? 10n ** BigInt(marginDigits - digits)
  // A margin is never below zero. It is shown with each event of its position: three steps instead of roundHalfAway's ten.
  return (margin + units / 2n) / units
}

/** The shown margins of one symbol's positions, by side. */
export type SymbolMargin = Readonly<Record<Side, bigint>>

/** What a symbol's positions use together: both sides added, the larger side, or their difference. */
export function jointMargin({ buy, sell }: SymbolMargin, rule: TotalMargin): bigint {
  const larger = buy > sell ? buy : sell
  const smaller = buy > sell ? sell : buy
  if (rule === TotalMargin.SUM) return larger + smaller
  return rule === TotalMargin.MAX ? larger : larger - smaller
}
