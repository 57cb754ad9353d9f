import type { Clock, Timer } from '../../async/clock.ts'
import type { Random } from '../random.ts'
import type { Instrument } from '../world/index.ts'
import type { SymbolHours } from './calendar/symbol-hours.ts'
import { PriceWalk } from './price-walk.ts'
import type { QuoteBoard } from './quote-board.ts'

export interface SeededFeedOptions {
  readonly instrument: Instrument
  readonly hours: SymbolHours
  readonly board: QuoteBoard
  readonly clock: Clock
  readonly random: Random
}

/** Puts the seeded prices of one instrument onto the quote board while its market is open. */
export class SeededFeed {
  readonly #options: SeededFeedOptions
  readonly #walk: PriceWalk
  #timer: Timer | undefined
  #closed = false

  constructor(options: SeededFeedOptions) {
    this.#options = options
    this.#walk = new PriceWalk(options.instrument, options.random)
    const { bid, ask } = this.#walk.sides
    options.board.open(options.instrument.symbolId, bid, ask, options.clock.now())
  }

  /** Lets prices move. Harmless to repeat. */
  start(): void {
    if (this.#timer === undefined && !this.#closed) this.#next()
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  #next(): void {
    const { instrument, clock, hours } = this.#options
    const { open, nextOpen } = hours.at(instrument.symbolId, clock.now())
    if (!open && nextOpen === undefined) return
    if (!open && nextOpen !== undefined) this.#after(nextOpen - clock.now(), () => this.#next())
    else {
      const pause = this.#walk.pause()
      this.#after(pause, () => this.#tick(pause))
    }
  }

  #tick(pause: number): void {
    const { instrument, board, clock, hours } = this.#options
    const now = clock.now()
    if (hours.isOpen(instrument.symbolId, now)) {
      // The planned pause, not the measured one: a late timer must not change the prices.
      const { bid, ask } = this.#walk.step(pause)
      board.set(instrument.symbolId, bid, ask, now, false)
    }
    if (!this.#closed) this.#next()
  }

  #after(ms: number, call: () => void): void {
    this.#timer = this.#options.clock.after(ms, call, { keepAlive: false })
  }
}
