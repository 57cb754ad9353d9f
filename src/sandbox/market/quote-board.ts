import type { PeriodCalendar } from './history/periods.ts'
import type { Quote, QuoteChange } from './market.ts'

interface Place {
  quote: Quote | undefined
  /** Until when the quote's session close holds: the end of its trading day. */
  dayEnd: number
}

type NewPrice = Omit<Quote, 'sessionClose'>

/** The price of every symbol now. Feeds write here, listeners hear what changed. */
export class QuoteBoard {
  readonly #places = new Map<number, Place>()
  readonly #listeners = new Set<(change: QuoteChange) => void>()
  readonly #untold: QuoteChange[] = []
  #telling = false
  readonly #calendar: PeriodCalendar

  constructor(calendar: PeriodCalendar) {
    this.#calendar = calendar
  }

  quote(symbolId: number): Quote | undefined {
    return this.#places.get(symbolId)?.quote
  }

  onChange(listener: (change: QuoteChange) => void): () => void {
    // A fresh function per call, so that the same listener twice is two subscriptions.
    const entry = (change: QuoteChange): void => listener(change)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** The price a symbol has. Nobody is told. */
  open(symbolId: number, bid: number, ask: number, timestamp: number, sessionClose = bid): void {
    this.#places.set(symbolId, {
      quote: { symbolId, bid, ask, timestamp, sessionClose },
      dayEnd: this.#endOfDay(timestamp),
    })
  }

  /**
   * A new price. Listeners hear the sides that changed.
   *
   * @param repeat whether a price equal to the last one is an update too, of both sides; otherwise it is none.
   */
  set(symbolId: number, bid: number, ask: number, timestamp: number, repeat: boolean): void {
    const place = this.#placeOf(symbolId)
    const before = place.quote
    const sides = (before?.bid === bid ? 0 : 1) | (before?.ask === ask ? 0 : 2)
    if (sides === 0 && !repeat) return
    this.#put(place, { symbolId, bid, ask, timestamp }, sides === 0 ? 3 : sides)
  }

  /** A new price, with the sides it is an update of: 1 the bid, 2 the ask, 3 both. */
  put(symbolId: number, bid: number, ask: number, timestamp: number, sides: number): void {
    this.#put(this.#placeOf(symbolId), { symbolId, bid, ask, timestamp }, sides)
  }

  #put(place: Place, { symbolId, bid, ask, timestamp }: NewPrice, sides: number): void {
    let sessionClose = place.quote?.sessionClose
    if (!(timestamp < place.dayEnd)) {
      sessionClose = place.quote?.bid
      place.dayEnd = this.#endOfDay(timestamp)
    }
    place.quote = { symbolId, bid, ask, timestamp, sessionClose }
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

  #placeOf(symbolId: number): Place {
    const known = this.#places.get(symbolId)
    if (known !== undefined) return known
    const place = { quote: undefined, dayEnd: 0 }
    this.#places.set(symbolId, place)
    return place
  }

  #endOfDay(timestamp: number): number {
    return this.#calendar.startOfDay(this.#calendar.dayOf(timestamp) + 1)
  }
}
