import type { QuoteChange } from './market.ts'
import { emptyRun, type TickRun } from './model/minute-ticks.ts'
import {
  type BarRow,
  barRow,
  minute as minuteLength,
  minutesOfDay,
  type PriceSource,
} from './price-source.ts'
import { TickLog } from './tick-log.ts'

/** Ticks that are kept, at least; the bars of all are. */
const keptTicks = 1_000_000

const nothing: BarRow = barRow(minutesOfDay)
const silence: TickRun = emptyRun()

/**
 * The past of a symbol whose prices come from outside, a recording or a test: what has been told so far. Bars of all of
 * it are kept, ticks only of the last million.
 */
export class RecordedSource implements PriceSource {
  readonly #days = new Map<number, BarRow>()
  readonly #minutes = new Map<number, TickLog>()
  /** The minute that ticks come in now, and its log. */
  #minute = Number.NaN
  #log = new TickLog()
  readonly #since: number
  #kept = 0

  /** @param since the moment (ms) from which on there can be something */
  constructor(since: number) {
    this.#since = since
  }

  get firstMinute(): number {
    return Math.floor(this.#since / minuteLength)
  }

  /** Takes an update; it is not older than the one before. */
  append(at: number, bid: number, ask: number, sides: number): void {
    const number = Math.floor(at / minuteLength)
    if (number !== this.#minute) this.#open(number)
    this.#log.append(at, bid, ask, sides)
    this.#kept++
    if ((sides & 1) !== 0) this.#count(number, bid)
  }

  /** Takes an update as listeners hear it. */
  take({ bid, ask, timestamp }: QuoteChange): void {
    const sides = (bid === undefined ? 0 : 1) | (ask === undefined ? 0 : 2)
    this.append(timestamp, bid ?? 0, ask ?? 0, sides)
  }

  minuteBars(day: number): BarRow {
    return this.#days.get(day) ?? nothing
  }

  ticks(minute: number): TickRun {
    return this.#minutes.get(minute)?.run() ?? silence
  }

  forget(): void {}

  /** Forgets everything after a moment. */
  forgetAfter(moment: number): void {
    const last = Math.floor(moment / minuteLength)
    const kept = this.#minutes.get(last)?.run()
    this.#minute = Number.NaN
    for (const number of [...this.#minutes.keys()]) {
      if (number < last) continue
      this.#kept -= this.#minutes.get(number)?.count ?? 0
      this.#minutes.delete(number)
    }
    for (const [day, row] of this.#days) {
      for (let at = 0; at < minutesOfDay; at++) {
        if (day * minutesOfDay + at >= last) row.volume[at] = 0
      }
    }
    for (let index = 0; index < (kept?.count ?? 0); index++) {
      const at = kept?.at[index] ?? 0
      if (at > moment) break
      this.append(at, kept?.bid[index] ?? 0, kept?.ask[index] ?? 0, kept?.sides[index] ?? 0)
    }
  }

  #open(number: number): void {
    this.#minute = number
    this.#log = this.#minutes.get(number) ?? new TickLog()
    if (this.#minutes.has(number)) return
    this.#minutes.set(number, this.#log)
    this.#drop()
  }

  #count(number: number, bid: number): void {
    const day = Math.floor(number / minutesOfDay)
    const at = number - day * minutesOfDay
    let row = this.#days.get(day)
    if (row === undefined) {
      row = barRow(minutesOfDay)
      this.#days.set(day, row)
    }
    const volume = row.volume[at] ?? 0
    if (volume === 0) {
      row.open[at] = bid
      row.high[at] = bid
      row.low[at] = bid
    }
    row.high[at] = Math.max(row.high[at] ?? 0, bid)
    row.low[at] = Math.min(row.low[at] ?? 0, bid)
    row.close[at] = bid
    row.volume[at] = volume + 1
  }

  /** Forgets the oldest minutes while the others hold enough. */
  #drop(): void {
    for (const [number, { count }] of this.#minutes) {
      if (this.#kept - count < keptTicks) return
      this.#minutes.delete(number)
      this.#kept -= count
    }
  }
}
