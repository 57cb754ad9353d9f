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
  readonly at: number[] = []
  /** In dollars. */
  readonly dollars: number[] = []

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
        if (jump !== undefined) this.#push(jump.at, (jump.bid + jump.ask) / 2)
      }
    } else {
      this.#readPins(
        minute,
        shifts.during(minute),
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      )
    }
  }

  #readPins(minute: number, shift: PriceShift | undefined, from: number, to: number): void {
    this.#leg.planFair(minute, shift)
    const { pins } = this.#leg
    for (let pin = 0; pin < pins.count; pin++) {
      const at = minute * 60_000 + (pins.at[pin] ?? 0)
      if (at > from && at <= to) this.#push(at, pins.fair[pin] ?? 0)
    }
  }

  #push(at: number, fair: number): void {
    const price = fair / 100_000
    this.at[this.count] = at
    this.dollars[this.count++] = this.#inDollars ? price : 1 / price
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
  readonly #at: number[] = []
  readonly #middle: number[] = []
  readonly #half: number[] = []
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
    let [base, quote] = [one.before, two.before]
    const usual = this.instrument.quoting.spread * this.#baseLeg.spreadIn(minute)
    let count = 0
    for (let first = 0, second = 0; first < one.count || second < two.count; count++) {
      const left = first < one.count ? (one.at[first] ?? 0) : Number.POSITIVE_INFINITY
      const right = second < two.count ? (two.at[second] ?? 0) : Number.POSITIVE_INFINITY
      const at = Math.min(left, right)
      // Several at the same moment count as one.
      while (first < one.count && one.at[first] === at) base = one.dollars[first++] ?? base
      while (second < two.count && two.at[second] === at) quote = two.dollars[second++] ?? quote
      const breath = 0.8 + 0.4 * uniform(this.#seed, at | 0, 7)
      this.#at[count] = at
      if (shift === undefined) {
        this.#middle[count] = (base / quote) * 100_000
        this.#half[count] = (usual * breath) / 2
      } else {
        this.#middle[count] = (base / quote) * 100_000 * shift.factorAt(at)
        this.#half[count] = (usual * shift.spreadAt(at) * breath) / 2
      }
    }
    return count
  }
}
