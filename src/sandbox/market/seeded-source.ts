import { gridOf, type Instrument } from '../world/index.ts'
import { joined, lastOf, MinuteJoin } from './minute-join.ts'
import { type DayShape, DayShaper, type DayShaperOptions } from './model/day-shape.ts'
import { FairPath } from './model/fair-path.ts'
import { rangeAfterFirst } from './model/lesser-bids.ts'
import { MinutePins, type MinutePlan, type PinTerms, type PriceShift } from './model/minute-pins.ts'
import { emptyRun, type TickRun, ticksOfMinute } from './model/minute-ticks.ts'
import {
  type BarRow,
  barRow,
  KeptDays,
  minute as minuteLength,
  minutesOfDay,
  type PriceSource,
} from './price-source.ts'
import type { Shifts } from './shifts.ts'

/** Days whose plan is kept at hand; one takes 46 kilobytes. */
const keptDays = 8
/** Seeded history begins on 1 January 2010. */
export const historyBegins: number = Date.UTC(2010, 0, 1) / 60_000

/** A minute without ticks. */
const silence: TickRun = emptyRun()

export interface SeededSourceOptions extends Omit<DayShaperOptions, 'gap'> {
  readonly instrument: Instrument
  /** Seed of the moves of the dollar. */
  readonly dollar: number
  /** What has been done to the price by hand. */
  readonly shifts: Shifts
}

interface DayPlan extends DayShape {
  readonly path: Float64Array
}

/** The seeded prices of one instrument, for any minute there has been or will be. */
export class SeededSource implements PriceSource {
  readonly firstMinute = historyBegins
  readonly instrument: Instrument
  readonly shifts: Shifts
  readonly pins: MinutePins
  /** Whether its quotes come at an even pace. */
  readonly even: boolean
  readonly #terms: PinTerms
  readonly #shaper: DayShaper
  readonly #path: FairPath
  readonly #plans = new Map<number, DayPlan>()
  /** The plan that was used last, and its day. */
  #planned = Number.NaN
  #latest: DayPlan | undefined
  /** The day that was asked about last, and whether the market is closed all through it. */
  #asked = Number.NaN
  #isClosed = false
  /** What the minute is to look like whose pins are being made; one object for all of them. */
  readonly #wanted = { from: 0, to: 0, size: 0, quotes: 0, spread: 1 }
  readonly #join = new MinuteJoin((minute) => this.#make(minute))
  readonly #days = new KeptDays((day) => this.#barsOf(day))

  constructor(options: SeededSourceOptions) {
    const { instrument, own, dollar } = options
    const { quoting } = instrument
    this.instrument = instrument
    this.shifts = options.shifts
    this.even = options.profile.even
    this.#terms = {
      ...{ seed: own ^ 0x51ed270b, grid: gridOf(instrument), spread: quoting.spread },
      even: this.even,
    }
    this.pins = new MinutePins(this.#terms)
    this.#shaper = new DayShaper({ ...options, gap: quoting.gap })
    this.#path = new FairPath({
      varianceOfDay: (day) => this.#shaper.varianceOf(day),
      dailyVolatility: quoting.dailyVolatility,
      dollarShare: quoting.dollarShare,
      own,
      dollar,
    })
  }

  /** Makes the pins of a minute, as {@link pins}. */
  plan(minute: number, shift: PriceShift | undefined): void {
    if (this.#isClosedOn(Math.floor(minute / minutesOfDay))) this.pins.clear()
    else this.pins.make(minute, this.#planOf(minute), shift)
  }

  /** Makes the moments and fair prices of a minute's pins and nothing else of them. */
  planFair(minute: number, shift: PriceShift | undefined): void {
    if (this.#isClosedOn(Math.floor(minute / minutesOfDay))) this.pins.clear()
    else this.pins.makeFair(minute, this.#planOf(minute), shift)
  }

  /** The fair price at a moment (ms) as if nothing had been done by hand, units of 1e-5. */
  fairAt(moment: number): number {
    const minute = Math.floor(moment / minuteLength)
    const day = Math.floor(minute / minutesOfDay)
    const { path } = this.#plan(day)
    const at = minute - day * minutesOfDay
    const { level } = this.instrument.quoting
    const from = priceOf(level, path[at] ?? 0)
    const to = priceOf(level, path[at + 1] ?? 0)
    return from + (to - from) * (moment / minuteLength - minute)
  }

  /** The fair price at a moment (ms), with what has been done by hand. */
  shiftedFairAt(moment: number): number {
    const held = this.shifts.heldAt(moment)
    if (held !== undefined) return (held.bid + held.ask) / 2
    return this.fairAt(moment) * this.shifts.factorAt(moment)
  }

  /** The distance from bid to ask in a minute, relative to the usual. */
  spreadIn(minute: number): number {
    const day = Math.floor(minute / minutesOfDay)
    return this.#plan(day).spread[minute - day * minutesOfDay] ?? 1
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
  }

  #make(minute: number): TickRun {
    return this.shifts.weave(minute, (shift) => {
      this.plan(minute, shift)
      // Looking back over a weekend comes upon thousands of them.
      return this.pins.count === 0 ? silence : ticksOfMinute(this.pins, this.#terms, minute)
    })
  }

  #barsOf(day: number): BarRow {
    const row = barRow(minutesOfDay)
    const { grid } = this.#terms
    const { pins } = this
    const first = day * minutesOfDay
    const before = this.#join.before(first)
    let [bid, ask] = [before?.bid, before?.ask]
    for (let at = 0; at < minutesOfDay; at++) {
      if (this.shifts.touches(first + at)) {
        const run = this.#make(first + at)
        if (run.count === 0) continue
        const last = lastOf(run)
        putBar(row, at, joined(run, { bid, ask }))
        bid = last.bid
        ask = last.ask
        continue
      }
      this.plan(first + at, this.shifts.during(first + at))
      if (pins.count === 0) continue
      this.#putBar(row, at, first + at, (pins.bid[0] ?? 0) * grid === bid)
      bid = (pins.bid[pins.count - 1] ?? 0) * grid
      ask = (pins.ask[pins.count - 1] ?? 0) * grid
    }
    return row
  }

  /** The bar of a minute from its pins. Where its first quote brings no new bid it begins with a later one. */
  #putBar(row: BarRow, at: number, minute: number, repeats: boolean): void {
    const { pins } = this
    const { grid, seed } = this.#terms
    if (repeats) {
      const range = rangeAfterFirst(pins, seed, minute)
      if (range === undefined) return
      row.open[at] = range.open * grid
      row.high[at] = range.high * grid
      row.low[at] = range.low * grid
    } else {
      row.open[at] = (pins.bid[0] ?? 0) * grid
      row.high[at] = pins.high * grid
      row.low[at] = pins.low * grid
    }
    row.close[at] = (pins.bid[pins.count - 1] ?? 0) * grid
    row.volume[at] = repeats ? pins.bidTicks - 1 : pins.bidTicks
  }

  /** Such a day has no quotes, and needs no plan: one day of seven. */
  #isClosedOn(day: number): boolean {
    if (day !== this.#asked) {
      this.#asked = day
      this.#isClosed = this.#shaper.isClosed(day)
    }
    return this.#isClosed
  }

  #planOf(minute: number): MinutePlan {
    const day = Math.floor(minute / minutesOfDay)
    const plan = this.#plan(day)
    const at = minute - day * minutesOfDay
    const { level, dailyVolatility } = this.instrument.quoting
    const wanted = this.#wanted
    wanted.from = priceOf(level, plan.path[at] ?? 0)
    wanted.to = priceOf(level, plan.path[at + 1] ?? 0)
    wanted.size = wanted.from * dailyVolatility * Math.sqrt(plan.variance[at] ?? 0)
    wanted.quotes = plan.quotes[at] ?? 0
    wanted.spread = plan.spread[at] ?? 1
    return wanted
  }

  #plan(day: number): DayPlan {
    if (day === this.#planned) return this.#latest as DayPlan
    let plan = this.#plans.get(day)
    if (plan === undefined) {
      const shape = this.#shaper.of(day)
      plan = { path: this.#path.ofDay(day, shape.variance), ...shape }
      if (this.#plans.size >= keptDays) this.#plans.clear()
      this.#plans.set(day, plan)
    }
    this.#planned = day
    this.#latest = plan
    return plan
  }
}

/** The price that a return leads to; always above 0. (2 + x) / (2 - x) is e^x as far as a returns of this size need it. */
function priceOf(level: number, back: number): number {
  return (level * (2 + back)) / (2 - back)
}

/** The bar of a run of ticks: bid only, volume counts updates of the bid. */
export function putBar(row: BarRow, at: number, run: TickRun): void {
  let volume = 0
  for (let index = 0; index < run.count; index++) {
    if (((run.sides[index] ?? 0) & 1) === 0) continue
    const bid = run.bid[index] ?? 0
    if (volume === 0) {
      row.open[at] = bid
      row.high[at] = bid
      row.low[at] = bid
    }
    if (bid > (row.high[at] ?? 0)) row.high[at] = bid
    if (bid < (row.low[at] ?? 0)) row.low[at] = bid
    row.close[at] = bid
    volume++
  }
  row.volume[at] = volume
}
