import type { ProtoOADepthQuote } from '../../protocol/index.ts'
import type { Depth, Market } from '../market/market.ts'
import type { Connection } from './connection.ts'

interface Subscription {
  readonly connection: Connection
  readonly accountId: number
  readonly symbolId: number
  readonly stop: () => void
  /** What the client has been told: size by quote id. */
  told: Map<number, number>
}

/**
 * Who gets which depth events. The first holds the whole book, the later ones only what differs: new and changed levels,
 * and the ids of those that are gone.
 */
export class DepthFeed {
  readonly #market: Market
  readonly #stop: () => void
  readonly #all = new Set<Subscription>()

  constructor(market: Market) {
    this.#market = market
    this.#stop = market.onChange(({ symbolId }) => {
      for (const entry of this.#all) if (entry.symbolId === symbolId) this.#send(entry)
    })
  }

  has(connection: Connection, accountId: number, symbolId: number): boolean {
    return this.#find(connection, accountId, symbolId) !== undefined
  }

  subscribe(connection: Connection, accountId: number, symbolId: number): void {
    const stop = this.#market.watch(symbolId)
    const entry = { connection, accountId, symbolId, stop, told: new Map<number, number>() }
    this.#all.add(entry)
    this.#send(entry)
  }

  unsubscribe(connection: Connection, accountId: number, symbolId: number): void {
    const entry = this.#find(connection, accountId, symbolId)
    if (entry !== undefined) this.#remove(entry)
  }

  /** Ends the subscriptions of one account of a connection, or all of the connection's. */
  forget(connection: Connection, accountId?: number): void {
    for (const entry of [...this.#all]) {
      if (entry.connection !== connection) continue
      if (accountId === undefined || entry.accountId === accountId) this.#remove(entry)
    }
  }

  close(): void {
    this.#stop()
    for (const entry of [...this.#all]) this.#remove(entry)
  }

  #find(connection: Connection, accountId: number, symbolId: number): Subscription | undefined {
    for (const entry of this.#all) {
      if (entry.symbolId !== symbolId || entry.connection !== connection) continue
      if (entry.accountId === accountId) return entry
    }
    return undefined
  }

  #remove(entry: Subscription): void {
    this.#all.delete(entry)
    entry.stop()
  }

  #send(entry: Subscription): void {
    const book = this.#market.depth(entry.symbolId)
    if (book === undefined) return
    const quotes = quotesOf(book)
    const newQuotes = quotes.filter(({ id, size }) => entry.told.get(id) !== size)
    const now = new Map(quotes.map(({ id, size }) => [id, size]))
    const deletedQuotes = [...entry.told.keys()].filter((id) => !now.has(id))
    if (newQuotes.length === 0 && deletedQuotes.length === 0) return
    entry.told = now
    entry.connection.push('ProtoOADepthEvent', {
      ctidTraderAccountId: entry.accountId,
      symbolId: entry.symbolId,
      newQuotes,
      deletedQuotes,
    })
  }
}

/** A level's id says its side and price, so that a level that stays keeps its id. */
function quotesOf({ bids, asks }: Depth): readonly ProtoOADepthQuote[] {
  return [
    ...bids.map(({ price, size }) => ({ id: price * 2, size, bid: price })),
    ...asks.map(({ price, size }) => ({ id: price * 2 + 1, size, ask: price })),
  ]
}
