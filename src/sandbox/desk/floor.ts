import type { Clock } from '../../async/clock.ts'
import type { ProtoOAExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  type BonusChange,
  type CashFlow,
  Conversion,
  type Deal,
  type ExecutionTerms,
  type Order,
  type Position,
} from '../engine/index.ts'
import { SymbolHours } from '../market/calendar/symbol-hours.ts'
import type { Market } from '../market/index.ts'
import type { Random } from '../random.ts'
import { gridOf, type Instrument, type World } from '../world/index.ts'
import type { DeskOptions } from './create-desk.ts'
import { type DeskBehaviour, resolveDeskBehaviour } from './desk-behaviour.ts'
import { Fills } from './fills.ts'
import { InstrumentTable } from './instrument-table.ts'
import type { Cause, Job } from './job.ts'
import { Jobs } from './jobs.ts'
import { Latencies } from './latency.ts'
import type { DeskEvent } from './trading-desk.ts'
import {
  bonusToWire,
  cashFlowToWire,
  dealToWire,
  orderToWire,
  positionToWire,
} from './wire-forms.ts'

/** What happened, as the engine knows it. */
export interface Occurrence {
  readonly type: ProtoOAExecutionType
  readonly order?: Order
  /** Undefined when it has gone. */
  readonly position?: Position | undefined
  readonly deal?: Deal
  readonly cashFlow?: CashFlow
  readonly bonus?: BonusChange
  readonly errorCode?: string
}

/** Who wants to know that an account's positions, money or terms have changed. */
type ChangeListener = (book: AccountBook, symbolId: number | undefined) => void

/** What all parts of the desk work with: time, prices, and the way events get out. */
export class Floor {
  readonly market: Market
  readonly instruments: InstrumentTable
  readonly latencies: Latencies
  readonly fills: Fills
  readonly terms: ExecutionTerms
  readonly jobs: Jobs<Job>
  readonly random: { readonly latency: Random; readonly fills: Random }
  readonly #clock: Clock
  readonly #world: World
  #schedule: SymbolHours | undefined
  readonly behaviour: DeskBehaviour
  readonly #listeners = new Set<(event: DeskEvent) => void>()
  readonly #changeListeners: ChangeListener[] = []

  constructor(options: DeskOptions, run: (job: Job) => void) {
    const { world, market, clock, random } = options
    this.market = market
    this.instruments = new InstrumentTable(world)
    this.random = { latency: random.fork('latency'), fills: random.fork('fills') }
    this.latencies = new Latencies(options.latency ?? {}, this.random.latency)
    this.fills = new Fills({ model: options.fills ?? {}, market, random: this.random.fills })
    this.jobs = new Jobs(clock, run)
    this.#clock = clock
    this.#world = world
    this.behaviour = resolveDeskBehaviour(options.behaviour)
    this.terms = {
      instruments: this.instruments.all,
      leverages: world.dynamicLeverages,
      conversion: new Conversion(world.instruments.values()),
      priceOf: (symbolId, side) => {
        const quote = market.lastQuote(symbolId)
        return side === 'buy' ? quote?.ask : quote?.bid
      },
    }
  }

  now(): number {
    return this.#clock.now()
  }

  instrument(symbolId: number): Instrument | undefined {
    return this.instruments.all.get(symbolId)
  }

  /** One point of a symbol, units of 1e-5. */
  gridOf(symbolId: number): number {
    const instrument = this.instrument(symbolId)
    return instrument === undefined ? 1 : gridOf(instrument)
  }

  /** Why a symbol does not trade at a moment: its schedule would have it closed, or open but for a holiday. */
  closedBy(symbolId: number, at: number): 'MARKET_CLOSED' | 'SYMBOL_HAS_HOLIDAY' {
    const { holidays = [] } = this.instrument(symbolId) ?? {}
    if (holidays.length === 0) return 'MARKET_CLOSED'
    this.#schedule ??= new SymbolHours(withoutHolidays(this.#world))
    return this.#schedule.isOpen(symbolId, at) ? 'SYMBOL_HAS_HOLIDAY' : 'MARKET_CLOSED'
  }

  onEvent(listener: (event: DeskEvent) => void): () => void {
    const entry = (event: DeskEvent): void => listener(event)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** Calls back when a book has changed; with a symbol when only its positions have. */
  onChange(listener: ChangeListener): void {
    this.#changeListeners.push(listener)
  }

  changed(book: AccountBook, symbolId: number | undefined): void {
    for (const listener of this.#changeListeners) listener(book, symbolId)
  }

  /** Tells an execution event. */
  publish(book: AccountBook, occurrence: Occurrence, cause: Cause): void {
    const { type, order, position, deal, cashFlow, bonus, errorCode } = occurrence
    const { accountId, moneyDigits } = book.account
    const instrument = this.instrument(order?.symbolId ?? position?.symbolId ?? 0)
    const tagged = !cause.server || this.behaviour.tagServerEvents
    const shown =
      instrument === undefined
        ? {}
        : {
            position: position && positionToWire(position, book, instrument),
            order: order && orderToWire(order, instrument),
            deal: deal && dealToWire(deal, moneyDigits),
          }
    this.tell({
      accountId,
      name: 'ProtoOAExecutionEvent',
      event: {
        ctidTraderAccountId: accountId,
        executionType: type,
        ...shown,
        bonusDepositWithdraw: bonus && bonusToWire(bonus, moneyDigits),
        depositWithdraw: cashFlow && cashFlowToWire(cashFlow, moneyDigits),
        errorCode,
        isServerEvent: cause.server,
      },
      clientMsgId: tagged ? cause.clientMsgId : undefined,
    })
  }

  tell(event: DeskEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  close(): void {
    this.jobs.clear()
    this.#listeners.clear()
  }
}

/** A world in which nobody celebrates: what its schedules say alone. */
function withoutHolidays(world: World): World {
  const instruments = [...world.instruments].map(
    ([symbolId, instrument]) => [symbolId, { ...instrument, holidays: [] }] as const,
  )
  return { ...world, instruments: new Map(instruments) }
}
