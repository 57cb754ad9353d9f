import type { Clock } from '../../async/clock.ts'
import type { Market } from '../market/index.ts'
import type { Random } from '../random.ts'
import type { World } from '../world/index.ts'
import { Desk } from './desk.ts'
import type { DeskBehaviour } from './desk-behaviour.ts'
import type { FillModel } from './fills.ts'
import type { DeskLatency } from './latency.ts'
import type { TradingDesk } from './trading-desk.ts'

export interface DeskOptions {
  readonly world: World
  readonly market: Market
  readonly clock: Clock
  readonly random: Random
  /** @default a snappy server: see {@link DeskLatency} */
  readonly latency?: Partial<DeskLatency>
  /** @default any volume at the quoted price: see {@link FillModel} */
  readonly fills?: Partial<FillModel>
  /** Switches for what nobody knows for sure: see {@link DeskBehaviour} */
  readonly behaviour?: Partial<DeskBehaviour>
}

/** Opens the trading desk: accounts as the world has them, executions at the market's prices. */
export function createDesk(options: DeskOptions): TradingDesk {
  return new Desk(options)
}
