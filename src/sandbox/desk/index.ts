export { createDesk, type DeskOptions } from './create-desk.ts'
export { UnknownAccountError } from './errors.ts'
export type { Delay, DeskLatency } from './latency.ts'
export type { DeskEvent, DeskRefusal, TradingDesk } from './trading-desk.ts'
