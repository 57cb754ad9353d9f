import { LesserBids, rootOf, stepOf, wordOf } from './lesser-bids.ts'
import type { MinutePins } from './minute-pins.ts'
import { uniformFrom } from './noise.ts'

/** Ticks of a stretch of time, oldest first. Prices are units of 1e-5. */
export interface TickRun {
  count: number
  /** When, ms. */
  readonly at: number[]
  readonly bid: number[]
  readonly ask: number[]
  /** Which sides the tick is an update of: 1 the bid, 2 the ask, 3 both. */
  readonly sides: number[]
}

export function emptyRun(): TickRun {
  return { count: 0, at: [], bid: [], ask: [], sides: [] }
}

export function pushTick(run: TickRun, at: number, bid: number, ask: number, sides: number): void {
  run.at.push(at)
  run.bid.push(bid)
  run.ask.push(ask)
  run.sides.push(sides)
  run.count++
}

/**
 * All ticks of a minute from its pins. The first counts as an update of both sides, until it is joined to the minute
 * before; each later one is an update of the sides that have changed.
 */
export function ticksOfMinute(
  pins: MinutePins,
  terms: { readonly seed: number; readonly grid: number; readonly even: boolean },
  number: number,
): TickRun {
  const { seed, grid, even } = terms
  const run = emptyRun()
  const start = number * 60_000
  let bid = 0
  let ask = 0
  const put = (at: number, nextBid: number, nextAsk: number): void => {
    const sides = run.count === 0 ? 3 : (nextBid === bid ? 0 : 1) | (nextAsk === ask ? 0 : 2)
    bid = nextBid
    ask = nextAsk
    if (sides !== 0) pushTick(run, at, bid * grid, ask * grid, sides)
  }
  for (let pin = 0; pin < pins.count; pin++) {
    const from = start + (pins.at[pin] ?? 0)
    put(from, pins.bid[pin] ?? 0, pins.ask[pin] ?? 0)
    const lesser = pins.lesser[pin] ?? 0
    if (lesser === 0) continue
    const width = start + (pins.at[pin + 1] ?? 0) - from
    const root = rootOf(seed, number, pin)
    const places = even ? evenPlaces(root, lesser) : burstOf(root, lesser)
    const bids = new LesserBids(pins, pin)
    const { ceiling, reach } = bids
    const floor = Math.max(Math.ceil((pins.fair[pin] ?? 0) / grid), ceiling + 1, pins.bid[pin] ?? 0)
    for (let index = 0; index < lesser; index++) {
      const at = from + Math.floor(width * (places[index] ?? 0))
      const word = wordOf(root, index)
      if (bids.isBid(index)) put(at, bids.next(bid, word), ask)
      else {
        const wish = Math.max(floor, (pins.ask[pin] ?? 0) + stepOf(word, reach))
        put(at, bid, wish === ask ? wish + 1 : wish)
      }
    }
  }
  return run
}

/** Where between two pins the lesser quotes lie, from 0 to 1, ascending: most close together, few far apart. */
function burstOf(root: number, count: number): Float64Array {
  const places = new Float64Array(count)
  let sum = 0
  for (let index = 0; index < count; index++) {
    sum += pause(root, index)
    places[index] = sum
  }
  sum += pause(root, count)
  for (let index = 0; index < count; index++) places[index] = (places[index] ?? 0) / sum
  return places
}

/** The same at an even pace: each in the middle half of a part of its own. */
function evenPlaces(root: number, count: number): Float64Array {
  const places = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    places[index] = (index + 0.75 + uniformFrom(root, 0x20000 + index) / 2) / (count + 1)
  }
  return places
}

function pause(root: number, index: number): number {
  const draw = uniformFrom(root, 0x20000 + index)
  const third = draw * draw * draw
  return third * third + 1e-6
}
