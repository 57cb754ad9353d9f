import type { Clock, Timer } from '../../async/clock.ts'
import type { ProtoOAExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  Conversion,
  type Deal,
  type ExecutionTerms,
  type Order,
  type Position,
} from '../engine/index.ts'
import type { Market } from '../market/index.ts'
import type { Instrument, World } from '../world/index.ts'
import type { DeskOptions } from './create-desk.ts'
import { Latencies } from './latency.ts'
import type { DeskEvent } from './trading-desk.ts'
import { dealToWire, orderToWire, positionToWire } from './wire-forms.ts'

/** What happened, as the engine knows it. */
export interface Occurrence {
  readonly type: ProtoOAExecutionType
  readonly order: Order
  /** Undefined when it has gone. */
  readonly position: Position | undefined
  readonly deal?: Deal
  readonly errorCode?: string
}

/** Who made it happen: a request, or the server after a request or by itself. */
export interface Cause {
  readonly server: boolean
  readonly clientMsgId: string | undefined
}

/** What all parts of the desk work with: time, prices, and the way events get out. */
export class Floor {
  readonly world: World
  readonly market: Market
  readonly latencies: Latencies
  readonly terms: ExecutionTerms
  readonly #clock: Clock
  readonly #tagServerEvents: boolean
  readonly #timers = new Set<Timer>()
  readonly #listeners = new Set<(event: DeskEvent) => void>()

  constructor({ world, market, clock, random, latency, tagServerEvents }: DeskOptions) {
    this.world = world
    this.market = market
    this.latencies = new Latencies(latency ?? {}, random.fork('latency'))
    this.#clock = clock
    this.#tagServerEvents = tagServerEvents ?? false
    this.terms = {
      instruments: world.instruments,
      leverages: world.dynamicLeverages,
      conversion: new Conversion(world.instruments.values()),
      priceOf: (symbolId, side) => {
        const quote = market.quote(symbolId)
        return side === 'buy' ? quote?.ask : quote?.bid
      },
    }
  }

  now(): number {
    return this.#clock.now()
  }

  after(ms: number, call: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer)
      call()
    })
    this.#timers.add(timer)
  }

  onEvent(listener: (event: DeskEvent) => void): () => void {
    const entry = (event: DeskEvent): void => listener(event)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  publish(book: AccountBook, occurrence: Occurrence, cause: Cause): void {
    const { type, order, position, deal, errorCode } = occurrence
    const { accountId } = book.account
    const instrument = this.world.instruments.get(order.symbolId)
    if (instrument === undefined) return
    const tagged = !cause.server || this.#tagServerEvents
    const event: DeskEvent = {
      accountId,
      event: {
        ctidTraderAccountId: accountId,
        executionType: type,
        position: position === undefined ? undefined : positionToWire(position, book, instrument),
        order: orderToWire(order, instrument),
        deal: deal === undefined ? undefined : dealToWire(deal, book),
        errorCode,
        isServerEvent: cause.server,
      },
      clientMsgId: tagged ? cause.clientMsgId : undefined,
    }
    for (const listener of this.#listeners) listener(event)
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#listeners.clear()
  }

  instrument(symbolId: number): Instrument | undefined {
    return this.world.instruments.get(symbolId)
  }
}
