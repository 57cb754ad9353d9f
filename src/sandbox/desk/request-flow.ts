import {
  ProtoOAExecutionType as ExecutionType,
  type ProtoOAAmendOrderReq,
  type ProtoOAAmendPositionSLTPReq,
  type ProtoOACancelOrderReq,
  type ProtoOAClosePositionReq,
} from '../../protocol/index.ts'
import type { AccountBook } from '../engine/index.ts'
import { amendedOrder } from './amend-order.ts'
import { protectionChange } from './amend-position.ts'
import { isBeyondRecall, orderToCancel } from './cancel-order.ts'
import { takeClosing } from './close-position.ts'
import type { Floor } from './floor.ts'
import type { AccountJob, Cause } from './job.ts'
import { OrderFlow } from './order-flow.ts'
import { OrderWatch } from './order-watch.ts'
import { ProtectionFlow } from './protection-flow.ts'
import { ProtectionWatch } from './protection-watch.ts'
import { isRefusal } from './refusals.ts'
import { ServerClosing } from './server-closing.ts'
import type { DeskRefusal } from './trading-desk.ts'

/**
 * Carries out requests about what is there already. A request is checked when it is taken, so that it can be refused at
 * once, and again when its time has come: the market may have been faster.
 */
export class RequestFlow {
  readonly orders: OrderFlow
  readonly closing: ServerClosing
  readonly #floor: Floor
  readonly #protection: ProtectionFlow
  readonly #orderWatch: OrderWatch
  readonly #protectionWatch: ProtectionWatch

  constructor(floor: Floor) {
    this.#floor = floor
    this.#protectionWatch = new ProtectionWatch(floor, (...hit) => this.closing.reached(...hit))
    this.#orderWatch = new OrderWatch(floor, (...order) => this.orders.trigger(...order))
    this.#protection = new ProtectionFlow(floor, this.#protectionWatch)
    this.closing = new ServerClosing(floor, this.#protection)
    this.orders = new OrderFlow(floor, this.#orderWatch, this.#protection)
  }

  takeClosing(
    book: AccountBook,
    request: ProtoOAClosePositionReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined {
    const order = takeClosing(this.#floor, book, request)
    if (isRefusal(order)) return order
    this.orders.begin(book, order, clientMsgId)
    return undefined
  }

  takeCancellation(
    book: AccountBook,
    request: ProtoOACancelOrderReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined {
    const order = orderToCancel(book, request)
    if (isRefusal(order)) return order
    this.#later({ kind: 'cancel-order', request, clientMsgId })
    return undefined
  }

  takeAmendment(
    book: AccountBook,
    request: ProtoOAAmendOrderReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined {
    const order = amendedOrder(this.#floor, book, request)
    if (isRefusal(order)) return order
    this.#later({ kind: 'amend-order', request, clientMsgId })
    return undefined
  }

  takeProtection(
    book: AccountBook,
    request: ProtoOAAmendPositionSLTPReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined {
    const change = protectionChange(this.#floor, book, request)
    if (isRefusal(change)) return change
    this.#later({ kind: 'amend-position', request, clientMsgId })
    return undefined
  }

  /** Does what was put off. */
  run(book: AccountBook, job: AccountJob): void {
    const order = 'orderId' in job ? book.orders.get(job.orderId) : undefined
    switch (job.kind) {
      case 'accept':
        if (order?.stage === 'arriving') this.orders.accept(book, order, job.cause, job.execution)
        break
      case 'execute':
        this.orders.execute(book, job.orderId, job.cause)
        break
      case 'expire':
        if (order?.expiresAt === job.at) this.orders.expire(book, job.orderId, job.cause)
        break
      case 'protect':
        if (order === undefined) break
        this.#protection.protect(book, job.positionId, order, job.levels, job.cause)
        break
      case 'hit':
        this.closing.hit(book, job.positionId, job.level)
        break
      case 'cancel-order':
        this.#cancel(book, job.request, { server: false, clientMsgId: job.clientMsgId })
        break
      case 'amend-order':
        this.#amend(book, job.request, { server: false, clientMsgId: job.clientMsgId })
        break
      case 'amend-position':
        this.#reprotect(book, job.request, { server: false, clientMsgId: job.clientMsgId })
        break
    }
  }

  /** A symbol has a new quote. */
  changed(symbolId: number): void {
    this.#protectionWatch.changed(symbolId)
    this.#orderWatch.changed(symbolId)
  }

  /** Looks after what a restored book holds. */
  watch(book: AccountBook): void {
    for (const order of book.workingOrders()) {
      if (order.stage === 'working') this.#orderWatch.add(book, order)
    }
    for (const position of book.openPositions()) {
      if (position.protection !== undefined) this.#protectionWatch.resume(book, position)
    }
  }

  clear(): void {
    this.#orderWatch.clear()
    this.#protectionWatch.clear()
  }

  #later(job: AccountJob): void {
    this.#floor.jobs.after(this.#floor.latencies.draw('amendment'), job)
  }

  #cancel(book: AccountBook, request: ProtoOACancelOrderReq, cause: Cause): void {
    const order = orderToCancel(book, request)
    if (isRefusal(order)) return this.#refuse(book, order, cause)
    if (!isBeyondRecall(order)) return this.orders.end(book, order, 'cancelled', cause)
    const position = book.positions.get(order.positionId)
    const { ORDER_CANCEL_REJECTED: type } = ExecutionType
    const errorCode = 'PENDING_EXECUTION'
    this.#floor.publish(book, { type, order, position, errorCode }, cause)
  }

  #amend(book: AccountBook, request: ProtoOAAmendOrderReq, cause: Cause): void {
    const amended = amendedOrder(this.#floor, book, request)
    if (isRefusal(amended)) return this.#refuse(book, amended, cause)
    const before = book.orders.get(amended.orderId)
    const order = book.putOrder(amended)
    const position = book.positions.get(order.positionId)
    this.#floor.publish(book, { type: ExecutionType.ORDER_REPLACED, order, position }, cause)
    if (order.expiresAt !== before?.expiresAt) this.orders.awaitExpiry(book, order, cause)
    // A limit that was moved through the market is filled there.
    this.#orderWatch.replace(book, order)
  }

  #reprotect(book: AccountBook, request: ProtoOAAmendPositionSLTPReq, cause: Cause): void {
    const change = protectionChange(this.#floor, book, request)
    if (isRefusal(change)) return this.#refuse(book, change, cause)
    this.#protection.amend(book, change.position, change.terms, cause)
  }

  /** The market was faster than the request. */
  #refuse(book: AccountBook, refusal: DeskRefusal, cause: Cause): void {
    const { accountId } = book.account
    const { errorCode, description, orderId, positionId } = refusal
    this.#floor.tell({
      accountId,
      name: 'ProtoOAOrderErrorEvent',
      event: { ctidTraderAccountId: accountId, errorCode, description, orderId, positionId },
      clientMsgId: cause.clientMsgId,
    })
  }
}
