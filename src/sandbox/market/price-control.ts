import type { Clock } from '../../async/clock.ts'
import { gridOf, type Instrument } from '../world/index.ts'
import type { Sides } from './price-walk.ts'

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

interface Influence {
  /** Added to both sides for good. */
  shift: number
  /** The price stands still: feeds are not listened to. */
  held: boolean
  /** Whether it trades, whatever the schedule says. */
  trades: boolean | undefined
  spike: (Spike & { readonly from: number }) | undefined
}

/** What the hand of a test or of a person does to the prices that feeds make. */
export interface PriceState {
  readonly symbolId: number
  readonly shift: number
  readonly held: boolean
  readonly trades: boolean | undefined
  readonly spiking: boolean
}

/**
 * Stands between the feeds and the board: lets prices pass, moved, or not at all. Where nobody has touched anything it
 * costs a feed one comparison.
 *
 * Only + - * / are used, so that the same hand moves the same prices on every machine.
 */
export class PriceControl {
  readonly #instruments: ReadonlyMap<number, Instrument>
  readonly #clock: Clock
  readonly #influences = new Map<number, Influence>()
  #put: ((symbolId: number, sides: Sides) => void) | undefined

  constructor(instruments: ReadonlyMap<number, Instrument>, clock: Clock) {
    this.#instruments = instruments
    this.#clock = clock
  }

  /** Where prices set by hand go: onto the board, past this. */
  connect(put: (symbolId: number, sides: Sides) => void): void {
    this.#put = put
  }

  /** What a feed's price becomes; undefined for one that nobody is to see. */
  pass(symbolId: number, bid: number, ask: number): Sides | undefined {
    if (this.#influences.size === 0) return { bid, ask }
    const influence = this.#influences.get(symbolId)
    if (influence === undefined) return { bid, ask }
    if (influence.held || influence.trades === false) return undefined
    return this.#moved(symbolId, influence, bid, ask)
  }

  /** What the hand says about trading; undefined where the schedule decides. */
  trades(symbolId: number): boolean | undefined {
    return this.#influences.get(symbolId)?.trades
  }

  /** Sets the price. It stands until it is set again or released. */
  set(symbolId: number, sides: Sides): void {
    this.#of(symbolId).held = true
    this.#put?.(symbolId, sides)
  }

  /** Moves the price of now, and every later one, by so many units of 1e-5. */
  shift(symbolId: number, points: number, now: Sides): void {
    const influence = this.#of(symbolId)
    influence.shift += points
    this.#put?.(symbolId, { bid: now.bid + points, ask: now.ask + points })
  }

  /** Lets the price jump and come back. */
  spike(symbolId: number, spike: Spike, now: Sides): void {
    const influence = this.#of(symbolId)
    influence.spike = { ...spike, from: this.#clock.now() }
    const { shift } = influence
    const sides = this.#moved(symbolId, influence, now.bid - shift, now.ask - shift)
    this.#put?.(symbolId, sides)
  }

  /** Says whether it trades, or leaves that to the schedule again. */
  setTrading(symbolId: number, trades: boolean | undefined): void {
    this.#of(symbolId).trades = trades
    this.#tidy(symbolId)
  }

  /** Takes the hand off: prices come from the feed again, moved by what was a gap, from where it stands by now. */
  release(symbolId: number): void {
    const influence = this.#influences.get(symbolId)
    if (influence === undefined) return
    influence.held = false
    this.#tidy(symbolId)
  }

  /** Whatever is not as the feeds and schedules would have it. */
  state(): readonly PriceState[] {
    return [...this.#influences].map(([symbolId, { shift, held, trades, spike }]) => ({
      ...{ symbolId, shift, held, trades, spiking: spike !== undefined },
    }))
  }

  /** Everything that the hand has done, to be put back later. */
  capture(): ReadonlyMap<number, Influence> {
    return new Map([...this.#influences].map(([id, influence]) => [id, { ...influence }]))
  }

  restore(state: ReadonlyMap<number, Influence>): void {
    this.#influences.clear()
    for (const [id, influence] of state) this.#influences.set(id, { ...influence })
  }

  #of(symbolId: number): Influence {
    const known = this.#influences.get(symbolId)
    if (known !== undefined) return known
    const fresh: Influence = { shift: 0, held: false, trades: undefined, spike: undefined }
    this.#influences.set(symbolId, fresh)
    return fresh
  }

  #tidy(symbolId: number): void {
    const { shift, held, trades, spike } = this.#of(symbolId)
    const idle = shift === 0 && !held && trades === undefined && spike === undefined
    if (idle) this.#influences.delete(symbolId)
  }

  #moved(symbolId: number, influence: Influence, bid: number, ask: number): Sides {
    const { spike } = influence
    let { shift } = influence
    let widening = 0
    if (spike !== undefined) {
      const done = Math.min(1, (this.#clock.now() - spike.from) / spike.lastsMs)
      const kept = spike.points * (1 - spike.retrace * done)
      shift += kept
      widening = ((ask - bid) * (spike.spread - 1) * (1 - done)) / 2
      if (done >= 1) {
        influence.spike = undefined
        influence.shift += kept
      }
    }
    const instrument = this.#instruments.get(symbolId)
    const grid = instrument === undefined ? 1 : gridOf(instrument)
    const low = Math.max(grid, Math.round((bid + shift - widening) / grid) * grid)
    const high = Math.round((ask + shift + widening) / grid) * grid
    return { bid: low, ask: Math.max(low + (ask > bid ? grid : ask - bid), high) }
  }
}
