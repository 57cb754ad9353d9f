import { ProtoOAExecutionType as ExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  execute,
  judgeOrder,
  type Order,
  type Position,
  planExecution,
  worstPrice,
} from '../engine/index.ts'
import { executesPending } from './check-trading.ts'
import type { Slice } from './fills.ts'
import type { Floor } from './floor.ts'
import type { Cause } from './job.ts'
import { MarginNews } from './margin-news.ts'
import { levelsOf } from './new-order.ts'
import type { OrderWatch } from './order-watch.ts'
import type { ProtectionFlow } from './protection-flow.ts'

/**
 * Takes an order from acceptance to its last event, in the original's sequences:
 *
 * - opening: accepted, filled, then the server accepts the protection order, if there is one;
 * - closing a part: accepted, filled, then the server replaces the protection order by one of the volume left;
 * - closing all of a protected position: accepted, filled with the position at volume 0 but not closed, then the server
 *   cancels the protection order and only there the position is closed; without protection the fill says closed;
 * - turning round (netted accounts): one fill and at once the end of the old protection, then the new one is accepted;
 * - in parts: a partial fill for each but the last; what cannot be filled is cancelled, or goes on working;
 * - waiting for a price: accepted, and at the trigger as above, but caused by the server.
 *
 * What stands in the way at the moment of execution rejects the order: the market closed, the price or the money gone, or
 * the position gone because its stop loss or take profit was reached before the closing.
 */
export class OrderFlow {
  readonly #floor: Floor
  readonly #watch: OrderWatch
  readonly #protection: ProtectionFlow
  readonly #news: MarginNews

  constructor(floor: Floor, watch: OrderWatch, protection: ProtectionFlow) {
    this.#floor = floor
    this.#watch = watch
    this.#protection = protection
    this.#news = new MarginNews(floor)
  }

  /** Begins with an order that the book has accepted. Nothing is told before this returns. */
  begin(book: AccountBook, { orderId }: Order, clientMsgId: string | undefined): void {
    const { latencies, jobs } = this.#floor
    const acceptance = latencies.draw('acceptance')
    const execution = Math.max(0, latencies.draw('execution') - acceptance)
    const cause: Cause = { server: false, clientMsgId }
    const { accountId } = book.account
    jobs.after(acceptance, { kind: 'accept', accountId, orderId, cause, execution })
  }

  /** Tells that an order is accepted, and sends it to the market or lets it wait. */
  accept(book: AccountBook, order: Order, cause: Cause, execution: number): void {
    const { jobs } = this.#floor
    const { accountId } = book.account
    const { orderId } = order
    const position = book.positions.get(order.positionId)
    this.#floor.publish(book, { type: ExecutionType.ORDER_ACCEPTED, order, position }, cause)
    // Also one that goes to the market at once may come back from there and wait.
    this.awaitExpiry(book, order, cause)
    if (!this.#isOver(order) && this.#isForNow(order)) {
      book.putOrder({ ...order, stage: 'executing' })
      jobs.after(execution, { kind: 'execute', accountId, orderId, cause })
    } else this.#watch.add(book, book.putOrder({ ...order, stage: 'working' }))
  }

  /** Sees to it that an order ends when its time has come. */
  awaitExpiry(book: AccountBook, { orderId, expiresAt }: Order, { clientMsgId }: Cause): void {
    if (expiresAt === undefined) return
    const { accountId } = book.account
    const cause: Cause = { server: true, clientMsgId }
    this.#floor.jobs.at(expiresAt, { kind: 'expire', accountId, orderId, cause, at: expiresAt })
  }

  /** A quote has reached an order that waited for it. */
  trigger(book: AccountBook, order: Order): void {
    const cause: Cause = { server: true, clientMsgId: undefined }
    const { accountId } = book.account
    const { orderId } = order
    book.putOrder({ ...order, stage: 'executing' })
    const delay = this.#floor.latencies.draw('trigger')
    if (delay === 0) return this.execute(book, orderId, cause)
    this.#floor.jobs.after(delay, { kind: 'execute', accountId, orderId, cause })
  }

  /** Executes what can be executed of an order at the prices of now. */
  execute(book: AccountBook, orderId: number, cause: Cause): void {
    const given = book.orders.get(orderId)
    if (given?.status !== 'accepted') return
    const at = this.#floor.now()
    const obstacle = this.#obstacle(given, at)
    if (obstacle !== undefined) {
      if (this.#waits(given)) return this.#wait(book, given, cause)
      return this.#reject(book, given, obstacle, cause)
    }
    const target = targetOf(book, given)
    if (target === undefined) return this.#reject(book, given, 'POSITION_NOT_FOUND', cause)
    const order = { ...given, positionId: target.positionId }
    const slices = this.#slicesFor(order)
    this.#news.before(book, order.symbolId)
    const failure =
      this.#hindrance(book, order, target, slices) ?? this.#fill(book, order, target, slices, cause)
    const left = book.orders.get(orderId) ?? order
    if (failure === undefined) this.#endRest(book, left, cause)
    else this.end(book, left, left.executedVolume === 0 ? 'rejected' : 'cancelled', cause, failure)
    this.#news.after(book, order.symbolId)
    this.#floor.changed(book, order.symbolId)
  }

  /** Ends a pending order whose time has come. */
  expire(book: AccountBook, orderId: number, cause: Cause): void {
    const order = book.orders.get(orderId)
    if (order?.status !== 'accepted' || order.stage !== 'working') return
    this.end(book, order, 'expired', cause)
  }

  /** Ends an order that is not executed any further. */
  end(
    book: AccountBook,
    order: Order,
    status: 'cancelled' | 'expired' | 'rejected',
    cause: Cause,
    errorCode?: string,
  ): void {
    const at = this.#floor.now()
    this.#watch.remove(order)
    const ended = book.end(order, status, at)
    const position = this.#endEmpty(book, order, at) ?? book.positions.get(order.positionId)
    const type = {
      cancelled: ExecutionType.ORDER_CANCELLED,
      expired: ExecutionType.ORDER_EXPIRED,
      rejected: ExecutionType.ORDER_REJECTED,
    }[status]
    const code = errorCode === undefined ? {} : { errorCode }
    this.#floor.publish(book, { type, order: ended, position, ...code }, cause)
    this.#floor.changed(book, order.symbolId)
  }

  /** Fills slice by slice; gives back why it had to stop before the end. */
  #fill(
    book: AccountBook,
    given: Order,
    target: Position,
    slices: readonly Slice[],
    cause: Cause,
  ): string | undefined {
    const at = this.#floor.now()
    const { ORDER_FILLED, ORDER_PARTIAL_FILL } = ExecutionType
    const byServer: Cause = { ...cause, server: true }
    let order = given
    let current = target
    for (const { price, volume } of slices) {
      const guaranteedStop = order.guaranteed ? levelsOf(order, price).stopLoss : undefined
      const trade = { side: order.side, volume, price, guaranteedStop, at }
      const plan = planExecution(book, current, trade, this.#floor.terms)
      if (typeof plan === 'string') return plan
      const done = execute(book, order, plan, at)
      const ended = done.order.status === 'filled'
      const gone = ended && done.position.volume === 0 && done.position.protection === undefined
      const position = gone ? book.endPosition(done.position, at) : done.position
      const type = ended ? ORDER_FILLED : ORDER_PARTIAL_FILL
      this.#floor.publish(book, { type, order: done.order, position, deal: done.deal }, cause)
      if (plan.dropped !== undefined) this.#protection.drop(book, plan.dropped, position, byServer)
      if (!gone) this.#protection.follow(book, done.order, plan, byServer)
      order = done.order
      current = done.position
    }
    return undefined
  }

  /** Why a fill-or-kill order cannot be filled whole: it is filled in no part then. */
  #hindrance(
    book: AccountBook,
    order: Order,
    target: Position,
    slices: readonly Slice[],
  ): string | undefined {
    const price = slices.at(-1)?.price
    if (order.timeInForce !== 'fill-or-kill' || price === undefined) return undefined
    const { side, volume } = order
    const guaranteedStop = order.guaranteed ? levelsOf(order, price).stopLoss : undefined
    const whole = { side, volume, price, guaranteedStop, at: this.#floor.now() }
    const plan = planExecution(book, target, whole, this.#floor.terms)
    return typeof plan === 'string' ? plan : undefined
  }

  /** What becomes of the part that was not filled. */
  #endRest(book: AccountBook, order: Order, cause: Cause): void {
    if (order.status !== 'accepted') return
    if (this.#waits(order) && this.#keepsRest(order)) return this.#wait(book, order, cause)
    this.end(book, order, 'cancelled', cause)
  }

  #keepsRest({ timeInForce, type }: Order): boolean {
    if (type === 'stop') return false
    if (timeInForce === 'immediate-or-cancel') return this.#floor.behaviour.limitRest === 'working'
    return timeInForce === 'good-till-cancel' || timeInForce === 'good-till-date'
  }

  /** Lets an order wait that was at the market; its time may have come meanwhile. */
  #wait(book: AccountBook, order: Order, cause: Cause): void {
    if (this.#isOver(order)) return this.end(book, order, 'expired', { ...cause, server: true })
    this.#watch.add(book, book.putOrder({ ...order, stage: 'working' }))
  }

  #isOver({ expiresAt = Number.POSITIVE_INFINITY }: Order): boolean {
    return expiresAt <= this.#floor.now()
  }

  #slicesFor(order: Order): readonly Slice[] {
    const { symbolId, side, timeInForce, type } = order
    const rest = order.volume - order.executedVolume
    const grid = this.#floor.gridOf(symbolId)
    const slips = type === 'market' || type === 'market-range' || type === 'stop'
    const worst = worstPrice(order, grid)
    const slices = this.#floor.fills.slices(symbolId, side, rest, grid, worst, slips)
    const found = slices.reduce((sum, { volume }) => sum + volume, 0)
    return timeInForce === 'fill-or-kill' && found < rest ? [] : slices
  }

  /** Whether an order goes to the market as soon as it is accepted. */
  #isForNow(order: Order): boolean {
    const open = this.#floor.market.isOpen(order.symbolId, this.#floor.now())
    if (order.timeInForce === 'market-on-open') return open
    if (!this.#waits(order)) return true
    const quote = this.#floor.market.quote(order.symbolId)
    if (order.type !== 'limit' || !open || quote === undefined) return false
    const mustGo =
      order.timeInForce === 'fill-or-kill' ||
      (order.timeInForce === 'immediate-or-cancel' &&
        this.#floor.behaviour.limitRest === 'cancelled')
    return mustGo || judgeOrder(order, quote) === 'execute'
  }

  /** Whether it is of a kind that waits when it cannot be executed. */
  #waits({ type, timeInForce }: Order): boolean {
    return (
      type === 'limit' ||
      type === 'stop' ||
      type === 'stop-limit' ||
      timeInForce === 'market-on-open'
    )
  }

  /** Why an order cannot be executed at a moment. */
  #obstacle(order: Order, at: number): string | undefined {
    const { symbolId, closing } = order
    const { market } = this.#floor
    const instrument = this.#floor.instrument(symbolId)
    if (instrument === undefined || !market.isOpen(symbolId, at)) {
      return this.#floor.closedBy(symbolId, at)
    }
    if (market.quote(symbolId) === undefined) return 'NO_QUOTES'
    const executes = !this.#waits(order) || executesPending(instrument, closing)
    return executes ? undefined : 'TRADING_DISABLED'
  }

  #reject(book: AccountBook, order: Order, errorCode: string, cause: Cause): void {
    this.end(book, order, 'rejected', cause, errorCode)
  }

  /** Ends the position that only this order was going to open, or has closed but for the rest of it. */
  #endEmpty(book: AccountBook, order: Order, at: number): Position | undefined {
    const position = book.positions.get(order.positionId)
    if (position === undefined || position.volume > 0) return undefined
    if (position.protection !== undefined) return undefined
    if (book.isAwaited(order.positionId, order.orderId)) return undefined
    return book.endPosition(position, at)
  }
}

/** The position that an order is executed on; undefined when it has gone, or is no longer what was ordered to close. */
function targetOf(book: AccountBook, order: Order): Position | undefined {
  const own = book.positions.get(order.positionId)
  const rest = order.volume - order.executedVolume
  if (order.closing) {
    const fits = own !== undefined && own.side !== order.side && own.volume >= rest
    return fits ? own : undefined
  }
  if (book.account.accountType === 'NETTED') {
    const current = book.positionOf(order.symbolId)
    return current ?? book.positions.get(book.redirect(order).positionId)
  }
  const open = own !== undefined && (own.volume > 0 || own.openedAt === undefined)
  return open ? own : undefined
}
