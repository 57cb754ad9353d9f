import { bitsOf, hashFrom, normalFrom, stem, uniformFrom } from './noise.ts'

const minute = 60_000
/** Most pins of a minute: at an even pace twice as many, because crosses are quoted at the pins of their legs alone. */
const mostPins = 12
const mostEvenPins = 24
/** Most quotes of a minute. */
const mostQuotes = 3_000

export interface PinTerms {
  readonly seed: number
  /** Step of the price grid, units of 1e-5. */
  readonly grid: number
  /** Usual distance from bid to ask, units of 1e-5. */
  readonly spread: number
  /** Whether quotes come at an even pace, and not in bursts. */
  readonly even: boolean
}

/** What a minute is to look like. */
export interface MinutePlan {
  /** Fair price at its beginning and end, units of 1e-5. */
  readonly from: number
  readonly to: number
  /** Standard deviation of its move, units of 1e-5. */
  readonly size: number
  /** Quotes expected. */
  readonly quotes: number
  /** Distance from bid to ask relative to the usual. */
  readonly spread: number
}

/** Changes what is planned from some moment on: somebody has moved the price by hand. */
export interface PriceShift {
  /** By what the fair price is multiplied at a moment (ms). */
  factorAt(moment: number): number
  /** By what the distance from bid to ask is multiplied at a moment (ms). */
  spreadAt(moment: number): number
}

/**
 * The bones of a minute: quotes at which the fair price is read, with the number of lesser quotes between each and the
 * next. Lesser quotes never leave the range of the pins' bids and always have the last pin's fair price between bid and
 * ask; so a minute's bar is known without making its ticks, and the fair price of every moment is that of the last pin.
 *
 * Prices are in steps of the grid. One object is used over and over: making a minute overwrites the last one.
 */
export class MinutePins {
  count = 0
  /** When, ms after the minute's beginning. */
  readonly at = new Float64Array(mostEvenPins)
  /** The fair price, units of 1e-5. */
  readonly fair = new Float64Array(mostEvenPins)
  readonly bid = new Float64Array(mostEvenPins)
  readonly ask = new Float64Array(mostEvenPins)
  /** Lesser quotes up to the next pin; how many of them move the bid, and which. */
  readonly lesser = new Int32Array(mostEvenPins)
  readonly bidMoves = new Int32Array(mostEvenPins)
  readonly which = new Int32Array(mostEvenPins)
  low = 0
  high = 0
  readonly #terms: PinTerms
  readonly #weights = new Float64Array(mostEvenPins)
  /** Distance from bid to ask at each pin, units of 1e-5. */
  readonly #distance = new Float64Array(mostEvenPins)

  constructor(terms: PinTerms) {
    this.#terms = terms
  }

  /** Makes everything about a minute. */
  make(number: number, plan: MinutePlan, shift?: PriceShift): void {
    const lesser = this.makeFair(number, plan, shift)
    const { grid } = this.#terms
    const { count, fair: fairs, bid: bids, ask: asks } = this
    let low = Number.POSITIVE_INFINITY
    let high = 0
    for (let pin = 0; pin < count; pin++) {
      const fair = fairs[pin] ?? 0
      const half = Math.max(this.#distance[pin] ?? 0, grid * 2) / 2
      const bid = Math.max(1, Math.floor((fair - half) / grid + 0.5))
      bids[pin] = bid
      asks[pin] = Math.max(bid + 1, Math.floor((fair + half) / grid + 0.5))
      if (bid < low) low = bid
      if (bid > high) high = bid
    }
    this.low = low
    this.high = high
    this.#share(number, lesser)
  }

  /** Makes a minute without any quote. */
  clear(): void {
    this.count = 0
  }

  /**
   * Makes only {@link count}, {@link at} and {@link fair}, which is all that a cross needs of its legs; the rest is that
   * of some other minute then. Returns the number of lesser quotes.
   */
  makeFair(number: number, plan: MinutePlan, shift?: PriceShift): number {
    const { spread, even } = this.#terms
    const root = stem(this.#terms.seed, number)
    const chanceOfMany = uniformFrom(root, 1)
    const wish = plan.quotes * (even ? 0.8 + 0.4 * chanceOfMany : 0.4 + 1.2 * chanceOfMany)
    const quotes = Math.min(mostQuotes, Math.floor(wish + uniformFrom(root, 2)))
    const most = even ? mostEvenPins : mostPins
    const count = quotes < 4 ? quotes : Math.min(most, 3 + ((quotes - 3) >> 3))
    const { from, to, size, spread: wide } = plan
    const { at: moments, fair: fairs } = this
    const distances = this.#distance
    for (let pin = 0; pin < count; pin++) {
      const word = hashFrom(root, 100 + pin)
      const within = (word >>> 16) / 65_536
      // At an even pace from one end of the minute to the other: after the last pin there are no lesser quotes.
      const place = even ? (pin + within / 4) / (count - 0.75) : (pin + within) / count
      const at = Math.floor(place * minute)
      const sway = size * 0.5 * Math.sqrt(place * (1 - place)) * normalFrom(root, number, 200 + pin)
      const way = from + (to - from) * place + sway
      const chance = (word & 0xffff) / 65_536
      const tail = chance * chance * chance * chance
      const distance = spread * wide * (0.82 + 0.22 * chance + 0.55 * tail * tail)
      const fair = way + ((Math.imul(word, 0x2c1b3c6d) >>> 16) / 65_536 - 0.5) * distance * 0.35
      moments[pin] = at
      fairs[pin] = fair
      distances[pin] = distance
      if (shift === undefined) continue
      const moment = number * minute + at
      fairs[pin] = fair * shift.factorAt(moment)
      distances[pin] = distance * shift.spreadAt(moment)
    }
    this.count = count
    return quotes - count
  }

  /** Hands the lesser quotes to the pins: the same number to each, or most of them to a few, where they come in bursts. */
  #share(number: number, quotes: number): void {
    const { even, seed } = this.#terms
    const root = stem(seed, number)
    const last = this.count - 1
    // Pin by pin: filling arrays of this size took longer than everything else here.
    for (let pin = 0; pin <= last; pin++) {
      this.lesser[pin] = 0
      this.bidMoves[pin] = 0
    }
    if (quotes <= 0 || last < 1) return
    let all = 0
    for (let pin = 0; pin < last; pin++) {
      all += even ? 1 : weight(root, pin)
      this.#weights[pin] = all
    }
    // Two steps of room, so that there is always a bid that differs from the one before and the one after.
    const hasRoom = this.high - this.low >= 2
    let given = 0
    for (let pin = 0; pin < last; pin++) {
      const sum = this.#weights[pin] ?? 0
      const upTo = pin === last - 1 ? quotes : Math.floor((quotes * sum) / all)
      const lesser = upTo - given
      given = upTo
      this.lesser[pin] = lesser
      if (!hasRoom) continue
      // The ceiling is never below the bid, and costs more to know.
      if ((this.bid[pin] ?? 0) - this.low < 2 && this.bidCeiling(pin) - this.low < 2) continue
      const which = hashFrom(root, 600 + pin)
      this.which[pin] = which
      const rest = lesser & 31
      const part = rest === 0 ? 0 : bitsOf(which & ((1 << rest) - 1))
      this.bidMoves[pin] = (lesser >>> 5) * bitsOf(which) + part
    }
  }

  /** The highest bid of a lesser quote after a pin: within the minute's range, not above the fair price. */
  bidCeiling(pin: number): number {
    const fair = Math.floor((this.fair[pin] ?? 0) / this.#terms.grid)
    return Math.min(this.high, Math.max(fair, this.bid[pin] ?? 0))
  }

  /** The bid moves of the minute, the first pin always counted as one. */
  get bidTicks(): number {
    if (this.count === 0) return 0
    let ticks = 1
    for (let pin = 1; pin < this.count; pin++) {
      const moves = this.bidMoves[pin - 1] ?? 0
      if (moves > 0) ticks += moves + 1
      else if (this.bid[pin] !== this.bid[pin - 1]) ticks++
    }
    return ticks
  }
}

function weight(root: number, pin: number): number {
  const chance = uniformFrom(root, 500 + pin)
  return chance * chance * chance + 0.01
}
