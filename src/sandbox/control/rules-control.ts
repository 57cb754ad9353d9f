import type { TradingDesk } from '../desk/index.ts'
import type { Instrument, World } from '../world/index.ts'
import { requireInstrument } from './field-values.ts'
import {
  changeable,
  type RulesChange,
  readRules,
  rulesOf,
  type SymbolRules,
} from './symbol-rules.ts'

/**
 * The rules by which symbols are traded: what orders they take, how large and how far from the market. A change holds at
 * once, for new orders and for changes of old ones; whoever follows an account is told that the symbol has changed (event
 * 2120), and finds it changed when asking for it. Orders and positions that are there stay as they are.
 */
export class RulesControl {
  readonly #world: World
  readonly #desk: TradingDesk

  constructor(world: World, desk: TradingDesk) {
    this.#world = world
    this.#desk = desk
  }

  /** The rules of every symbol. */
  list(): readonly SymbolRules[] {
    return [...this.#world.instruments.values()].map(({ name }) => this.get(name))
  }

  /** The rules of a symbol. @throws ControlNotFoundError */
  get(symbol: string): SymbolRules {
    return rulesOf(this.#find(symbol))
  }

  /**
   * Changes rules of a symbol.
   *
   * @throws ControlNotFoundError for a symbol that is not there
   * @throws ControlArgumentError for a rule that is not there or cannot be so, and for volumes that contradict each other
   */
  change(symbol: string, change: RulesChange): SymbolRules {
    const instrument = this.#find(symbol)
    this.#desk.changeInstrument(instrument.symbolId, readRules(change, instrument))
    return this.get(symbol)
  }

  /** Puts the rules of a symbol back to where they started, or those of all. @throws ControlNotFoundError */
  reset(symbol?: string): void {
    const meant = symbol === undefined ? this.#world.instruments.values() : [this.#find(symbol)]
    for (const { symbolId } of meant) {
      const [first, now] = [this.#world.instruments.get(symbolId), this.#desk.instrument(symbolId)]
      if (first === undefined || now === undefined) continue
      const other = changeable.filter((name) => first[name] !== now[name])
      if (other.length === 0) continue
      this.#desk.changeInstrument(
        symbolId,
        Object.fromEntries(other.map((name) => [name, first[name]])),
      )
    }
  }

  /** The symbol as it is. */
  #find(symbol: string): Instrument {
    const first = requireInstrument(this.#world, symbol)
    return this.#desk.instrument(first.symbolId) ?? first
  }
}
