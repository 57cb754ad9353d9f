import type { TickRun } from './model/minute-ticks.ts'

export const minute = 60_000
export const minutesOfDay = 1440

/** Bars of equal length in a row, bid only. Where `volume` is 0 there was no tick and there is no bar. */
export interface BarRow {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Updates of the bid. */
  readonly volume: Float64Array
}

export function barRow(length: number): BarRow {
  const column = (): Float64Array => new Float64Array(length)
  return { open: column(), high: column(), low: column(), close: column(), volume: column() }
}

/**
 * Where a symbol's prices come from. Whatever is asked about the past is answered alike however often and in whatever
 * order it is asked; seeded sources also know what has not happened yet, and leave it to the caller not to look.
 *
 * Minutes are counted since 1970 UTC, and so are days.
 */
export interface PriceSource {
  /** The first minute that there is anything about. */
  readonly firstMinute: number
  /** The bars of a day's minutes. */
  minuteBars(day: number): BarRow
  /** The ticks of a minute. */
  ticks(minute: number): TickRun
  /** Something has been done to the price: what is remembered does not hold any more. */
  forget(): void
}

/** The bars of the days that were asked for last; a day takes 58 kilobytes. */
export class KeptDays {
  readonly #make: (day: number) => BarRow
  readonly #kept = new Map<number, BarRow>()

  constructor(make: (day: number) => BarRow) {
    this.#make = make
  }

  of(day: number): BarRow {
    const known = this.#kept.get(day)
    if (known !== undefined) return known
    const made = this.#make(day)
    if (this.#kept.size >= 4) this.#kept.clear()
    this.#kept.set(day, made)
    return made
  }

  clear(): void {
    this.#kept.clear()
  }
}
