import type { Clock } from '../../async/clock.ts'
import type { Market } from '../market/index.ts'
import type { Random } from '../random.ts'
import type { World } from '../world/index.ts'
import { Desk } from './desk.ts'
import type { DeskLatency } from './latency.ts'
import type { TradingDesk } from './trading-desk.ts'

export interface DeskOptions {
  readonly world: World
  readonly market: Market
  readonly clock: Clock
  readonly random: Random
  /** @default a snappy server: see {@link DeskLatency} */
  readonly latency?: Partial<DeskLatency>
  /**
   * Whether what the server does by itself after a request, such as protecting a new position, carries the request's
   * `clientMsgId`. No source says what the original does.
   * @default false
   */
  readonly tagServerEvents?: boolean
}

/** Opens the trading desk: accounts as the world has them, executions at the market's prices. */
export function createDesk(options: DeskOptions): TradingDesk {
  return new Desk(options)
}
