import { ProtoOAExecutionType as ExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  execute,
  isReached,
  opposite,
  type Position,
  planExecution,
} from '../engine/index.ts'
import type { Floor } from './floor.ts'

/**
 * Closes positions whose stop loss or take profit the market has reached, at the price of that moment. A quote costs as
 * much as there are protected positions in its symbol, whatever the number of accounts.
 */
export class ProtectionWatch {
  readonly #floor: Floor
  readonly #stop: () => void
  readonly #bySymbol = new Map<number, Map<number, AccountBook>>()

  constructor(floor: Floor) {
    this.#floor = floor
    this.#stop = floor.market.onChange(({ symbolId }) => this.#changed(symbolId))
  }

  /** Watches a position from now on; one that is reached already is closed at once. */
  add(book: AccountBook, { symbolId, positionId }: Position): void {
    const watched = this.#bySymbol.get(symbolId) ?? new Map<number, AccountBook>()
    this.#bySymbol.set(symbolId, watched)
    watched.set(positionId, book)
    this.#changed(symbolId)
  }

  close(): void {
    this.#stop()
    this.#bySymbol.clear()
  }

  #changed(symbolId: number): void {
    const watched = this.#bySymbol.get(symbolId)
    if (watched === undefined) return
    const quote = this.#floor.market.quote(symbolId)
    if (quote === undefined) return
    for (const [positionId, book] of watched) {
      const position = book.positions.get(positionId)
      if (position?.protection === undefined || position.volume === 0) watched.delete(positionId)
      else if (isReached(position, quote)) this.#fill(book, position)
    }
    if (watched.size === 0) this.#bySymbol.delete(symbolId)
  }

  /** One single fill: nothing is accepted before and nothing cancelled after. */
  #fill(book: AccountBook, position: Position): void {
    const order = book.orders.get(position.protection?.orderId ?? 0)
    if (order === undefined) return
    const at = this.#floor.now()
    const { volume } = position
    const trade = { side: opposite(position.side), volume, at }
    const plan = planExecution(book, position, trade, this.#floor.terms)
    if (typeof plan === 'string') return
    const done = execute(book, { ...order, volume }, plan, at)
    const ended = book.endPosition(done.position, at)
    this.#floor.publish(
      book,
      { type: ExecutionType.ORDER_FILLED, order: done.order, position: ended, deal: done.deal },
      { server: true, clientMsgId: undefined },
    )
  }
}
