import { ProtoOATrendbarPeriod as Period } from '../../../protocol/index.ts'
import type { ZoneOffset } from '../../zones/zone-offset.ts'

const minute = 60_000
const hour = 60 * minute
const day = 86_400
/** The trading day ends seven hours before midnight, at 17:00. */
const evening = 7 * 3600

/** Periods whose bars begin at whole multiples of their length since 1970, in ms. */
const even: ReadonlyMap<Period, number> = new Map([
  [Period.M1, minute],
  [Period.M2, 2 * minute],
  [Period.M3, 3 * minute],
  [Period.M4, 4 * minute],
  [Period.M5, 5 * minute],
  [Period.M10, 10 * minute],
  [Period.M15, 15 * minute],
  [Period.M30, 30 * minute],
  [Period.H1, hour],
])

/** Periods that divide the trading day. */
const partsOfDay: ReadonlyMap<Period, number> = new Map([
  [Period.H4, 4 * hour],
  [Period.H12, 12 * hour],
])

/** All periods, shortest first. */
export const periods: readonly Period[] = [
  ...even.keys(),
  ...partsOfDay.keys(),
  Period.D1,
  Period.W1,
  Period.MN1,
]

/**
 * When bars begin. Up to an hour they keep to the clock of UTC. A day begins at 17:00 New York, summer and winter, and
 * the parts of a day count from there, the last one shorter or longer where clocks are changed. A week begins with the
 * trading day of Monday, which is Sunday 17:00; a month with the trading day of its first.
 */
export class PeriodCalendar {
  readonly #newYork: ZoneOffset

  constructor(newYork: ZoneOffset) {
    this.#newYork = newYork
  }

  /** The beginning of the bar that a moment (ms) lies in. */
  startOf(period: Period, moment: number): number {
    const length = even.get(period)
    if (length !== undefined) return Math.floor(moment / length) * length
    const today = this.dayOf(moment)
    const part = partsOfDay.get(period)
    if (part !== undefined) {
      const start = this.startOfDay(today)
      return start + Math.floor((moment - start) / part) * part
    }
    if (period === Period.W1) return this.startOfDay(monday(today))
    return this.startOfDay(period === Period.MN1 ? firstOfMonth(today, 0) : today)
  }

  /** The end of a bar, from its beginning: where the next may begin. */
  endOf(period: Period, start: number): number {
    const length = even.get(period)
    if (length !== undefined) return start + length
    const today = this.dayOf(start)
    const part = partsOfDay.get(period)
    if (part !== undefined) return Math.min(start + part, this.startOfDay(today + 1))
    if (period === Period.W1) return this.startOfDay(monday(today) + 7)
    return this.startOfDay(period === Period.MN1 ? firstOfMonth(today, 1) : today + 1)
  }

  /** The trading day that a moment lies in, in days since 1970: that of the date on which it ends. */
  dayOf(moment: number): number {
    return Math.floor((Math.floor(moment / 1000) + this.#newYork.at(moment) + evening) / day)
  }

  /** When a trading day begins, ms. */
  startOfDay(number: number): number {
    return this.#newYork.momentOf(number * day - evening)
  }
}

// 1970 began on a Thursday.
function monday(number: number): number {
  return Math.floor((number + 3) / 7) * 7 - 3
}

function firstOfMonth(number: number, later: number): number {
  const date = new Date(number * day * 1000)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1) / 1000 / day
}
