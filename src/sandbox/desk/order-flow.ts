import { ProtoOAExecutionType as ExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  execute,
  levelsAround,
  type Order,
  type Plan,
  type Position,
  type Protection,
  planExecution,
} from '../engine/index.ts'
import type { Cause, Floor } from './floor.ts'
import type { ProtectionWatch } from './protection-watch.ts'

/**
 * Takes an order from acceptance to its last event, in the original's sequences:
 *
 * - opening: accepted, filled, then the server accepts the protection order, if there is one;
 * - closing a part: accepted, filled, then the server replaces the protection order by one of the volume left;
 * - closing all of a protected position: accepted, filled with the position at volume 0 but not closed, then the server
 *   cancels the protection order and only there the position is closed; without protection the fill says closed;
 * - turning round (netted accounts): one fill and at once the end of the old protection, then the new one is accepted.
 *
 * What stands in the way at the moment of execution rejects the order: the market closed, the money gone, or the position
 * gone because its stop loss or take profit was reached before the closing.
 */
export class OrderFlow {
  readonly #floor: Floor
  readonly #watch: ProtectionWatch
  readonly #closing = new Set<number>()

  constructor(floor: Floor, watch: ProtectionWatch) {
    this.#floor = floor
    this.#watch = watch
  }

  /** Whether a closing of the position is on its way. */
  isClosing(positionId: number): boolean {
    return this.#closing.has(positionId)
  }

  /** Begins with an order that the book has accepted. Nothing is told before this returns. */
  begin(book: AccountBook, order: Order, clientMsgId: string | undefined): void {
    const cause: Cause = { server: false, clientMsgId }
    const { latencies } = this.#floor
    const acceptance = latencies.draw('acceptance')
    const execution = Math.max(0, latencies.draw('execution') - acceptance)
    if (order.closing) this.#closing.add(order.positionId)
    this.#floor.after(acceptance, () => {
      const position = book.positions.get(order.positionId)
      this.#floor.publish(book, { type: ExecutionType.ORDER_ACCEPTED, order, position }, cause)
      this.#floor.after(execution, () => {
        if (order.closing) this.#closing.delete(order.positionId)
        this.#execute(book, order, cause)
      })
    })
  }

  #execute(book: AccountBook, given: Order, cause: Cause): void {
    const at = this.#floor.now()
    const { market, terms } = this.#floor
    if (!market.isOpen(given.symbolId, at)) return this.#reject(book, given, 'MARKET_CLOSED', cause)
    const target = targetOf(book, given)
    if (target === undefined) return this.#reject(book, given, 'POSITION_NOT_FOUND', cause)
    const order = { ...given, positionId: target.positionId }
    const { side, volume } = order
    const plan = planExecution(book, target, { side, volume, at }, terms)
    if (typeof plan === 'string') return this.#reject(book, order, plan, cause)
    const done = execute(book, order, plan, at)
    const unprotected = done.position.volume === 0 && done.position.protection === undefined
    const position = unprotected ? book.endPosition(done.position, at) : done.position
    const { ORDER_FILLED: type } = ExecutionType
    this.#floor.publish(book, { type, order: done.order, position, deal: done.deal }, cause)
    const before = target.protection
    const byServer: Cause = { ...cause, server: true }
    if (plan.reverses && before !== undefined) this.#cancel(book, before, position, byServer)
    if (!unprotected) this.#follow(book, done.order, plan, byServer)
  }

  /** What the server does about the protection a little after a fill. */
  #follow(book: AccountBook, order: Order, plan: Plan, cause: Cause): void {
    const { positionId, side, volume, protection } = plan.position
    const wanted = levelsAround(side, plan.price, order)
    const hasLevels = wanted.stopLoss !== undefined || wanted.takeProfit !== undefined
    const opened = side === order.side && hasLevels
    if (protection === undefined && !opened) return
    this.#floor.after(this.#floor.latencies.draw('protection'), () => {
      const position = book.positions.get(positionId)
      if (position === undefined) return
      if (volume === 0) return this.#end(book, position, cause)
      // Another fill may have come in between, and then the position's protection is that one's affair.
      if (position.volume === 0 || position.side !== side) return
      const now = position.protection
      if (opened) {
        const { stopLoss = now?.stopLoss, takeProfit = now?.takeProfit } = wanted
        this.#protect(book, position, { stopLoss, takeProfit }, cause)
      } else if (now !== undefined) this.#protect(book, position, now, cause)
    })
  }

  #protect(
    book: AccountBook,
    position: Position,
    { stopLoss, takeProfit }: Pick<Protection, 'stopLoss' | 'takeProfit'>,
    cause: Cause,
  ): void {
    const { ORDER_ACCEPTED, ORDER_REPLACED } = ExecutionType
    const type = position.protection === undefined ? ORDER_ACCEPTED : ORDER_REPLACED
    const guarded = book.protect(position, { stopLoss, takeProfit }, this.#floor.now())
    this.#floor.publish(book, { type, ...guarded }, cause)
    this.#watch.add(book, guarded.position)
  }

  #cancel(book: AccountBook, { orderId }: Protection, position: Position, cause: Cause): void {
    const order = book.orders.get(orderId)
    if (order === undefined) return
    const cancelled = book.end(order, 'cancelled', this.#floor.now())
    const { ORDER_CANCELLED: type } = ExecutionType
    this.#floor.publish(book, { type, order: cancelled, position }, cause)
  }

  /** Ends a position that has no volume left, by the end of its protection order. */
  #end(book: AccountBook, position: Position, cause: Cause): void {
    const ended = book.endPosition(position, this.#floor.now())
    if (position.protection !== undefined) this.#cancel(book, position.protection, ended, cause)
  }

  #reject(book: AccountBook, order: Order, errorCode: string, cause: Cause): void {
    const at = this.#floor.now()
    const rejected = book.end(order, 'rejected', at)
    let position = book.positions.get(order.positionId)
    // A position that only this order was going to open never comes to be.
    const unborn = position !== undefined && position.openedAt === undefined
    if (position !== undefined && unborn && !book.isAwaited(order.positionId, order.orderId)) {
      position = book.endPosition(position, at)
    }
    const { ORDER_REJECTED: type } = ExecutionType
    this.#floor.publish(book, { type, order: rejected, position, errorCode }, cause)
  }
}

/** The position that an order is executed on; undefined when it has gone, or is no longer what was ordered to close. */
function targetOf(book: AccountBook, order: Order): Position | undefined {
  const own = book.positions.get(order.positionId)
  if (order.closing) {
    const fits = own !== undefined && own.side !== order.side && own.volume >= order.volume
    return fits ? own : undefined
  }
  if (book.account.accountType === 'NETTED') {
    const current = book.positionOf(order.symbolId)
    return current ?? book.positions.get(book.redirect(order).positionId)
  }
  const open = own !== undefined && (own.volume > 0 || own.openedAt === undefined)
  return open ? own : undefined
}
