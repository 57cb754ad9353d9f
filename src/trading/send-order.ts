import type { Clock } from '../async/clock.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { checkDuration } from '../duration.ts'
import type { OptionNames } from '../known-options.ts'
import type { RequestMessage } from '../protocol/index.ts'
import { RequestError, type Session } from '../session/index.ts'
import type { Instrument } from '../units/index.ts'
import { OrderOutcomeUnknownError } from './errors.ts'
import type { Order } from './order.ts'
import { type AcceptedOrder, OrderTracker } from './order-tracker.ts'

/** What trading in one account needs. */
export interface TradingContext {
  readonly session: Session
  readonly accountId: number
  /** The deposit currency's name. */
  readonly currency: string
  readonly clock: Clock
  /** Makes an id nobody else makes, for correlation and as an order's own id. At most 50 characters. */
  newId(): string
}

export interface TradingOptions extends WaitOptions {
  /** How long after its acceptance a market order's end is waited for, in milliseconds. @defaultValue 30,000 */
  readonly fillTimeoutMs?: number
}

export const tradingOptionNames: OptionNames<TradingOptions> = {
  fillTimeoutMs: true,
  signal: true,
  timeoutMs: true,
}

/** What this side knows of an order before it is sent. */
export interface Draft {
  readonly instrument: Instrument
  readonly clientOrderId: string | undefined
}

/** Sends one trading request and follows the order that comes of it. */
export async function sendOrder<K extends 'newOrder' | 'closePosition'>(
  context: TradingContext,
  name: K,
  request: RequestMessage<K>,
  draft: Draft,
  options: TradingOptions,
): Promise<Order> {
  const { session, accountId, clock, currency } = context
  const { signal, timeoutMs, fillTimeoutMs = defaultFillTimeoutMs } = options
  // A wait that is none would make an order's outcome unknown that is only a moment away.
  checkDuration('fillTimeoutMs', fillTimeoutMs)
  const clientMsgId = context.newId()
  const { clientOrderId, instrument } = draft
  const tracker = new OrderTracker({
    ...{ session, accountId, clientMsgId, clientOrderId, clock, fillTimeoutMs },
    context: { instrument, currency },
  })
  try {
    await session.call[name](request, { clientMsgId, signal, timeoutMs })
    // From here on an end is expected, also of an order of which nothing but a neighbour has been heard.
    tracker.accepted()
    const { orderId, positionId } = await firstNews(tracker, signal)
    return { orderId, positionId, clientOrderId, filled: tracker.filled }
  } catch (error) {
    tracker.release()
    if (error instanceof RequestError && error.outcome === 'unknown') {
      throw new OrderOutcomeUnknownError({ clientMsgId, clientOrderId, orderId: undefined }, error)
    }
    throw error
  }
}

/** Nearly always there already: the answer was the order's own event. */
async function firstNews(
  tracker: OrderTracker,
  signal: AbortSignal | undefined,
): Promise<AcceptedOrder> {
  const abort = (): void => tracker.fail(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await tracker.found
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

const defaultFillTimeoutMs = 30_000
