import type { ZoneOffset } from './calendar/zone-offset.ts'
import type { Quote, QuoteChange } from './market.ts'
import type { PriceControl } from './price-control.ts'

const day = 86_400

/** The price of every symbol now. Feeds write here, listeners hear what changed. */
export class QuoteBoard {
  readonly #quotes = new Map<number, Quote>()
  readonly #days = new Map<number, number>()
  readonly #listeners = new Set<(change: QuoteChange) => void>()
  readonly #untold: QuoteChange[] = []
  #telling = false
  readonly #newYork: ZoneOffset
  readonly #control: PriceControl | undefined

  /**
   * @param newYork a trading day ends at 17:00 there, whatever the symbol
   * @param control what becomes of the prices that feeds set; without it they are put up as they are
   */
  constructor(newYork: ZoneOffset, control?: PriceControl) {
    this.#newYork = newYork
    this.#control = control
  }

  quote(symbolId: number): Quote | undefined {
    return this.#quotes.get(symbolId)
  }

  onChange(listener: (change: QuoteChange) => void): () => void {
    // A fresh function per call, so that the same listener twice is two subscriptions.
    const entry = (change: QuoteChange): void => listener(change)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** The price a symbol starts with. Nobody is told. */
  open(symbolId: number, bid: number, ask: number, timestamp: number): void {
    this.#quotes.set(symbolId, { symbolId, bid, ask, timestamp, sessionClose: bid })
    this.#days.set(symbolId, this.#tradingDay(timestamp))
  }

  /**
   * A new price. Listeners hear the sides that changed.
   *
   * @param repeat whether a price equal to the last one is an update too, of both sides; otherwise it is none.
   */
  set(symbolId: number, bid: number, ask: number, timestamp: number, repeat: boolean): void {
    if (this.#control === undefined) return this.put(symbolId, bid, ask, timestamp, repeat)
    const sides = this.#control.pass(symbolId, bid, ask)
    if (sides !== undefined) this.put(symbolId, sides.bid, sides.ask, timestamp, repeat)
  }

  /** Puts a price up as it is, whoever is in control. */
  put(symbolId: number, bid: number, ask: number, timestamp: number, repeat: boolean): void {
    const before = this.#quotes.get(symbolId)
    const sameBid = before?.bid === bid
    const sameAsk = before?.ask === ask
    if (sameBid && sameAsk && !repeat) return
    const today = this.#tradingDay(timestamp)
    const newDay = this.#days.get(symbolId) !== today
    if (newDay) this.#days.set(symbolId, today)
    const sessionClose = newDay ? before?.bid : before?.sessionClose
    this.#quotes.set(symbolId, { symbolId, bid, ask, timestamp, sessionClose })
    const both = sameBid === sameAsk
    const change: QuoteChange = {
      symbolId,
      bid: both || !sameBid ? bid : undefined,
      ask: both || !sameAsk ? ask : undefined,
      timestamp,
    }
    this.#tell(change)
  }

  /** In order: what a listener sets in answer to a change is told after that change, to everybody. */
  #tell(change: QuoteChange): void {
    this.#untold.push(change)
    if (this.#telling) return
    this.#telling = true
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
        for (const listener of this.#listeners) listener(next)
      }
    } finally {
      this.#telling = false
    }
  }

  /** Forgets the listeners. */
  close(): void {
    this.#listeners.clear()
  }

  /** Days since 1970, each ending at 17:00 New York. */
  #tradingDay(timestamp: number): number {
    return Math.floor((timestamp / 1000 + this.#newYork.at(timestamp) + 7 * 3600) / day)
  }
}
