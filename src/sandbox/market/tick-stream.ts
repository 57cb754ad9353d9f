import type { Clock, Timer } from '../../async/clock.ts'
import { emptyRun, type TickRun } from './model/minute-ticks.ts'
import { minute as minuteLength, type PriceSource } from './price-source.ts'
import type { QuoteBoard } from './quote-board.ts'

/** Ticks delivered without letting anything else happen. */
const burst = 5_000
/** How many minutes without a tick are passed over at once; then the stream looks again. */
const horizon = 7 * 1440

interface Cursor {
  readonly symbolId: number
  readonly source: PriceSource
  /** Whether it follows from others and so comes after them in the same moment. */
  readonly follows: boolean
  watchers: number
  minute: number
  run: TickRun
  index: number
  /** When its next tick is due; what is beyond the horizon counts as a look, not as a tick. */
  due: number
}

export interface TickStreamOptions {
  readonly clock: Clock
  readonly board: QuoteBoard
}

/**
 * Delivers what seeded sources hold to the quote board when its time has come, for the symbols that somebody watches.
 * One timer serves all. A late timer changes nothing: every tick is delivered, in order, with the time it was due.
 */
export class TickStream {
  readonly #options: TickStreamOptions
  readonly #cursors = new Map<number, Cursor>()
  #watched: Cursor[] = []
  #timer: Timer | undefined
  #armedFor = Number.NaN
  #started = false
  #closed = false
  #delivering = false

  constructor(options: TickStreamOptions) {
    this.#options = options
  }

  add(symbolId: number, source: PriceSource, follows: boolean): void {
    const idle = { watchers: 0, minute: 0, run: emptyRun(), index: 0, due: 0 }
    this.#cursors.set(symbolId, { symbolId, source, follows, ...idle })
  }

  has(symbolId: number): boolean {
    return this.#cursors.has(symbolId)
  }

  isWatched(symbolId: number): boolean {
    return (this.#cursors.get(symbolId)?.watchers ?? 0) > 0
  }

  watch(symbolId: number): () => void {
    const cursor = this.#cursors.get(symbolId)
    if (cursor === undefined || this.#closed) return () => {}
    if (cursor.watchers++ === 0) {
      this.#seek(cursor, this.#options.clock.now())
      this.#watched = [...this.#watched, cursor].sort(inOrder)
      this.#arm()
    }
    let watching = true
    return () => {
      if (!watching) return
      watching = false
      if (--cursor.watchers > 0) return
      this.#watched = this.#watched.filter((one) => one !== cursor)
      this.#arm()
    }
  }

  start(): void {
    if (this.#started || this.#closed) return
    this.#started = true
    for (const cursor of this.#watched) this.#seek(cursor, this.#options.clock.now())
    this.#arm()
  }

  /** Delivers what is due by now. */
  catchUp(): void {
    if (this.#started && !this.#delivering) this.#deliver(Number.POSITIVE_INFINITY)
  }

  /** What the sources hold has changed, or the clock was set: goes on from now. */
  reset(): void {
    for (const cursor of this.#watched) this.#seek(cursor, this.#options.clock.now())
    this.#arm()
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#watched = []
  }

  /** Goes to the first tick after a moment. */
  #seek(cursor: Cursor, moment: number): void {
    cursor.minute = Math.floor(moment / minuteLength)
    cursor.run = cursor.source.ticks(cursor.minute)
    cursor.index = 0
    while ((cursor.run.at[cursor.index] ?? Number.POSITIVE_INFINITY) <= moment) cursor.index++
    this.#settle(cursor)
  }

  /** Finds out when the next tick is due, in the next minute that has one. */
  #settle(cursor: Cursor): void {
    const last = cursor.minute + horizon
    while (cursor.index >= cursor.run.count && cursor.minute < last) {
      cursor.minute++
      cursor.run = cursor.source.ticks(cursor.minute)
      cursor.index = 0
    }
    cursor.due = cursor.run.at[cursor.index] ?? cursor.minute * minuteLength
  }

  #arm(): void {
    if (!this.#started || this.#closed || this.#delivering) return
    const next = this.#next()
    const due = next?.due ?? Number.NaN
    if (due === this.#armedFor) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#armedFor = due
    if (next === undefined) return
    this.#wait(due - this.#options.clock.now())
  }

  #wait(ms: number): void {
    this.#timer = this.#options.clock.after(
      Math.max(0, ms),
      () => {
        this.#timer = undefined
        this.#armedFor = Number.NaN
        this.#deliver(burst)
      },
      { keepAlive: false },
    )
  }

  #next(): Cursor | undefined {
    let best: Cursor | undefined
    for (const cursor of this.#watched) {
      if (best === undefined || cursor.due < best.due) best = cursor
    }
    return best
  }

  #deliver(most: number): void {
    const { clock, board } = this.#options
    this.#delivering = true
    try {
      for (let count = 0; count < most && !this.#closed; count++) {
        const next = this.#next()
        if (next === undefined || next.due > clock.now()) break
        const moment = next.due
        // What follows from another price changes with it, before anybody hears of either.
        board.together(() => {
          for (const cursor of this.#watched) if (cursor.due === moment) this.#take(cursor)
        })
      }
    } finally {
      this.#delivering = false
    }
    this.#arm()
  }

  #take(cursor: Cursor): void {
    const { run, index, symbolId } = cursor
    cursor.index++
    if (index < run.count) {
      const [at, bid, ask] = [run.at[index] ?? 0, run.bid[index] ?? 0, run.ask[index] ?? 0]
      this.#options.board.put(symbolId, bid, ask, at, run.sides[index] ?? 3)
    }
    this.#settle(cursor)
  }
}

function inOrder(one: Cursor, other: Cursor): number {
  if (one.follows !== other.follows) return one.follows ? 1 : -1
  return one.symbolId - other.symbolId
}
