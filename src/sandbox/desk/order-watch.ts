import {
  type AccountBook,
  activated,
  judgeOrder,
  type Order,
  type Prices,
} from '../engine/index.ts'
import { executesPending } from './check-trading.ts'
import type { Floor } from './floor.ts'
import { PriceWatch, type Reactions } from './price-watch.ts'

/**
 * Waits with orders for their prices. A quote costs as much as there are orders that it reaches, whatever the number of
 * accounts.
 */
export class OrderWatch {
  readonly #floor: Floor
  readonly #trigger: (book: AccountBook, order: Order) => void
  readonly #bySymbol = new Map<number, PriceWatch<AccountBook>>()

  constructor(floor: Floor, trigger: (book: AccountBook, order: Order) => void) {
    this.#floor = floor
    this.#trigger = trigger
  }

  /** Watches an order from the next quote on. */
  add(book: AccountBook, order: Order): void {
    const { symbolId, orderId } = order
    const watch = this.#bySymbol.get(symbolId) ?? new PriceWatch<AccountBook>()
    this.#bySymbol.set(symbolId, watch)
    watch.add(orderId, book, reactionsOf(order))
  }

  remove({ symbolId, orderId }: Order): void {
    this.#bySymbol.get(symbolId)?.remove(orderId)
  }

  clear(): void {
    this.#bySymbol.clear()
  }

  /** An order is different: perhaps the market is there already. */
  replace(book: AccountBook, order: Order): void {
    this.add(book, order)
    const quote = this.#quote(order.symbolId)
    if (quote !== undefined) this.#look(book, order.orderId, quote)
  }

  /** A symbol has a new quote. */
  changed(symbolId: number): void {
    const watch = this.#bySymbol.get(symbolId)
    const quote = watch && this.#quote(symbolId)
    if (quote === undefined) return
    for (const { id, book } of watch?.take(quote) ?? []) this.#look(book, id, quote)
  }

  /** The quote of now; undefined while the market is closed. */
  #quote(symbolId: number): Prices | undefined {
    const { market } = this.#floor
    return market.isOpen(symbolId, this.#floor.now()) ? market.quote(symbolId) : undefined
  }

  #look(book: AccountBook, orderId: number, quote: Prices): void {
    let order = book.orders.get(orderId)
    if (order?.stage !== 'working') return
    const instrument = this.#floor.instrument(order.symbolId)
    const executes = instrument !== undefined && executesPending(instrument, order.closing)
    if (!executes) return this.add(book, order)
    let verdict = judgeOrder(order, quote)
    if (verdict === 'activate') {
      order = book.putOrder(activated(order, this.#floor.gridOf(order.symbolId)))
      verdict = judgeOrder(order, quote)
    }
    if (verdict === 'execute') return this.#trigger(book, order)
    if (verdict === 'arm' || verdict === 'disarm') {
      order = book.putOrder({ ...order, armed: verdict === 'arm' })
    }
    this.add(book, order)
  }
}

/** Prices at which something happens to an order. */
function reactionsOf(order: Order): Reactions {
  const { type, side, limitPrice, stopPrice, trigger, armed } = order
  // The quote after the one that armed a double trigger decides, whatever it is; the opening is the first quote there is.
  const waitsForStop = type === 'stop' || (type === 'stop-limit' && !order.activated)
  const waitsForLimit = type === 'limit' || (type === 'stop-limit' && order.activated)
  if (armed || !(waitsForStop || waitsForLimit)) return { bidAtLeast: 0 }
  if (waitsForLimit) return side === 'buy' ? { askAtMost: limitPrice } : { bidAtLeast: limitPrice }
  const opposed = trigger === 'opposite' || trigger === 'double-opposite'
  if (side === 'buy') return opposed ? { bidAtLeast: stopPrice } : { askAtLeast: stopPrice }
  return opposed ? { askAtMost: stopPrice } : { bidAtMost: stopPrice }
}
