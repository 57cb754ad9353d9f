import type { Random } from '../random.ts'
import { gridOf, type Instrument } from '../world/index.ts'

/** Square root of the seconds in a day. */
const rootOfDay = Math.sqrt(86_400)

/** Both sides of a price, units of 1e-5. */
export interface Sides {
  readonly bid: number
  readonly ask: number
}

/**
 * The seeded price of one instrument: a fair price that wanders, with quiet and busy times, around a level it is gently
 * drawn to, and a spread that breathes. Mostly only one side of the quote moves at a time.
 *
 * Only + - * / and the square root are used: their last digit is fixed by the language, so the same seed gives the same
 * prices on every machine.
 */
export class PriceWalk {
  readonly #random: Random
  /** Step of the price grid, units of 1e-5. */
  readonly #grid: number
  readonly #level: number
  readonly #usualSpread: number
  /** Standard deviation of the return of one second. */
  readonly #volatility: number
  readonly #gap: number
  #fair: number
  #spread: number
  /** Variance relative to the usual: above 1 in busy times. */
  #variance = 1
  #sides: Sides

  constructor(instrument: Instrument, random: Random) {
    const { quoting } = instrument
    this.#random = random
    this.#grid = gridOf(instrument)
    this.#level = quoting.level
    this.#usualSpread = quoting.spread
    this.#volatility = quoting.dailyVolatility / rootOfDay
    this.#gap = quoting.gap
    this.#fair = quoting.level
    this.#spread = quoting.spread
    this.#sides = this.#target()
  }

  get sides(): Sides {
    return this.#sides
  }

  /** Milliseconds until the next quote: often short, sometimes long, the instrument's gap on average. */
  pause(): number {
    const draw = this.#random.next()
    // The mean of 3u^2 is 1. Busy times are busier.
    return Math.max(5, Math.round((this.#gap * 3 * draw * draw) / Math.sqrt(this.#variance)))
  }

  /** Moves on by that much time (ms) and gives the quote then. */
  step(elapsed: number): Sides {
    this.#move(Math.min(elapsed, 60_000) / 1000)
    const next = this.#target()
    const now = this.#sides
    const least = Math.max(this.#grid, this.#usualSpread * 0.5)
    const most = Math.max(this.#spread * 1.6, least * 2)
    const fits = (spread: number): boolean => spread >= least && spread <= most
    const draw = this.#random.next()
    if (draw < 0.44 && fits(now.ask - next.bid)) this.#sides = { bid: next.bid, ask: now.ask }
    else if (draw < 0.88 && fits(next.ask - now.bid)) this.#sides = { bid: now.bid, ask: next.ask }
    else this.#sides = next
    return this.#sides
  }

  #move(seconds: number): void {
    // Four uniform draws, centred and scaled to a variance of 1: near enough to a bell.
    const random = this.#random
    const sum = random.next() + random.next() + random.next() + random.next()
    const shock = (sum - 2) * Math.sqrt(3)
    const size = this.#fair * this.#volatility * Math.sqrt(seconds * this.#variance)
    const back = (this.#level - this.#fair) * Math.min(0.5, seconds / 1_000_000)
    const fair = this.#fair + size * shock + back
    this.#fair = Math.min(this.#level * 4, Math.max(this.#level / 4, fair))
    // A large move makes large moves likelier for a while.
    this.#variance = Math.min(
      25,
      0.01 + 0.93 * this.#variance + 0.06 * this.#variance * shock * shock,
    )
    const wish = this.#usualSpread * (0.8 + 0.4 * random.next())
    const aim = random.next() < 0.01 ? wish * 3 : wish
    this.#spread += (aim - this.#spread) * 0.3
  }

  /** The fair price with its spread, a little noise included, on the grid. */
  #target(): Sides {
    const middle = this.#fair + (this.#random.next() - 0.5) * this.#spread * 0.3
    const bid = Math.round((middle - this.#spread / 2) / this.#grid) * this.#grid
    const ask = Math.round((middle + this.#spread / 2) / this.#grid) * this.#grid
    return { bid, ask: Math.max(ask, bid + this.#grid) }
  }
}
