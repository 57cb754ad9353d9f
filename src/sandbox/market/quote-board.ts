import type { PeriodCalendar } from './history/periods.ts'
import type { Quote, QuoteChange } from './market.ts'

/** The price of every symbol now. Feeds write here, listeners hear what changed. */
export class QuoteBoard {
  readonly #quotes = new Map<number, Quote>()
  /** Until when a symbol's session close holds: the end of its trading day. */
  readonly #dayEnds = new Map<number, number>()
  readonly #listeners = new Set<(change: QuoteChange) => void>()
  readonly #untold: QuoteChange[] = []
  #telling = false
  readonly #calendar: PeriodCalendar

  constructor(calendar: PeriodCalendar) {
    this.#calendar = calendar
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

  /** The price a symbol has. Nobody is told. */
  open(symbolId: number, bid: number, ask: number, timestamp: number, sessionClose = bid): void {
    this.#quotes.set(symbolId, { symbolId, bid, ask, timestamp, sessionClose })
    this.#dayEnds.set(symbolId, this.#endOfDay(timestamp))
  }

  /**
   * A new price. Listeners hear the sides that changed.
   *
   * @param repeat whether a price equal to the last one is an update too, of both sides; otherwise it is none.
   */
  set(symbolId: number, bid: number, ask: number, timestamp: number, repeat: boolean): void {
    const before = this.#quotes.get(symbolId)
    const sides = (before?.bid === bid ? 0 : 1) | (before?.ask === ask ? 0 : 2)
    if (sides === 0 && !repeat) return
    this.put(symbolId, bid, ask, timestamp, sides === 0 ? 3 : sides)
  }

  /** A new price, with the sides it is an update of: 1 the bid, 2 the ask, 3 both. */
  put(symbolId: number, bid: number, ask: number, timestamp: number, sides: number): void {
    const before = this.#quotes.get(symbolId)
    let sessionClose = before?.sessionClose
    if (!(timestamp < (this.#dayEnds.get(symbolId) ?? 0))) {
      sessionClose = before?.bid
      this.#dayEnds.set(symbolId, this.#endOfDay(timestamp))
    }
    this.#quotes.set(symbolId, { symbolId, bid, ask, timestamp, sessionClose })
    const change: QuoteChange = {
      symbolId,
      bid: (sides & 1) === 0 ? undefined : bid,
      ask: (sides & 2) === 0 ? undefined : ask,
      timestamp,
    }
    this.#untold.push(change)
    if (!this.#telling) this.#tell()
  }

  /** What is set within the call is told after it, so that listeners see all of it. */
  together(call: () => void): void {
    if (this.#telling) return call()
    this.#telling = true
    try {
      call()
    } finally {
      this.#tell()
    }
  }

  /** In order: what a listener sets in answer to a change is told after that change, to everybody. */
  #tell(): void {
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

  #endOfDay(timestamp: number): number {
    return this.#calendar.startOfDay(this.#calendar.dayOf(timestamp) + 1)
  }
}
