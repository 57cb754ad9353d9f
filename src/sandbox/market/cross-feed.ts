import { gridOf, type Instrument } from '../world/index.ts'
import type { SymbolHours } from './calendar/symbol-hours.ts'
import type { Quote } from './market.ts'
import type { PriceControl } from './price-control.ts'
import type { QuoteBoard } from './quote-board.ts'

/** A pair whose price follows from two others, and those two: the dollar price of its base and of its quote asset. */
export interface Cross {
  readonly instrument: Instrument
  readonly baseLeg: Instrument
  readonly quoteLeg: Instrument
}

/** The pairs among the instruments that follow from two dollar pairs, such as EURGBP from EURUSD and GBPUSD. */
export function findCrosses(instruments: Iterable<Instrument>): readonly Cross[] {
  const all = [...instruments]
  const dollarPair = (asset: string): Instrument | undefined =>
    all.find(
      ({ base, quote }) =>
        (base === asset && quote === 'USD') || (base === 'USD' && quote === asset),
    )
  const crosses: Cross[] = []
  for (const instrument of all) {
    if (instrument.base === 'USD' || instrument.quote === 'USD') continue
    const baseLeg = dollarPair(instrument.base)
    const quoteLeg = dollarPair(instrument.quote)
    if (baseLeg !== undefined && quoteLeg !== undefined) {
      crosses.push({ instrument, baseLeg, quoteLeg })
    }
  }
  return crosses
}

export interface CrossFeedOptions {
  readonly cross: Cross
  readonly hours: SymbolHours
  readonly board: QuoteBoard
  readonly control: Pick<PriceControl, 'pass'>
  readonly now: number
}

/**
 * Keeps a cross in line with its legs: whenever one of them changes, the cross is quoted around the price that follows
 * from their middles, in the same moment. So there is never a round trip through the three that earns anything.
 */
export class CrossFeed {
  readonly #options: CrossFeedOptions
  readonly #grid: number

  constructor(options: CrossFeedOptions) {
    this.#options = options
    const { instrument } = options.cross
    this.#grid = gridOf(instrument)
    const sides = this.#sides()
    if (sides !== undefined) {
      options.board.open(instrument.symbolId, sides.bid, sides.ask, options.now)
    }
  }

  /** One of the legs may have changed. */
  legChanged(symbolId: number, timestamp: number): void {
    const { instrument, baseLeg, quoteLeg } = this.#options.cross
    if (symbolId !== baseLeg.symbolId && symbolId !== quoteLeg.symbolId) return
    if (!this.#options.hours.isOpen(instrument.symbolId, timestamp)) return
    const sides = this.#sides()
    const passed = sides && this.#options.control.pass(instrument.symbolId, sides.bid, sides.ask)
    if (passed === undefined) return
    this.#options.board.set(instrument.symbolId, passed.bid, passed.ask, timestamp, false)
  }

  #sides(): { bid: number; ask: number } | undefined {
    const { instrument, baseLeg, quoteLeg } = this.#options.cross
    const base = dollarPrice(baseLeg, this.#options.board.quote(baseLeg.symbolId))
    const quote = dollarPrice(quoteLeg, this.#options.board.quote(quoteLeg.symbolId))
    if (base === undefined || quote === undefined) return undefined
    const middle = (base / quote) * 100_000
    const half = instrument.quoting.spread / 2
    // Outwards on both sides: the middle stays between bid and ask. Half a step more on one side, so that the two
    // rarely move together.
    const bid = Math.floor((middle - half) / this.#grid) * this.#grid
    const ask = Math.ceil((middle + half) / this.#grid + 0.5) * this.#grid
    return bid > 0 ? { bid, ask } : undefined
  }
}

/** Middle price in dollars of the asset that a dollar pair is about. */
function dollarPrice(leg: Instrument, quote: Quote | undefined): number | undefined {
  if (quote === undefined) return undefined
  const twice = quote.bid + quote.ask
  return leg.quote === 'USD' ? twice / 200_000 : 200_000 / twice
}
