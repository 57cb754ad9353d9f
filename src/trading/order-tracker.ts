import type { Clock, Timer } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import {
  type ProtoOADeal,
  ProtoOADealStatus,
  type ProtoOAExecutionEvent,
  ProtoOAExecutionType,
  type ProtoOAOrder,
  type ProtoOAOrderErrorEvent,
  ProtoOAOrderStatus,
  ProtoOAOrderType,
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

/** What the first event of an order says of it. */
export interface AcceptedOrder {
  readonly orderId: number
  readonly positionId: number | undefined
}

const statusEndings = {
  [ProtoOAOrderStatus.ORDER_STATUS_FILLED]: 'filled',
  [ProtoOAOrderStatus.ORDER_STATUS_CANCELLED]: 'cancelled',
  [ProtoOAOrderStatus.ORDER_STATUS_EXPIRED]: 'expired',
  [ProtoOAOrderStatus.ORDER_STATUS_REJECTED]: 'rejected',
} as const

const endings = {
  [ProtoOAExecutionType.ORDER_FILLED]: 'filled',
  [ProtoOAExecutionType.ORDER_CANCELLED]: 'cancelled',
  [ProtoOAExecutionType.ORDER_EXPIRED]: 'expired',
  [ProtoOAExecutionType.ORDER_REJECTED]: 'rejected',
} as const

/** How the server says that an order has ended. */
interface Ending {
  readonly how: (typeof endings)[keyof typeof endings]
  readonly order: ProtoOAOrder | undefined
  readonly serverCode: string | undefined
}

const executed = new Set<number>([ProtoOADealStatus.FILLED, ProtoOADealStatus.PARTIALLY_FILLED])

/**
 * Follows one order through the account's execution events, from before it is sent until its end.
 *
 * The first event is found by the request's correlation id, the later ones by the order's id: events that the server
 * makes by itself need not carry the correlation id. Under the correlation id come events of other orders as well, such
 * as the protection that ends with its position.
 *
 * An end counts once the deals add up to what the server says was executed. Where some were missed, where the account
 * was away, and where the server reports an error after all, it is asked what has become of the order.
 */
export class OrderTracker {
  readonly #options: OrderTrackerOptions
  readonly #end = deferred<Fill>()
  readonly #found = deferred<AcceptedOrder>()
  readonly #deals: ProtoOADeal[] = []
  readonly #stops: (() => void)[] = []
  #orderId: number | undefined
  #ending: Ending | undefined
  /** The server's code for an error that it reported after it had taken the order. */
  #lateCode: string | undefined
  #timer: Timer | undefined
  #isSettled = false
  #isAsking = false
  #mustAskAgain = false

  constructor(options: OrderTrackerOptions) {
    this.#options = options
    const { session, accountId } = options
    this.#stops.push(
      session.on('ProtoOAExecutionEvent', (event, id) => this.#take(event, id)),
      session.on('ProtoOAOrderErrorEvent', (event, id) => this.#takeError(event, id)),
      session.on('ProtoOAErrorRes', ({ errorCode }, id) => {
        if (id === options.clientMsgId) this.#doubt(errorCode)
      }),
      session.onRestored((restored) => {
        if (restored === accountId) void this.#lookUp()
      }),
      session.onEnd((end) => this.fail(end.error)),
    )
    // The caller may never look at either.
    this.#end.promise.catch(() => {})
    this.#found.promise.catch(() => {})
  }

  get filled(): Promise<Fill> {
    return this.#end.promise
  }

  /** Resolves with the first that is heard of the order itself; rejects when it will not be heard of. */
  get found(): Promise<AcceptedOrder> {
    return this.#found.promise
  }

  /** The server has taken the order: from now on its end is waited for. */
  accepted(): void {
    if (this.#isSettled) return
    const { clock, fillTimeoutMs } = this.#options
    this.#timer = clock.after(fillTimeoutMs, () => {
      const said = this.#lateCode === undefined ? '' : ` The server said ${this.#lateCode} of it.`
      this.fail(new Error(`The order's end did not arrive within ${fillTimeoutMs} ms.${said}`))
    })
  }

  /** The end of the order will not be learned from here on. */
  fail(cause: unknown): void {
    const { clientMsgId, clientOrderId } = this.#options
    const error = new OrderOutcomeUnknownError(
      { clientMsgId, clientOrderId, orderId: this.#orderId },
      cause,
    )
    this.#settle(() => this.#end.reject(error))
    this.#found.reject(error)
  }

  /** Stops following without an outcome, for an order that was refused. */
  release(): void {
    this.#settle(() => {})
  }

  #take(event: ProtoOAExecutionEvent, clientMsgId: string | undefined): void {
    if (event.ctidTraderAccountId !== this.#options.accountId) return
    const orderId = event.order?.orderId ?? event.deal?.orderId
    if (orderId === undefined) return
    if (this.#orderId === undefined) {
      if (clientMsgId !== this.#options.clientMsgId || !this.#isOurs(event.order)) return
      this.#orderId = orderId
    } else if (orderId !== this.#orderId) return
    if (event.deal !== undefined) this.#addDeal(event.deal)
    this.#found.resolve({
      orderId,
      positionId: event.position?.positionId ?? event.order?.positionId ?? event.deal?.positionId,
    })
    if (!(event.executionType in endings)) return
    this.#ending = {
      how: endings[event.executionType as keyof typeof endings],
      order: event.order,
      serverCode: event.errorCode,
    }
    this.#conclude()
  }

  /** Whether an order that comes under the correlation id is the one that was sent, and not one that it moved. */
  #isOurs(order: ProtoOAOrder | undefined): boolean {
    if (order === undefined) return true
    if (order.orderType === ProtoOAOrderType.STOP_LOSS_TAKE_PROFIT) return false
    const { clientOrderId } = this.#options
    return (
      clientOrderId === undefined ||
      order.clientOrderId === undefined ||
      order.clientOrderId === clientOrderId
    )
  }

  #takeError(event: ProtoOAOrderErrorEvent, clientMsgId: string | undefined): void {
    const { accountId, clientMsgId: own } = this.#options
    if (event.ctidTraderAccountId !== accountId) return
    const isNamed = event.orderId !== undefined && event.orderId === this.#orderId
    if (isNamed || clientMsgId === own) this.#doubt(event.errorCode)
  }

  /** An error before the acceptance is the request's answer. One after it contradicts what was said, so the server is asked. */
  #doubt(serverCode: string): void {
    if (this.#orderId === undefined || this.#isSettled) return
    this.#lateCode = serverCode
    void this.#lookUp()
  }

  /** Asks what has become of the order. */
  async #lookUp(): Promise<void> {
    const { session, accountId } = this.#options
    const orderId = this.#orderId
    // Without an id its request was lost together with the link, and whoever sent it has been told.
    if (orderId === undefined || this.#isSettled) return
    this.#mustAskAgain = this.#isAsking
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      const request = { ctidTraderAccountId: accountId, orderId }
      // With `repeat` it outlives a further loss, so that one question is enough.
      const { order, deal } = await session.call.orderDetails(request, { repeat: true })
      if (this.#isSettled) return
      for (const one of deal) this.#addDeal(one)
      if (order.orderStatus in statusEndings) {
        const how = statusEndings[order.orderStatus as keyof typeof statusEndings]
        const serverCode = this.#ending?.serverCode ?? this.#lateCode
        this.#ending = { how, order, serverCode }
        // What came meanwhile may be newer than the answer; then it is asked once more.
        if (!this.#mustAskAgain) this.#conclude(true)
      }
    } catch (error) {
      this.fail(error)
    } finally {
      this.#isAsking = false
      if (this.#mustAskAgain) void this.#lookUp()
    }
  }

  /** The same deal may be told twice: as it happens, and when the order is looked up. */
  #addDeal(deal: ProtoOADeal): void {
    if (!executed.has(deal.dealStatus)) return
    if (!this.#deals.some((known) => known.dealId === deal.dealId)) this.#deals.push(deal)
  }

  /** @param isLastWord whether the server has been asked already */
  #conclude(isLastWord = false): void {
    const ending = this.#ending
    if (ending === undefined || this.#isSettled) return
    const { how, order, serverCode } = ending
    const known = this.#deals.reduce((sum, deal) => sum + BigInt(deal.filledVolume), 0n)
    const said = BigInt(order?.executedVolume ?? 0)
    const isMissing = known < said || (how === 'filled' && known === 0n)
    const hasNoPrice = this.#deals.length > 1 && order?.executionPrice === undefined
    if (!isLastWord && (isMissing || hasNoPrice)) return void this.#lookUp()
    if (isMissing) {
      return this.fail(
        new Error(`The server says that ${said} was executed, and names deals of ${known}.`),
      )
    }
    const [first, ...rest] = this.#deals
    // What was executed before the rest ended is the order's outcome.
    if (first !== undefined) return this.#fill([first, ...rest], order)
    if (how === 'filled') return
    this.#settle(() =>
      this.#end.reject(new OrderNotFilledError(this.#orderId ?? 0, how, serverCode)),
    )
  }

  #fill(deals: readonly [ProtoOADeal, ...ProtoOADeal[]], order: ProtoOAOrder | undefined): void {
    try {
      const fill = toFill(deals, order, this.#options.context)
      this.#settle(() => this.#end.resolve(fill))
    } catch (error) {
      this.fail(error)
    }
  }

  #settle(how: () => void): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#timer?.cancel()
    for (const stop of this.#stops) stop()
    how()
  }
}
