export { createDesk, type DeskOptions } from './create-desk.ts'
export type { DeskState } from './desk-state.ts'
export { UnknownAccountError } from './errors.ts'
export type { FillModel } from './fills.ts'
export type { Delay, DeskLatency } from './latency.ts'
export type {
  AccountChange,
  DeskEvent,
  DeskRefusal,
  HistoryPage,
  HistoryQuery,
  InstrumentChange,
  TradingDesk,
} from './trading-desk.ts'
