import type { ProtoOASymbol } from '../../protocol/index.ts'
import { newYorkTime } from '../engine/index.ts'
import type { Instrument, World } from '../world/index.ts'
import { symbolOf } from '../world/index.ts'
import { UnknownSymbolError } from './errors.ts'
import type { InstrumentChange } from './trading-desk.ts'

/** The instruments with their terms of now: those of the world, and what has been changed about them since. */
export class InstrumentTable {
  readonly #world: World
  readonly #all: Map<number, Instrument>
  readonly #changes = new Map<number, InstrumentChange>()
  readonly #shown = new Map<number, { readonly lag: number; readonly symbol: ProtoOASymbol }>()

  constructor(world: World) {
    this.#world = world
    this.#all = new Map(world.instruments)
  }

  /** By symbol id. */
  get all(): ReadonlyMap<number, Instrument> {
    return this.#all
  }

  /** The wire form; the time of the swap is in it, and differs between summer and winter. */
  symbol(symbolId: number, now: number): ProtoOASymbol | undefined {
    const instrument = this.#all.get(symbolId)
    if (instrument === undefined) return undefined
    const lag = (now - newYorkTime(now)) / 60_000
    const known = this.#shown.get(symbolId)
    if (known?.lag === lag) return known.symbol
    const symbol = { ...this.#world.symbols.get(symbolId), ...symbolOf(instrument, lag) }
    this.#shown.set(symbolId, { lag, symbol })
    return symbol
  }

  /** @throws UnknownSymbolError */
  change(symbolId: number, change: InstrumentChange): void {
    const instrument = this.#all.get(symbolId)
    if (instrument === undefined) throw new UnknownSymbolError(symbolId)
    this.#all.set(symbolId, { ...instrument, ...change })
    this.#changes.set(symbolId, { ...this.#changes.get(symbolId), ...change })
    this.#shown.delete(symbolId)
  }

  capture(): readonly (readonly [symbolId: number, change: InstrumentChange])[] {
    return [...this.#changes]
  }

  restore(changes: readonly (readonly [symbolId: number, change: InstrumentChange])[]): void {
    this.#changes.clear()
    this.#shown.clear()
    for (const [symbolId, instrument] of this.#world.instruments) {
      this.#all.set(symbolId, instrument)
    }
    for (const [symbolId, change] of changes) this.change(symbolId, change)
  }
}
