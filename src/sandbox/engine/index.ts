export { AccountBook, type BookState, type ProtectionTerms } from './account-book.ts'
export { Conversion, type PriceOf } from './conversion.ts'
export { decimalsOf, pointsOf } from './decimal.ts'
export {
  type Execution,
  type ExecutionFailure,
  type ExecutionTerms,
  execute,
  type Plan,
  planExecution,
} from './execution.ts'
export { limitedRiskMargin } from './limited-risk.ts'
export { marginOf, shownMargin } from './margin.ts'
export { newYorkDay, newYorkTime, nextOf } from './new-york.ts'
export type { Numbers } from './numbers.ts'
export { offsetsOf } from './offsets.ts'
export {
  closingPrice,
  judgeProtection,
  levelsAround,
  type Prices,
  trailedTo,
} from './protection.ts'
export { type Ratio, ratio, roundHalfAway, times, toDouble } from './ratio.ts'
export { nextStopOut } from './stop-out.ts'
export { rolloverCommissionOf, swapOf } from './swap.ts'
export {
  type BonusChange,
  type CashFlow,
  type Deal,
  entryScale,
  type Levels,
  type MarginCall,
  newPosition,
  type Order,
  type OrderTerms,
  type OrderType,
  opposite,
  type Position,
  type Protection,
  plainMarketOrder,
  type Settlement,
  type Side,
  type StopLossTerms,
  type TimeInForce,
  type TriggerMethod,
} from './trade.ts'
export { activated, judgeOrder, worstPrice } from './trigger.ts'
export {
  equityOf,
  isMarginLevelAtMost,
  unrealizedGross,
  type Valuation,
} from './valuation.ts'
