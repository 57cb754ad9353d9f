import { ProtoOALimitedRiskMarginCalculationStrategy as Strategy } from '../../protocol/index.ts'
import type { SandboxAccount } from '../world/index.ts'
import { type Ratio, ratio, roundHalfAway, times } from './ratio.ts'
import { entryScale } from './trade.ts'

/** What a guaranteed stop loss can lose. */
export interface GuaranteedRisk {
  /** Entry price, units of 1e-13. */
  readonly entry: bigint
  /** Price of the guaranteed stop loss, units of 1e-5. */
  readonly stopLoss: number
  readonly volume: number
  /** Quote to deposit. */
  readonly quoteRate: Ratio
}

/**
 * The margin of a position on a limited risk account: by leverage, by what its guaranteed stop loss can lose, or the larger
 * of the two. Nobody says what the third strategy does exactly; the larger one is the harsher reading.
 *
 * @param byLeverage units of 1e-12 of the deposit asset, as the result
 */
export function limitedRiskMargin(
  { isLimitedRisk, limitedRiskStrategy }: SandboxAccount,
  byLeverage: bigint,
  risk: GuaranteedRisk | undefined,
): bigint {
  if (!isLimitedRisk || risk === undefined) return byLeverage
  if (limitedRiskStrategy === Strategy.ACCORDING_TO_LEVERAGE) return byLeverage
  const byRisk = marginOfRisk(risk)
  if (limitedRiskStrategy === Strategy.ACCORDING_TO_GSL) return byRisk
  return byRisk > byLeverage ? byRisk : byLeverage
}

function marginOfRisk({ entry, stopLoss, volume, quoteRate }: GuaranteedRisk): bigint {
  const distance = entry - BigInt(stopLoss) * entryScale
  const loss = (distance < 0n ? -distance : distance) * BigInt(volume)
  // From 1e-13 of a price and hundredths of a unit to 1e-12 of money.
  return roundHalfAway(times(ratio(loss, 1000n), quoteRate))
}
