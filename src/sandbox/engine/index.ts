export { AccountBook, type Numbers, type OrderTerms } from './account-book.ts'
export { Conversion, type PriceOf } from './conversion.ts'
export {
  type Execution,
  type ExecutionFailure,
  type ExecutionTerms,
  execute,
  type Plan,
  planExecution,
} from './execution.ts'
export { isReached, levelsAround } from './protection.ts'
export { type Ratio, ratio, toDouble } from './ratio.ts'
export {
  type Deal,
  type Deposit,
  entryScale,
  newPosition,
  type Order,
  opposite,
  type Position,
  type Protection,
  type Settlement,
  type Side,
} from './trade.ts'
export type { Valuation } from './valuation.ts'
