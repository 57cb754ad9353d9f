import { gridOf, type Instrument } from '../world/index.ts'
import type { Depth, DepthLevel, Quote } from './market.ts'

/** Price levels on each side of the book. */
const levels = 10
/** How long the sizes of a level stay as they are while the price does, ms. */
const calm = 4_000

/**
 * The book behind a quote: its best levels are the quote's bid and ask, further levels hold more. It follows from the
 * quote alone, so that the same quote always has the same book and nothing has to be remembered.
 */
export function depthBehind(quote: Quote, instrument: Instrument): Depth {
  const { symbolId, bid, ask, timestamp } = quote
  const grid = gridOf(instrument)
  // A crossed or locked quote, which recordings have, still gets levels that lead away from it.
  const step = Math.max(grid, Math.ceil(Math.abs(ask - bid) / 4 / grid) * grid)
  const epoch = Math.floor(timestamp / calm)
  const side = (best: number, direction: 1 | -1): readonly DepthLevel[] => {
    const found: DepthLevel[] = []
    for (let at = 0; at < levels; at++) {
      const price = best + direction * at * step
      if (price <= 0) break
      found.push({ price, size: sizeOf(instrument, at, noise(price * 2 + direction, epoch)) })
    }
    return found
  }
  return { symbolId, timestamp, bids: side(bid, -1), asks: side(ask, 1) }
}

/** What a level offers: about half a standard lot at the best price, more further away; never less than can be traded. */
function sizeOf(instrument: Instrument, at: number, draw: number): number {
  const { lotSize, minVolume, stepVolume } = instrument
  const wish = lotSize * (0.5 + at) * (5 + 10 * draw)
  return Math.max(minVolume, Math.round(wish / stepVolume) * stepVolume)
}

/** A number from 0 to 1 that follows from two others. */
function noise(price: number, epoch: number): number {
  let word = Math.imul(price | 0, 0x9e3779b1) ^ Math.imul(epoch | 0, 0x85ebca77)
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d)
  word = Math.imul(word ^ (word >>> 12), 0x297a2d39)
  return ((word ^ (word >>> 15)) >>> 0) / 4_294_967_296
}
