import type { Clock } from '../async/clock.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import type { OptionNames } from '../known-options.ts'
import { DecodeError, type RequestMessage } from '../protocol/index.ts'
import { RequestError, type Session } from '../session/index.ts'
import type { Instrument } from '../units/index.ts'
import { OrderOutcomeUnknownError } from './errors.ts'
import type { Order } from './order.ts'
import { OrderTracker } from './order-tracker.ts'

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
  const clientMsgId = context.newId()
  const { clientOrderId, instrument } = draft
  const tracker = new OrderTracker({
    session,
    accountId,
    clientMsgId,
    clientOrderId,
    context: { instrument, currency },
    clock,
    fillTimeoutMs: options.fillTimeoutMs ?? 30_000,
  })
  try {
    const { signal, timeoutMs } = options
    const event = await session.call[name](request, { clientMsgId, signal, timeoutMs })
    const orderId = event.order?.orderId ?? event.deal?.orderId
    if (orderId === undefined) {
      throw new OrderOutcomeUnknownError(
        { clientMsgId, clientOrderId, orderId },
        new DecodeError('ProtoOAExecutionEvent', 'order', 'the answer names no order'),
      )
    }
    tracker.accepted(orderId)
    return {
      orderId,
      positionId: event.position?.positionId ?? event.order?.positionId,
      clientOrderId,
      filled: tracker.filled,
    }
  } catch (error) {
    tracker.release()
    if (error instanceof RequestError && error.outcome === 'unknown') {
      throw new OrderOutcomeUnknownError({ clientMsgId, clientOrderId, orderId: undefined }, error)
    }
    throw error
  }
}
