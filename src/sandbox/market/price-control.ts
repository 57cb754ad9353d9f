import { InvalidArgumentError } from '../../errors.ts'
import { gridOf } from '../world/index.ts'
import { lastTick } from './last-quote.ts'
import type { MarketCore } from './market-core.ts'
import type { SeededMarket } from './seeded-market.ts'
import type { Intervention } from './shifts.ts'

/** Both sides of a price, units of 1e-5. */
export interface Sides {
  readonly bid: number
  readonly ask: number
}

/** A sudden move that comes back in part. Prices in units of 1e-5. */
export interface Spike {
  /** How far the price jumps; negative for down. */
  readonly points: number
  /** How long it takes to come back, ms. */
  readonly lastsMs: number
  /** The share of the jump that is taken back. */
  readonly retrace: number
  /** How much wider the spread is at first. */
  readonly spread: number
}

/** What the hand of a test or of a person does to the prices of a symbol. */
export interface PriceState {
  readonly symbolId: number
  /** The price stands still. */
  readonly held: boolean
  /** Whether it trades, whatever the schedule says; undefined where that decides. */
  readonly trades: boolean | undefined
  /** Whether it has a price. */
  readonly quotes: boolean
}

/** Everything that was done by hand, as plain data: with the seed and the time, the state of a seeded market. */
export type PriceInterventions = readonly {
  readonly symbolId: number
  readonly entries: readonly Intervention[]
}[]

/**
 * Moves prices by hand. What is done becomes part of the symbol's past: history tells it as it was told live, whenever
 * it is asked. Where nobody has touched anything it costs nothing.
 *
 * A pair that follows from two others changes with them; moved itself, it leaves their line. Recordings play on beneath:
 * what they deliver is moved, or held back.
 *
 * @throws InvalidArgumentError in every method for a symbol that is not there
 */
export class PriceControl {
  readonly #core: MarketCore
  readonly #seeded: SeededMarket | undefined

  /** @param seeded the symbols whose prices come from the seed, where there are any */
  constructor(core: MarketCore, seeded?: SeededMarket) {
    this.#core = core
    this.#seeded = seeded
  }

  /** Sets the price. It stands until it is set again or released. A price that was taken away is there again. */
  set(symbolId: number, sides: Sides): void {
    const { bid, ask } = checked(sides)
    this.setQuoting(symbolId, true)
    this.#add(symbolId, (at) => ({ kind: 'hold', at, bid, ask }))
    this.#tell(symbolId, bid, ask)
  }

  /** Moves the price of now, and every later one, by so many units of 1e-5. */
  shift(symbolId: number, points: number, now: Sides): void {
    const { bid, ask } = checked({ bid: now.bid + points, ask: now.ask + points })
    this.#add(symbolId, (at) => {
      const held = this.#core.shiftsOf(symbolId).heldAt(at)
      if (held !== undefined) return { kind: 'hold', at, bid, ask }
      return { kind: 'price', at, bid, ask, factor: this.#factor(symbolId, at, now, points) }
    })
    this.#tell(symbolId, bid, ask)
  }

  /** Lets the price jump and come back. */
  spike(symbolId: number, spike: Spike, now: Sides): void {
    const { points, lastsMs, retrace, spread } = spike
    const grid = gridOf(this.#core.instrument(symbolId))
    const widening = ((now.ask - now.bid) * (spread - 1)) / 2
    const bid = Math.max(grid, Math.round((now.bid + points - widening) / grid) * grid)
    const ask = Math.max(bid + grid, Math.round((now.ask + points + widening) / grid) * grid)
    this.#add(symbolId, (at) => {
      const move = (2 * points) / (now.bid + now.ask)
      return { kind: 'spike', at, bid, ask, move, lastsMs, retrace, spread }
    })
    this.#tell(symbolId, bid, ask)
  }

  /** Says whether it trades, or leaves that to the schedule again. While it is not to trade there are no quotes. */
  setTrading(symbolId: number, trades: boolean | undefined): void {
    if (this.trades(symbolId) === trades) return
    this.#add(symbolId, (at) => ({ kind: 'trading', at, trades }))
  }

  /** Takes the price away, as from a feed that says nothing, or gives it back. Nobody is told. */
  setQuoting(symbolId: number, quotes: boolean): void {
    if (this.quotes(symbolId) === quotes) return
    this.#add(symbolId, (at) => ({ kind: 'quoting', at, quotes }))
  }

  /** Whether a symbol has a price now, as far as that was said by hand. */
  quotes(symbolId: number): boolean {
    return this.#core.quotes(symbolId)
  }

  /** What the hand says about trading now; undefined where the schedule decides. */
  trades(symbolId: number): boolean | undefined {
    return this.#core.shifts.get(symbolId)?.tradesAt(this.#core.clock.now())
  }

  /** Takes the hand off: a price that was held moves on from where it stands. */
  release(symbolId: number): void {
    const held = this.#core.shiftsOf(symbolId).heldAt(this.#core.clock.now())
    if (held === undefined) return
    this.#add(symbolId, (at) => {
      return { kind: 'release', at, factor: this.#factor(symbolId, at, held, 0) }
    })
  }

  /** What a recording's price becomes; undefined for one that nobody is to see. */
  pass(symbolId: number, bid: number, ask: number): Sides | undefined {
    const shifts = this.#core.shifts.get(symbolId)
    const now = this.#core.clock.now()
    if (shifts === undefined || shifts.entries.length === 0) return { bid, ask }
    if (shifts.isSilentAt(now)) return undefined
    const factor = shifts.factorAt(now)
    const widening = ((ask - bid) * (shifts.spreadAt(now) - 1)) / 2
    if (factor === 1 && widening === 0) return { bid, ask }
    const grid = gridOf(this.#core.instrument(symbolId))
    const low = Math.max(grid, Math.round((bid * factor - widening) / grid) * grid)
    const high = Math.round((ask * factor + widening) / grid) * grid
    return { bid: low, ask: Math.max(low + (ask > bid ? grid : 0), high) }
  }

  /** The symbols that are not as the feeds and schedules would have them. */
  state(): readonly PriceState[] {
    const now = this.#core.clock.now()
    return [...this.#core.shifts]
      .filter(([, { entries }]) => entries.length > 0)
      .map(([symbolId, shifts]) => ({
        symbolId,
        held: shifts.heldAt(now) !== undefined,
        trades: shifts.tradesAt(now),
        quotes: shifts.quotesAt(now),
      }))
  }

  /** Everything that was done so far, to be put back later, or into another sandbox of the same seed. */
  capture(): PriceInterventions {
    return [...this.#core.shifts]
      .filter(([, { entries }]) => entries.length > 0)
      .map(([symbolId, { entries }]) => ({ symbolId, entries }))
  }

  /**
   * Makes seeded prices, past and present, what they were: to be called after the clock has been set. Nobody is told of
   * a price by this; listeners and watchers stay. Recordings go on where they are.
   */
  restore(state: PriceInterventions): void {
    const entries = new Map(state.map((one) => [one.symbolId, one.entries]))
    for (const symbolId of entries.keys()) this.#core.instrument(symbolId)
    for (const [symbolId, shifts] of this.#core.shifts) shifts.restore(entries.get(symbolId) ?? [])
    this.#seeded?.reset()
  }

  /** By what the price beneath must be multiplied to be moved by so many points from where it is. */
  #factor(symbolId: number, at: number, { bid, ask }: Sides, points: number): number {
    const middle = (bid + ask) / 2
    const fair = this.#seeded?.fairAt(symbolId, at)
    if (fair !== undefined) return (middle + points) / fair
    return this.#core.shiftsOf(symbolId).factorAt(at) * ((middle + points) / middle)
  }

  #add(symbolId: number, make: (at: number) => Intervention): void {
    const shifts = this.#core.shiftsOf(symbolId)
    // What is due by now was the price before.
    this.#seeded?.stream.catchUp()
    const at = this.#core.clock.now()
    shifts.add(make(at))
    this.#seeded?.changed(symbolId, at)
  }

  /** Tells a price, and what follows from it in the same moment. */
  #tell(symbolId: number, bid: number, ask: number): void {
    const { board, clock } = this.#core
    const now = clock.now()
    board.together(() => {
      board.set(symbolId, bid, ask, now, true)
      for (const [id, source] of this.#seeded?.followersOf(symbolId) ?? []) {
        const last = lastTick(source, now)
        if (last?.at === now) board.set(id, last.bid, last.ask, now, false)
      }
    })
  }
}

function checked(sides: Sides): Sides {
  for (const [side, value] of Object.entries(sides)) {
    if (!(side === 'bid' || side === 'ask')) continue
    if (Number.isSafeInteger(value) && value > 0) continue
    throw new InvalidArgumentError(`The ${side} cannot be ${value}.`, {
      facts: { side, value },
      remedy: 'Prices are whole numbers above 0, units of 1e-5: 112569 is 1.12569.',
    })
  }
  return sides
}
