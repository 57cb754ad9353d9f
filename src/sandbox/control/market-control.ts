import type { Clock } from '../../async/clock.ts'
import type { OptionNames } from '../../known-options.ts'
import { say } from '../../say.ts'
import type { ControlledMarket, Quote } from '../market/index.ts'
import { gridOf, type Instrument, type World } from '../world/index.ts'
import { ControlArgumentError } from './errors.ts'
import { checkFields, requireInstrument } from './field-values.ts'

/** A price as decimal text such as `'1.12569'`, or as a number that has no more decimals than the symbol. */
export type PriceInput = string | number

/** How far a price moves: one of the three. Negative is down. */
export interface PriceMove {
  /** 10^-pipPosition of the price each. */
  readonly pips?: number
  /** Of the bid. */
  readonly percent?: number
  /** In price. */
  readonly by?: PriceInput
}

export interface PriceSpike extends PriceMove {
  /** How long the price takes to come back, ms of the sandbox's time. @defaultValue 60,000 */
  readonly lastsMs?: number
  /** The share of the jump that is taken back, from 0 to 1. @defaultValue 0.5 */
  readonly retrace?: number
  /** How many times wider the spread is at first. @defaultValue 8 */
  readonly spread?: number
}

const sideNames: OptionNames<{ bid: PriceInput; ask: PriceInput }> = { bid: true, ask: true }
const moveNames: OptionNames<PriceMove> = { pips: true, percent: true, by: true }
const spikeNames: OptionNames<PriceSpike> = {
  ...moveNames,
  lastsMs: true,
  retrace: true,
  spread: true,
}

/** A symbol as it stands. Prices are decimal text with the symbol's digits. */
export interface SymbolPrice {
  readonly symbol: string
  readonly symbolId: number
  readonly bid: string | undefined
  readonly ask: string | undefined
  /** Whether it trades now. */
  readonly open: boolean
  /** Whether its price stands still because it was set by hand. */
  readonly held: boolean
  /** Whether a hand decides that it trades, or that it does not; otherwise its schedule. */
  readonly tradingByHand: boolean
  /** Whether it has no price because a hand took it away. */
  readonly silent: boolean
  /** Where the recording of quotes that it plays stands; undefined for a symbol without one. */
  readonly recording: RecordingProgress | undefined
}

/** How far a recording of quotes has been played, and what is odd about it. */
export interface RecordingProgress {
  /** `waiting`: nobody has subscribed yet. `finished` and `failed`: the price stays where it is. */
  readonly state: 'waiting' | 'playing' | 'finished' | 'failed'
  readonly file: string
  /** Rows played so far. */
  readonly rows: number
  /** Rows read so far that were taken as they are, because real feeds have such. */
  readonly oddities: {
    /** An ask below the bid. */
    readonly crossed: number
    /** An ask equal to the bid. */
    readonly locked: number
    /** The time of the row before. */
    readonly sameTime: number
  }
  /** Why it broke off, with the line of the file, when `failed`. */
  readonly error: string | undefined
}

/**
 * Moves the market. Whatever is done to a symbol is done to the crosses that follow from it, and to everything that
 * goes by its price: stop losses, pending orders, margins.
 */
export class MarketControl {
  readonly #market: ControlledMarket
  readonly #clock: Clock
  readonly #opened: (symbolId: number) => void
  readonly #world: World

  /** @param opened called when a hand may have made a symbol trade that did not */
  constructor(parts: {
    readonly world: World
    readonly market: ControlledMarket
    readonly clock: Clock
    readonly opened: (symbolId: number) => void
  }) {
    this.#market = parts.market
    this.#clock = parts.clock
    this.#opened = parts.opened
    this.#world = parts.world
  }

  /** Every symbol as it stands. */
  list(): readonly SymbolPrice[] {
    return [...this.#world.instruments.values()].map(({ name }) => this.price(name))
  }

  /** A symbol as it stands. @throws ControlNotFoundError for a symbol that is not there, as all verbs do */
  price(symbol: string): SymbolPrice {
    const instrument = requireInstrument(this.#world, symbol)
    const { symbolId, digits } = instrument
    const quote = this.#market.quote(symbolId)
    const own = this.#market.control.state().find((state) => state.symbolId === symbolId)
    return {
      symbol,
      symbolId,
      bid: quote && priceText(quote.bid, digits),
      ask: quote && priceText(quote.ask, digits),
      open: this.#market.isOpen(symbolId, this.#clock.now()),
      held: own?.held ?? false,
      tradingByHand: own?.trades !== undefined,
      silent: own?.quotes === false,
      recording: this.#recording(symbolId),
    }
  }

  /**
   * Sets a price, which then stands still until it is set again or released. With one side only the other keeps its
   * distance.
   *
   * @throws ControlArgumentError for a price that the symbol cannot have, or a bid that is not below the ask
   */
  setPrice(
    symbol: string,
    sides: { readonly bid?: PriceInput; readonly ask?: PriceInput },
  ): SymbolPrice {
    checkFields('market.setPrice', sides, sideNames)
    const instrument = requireInstrument(this.#world, symbol)
    const bid = sides.bid === undefined ? undefined : priceOf(sides.bid, 'bid', instrument)
    const ask = sides.ask === undefined ? undefined : priceOf(sides.ask, 'ask', instrument)
    const before = this.#market.lastQuote(instrument.symbolId) ?? this.#quote(instrument)
    const spread = before.ask - before.bid
    const low = bid ?? (ask === undefined ? undefined : ask - spread)
    if (low === undefined) {
      throw new ControlArgumentError(`No price for ${symbol} was given.`, {
        facts: { symbol },
        remedy: "Give { bid: '1.12569' }, an ask, or both.",
      })
    }
    const high = ask ?? low + spread
    if (!(low > 0 && low < high)) {
      const { digits } = instrument
      const [shownBid, shownAsk] = [priceText(low, digits), priceText(high, digits)]
      throw new ControlArgumentError(
        `${symbol} cannot be quoted at ${shownBid} / ${shownAsk}: the bid must be below the ask.`,
        { facts: { symbol, bid: shownBid, ask: shownAsk }, remedy: 'Give a bid below the ask.' },
      )
    }
    this.#market.control.set(instrument.symbolId, { bid: low, ask: high })
    return this.price(symbol)
  }

  /** Lets the price jump, in one quote and for good: later quotes go on from there. @throws ControlArgumentError */
  gap(symbol: string, move: PriceMove): SymbolPrice {
    checkFields('market.gap', move, moveNames)
    const instrument = requireInstrument(this.#world, symbol)
    const quote = this.#quote(instrument)
    this.#market.control.shift(instrument.symbolId, pointsOf(move, instrument, quote), quote)
    return this.price(symbol)
  }

  /** Lets the price jump with a wide spread, and come back in part, as it does at news. @throws ControlArgumentError */
  spike(symbol: string, spike: PriceSpike): SymbolPrice {
    checkFields('market.spike', spike, spikeNames)
    const { lastsMs = 60_000, retrace = 0.5, spread = 8, ...move } = spike
    const instrument = requireInstrument(this.#world, symbol)
    const quote = this.#quote(instrument)
    const points = pointsOf(move, instrument, quote)
    within('lastsMs', lastsMs, 1, 86_400_000)
    within('retrace', retrace, 0, 1)
    within('spread', spread, 1, 1_000)
    const { control } = this.#market
    control.release(instrument.symbolId)
    control.spike(instrument.symbolId, { points, lastsMs, retrace, spread }, quote)
    return this.price(symbol)
  }

  /** Stops trading: no quotes, and orders are refused. Without a symbol: of all. */
  close(symbol?: string): void {
    for (const id of this.#which(symbol)) this.#market.control.setTrading(id, false)
  }

  /**
   * Lets it trade, whatever its schedule says: what waited for that happens at once. Outside of its sessions the price
   * stands still unless it is set.
   */
  open(symbol?: string): void {
    for (const id of this.#which(symbol)) {
      this.#market.control.setTrading(id, true)
      this.#opened(id)
    }
  }

  /**
   * Takes the price away until one is set or the symbol is released: it is open, nothing is quoted, and what needs a price
   * is refused with `NO_QUOTES`. Open positions keep the value that they had last. Without a symbol: of all.
   */
  silence(symbol?: string): void {
    for (const id of this.#which(symbol)) this.#market.control.setQuoting(id, false)
  }

  /** Takes the hand off: the schedule decides about trading, and a price that was set or taken away moves again. */
  release(symbol?: string): void {
    for (const id of this.#which(symbol)) {
      this.#market.control.setTrading(id, undefined)
      this.#market.control.setQuoting(id, true)
      this.#market.control.release(id)
      this.#opened(id)
    }
  }

  #recording(symbolId: number): RecordingProgress | undefined {
    const progress = this.#market.replayProgress(symbolId)
    return progress && { ...progress, error: progress.error?.message }
  }

  #which(symbol: string | undefined): readonly number[] {
    const all = [...this.#world.instruments.values()]
    const meant = symbol === undefined ? all : [requireInstrument(this.#world, symbol)]
    return meant.map(({ symbolId }) => symbolId)
  }

  #quote(instrument: Instrument): Quote {
    const quote = this.#market.quote(instrument.symbolId)
    if (quote !== undefined) return quote
    throw new ControlArgumentError(`${instrument.name} has no price.`, {
      facts: { symbol: instrument.name },
      remedy: 'Set one, or release it.',
    })
  }
}

function priceOf(given: PriceInput, side: string, instrument: Instrument): number {
  const points = toPoints(given)
  const { name, digits } = instrument
  if (points !== undefined && points > 0 && points % gridOf(instrument) === 0) return points
  throw new ControlArgumentError(`The ${side} of ${name} cannot be ${say(given)}.`, {
    facts: { symbol: name, [side]: String(given), digits },
    remedy: `Give a price above 0 with at most ${digits} decimals, such as "${priceText(instrument.quoting.level, digits)}".`,
  })
}

/** Decimal text, or a number, in units of 1e-5; undefined when it is none or has more decimals. */
function toPoints(given: unknown): number | undefined {
  const text = typeof given === 'number' ? String(given) : given
  if (typeof text !== 'string') return undefined
  const match = /^(-?)(\d+)(?:\.(\d{1,5}))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', part = ''] = match
  const value = Number(`${whole}${part.padEnd(5, '0')}`)
  if (!Number.isSafeInteger(value)) return undefined
  return sign === '-' ? -value : value
}

function pointsOf(move: PriceMove, instrument: Instrument, quote: Quote): number {
  const { pips, percent, by } = move
  const given = [pips, percent, by].filter((value) => value !== undefined)
  const fail = (): never => {
    const said = Object.entries(move).map(([name, value]) => `${name} ${say(value)}`)
    throw new ControlArgumentError(
      `${instrument.name} cannot be moved by ${said.length === 0 ? 'nothing' : said.join(' and ')}.`,
      {
        facts: { symbol: instrument.name, bid: priceText(quote.bid, instrument.digits) },
        remedy:
          'Give one of { pips: -50 }, { percent: -2 } and { by: "-0.0050" }, not 0; the price stays above 0.',
      },
    )
  }
  if (given.length !== 1) fail()
  const grid = gridOf(instrument)
  let pip = 100_000
  for (let digit = 0; digit < instrument.pipPosition; digit++) pip /= 10
  const exact =
    by === undefined
      ? pips === undefined
        ? (quote.bid * (percent ?? 0)) / 100
        : pips * pip
      : (toPoints(by) ?? Number.NaN)
  const points = Math.round(exact / grid) * grid
  if (!Number.isSafeInteger(points) || points === 0 || quote.bid + points <= 0) fail()
  return points
}

function within(name: string, value: number, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  throw new ControlArgumentError(`${name} of a spike cannot be ${say(value)}.`, {
    facts: { field: name },
    remedy: `Give a number from ${least} to ${most}.`,
  })
}

/** Units of 1e-5 as text with so many decimals. */
function priceText(points: number, digits: number): string {
  const text = String(Math.abs(points)).padStart(6, '0')
  const whole = text.slice(0, -5)
  const part = text.slice(-5).slice(0, digits)
  return `${points < 0 ? '-' : ''}${whole}${digits === 0 ? '' : `.${part}`}`
}
