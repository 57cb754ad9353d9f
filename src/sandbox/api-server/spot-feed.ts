import type { ProtoOATrendbarPeriod as Period, ProtoOATrendbar } from '../../protocol/index.ts'
import type { Market, QuoteChange } from '../market/market.ts'
import type { Connection } from './connection.ts'
import { DepthFeed } from './depth-feed.ts'
import { LiveBars } from './live-bars.ts'

interface Subscription {
  readonly connection: Connection
  readonly accountId: number
  readonly symbolId: number
  readonly withTimestamp: boolean
  /** Tells the market that nobody looks any more. */
  readonly stop: () => void
  /** Bars that ride along. */
  readonly periods: Set<Period>
  /** Whether the first event, the one with both sides, has been sent. */
  begun: boolean
}

type Subscriptions = Map<number, Subscription>

const noBars: readonly ProtoOATrendbar[] = []

/**
 * Who gets which spot events. The first event of a subscription holds the last known bid and ask and the session's
 * close; the later ones hold what has changed, and where the bid has, the bars that are being formed. An account's
 * subscription is one connection's; the same symbol may be subscribed to for several accounts of a connection, and each
 * gets its own events.
 */
export class SpotFeed {
  readonly depth: DepthFeed
  readonly #market: Market
  readonly #bars: LiveBars
  readonly #stop: () => void
  readonly #bySymbol = new Map<number, Set<Subscription>>()
  readonly #byConnection = new Map<Connection, Map<number, Subscriptions>>()

  constructor(market: Market) {
    this.#market = market
    this.#bars = new LiveBars(market)
    this.#stop = market.onChange((change) => this.#spread(change))
    this.depth = new DepthFeed(market)
  }

  has(connection: Connection, accountId: number, symbolId: number): boolean {
    return this.#of(connection, accountId)?.has(symbolId) ?? false
  }

  /** Subscribes and sends the first event, or lets the first quote be it where there is none yet. */
  subscribe(
    connection: Connection,
    accountId: number,
    symbolId: number,
    withTimestamp: boolean,
  ): void {
    const entry: Subscription = {
      ...{ connection, accountId, symbolId, withTimestamp, begun: false },
      stop: () => stop(),
      periods: new Set(),
    }
    this.#add(entry)
    this.#begin(entry)
    // A recording begins to play by this, and must find the first event sent.
    const stop = this.#market.watch(symbolId)
  }

  unsubscribe(connection: Connection, accountId: number, symbolId: number): void {
    const entry = this.#of(connection, accountId)?.get(symbolId)
    if (entry !== undefined) this.#remove(entry)
  }

  hasBars(connection: Connection, accountId: number, symbolId: number, period: Period): boolean {
    return this.#of(connection, accountId)?.get(symbolId)?.periods.has(period) ?? false
  }

  /** Lets bars ride along with a subscription that is there; they end with it. */
  addBars(
    connection: Connection,
    accountId: number,
    symbolId: number,
    { period, now }: { readonly period: Period; readonly now: number },
  ): void {
    this.#of(connection, accountId)?.get(symbolId)?.periods.add(period)
    this.#bars.open(symbolId, period, now)
  }

  removeBars(connection: Connection, accountId: number, symbolId: number, period: Period): void {
    this.#of(connection, accountId)?.get(symbolId)?.periods.delete(period)
    this.#bars.close(symbolId, period)
  }

  /** Ends the subscriptions of one account of a connection, or all of the connection's; those to depth too. */
  forget(connection: Connection, accountId?: number): void {
    this.depth.forget(connection, accountId)
    for (const [id, entries] of this.#byConnection.get(connection) ?? []) {
      if (accountId !== undefined && id !== accountId) continue
      for (const entry of entries.values()) this.#remove(entry)
    }
  }

  close(): void {
    this.#stop()
    this.depth.close()
    for (const connection of [...this.#byConnection.keys()]) this.forget(connection)
  }

  #spread(change: QuoteChange): void {
    this.#bars.count(change)
    for (const entry of this.#bySymbol.get(change.symbolId) ?? []) {
      if (!entry.begun) this.#begin(entry)
      else {
        entry.connection.push('ProtoOASpotEvent', {
          ctidTraderAccountId: entry.accountId,
          symbolId: change.symbolId,
          bid: change.bid,
          ask: change.ask,
          trendbar: change.bid === undefined ? noBars : this.#barsOf(entry),
          timestamp: entry.withTimestamp ? change.timestamp : undefined,
        })
      }
    }
  }

  #barsOf({ symbolId, periods }: Subscription): readonly ProtoOATrendbar[] {
    if (periods.size === 0) return noBars
    const found: ProtoOATrendbar[] = []
    for (const period of periods) {
      const bar = this.#bars.read(symbolId, period)
      if (bar !== undefined) found.push(bar)
    }
    return found
  }

  #begin(entry: Subscription): void {
    const quote = this.#market.quote(entry.symbolId)
    if (quote === undefined) return
    entry.begun = true
    entry.connection.push('ProtoOASpotEvent', {
      ctidTraderAccountId: entry.accountId,
      symbolId: entry.symbolId,
      bid: quote.bid,
      ask: quote.ask,
      trendbar: [],
      sessionClose: quote.sessionClose,
      timestamp: entry.withTimestamp ? quote.timestamp : undefined,
    })
  }

  #of(connection: Connection, accountId: number): Subscriptions | undefined {
    return this.#byConnection.get(connection)?.get(accountId)
  }

  #add(entry: Subscription): void {
    const { connection, accountId, symbolId } = entry
    const accounts = this.#byConnection.get(connection) ?? new Map<number, Subscriptions>()
    this.#byConnection.set(connection, accounts)
    const symbols: Subscriptions = accounts.get(accountId) ?? new Map()
    accounts.set(accountId, symbols)
    symbols.set(symbolId, entry)
    const readers = this.#bySymbol.get(symbolId) ?? new Set<Subscription>()
    this.#bySymbol.set(symbolId, readers)
    readers.add(entry)
  }

  #remove(entry: Subscription): void {
    const { connection, accountId, symbolId, periods } = entry
    entry.stop()
    for (const period of periods) this.#bars.close(symbolId, period)
    const readers = this.#bySymbol.get(symbolId)
    readers?.delete(entry)
    if (readers?.size === 0) this.#bySymbol.delete(symbolId)
    const accounts = this.#byConnection.get(connection)
    const symbols = accounts?.get(accountId)
    symbols?.delete(symbolId)
    if (symbols?.size === 0) accounts?.delete(accountId)
    if (accounts?.size === 0) this.#byConnection.delete(connection)
  }
}
