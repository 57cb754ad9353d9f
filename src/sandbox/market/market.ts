import type { CTraderError } from '../../errors.ts'
import type { ProtoOATrendbarPeriod } from '../../protocol/index.ts'
import type { PriceControl } from './price-control.ts'

/** Both sides of a symbol's price at one moment. Prices are integers, units of 1e-5. */
export interface Quote {
  readonly symbolId: number
  readonly bid: number
  readonly ask: number
  /** When it became so, ms. */
  readonly timestamp: number
  /** Last bid of the previous trading day (17:00 New York). */
  readonly sessionClose: number | undefined
}

/**
 * One update of a symbol's price. A side that is absent has not changed; at least one is there. Both are there when both
 * changed, and when a recorded row repeats the row before it.
 */
export interface QuoteChange {
  readonly symbolId: number
  readonly bid: number | undefined
  readonly ask: number | undefined
  readonly timestamp: number
}

/** One price of a book and what can be traded there. */
export interface DepthLevel {
  /** Units of 1e-5. */
  readonly price: number
  /** Hundredths of a unit, as volumes are; a whole multiple of the symbol's step. */
  readonly size: number
}

/** What can be bought and sold at which prices at one moment. */
export interface Depth {
  readonly symbolId: number
  /** When the quote became so that this book stands behind, ms. */
  readonly timestamp: number
  /** Who buys, best (highest) price first: the first is the quote's bid. */
  readonly bids: readonly DepthLevel[]
  /** Who sells, best (lowest) price first: the first is the quote's ask. */
  readonly asks: readonly DepthLevel[]
}

/** Whether a symbol trades at a moment, and when that changes. */
export interface MarketHours {
  readonly open: boolean
  /** The next moment after that one at which it begins to trade, ms; undefined when there is none. */
  readonly nextOpen: number | undefined
  /** The next moment after that one at which it ceases to trade, ms; undefined when there is none. */
  readonly nextClose: number | undefined
}

/** One trend bar: bid only. Prices are units of 1e-5. */
export interface Bar {
  /** When it begins, ms. */
  readonly start: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Updates of the bid; always more than 0. */
  readonly volume: number
}

/** One update of one side. */
export interface PastTick {
  /** When, ms. */
  readonly at: number
  /** Units of 1e-5. */
  readonly price: number
}

/** Part of a longer answer. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Whether the range holds older ones that did not fit. */
  readonly more: boolean
}

/** Which part of the past is wanted. */
export interface PastRange {
  /** Inclusive, ms. */
  readonly from: number
  /** Inclusive, ms; what lies in the future is left out. */
  readonly to: number
  /** How many at most: the newest. */
  readonly limit: number
}

/** Where a symbol's recording stands. */
export interface ReplayProgress {
  /** `waiting`: nobody has subscribed yet. `finished` and `failed`: the price stays where it is. */
  readonly state: 'waiting' | 'playing' | 'finished' | 'failed'
  readonly file: string
  /** Rows read so far, ahead of those delivered, that were taken though they are odd; real feeds have such. */
  readonly oddities: {
    /** An ask below the bid. */
    readonly crossed: number
    /** An ask equal to the bid. */
    readonly locked: number
    /** The time of the row before. */
    readonly sameTime: number
  }
  /** Rows delivered so far, the first one included. */
  readonly rows: number
  /** Why it stopped, when `failed`. */
  readonly error: CTraderError | undefined
}

/** Where prices come from. */
export interface Market {
  /** The price now; undefined for a symbol without one. */
  quote(symbolId: number): Quote | undefined
  /** The last price there was, also of a symbol whose price was taken away: what is held is valued by it. */
  lastQuote(symbolId: number): Quote | undefined
  /** Calls back, synchronously, with every update of every symbol. Returns how to stop that. */
  onChange(listener: (change: QuoteChange) => void): () => void
  /** The book behind the price now; undefined for a symbol without a price. */
  depth(symbolId: number): Depth | undefined
  /** Whether the symbol's schedule has it trading at that moment (ms). */
  isOpen(symbolId: number, at: number): boolean
  /** As {@link isOpen}, with the next changes. A symbol that nobody knows never trades. */
  hours(symbolId: number, at: number): MarketHours
  /**
   * Tells the market that somebody looks at this symbol from now on. A recording begins to play with the first such
   * call; until then `quote` gives its first row, so a subscriber who sends that as the first event misses nothing.
   * Harmless to repeat, and for symbols without a recording.
   */
  subscribed(symbolId: number): void
  /** Where a symbol's recording stands; undefined for a symbol without one. */
  replayProgress(symbolId: number): ReplayProgress | undefined
  /**
   * As {@link subscribed}, until the function that is handed back is called. Seeded prices move, and listeners hear of
   * them, only for symbols that somebody watches; a symbol that nobody watches costs nothing, and `quote` still gives
   * its price of now.
   */
  watch(symbolId: number): () => void
  /** Trend bars that begin within the range, oldest first. */
  bars(symbolId: number, period: ProtoOATrendbarPeriod, range: PastRange): Page<Bar>
  /**
   * As {@link bars}, in steps of a few milliseconds each: what nobody has asked for yet has to be made, and years of it
   * take long. The answer is as of the first step.
   */
  barsInSteps(
    symbolId: number,
    period: ProtoOATrendbarPeriod,
    range: PastRange,
  ): Iterator<undefined, Page<Bar>>
  /** When the bar of a period that a moment lies in begins and ends, ms; the end is exclusive. */
  barSpan(
    period: ProtoOATrendbarPeriod,
    at: number,
  ): { readonly start: number; readonly end: number }
  /** The bar that is being formed now; undefined while it has no tick. */
  formingBar(symbolId: number, period: ProtoOATrendbarPeriod): Bar | undefined
  /** Updates of one side within the range, newest first. */
  ticks(symbolId: number, side: 'bid' | 'ask', range: PastRange): Page<PastTick>
  /** Lets prices move. Harmless to repeat. */
  start(): void
  /** Stops everything: no update afterwards, no timer, no open file. Harmless to repeat. */
  close(): void
}

/** A market whose prices somebody may move. */
export interface ControlledMarket extends Market {
  readonly control: PriceControl
}
