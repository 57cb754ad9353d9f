import type { MinutePins } from './minute-pins.ts'
import { hashFrom, stem } from './noise.ts'

/** The bids of the lesser quotes after one pin. Prices are in steps of the grid. */
export class LesserBids {
  /** The highest they go. */
  readonly ceiling: number
  /** How far they go from the pin's. */
  readonly reach: number
  readonly #low: number
  readonly #pin: number
  readonly #nextPin: number
  readonly #which: number
  #moves: number

  constructor(pins: MinutePins, pin: number) {
    const bid = pins.bid[pin] ?? 0
    this.ceiling = pins.bidCeiling(pin)
    this.reach = Math.max(1, Math.floor(((pins.ask[pin] ?? 0) - bid) / 5))
    this.#low = pins.low
    this.#pin = bid
    this.#nextPin = pins.bid[pin + 1] ?? 0
    this.#moves = pins.bidMoves[pin] ?? 0
    this.#which = this.#moves === 0 ? 0 : (pins.which[pin] ?? 0)
  }

  /** Whether the lesser quote of that number moves the bid, and not the ask. */
  isBid(index: number): boolean {
    return ((this.#which >>> (index & 31)) & 1) === 1
  }

  /** The next bid after one: another one in any case, and the last of them another than the next pin's too. */
  next(bid: number, word: number): number {
    const after = --this.#moves === 0 ? this.#nextPin : bid
    return otherThan(bid, after, this.#pin + stepOf(word, this.reach), this.#low, this.ceiling)
  }
}

/** A step of a lesser quote, up to the reach in either direction. */
export function stepOf(word: number, reach: number): number {
  return ((word >>> 1) % (2 * reach + 1)) - reach
}

/** The word that a lesser quote's step comes from; the root is that of its pin. */
export function wordOf(root: number, index: number): number {
  return hashFrom(root, 0x10000 + index)
}

/** What the chance of a pin's lesser quotes hangs on. */
export function rootOf(seed: number, number: number, pin: number): number {
  return stem(seed, number * 32 + pin)
}

/**
 * The opening, highest and lowest of the bids that follow a minute's first one, for a minute that begins with the bid
 * that was there already; undefined where the bid never changes. No more is looked at than that takes.
 */
export function rangeAfterFirst(
  pins: MinutePins,
  seed: number,
  number: number,
): { readonly open: number; readonly high: number; readonly low: number } | undefined {
  let bid = pins.bid[0] ?? 0
  let open: number | undefined
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (let pin = 0; pin < pins.count; pin++) {
    if (pin > 0 && pins.bid[pin] !== bid) {
      bid = pins.bid[pin] ?? 0
      open ??= bid
      low = Math.min(low, bid)
      high = Math.max(high, bid)
    }
    // Once the bid has changed every later pin's bid counts; where they reach the ends of the range nothing goes beyond.
    if (open !== undefined) {
      let [least, most] = [low, high]
      for (let later = pin + 1; later < pins.count; later++) {
        least = Math.min(least, pins.bid[later] ?? 0)
        most = Math.max(most, pins.bid[later] ?? 0)
      }
      if (least === pins.low && most === pins.high) return { open, high: most, low: least }
    }
    if ((pins.bidMoves[pin] ?? 0) === 0) continue
    const root = rootOf(seed, number, pin)
    const bids = new LesserBids(pins, pin)
    const lesser = pins.lesser[pin] ?? 0
    for (let index = 0; index < lesser; index++) {
      if (!bids.isBid(index)) continue
      bid = bids.next(bid, wordOf(root, index))
      open ??= bid
      low = Math.min(low, bid)
      high = Math.max(high, bid)
    }
  }
  return open === undefined ? undefined : { open, high, low }
}

/** A price as near to the wish as can be, within the range, and different from two others. The range has three or more. */
function otherThan(one: number, two: number, wish: number, low: number, high: number): number {
  let price = Math.min(high, Math.max(low, wish))
  while (price === one || price === two) price = price === high ? low : price + 1
  return price
}
