import type { ProtoOATrendbarPeriod as Period } from '../../../protocol/index.ts'
import { pageEnd } from '../../page-end.ts'
import type { Bar, Page, PastTick } from '../market.ts'
import { type BarRow, barRow, minute, minutesOfDay, type PriceSource } from '../price-source.ts'
import { putBar } from '../seeded-source.ts'
import type { PeriodCalendar } from './periods.ts'

const hour = 60 * minute
const hoursOfDay = 24
/** Days whose hours are kept at hand: sixteen years, a kilobyte each. */
const keptDays = 6_000

export interface Range {
  /** Inclusive, ms. */
  readonly from: number
  /** Inclusive, ms. */
  readonly to: number
  /** The newest so many. */
  readonly limit: number
}

const timeOf = ({ at }: PastTick): number => at

interface Sum {
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/**
 * The past of one symbol, up to a moment that the caller names. Bars are put together from minutes, and long ones from
 * hours, which are remembered; nothing else is, so that years can be read without memory growing.
 */
export class PriceHistory {
  readonly #source: PriceSource
  readonly #calendar: PeriodCalendar
  readonly #hours = new Map<number, BarRow>()
  readonly #now = barRow(1)

  constructor(source: PriceSource, calendar: PeriodCalendar) {
    this.#source = source
    this.#calendar = calendar
  }

  /** Bars that begin within the range and not after now, oldest first; `more` tells whether there are older ones in it. */
  bars(period: Period, range: Range, now: number): Page<Bar> {
    const steps = this.barsInSteps(period, range, now)
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
    }
  }

  /** As {@link bars}, in steps of about a day's minutes each, between which something else may be done. */
  *barsInSteps(
    period: Period,
    { from, to, limit }: Range,
    now: number,
  ): Generator<undefined, Page<Bar>> {
    const first = Math.max(from, this.#source.firstMinute * minute)
    const found: Bar[] = []
    let start = this.#calendar.startOf(period, Math.min(to, now))
    let reached = Number.POSITIVE_INFINITY
    while (start >= first) {
      const end = this.#calendar.endOf(period, start)
      // Long bars are put together from hours that are remembered, short ones from a day's minutes.
      if (end - start >= hour) yield* this.#prepare(start, end, now)
      else if (dayOf(start) < reached) {
        reached = dayOf(start)
        yield
      }
      const bar = this.bar(period, start, now)
      if (bar !== undefined && found.length === limit) {
        return { items: found.reverse(), more: true }
      }
      if (bar !== undefined) found.push(bar)
      start = this.#calendar.startOf(period, start - 1)
    }
    return { items: found.reverse(), more: false }
  }

  /** Makes the hours that a bar will be put together from, a day in each step. */
  *#prepare(start: number, end: number, now: number): Generator<undefined, void> {
    const last = Math.min(dayOf(end - 1), dayOf(now) - 1)
    for (let day = dayOf(start); day <= last; day++) {
      if (this.#hours.has(day)) continue
      this.#hoursOf(day)
      yield
    }
  }

  /** The bar that begins at a moment, as far as it has come; undefined where there was no tick. */
  bar(period: Period, start: number, now: number): Bar | undefined {
    const sum: Sum = { open: 0, high: 0, low: 0, close: 0, volume: 0 }
    const end = Math.min(this.#calendar.endOf(period, start), now + 1)
    const today = dayOf(now)
    for (let at = start; at < end; ) {
      const number = Math.floor(at / minute)
      const day = Math.floor(number / minutesOfDay)
      if (at % hour === 0 && at + hour <= end && day < today) {
        add(sum, this.#hoursOf(day), (at / hour) % hoursOfDay)
        at += hour
      } else {
        if ((number + 1) * minute <= now) {
          add(sum, this.#source.minuteBars(day), number % minutesOfDay)
        } else add(sum, this.#minuteUntil(number, now), 0)
        at += minute
      }
    }
    if (sum.volume === 0) return undefined
    return { start, ...sum }
  }

  /** Ticks of one side within the range and not after now, newest first; of one moment all or none. */
  ticks(side: 'bid' | 'ask', { from, to, limit }: Range, now: number): Page<PastTick> {
    const mask = side === 'bid' ? 1 : 2
    const last = Math.min(to, now)
    const first = Math.max(from, this.#source.firstMinute * minute)
    const found: PastTick[] = []
    for (let number = Math.floor(last / minute); (number + 1) * minute > first; number--) {
      const run = this.#source.ticks(number)
      const prices = run[side]
      for (let index = run.count - 1; index >= 0; index--) {
        const at = run.at[index] ?? 0
        if (((run.sides[index] ?? 0) & mask) === 0 || at > last || at < first) continue
        const end = pageEnd(found, timeOf, at, limit)
        if (end !== undefined) return { items: found.slice(0, end), more: true }
        found.push({ at, price: prices[index] ?? 0 })
      }
    }
    return { items: found, more: false }
  }

  /** Forgets what was remembered about a moment and all later ones, because they have been changed. */
  forgetFrom(moment: number): void {
    const day = dayOf(moment)
    for (const known of [...this.#hours.keys()]) if (known >= day) this.#hours.delete(known)
  }

  #minuteUntil(number: number, now: number): BarRow {
    const run = this.#source.ticks(number)
    let count = 0
    while (count < run.count && (run.at[count] ?? 0) <= now) count++
    putBar(this.#now, 0, { ...run, count })
    return this.#now
  }

  #hoursOf(day: number): BarRow {
    const known = this.#hours.get(day)
    if (known !== undefined) return known
    const minutes = this.#source.minuteBars(day)
    const row = barRow(hoursOfDay)
    for (let at = 0; at < hoursOfDay; at++) {
      const sum: Sum = { open: 0, high: 0, low: 0, close: 0, volume: 0 }
      for (let number = at * 60; number < (at + 1) * 60; number++) add(sum, minutes, number)
      row.open[at] = sum.open
      row.high[at] = sum.high
      row.low[at] = sum.low
      row.close[at] = sum.close
      row.volume[at] = sum.volume
    }
    if (this.#hours.size >= keptDays) {
      for (const oldest of this.#hours.keys()) {
        this.#hours.delete(oldest)
        break
      }
    }
    this.#hours.set(day, row)
    return row
  }
}

/** In days since 1970. */
function dayOf(moment: number): number {
  return Math.floor(moment / minute / minutesOfDay)
}

function add(sum: Sum, row: BarRow, at: number): void {
  const volume = row.volume[at] ?? 0
  if (volume === 0) return
  const [high, low] = [row.high[at] ?? 0, row.low[at] ?? 0]
  if (sum.volume === 0) {
    sum.open = row.open[at] ?? 0
    sum.high = high
    sum.low = low
  } else {
    if (high > sum.high) sum.high = high
    if (low < sum.low) sum.low = low
  }
  sum.close = row.close[at] ?? 0
  sum.volume += volume
}
