import { ProtoOAExecutionType as ExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  execute,
  type Order,
  opposite,
  type Position,
  planExecution,
} from '../engine/index.ts'
import { closingOrder } from './close-position.ts'
import type { Floor } from './floor.ts'
import type { Cause } from './job.ts'
import { MarginNews } from './margin-news.ts'
import type { ProtectionFlow } from './protection-flow.ts'
import type { ReachedLevel } from './protection-watch.ts'

const byServer: Cause = { server: true, clientMsgId: undefined }

/** Closings that nobody asked for: at a stop loss or take profit, and when the margin does not last. */
export class ServerClosing {
  readonly #floor: Floor
  readonly #protection: ProtectionFlow
  readonly #news: MarginNews

  constructor(floor: Floor, protection: ProtectionFlow) {
    this.#floor = floor
    this.#protection = protection
    this.#news = new MarginNews(floor)
  }

  /** A level is reached: closes at the market, now or after the desk's delay. */
  reached(book: AccountBook, position: Position, level: ReachedLevel): void {
    const order = book.orders.get(position.protection?.orderId ?? 0)
    if (order?.stage !== 'working') return
    const delay = this.#floor.latencies.draw('trigger')
    if (delay === 0) return this.hit(book, position.positionId, level)
    book.putOrder({ ...order, stage: 'executing' })
    const { accountId } = book.account
    const { positionId } = position
    this.#floor.jobs.after(delay, { kind: 'hit', accountId, positionId, level })
  }

  /** One single fill: nothing is accepted before and nothing cancelled after. */
  hit(book: AccountBook, positionId: number, level: ReachedLevel): void {
    const position = book.positions.get(positionId)
    const order = book.orders.get(position?.protection?.orderId ?? 0)
    if (position === undefined || position.volume === 0 || order?.status !== 'accepted') return
    const { protection, volume, symbolId } = position
    const guaranteed = level === 'stop-loss' && protection?.guaranteed === true
    const at = this.#floor.now()
    const side = opposite(position.side)
    const grid = this.#floor.gridOf(symbolId)
    const price = guaranteed
      ? protection.stopLoss
      : this.#floor.fills.wholePrice(symbolId, side, volume, grid)
    if (price === undefined) return
    const plan = planExecution(book, position, { side, volume, price, at }, this.#floor.terms)
    if (typeof plan === 'string') return
    this.#news.before(book, symbolId)
    const done = execute(book, { ...order, volume }, plan, at)
    const ended = book.endPosition(done.position, at)
    const { ORDER_FILLED: type } = ExecutionType
    this.#floor.publish(
      book,
      { type, order: done.order, position: ended, deal: done.deal },
      byServer,
    )
    this.#news.after(book, symbolId)
    this.#floor.changed(book, symbolId)
  }

  /** Closes a part of a position, or all of it, because the margin does not last. False when that cannot be done. */
  stopOut(book: AccountBook, position: Position, volume: number): boolean {
    const at = this.#floor.now()
    const { positionId, symbolId } = position
    const side = opposite(position.side)
    const grid = this.#floor.gridOf(symbolId)
    const price = this.#floor.fills.wholePrice(symbolId, side, volume, grid)
    if (price === undefined) return false
    const plan = planExecution(book, position, { side, volume, price, at }, this.#floor.terms)
    if (typeof plan === 'string') return false
    this.#news.before(book, symbolId)
    const terms = { ...closingOrder(position, volume), stopOut: true }
    const order: Order = book.accept(terms, { positionId }, at)
    const { ORDER_ACCEPTED, ORDER_FILLED } = ExecutionType
    this.#floor.publish(book, { type: ORDER_ACCEPTED, order, position }, byServer)
    const done = execute(book, order, plan, at)
    const gone = done.position.volume === 0 && done.position.protection === undefined
    const after = gone ? book.endPosition(done.position, at) : done.position
    const filled = { type: ORDER_FILLED, order: done.order, position: after, deal: done.deal }
    this.#floor.publish(book, filled, byServer)
    if (!gone) this.#protection.follow(book, done.order, plan, byServer)
    this.#news.after(book, symbolId)
    this.#floor.changed(book, symbolId)
    return true
  }
}
