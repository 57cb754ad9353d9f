import type { Clock, Timer } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import {
  type ProtoOADeal,
  ProtoOADealStatus,
  type ProtoOAExecutionEvent,
  ProtoOAExecutionType,
  type ProtoOAOrder,
  ProtoOAOrderStatus,
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

const statusEndings = {
  [ProtoOAOrderStatus.ORDER_STATUS_CANCELLED]: 'cancelled',
  [ProtoOAOrderStatus.ORDER_STATUS_EXPIRED]: 'expired',
  [ProtoOAOrderStatus.ORDER_STATUS_REJECTED]: 'rejected',
} as const

const endings = {
  [ProtoOAExecutionType.ORDER_CANCELLED]: 'cancelled',
  [ProtoOAExecutionType.ORDER_EXPIRED]: 'expired',
  [ProtoOAExecutionType.ORDER_REJECTED]: 'rejected',
} as const

const executed = new Set<number>([ProtoOADealStatus.FILLED, ProtoOADealStatus.PARTIALLY_FILLED])

/**
 * Follows one order through the account's execution events, from before it is sent until its end.
 *
 * The first event is found by the request's correlation id, the later ones by the order's id: events that the server
 * makes by itself need not carry the correlation id. When the account was away and is back, the server is asked what has
 * become of the order.
 */
export class OrderTracker {
  readonly #options: OrderTrackerOptions
  readonly #end = deferred<Fill>()
  readonly #deals: ProtoOADeal[] = []
  readonly #stops: (() => void)[] = []
  #orderId: number | undefined
  #timer: Timer | undefined
  #isSettled = false
  #isAsking = false

  constructor(options: OrderTrackerOptions) {
    this.#options = options
    const { session, accountId } = options
    this.#stops.push(session.on('ProtoOAExecutionEvent', (event, id) => this.#take(event, id)))
    this.#stops.push(
      session.onRestored((restored) => {
        if (restored === accountId) void this.#lookUp()
      }),
    )
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
    if (event.deal !== undefined) this.#addDeal(event.deal)
    if (event.executionType === ProtoOAExecutionType.ORDER_FILLED) this.#filled(event.order)
    else if (event.executionType in endings) {
      this.#ended(
        endings[event.executionType as keyof typeof endings],
        event.order,
        event.errorCode,
      )
    }
  }

  /** Asks what has become of the order while nobody was listening. */
  async #lookUp(): Promise<void> {
    const { session, accountId } = this.#options
    const orderId = this.#orderId
    // Without an id its request was lost together with the link, and whoever sent it has been told.
    if (orderId === undefined || this.#isSettled || this.#isAsking) return
    this.#isAsking = true
    try {
      const request = { ctidTraderAccountId: accountId, orderId }
      // With `repeat` it outlives a further loss, so that one question is enough.
      const { order, deal } = await session.call.orderDetails(request, { repeat: true })
      if (this.#isSettled) return
      for (const one of deal) this.#addDeal(one)
      const { orderStatus } = order
      if (orderStatus === ProtoOAOrderStatus.ORDER_STATUS_FILLED) this.#filled(order)
      else if (orderStatus in statusEndings) {
        this.#ended(statusEndings[orderStatus as keyof typeof statusEndings], order, undefined)
      }
    } catch (error) {
      this.fail(error)
    } finally {
      this.#isAsking = false
    }
  }

  /** The same deal may be told twice: as it happens, and when the order is looked up. */
  #addDeal(deal: ProtoOADeal): void {
    if (!executed.has(deal.dealStatus)) return
    if (!this.#deals.some((known) => known.dealId === deal.dealId)) this.#deals.push(deal)
  }

  #filled(order: ProtoOAOrder | undefined): void {
    const [first, ...rest] = this.#deals
    if (first === undefined) return this.fail(new Error('The fill came without a deal.'))
    try {
      const fill = toFill([first, ...rest], order, this.#options.context)
      this.#settle(() => this.#end.resolve(fill))
    } catch (error) {
      this.fail(error)
    }
  }

  #ended(
    ending: OrderNotFilledError['ending'],
    order: ProtoOAOrder | undefined,
    serverCode: string | undefined,
  ): void {
    // What was executed before the rest ended is the order's outcome.
    if (this.#deals.length > 0) return this.#filled(order)
    this.#settle(() =>
      this.#end.reject(new OrderNotFilledError(this.#orderId ?? 0, ending, serverCode)),
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
