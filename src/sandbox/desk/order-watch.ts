import { type AccountBook, activated, judgeOrder, type Order } from '../engine/index.ts'
import { executesPending } from './check-trading.ts'
import type { Floor } from './floor.ts'

/**
 * Waits with orders for their prices. A quote costs as much as there are orders in its symbol, whatever the number of
 * accounts.
 */
export class OrderWatch {
  readonly #floor: Floor
  readonly #trigger: (book: AccountBook, order: Order) => void
  readonly #bySymbol = new Map<number, Map<number, AccountBook>>()

  constructor(floor: Floor, trigger: (book: AccountBook, order: Order) => void) {
    this.#floor = floor
    this.#trigger = trigger
  }

  add(book: AccountBook, { symbolId, orderId }: Order): void {
    const watched = this.#bySymbol.get(symbolId) ?? new Map<number, AccountBook>()
    this.#bySymbol.set(symbolId, watched)
    watched.set(orderId, book)
  }

  remove({ symbolId, orderId }: Order): void {
    const watched = this.#bySymbol.get(symbolId)
    watched?.delete(orderId)
    if (watched?.size === 0) this.#bySymbol.delete(symbolId)
  }

  clear(): void {
    this.#bySymbol.clear()
  }

  /** A symbol has a new quote. */
  changed(symbolId: number): void {
    const watched = this.#bySymbol.get(symbolId)
    if (watched !== undefined) this.#look(symbolId, watched)
  }

  /** An order is different: perhaps the market is there already. */
  look(book: AccountBook, { symbolId, orderId }: Order): void {
    this.#look(symbolId, [[orderId, book]])
  }

  #look(symbolId: number, watched: Iterable<readonly [number, AccountBook]>): void {
    const quote = this.#floor.market.quote(symbolId)
    const instrument = this.#floor.instrument(symbolId)
    if (quote === undefined || instrument === undefined) return
    if (!this.#floor.market.isOpen(symbolId, this.#floor.now())) return
    const reached: { readonly book: AccountBook; readonly orderId: number }[] = []
    for (const [orderId, book] of watched) {
      let order = book.orders.get(orderId)
      if (order?.stage !== 'working' || !executesPending(instrument, order.closing)) continue
      let verdict = judgeOrder(order, quote)
      if (verdict === 'arm' || verdict === 'disarm') {
        book.putOrder({ ...order, armed: verdict === 'arm' })
      } else if (verdict === 'activate') {
        order = book.putOrder(activated(order, this.#floor.gridOf(symbolId)))
        verdict = judgeOrder(order, quote)
      }
      if (verdict === 'execute') reached.push({ book, orderId })
    }
    for (const { book, orderId } of reached) {
      const order = book.orders.get(orderId)
      if (order?.stage !== 'working') continue
      this.remove(order)
      this.#trigger(book, order)
    }
  }
}
