export { createWorld, type WorldOptions } from './create-world.ts'
export type { Instrument, TradingWeek } from './instrument.ts'
export type { SandboxAccount } from './sandbox-account.ts'
export type { World } from './world.ts'
