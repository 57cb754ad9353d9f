import { randomBytes } from 'node:crypto'
import type { Clock } from '../async/clock.ts'
import { Deadline } from '../async/deadline.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { checkDuration } from '../duration.ts'
import {
  type CallOptions,
  RequestAbortedError,
  RequestError,
  type RequestIdentity,
  RequestTimeoutError,
} from '../session/index.ts'
import { OrderNotSentError } from './errors.ts'

/** Asks what an order needs to know. It gets what is left of the order's deadline each time it looks. */
export type OrderLookUp<T> = (wait: CallOptions) => Promise<T>

export interface OrderPlan {
  readonly request: 'newOrder' | 'closePosition'
  readonly accountId: number
  readonly clock: Clock
  /** The deadline of an order that names none, in milliseconds. */
  readonly requestTimeoutMs: number
}

/** What was learned, and the time that is left for the order's own request. */
export interface PreparedOrder<T> {
  readonly ready: T
  readonly rest: { readonly timeoutMs: number }
}

/**
 * Learns what an order needs to know before it can be sent. Deadline and signal are those of the whole: when the look-up
 * has used them up, the order does not leave. It does not wait for a lost connection: the order is meant for this moment.
 *
 * What goes wrong here speaks of the order, which was not sent, and not of the question that failed.
 */
export async function prepareOrder<T>(
  plan: OrderPlan,
  options: WaitOptions,
  lookUp: OrderLookUp<T>,
): Promise<PreparedOrder<T>> {
  const { request, accountId, clock, requestTimeoutMs } = plan
  const { signal, timeoutMs = requestTimeoutMs } = options
  const deadline = new Deadline(clock, checkDuration('timeoutMs', timeoutMs))
  const identity: RequestIdentity = {
    ...{ request, accountId },
    clientMsgId: randomBytes(12).toString('base64url'),
  }
  const aborted = (): Error => new RequestAbortedError(identity, 'not-sent', signal?.reason)
  const late = (cause?: unknown): Error =>
    new RequestTimeoutError(identity, timeoutMs, 'not-sent', cause)
  if (signal?.aborted) throw aborted()
  let ready: T
  try {
    ready = await lookUp({
      ...{ signal, whenOffline: 'fail' },
      get timeoutMs() {
        return Math.max(1, deadline.leftMs)
      },
    })
  } catch (error) {
    if (error instanceof RequestTimeoutError) throw late(error)
    if (error instanceof RequestAbortedError && signal?.aborted) throw aborted()
    if (!(error instanceof RequestError) || error.outcome === 'not-sent') throw error
    throw new OrderNotSentError(identity, error)
  }
  if (signal?.aborted) throw aborted()
  if (deadline.leftMs < 1) throw late()
  return { ready, rest: { timeoutMs: deadline.leftMs } }
}
