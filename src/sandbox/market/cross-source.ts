import { gridOf, type Instrument } from '../world/index.ts'
import { MinuteJoin } from './minute-join.ts'
import type { PriceShift } from './model/minute-pins.ts'
import { emptyRun, pushTick, type TickRun } from './model/minute-ticks.ts'
import { uniform } from './model/noise.ts'
import { type BarRow, barRow, KeptDays, minutesOfDay, type PriceSource } from './price-source.ts'
import { historyBegins, putBar, type SeededSource } from './seeded-source.ts'
import type { Shifts } from './shifts.ts'

/** How far back a leg's price is looked for, in minutes: longer than any holiday. */
const lookBack = 7 * minutesOfDay

export interface CrossSourceOptions {
  readonly instrument: Instrument
  /** The dollar prices of its base and of its quote asset. */
  readonly baseLeg: SeededSource
  readonly quoteLeg: SeededSource
  readonly seed: number
  readonly shifts: Shifts
}

/** Room for the events of a minute, to begin with; only what is done by hand makes more of them. */
const usualEvents = 64

/** The same numbers with room for more. */
function longer(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(numbers.length * 2)
  copy.set(numbers)
  return copy
}

/** The fair dollar prices of a leg as they change, in the order of time. */
class LegEvents {
  readonly #leg: SeededSource
  readonly #inDollars: boolean
  #minute = Number.NaN
  /** The minute that the price before is from: between it and the present one there is nothing. */
  #from = Number.NaN
  /** The last price before the minute. */
  before = 0
  /** How many there are in the minute; the two columns are longer, and used over and over. */
  count = 0
  at = new Float64Array(usualEvents)
  /** In dollars. */
  dollars = new Float64Array(usualEvents)

  constructor(leg: SeededSource) {
    this.#leg = leg
    this.#inDollars = leg.instrument.quote === 'USD'
  }

  forget(): void {
    this.#minute = Number.NaN
    this.#from = Number.NaN
  }

  load(minute: number): void {
    if (minute === this.#minute) return
    if (minute === this.#minute + 1) {
      if (this.count > 0) {
        this.before = this.dollars[this.count - 1] ?? 0
        this.#from = this.#minute
      }
    } else if (!(this.#from < minute && minute < this.#minute)) this.#lookBack(minute)
    this.#minute = minute
    this.#read(minute)
  }

  #read(minute: number): void {
    const { shifts } = this.#leg
    this.count = 0
    if (shifts.touches(minute)) {
      for (const { from, to, silent, shift, jump } of shifts.pieces(minute)) {
        if (!silent && to > from) this.#readPins(minute, shift, from, to)
        if (jump === undefined) continue
        this.#reserve(1)
        this.at[this.count] = jump.at
        const price = (jump.bid + jump.ask) / 2 / 100_000
        this.dollars[this.count++] = this.#inDollars ? price : 1 / price
      }
    } else this.#readPins(minute, shifts.during(minute))
  }

  #readPins(
    minute: number,
    shift: PriceShift | undefined,
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
  ): void {
    this.#leg.planFair(minute, shift)
    const { count: pins, at: moments, fair } = this.#leg.pins
    this.#reserve(pins)
    const { at, dollars } = this
    const inDollars = this.#inDollars
    const start = minute * 60_000
    let count = this.count
    for (let pin = 0; pin < pins; pin++) {
      const moment = start + (moments[pin] ?? 0)
      if (moment <= from || moment > to) continue
      at[count] = moment
      const price = (fair[pin] ?? 0) / 100_000
      dollars[count++] = inDollars ? price : 1 / price
    }
    this.count = count
  }

  #reserve(more: number): void {
    while (this.count + more > this.at.length) {
      this.at = longer(this.at)
      this.dollars = longer(this.dollars)
    }
  }

  #lookBack(minute: number): void {
    for (this.#from = minute - 1; this.#from > minute - lookBack; this.#from--) {
      this.#read(this.#from)
      if (this.count === 0) continue
      this.before = this.dollars[this.count - 1] ?? 0
      return
    }
    const level = this.#leg.instrument.quoting.level / 100_000
    this.before = this.#inDollars ? level : 1 / level
  }
}

/**
 * Prices of a pair that follow from two dollar pairs: whenever the fair price of one of them changes, the cross is
 * quoted around what follows from both. The legs always have their fair prices between bid and ask, and so does the
 * cross; hence no round trip through the three ever earns anything.
 */
export class CrossSource implements PriceSource {
  readonly firstMinute = historyBegins
  readonly instrument: Instrument
  readonly shifts: Shifts
  readonly #base: LegEvents
  readonly #quote: LegEvents
  readonly #baseLeg: SeededSource
  readonly #quoteLeg: SeededSource
  readonly #seed: number
  readonly #even: boolean
  readonly #grid: number
  /** Of the minute that was made last, used over and over: when, the fair price, half the distance from bid to ask. */
  #at = new Float64Array(usualEvents)
  #middle = new Float64Array(usualEvents)
  #half = new Float64Array(usualEvents)
  readonly #join = new MinuteJoin((minute) =>
    this.shifts.weave(minute, (shift) => this.#make(minute, shift)),
  )
  readonly #days = new KeptDays((day) => this.#barsOf(day))

  constructor(options: CrossSourceOptions) {
    this.instrument = options.instrument
    this.shifts = options.shifts
    this.#baseLeg = options.baseLeg
    this.#quoteLeg = options.quoteLeg
    this.#base = new LegEvents(options.baseLeg)
    this.#quote = new LegEvents(options.quoteLeg)
    this.#seed = options.seed
    this.#even = options.baseLeg.even && options.quoteLeg.even
    this.#grid = gridOf(options.instrument)
  }

  /** The fair price at a moment (ms) as it follows from the legs, units of 1e-5. */
  fairAt(moment: number): number {
    const dollars = (leg: SeededSource): number => {
      const fair = leg.shiftedFairAt(moment) / 100_000
      return leg.instrument.quote === 'USD' ? fair : 1 / fair
    }
    return (dollars(this.#baseLeg) / dollars(this.#quoteLeg)) * 100_000
  }

  ticks(minute: number): TickRun {
    return this.#join.ticks(minute)
  }

  minuteBars(day: number): BarRow {
    return this.#days.of(day)
  }

  forget(): void {
    this.#days.clear()
    this.#join.forget()
    this.#base.forget()
    this.#quote.forget()
  }

  #barsOf(day: number): BarRow {
    const row = barRow(minutesOfDay)
    const first = day * minutesOfDay
    let last = this.#join.before(first)?.bid
    for (let at = 0; at < minutesOfDay; at++) {
      const minute = first + at
      if (this.shifts.touches(minute)) {
        const run = this.ticks(minute)
        putBar(row, at, run)
        if (run.count > 0) last = run.bid[run.count - 1]
      } else last = this.#putBar(row, at, minute, last)
    }
    return row
  }

  /** The bar of a minute in which nothing was done by hand, without making its ticks. Returns the last bid. */
  #putBar(row: BarRow, at: number, minute: number, before: number | undefined): number | undefined {
    const grid = this.#grid
    const count = this.#merge(minute, this.shifts.during(minute))
    let last = before === undefined ? Number.NaN : before / grid
    let [volume, open, high, low] = [0, 0, 0, 0]
    for (let index = 0; index < count; index++) {
      const below = (this.#middle[index] ?? 0) - (this.#half[index] ?? 0)
      const bid = Math.max(1, Math.floor(below / grid))
      if (bid === last) continue
      if (volume === 0) {
        open = bid
        high = bid
        low = bid
      } else if (bid > high) high = bid
      else if (bid < low) low = bid
      last = bid
      volume++
    }
    if (volume === 0) return before
    row.open[at] = open * grid
    row.high[at] = high * grid
    row.low[at] = low * grid
    row.close[at] = last * grid
    row.volume[at] = volume
    return last * grid
  }

  #make(minute: number, shift: PriceShift | undefined): TickRun {
    const run = emptyRun()
    const count = this.#merge(minute, shift)
    const grid = this.#grid
    let [bid, ask] = [0, 0]
    for (let index = 0; index < count; index++) {
      const [middle, half] = [this.#middle[index] ?? 0, this.#half[index] ?? 0]
      const nextBid = Math.max(1, Math.floor((middle - half) / grid)) * grid
      let nextAsk = Math.ceil((middle + half) / grid) * grid
      // At an even pace whatever the legs do is a quote here too; a step away from the fair price is never unfair.
      if (this.#even && nextBid === bid && nextAsk === ask) nextAsk += grid
      const sides = run.count === 0 ? 3 : (nextBid === bid ? 0 : 1) | (nextAsk === ask ? 0 : 2)
      if (sides === 0) continue
      bid = nextBid
      ask = nextAsk
      pushTick(run, this.#at[index] ?? 0, bid, ask, sides)
    }
    return run
  }

  /** The fair prices of a minute that follow from the legs', and how far from them bid and ask are. Returns how many. */
  #merge(minute: number, shift: PriceShift | undefined): number {
    const [one, two] = [this.#base, this.#quote]
    one.load(minute)
    two.load(minute)
    if (one.count + two.count === 0) return 0
    while (one.count + two.count > this.#at.length) {
      this.#at = longer(this.#at)
      this.#middle = longer(this.#middle)
      this.#half = longer(this.#half)
    }
    const { at: firsts, dollars: bases, count: ofOne } = one
    const { at: seconds, dollars: quotes, count: ofTwo } = two
    const [moments, middles, halves] = [this.#at, this.#middle, this.#half]
    let base = one.before
    let quote = two.before
    const usual = this.instrument.quoting.spread * this.#baseLeg.spreadIn(minute)
    let count = 0
    for (let first = 0, second = 0; first < ofOne || second < ofTwo; count++) {
      const left = first < ofOne ? (firsts[first] ?? 0) : Number.POSITIVE_INFINITY
      const right = second < ofTwo ? (seconds[second] ?? 0) : Number.POSITIVE_INFINITY
      const at = left < right ? left : right
      // Several at the same moment count as one.
      while (first < ofOne && firsts[first] === at) base = bases[first++] ?? base
      while (second < ofTwo && seconds[second] === at) quote = quotes[second++] ?? quote
      const breath = 0.8 + 0.4 * uniform(this.#seed, at | 0, 7)
      moments[count] = at
      if (shift === undefined) {
        middles[count] = (base / quote) * 100_000
        halves[count] = (usual * breath) / 2
      } else {
        middles[count] = (base / quote) * 100_000 * shift.factorAt(at)
        halves[count] = (usual * shift.spreadAt(at) * breath) / 2
      }
    }
    return count
  }
}
