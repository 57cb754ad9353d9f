import type { Clock } from '../../async/clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import type { ProtoOATrendbarPeriod } from '../../protocol/index.ts'
import type { Instrument, World } from '../world/index.ts'
import { SymbolHours } from './calendar/symbol-hours.ts'
import { depthBehind } from './depth.ts'
import { PeriodCalendar } from './history/periods.ts'
import { PriceHistory } from './history/price-history.ts'
import type { Bar, Depth, MarketHours, Page, PastRange, PastTick, Quote } from './market.ts'
import type { PriceSource } from './price-source.ts'
import { QuoteBoard } from './quote-board.ts'
import { Shifts } from './shifts.ts'

const none: Page<never> = { items: [], more: false }

/** What all markets have in common: the quote board, sessions, the book, the past, and what was done by hand. */
export class MarketCore {
  readonly world: World
  readonly clock: Clock
  readonly sessions: SymbolHours
  readonly calendar: PeriodCalendar
  readonly board: QuoteBoard
  readonly shifts = new Map<number, Shifts>()
  readonly #histories = new Map<number, PriceHistory>()

  constructor({ world, clock }: { readonly world: World; readonly clock: Clock }) {
    this.world = world
    this.clock = clock
    this.sessions = new SymbolHours(world)
    this.calendar = new PeriodCalendar(this.sessions.newYork)
    this.board = new QuoteBoard(this.calendar)
    for (const symbolId of world.instruments.keys()) this.shifts.set(symbolId, new Shifts())
  }

  addSource(symbolId: number, source: PriceSource): void {
    this.#histories.set(symbolId, new PriceHistory(source, this.calendar))
  }

  /** @throws InvalidArgumentError for an id that no instrument has */
  instrument(symbolId: number): Instrument {
    const found = this.world.instruments.get(symbolId)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`There is no symbol with the id ${symbolId}.`, {
      facts: { symbolId },
      remedy: `The ids are ${[...this.world.instruments.keys()].join(', ')}.`,
    })
  }

  shiftsOf(symbolId: number): Shifts {
    const { name } = this.instrument(symbolId)
    const found = this.shifts.get(symbolId)
    if (found === undefined) throw new Error(`${name} was added after the market was made.`)
    return found
  }

  /** The price now; undefined for a symbol without one, or whose price was taken away. */
  quote(symbolId: number): Quote | undefined {
    return this.quotes(symbolId) ? this.board.quote(symbolId) : undefined
  }

  /** Whether a symbol's price has not been taken away by hand. */
  quotes(symbolId: number): boolean {
    return this.shifts.get(symbolId)?.quotesAt(this.clock.now()) ?? true
  }

  depth(symbolId: number): Depth | undefined {
    const quote = this.quote(symbolId)
    const instrument = this.world.instruments.get(symbolId)
    return quote && instrument && depthBehind(quote, instrument)
  }

  isOpen(symbolId: number, at: number): boolean {
    return this.shifts.get(symbolId)?.tradesAt(at) ?? this.sessions.isOpen(symbolId, at)
  }

  hours(symbolId: number, at: number): MarketHours {
    const byHand = this.shifts.get(symbolId)?.tradesAt(at)
    if (byHand === undefined) return this.sessions.at(symbolId, at)
    // It changes when somebody says so, which nobody knows ahead.
    return { open: byHand, nextOpen: undefined, nextClose: undefined }
  }

  bars(symbolId: number, period: ProtoOATrendbarPeriod, range: PastRange): Page<Bar> {
    return this.#histories.get(symbolId)?.bars(period, range, this.clock.now()) ?? none
  }

  *barsInSteps(
    symbolId: number,
    period: ProtoOATrendbarPeriod,
    range: PastRange,
  ): Generator<undefined, Page<Bar>> {
    const history = this.#histories.get(symbolId)
    if (history === undefined) return none
    return yield* history.barsInSteps(period, range, this.clock.now())
  }

  barSpan(period: ProtoOATrendbarPeriod, at: number): { start: number; end: number } {
    const start = this.calendar.startOf(period, at)
    return { start, end: this.calendar.endOf(period, start) }
  }

  formingBar(symbolId: number, period: ProtoOATrendbarPeriod): Bar | undefined {
    const now = this.clock.now()
    const start = this.calendar.startOf(period, now)
    return this.#histories.get(symbolId)?.bar(period, start, now)
  }

  ticks(symbolId: number, side: 'bid' | 'ask', range: PastRange): Page<PastTick> {
    return this.#histories.get(symbolId)?.ticks(side, range, this.clock.now()) ?? none
  }

  /** What is remembered about a symbol from now on does not hold any more. */
  forget(symbolId: number, from: number): void {
    this.#histories.get(symbolId)?.forgetFrom(from)
  }
}
