import type { Clock, Timer } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import {
  type ProtoOADeal,
  type ProtoOAExecutionEvent,
  ProtoOAExecutionType,
} from '../protocol/index.ts'
import type { Session } from '../session/index.ts'
import { OrderNotFilledError, OrderOutcomeUnknownError } from './errors.ts'
import { type Fill, type FillContext, toFill } from './fill.ts'

export interface OrderTrackerOptions {
  readonly session: Session
  readonly accountId: number
  /** The correlation id of the request that carries the order. */
  readonly clientMsgId: string
  readonly clientOrderId: string | undefined
  readonly context: FillContext
  readonly clock: Clock
  /** How long after its acceptance the order's end is waited for. */
  readonly fillTimeoutMs: number
}

const endings = {
  [ProtoOAExecutionType.ORDER_CANCELLED]: 'cancelled',
  [ProtoOAExecutionType.ORDER_EXPIRED]: 'expired',
  [ProtoOAExecutionType.ORDER_REJECTED]: 'rejected',
} as const

/**
 * Follows one order through the account's execution events, from before it is sent until its end.
 *
 * The first event is found by the request's correlation id, the later ones by the order's id: events that the server
 * makes by itself need not carry the correlation id.
 */
export class OrderTracker {
  readonly #options: OrderTrackerOptions
  readonly #end = deferred<Fill>()
  readonly #deals: ProtoOADeal[] = []
  readonly #stops: (() => void)[] = []
  #orderId: number | undefined
  #timer: Timer | undefined
  #isSettled = false

  constructor(options: OrderTrackerOptions) {
    this.#options = options
    const { session } = options
    this.#stops.push(session.on('ProtoOAExecutionEvent', (event, id) => this.#take(event, id)))
    this.#stops.push(session.onEnd((end) => this.fail(end.error)))
    // The caller may never look at `filled`.
    this.#end.promise.catch(() => {})
  }

  get filled(): Promise<Fill> {
    return this.#end.promise
  }

  /** The server has taken the order: from now on its end is waited for. */
  accepted(orderId: number): void {
    this.#orderId ??= orderId
    if (this.#isSettled) return
    const { clock, fillTimeoutMs } = this.#options
    this.#timer = clock.after(fillTimeoutMs, () =>
      this.fail(new Error(`The order's end did not arrive within ${fillTimeoutMs} ms.`)),
    )
  }

  /** The end of the order will not be learned from here on. */
  fail(cause: unknown): void {
    const { clientMsgId, clientOrderId } = this.#options
    this.#settle(() =>
      this.#end.reject(
        new OrderOutcomeUnknownError({ clientMsgId, clientOrderId, orderId: this.#orderId }, cause),
      ),
    )
  }

  #take(event: ProtoOAExecutionEvent, clientMsgId: string | undefined): void {
    if (event.ctidTraderAccountId !== this.#options.accountId) return
    const orderId = event.order?.orderId ?? event.deal?.orderId
    if (this.#orderId === undefined) {
      if (clientMsgId !== this.#options.clientMsgId) return
      this.#orderId = orderId
    } else if (orderId !== this.#orderId) return
    if (event.deal !== undefined) this.#deals.push(event.deal)
    if (event.executionType === ProtoOAExecutionType.ORDER_FILLED) this.#filled(event)
    else if (event.executionType in endings) this.#ended(event)
  }

  #filled(event: ProtoOAExecutionEvent): void {
    const [first, ...rest] = this.#deals
    if (first === undefined) return this.fail(new Error('The fill came without a deal.'))
    try {
      const fill = toFill([first, ...rest], event.order, this.#options.context)
      this.#settle(() => this.#end.resolve(fill))
    } catch (error) {
      this.fail(error)
    }
  }

  #ended(event: ProtoOAExecutionEvent): void {
    // What was executed before the rest ended is the order's outcome.
    if (this.#deals.length > 0) return this.#filled(event)
    const ending = endings[event.executionType as keyof typeof endings]
    this.#settle(() =>
      this.#end.reject(new OrderNotFilledError(this.#orderId ?? 0, ending, event.errorCode)),
    )
  }

  #settle(how: () => void): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#timer?.cancel()
    for (const stop of this.#stops) stop()
    how()
  }

  /** Stops following without an outcome, for an order that was refused. */
  release(): void {
    this.#settle(() => {})
  }
}
