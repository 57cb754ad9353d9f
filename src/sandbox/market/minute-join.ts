import type { PastQuote } from './last-quote.ts'
import type { TickRun } from './model/minute-ticks.ts'

/** How far back the last quote is looked for, in minutes: longer than any holiday. */
const lookBack = 14 * 1440

/** Both sides are told even if neither has changed; used while a run is made. */
export const told = 4

/**
 * Joins minutes that were made by themselves: the first tick of each is an update of what differs from the last tick
 * before, and none where nothing does.
 */
export class MinuteJoin {
  readonly #make: (minute: number) => TickRun
  /** The last quote up to the end of this minute. */
  #minute = Number.NaN
  #last: PastQuote | undefined

  constructor(make: (minute: number) => TickRun) {
    this.#make = make
  }

  ticks(minute: number): TickRun {
    const run = this.#make(minute)
    if (run.count === 0) {
      if (this.#minute === minute - 1) this.#minute = minute
      return run
    }
    // Looking back makes other minutes, which must not disturb this one: runs are never made twice in one object.
    const before = this.before(minute)
    this.#minute = minute
    this.#last = lastOf(run)
    return joined(run, before)
  }

  /** The last quote before a minute. */
  before(minute: number): PastQuote | undefined {
    if (this.#minute === minute - 1) return this.#last
    for (let number = minute - 1; number > minute - lookBack; number--) {
      if (number === this.#minute) return this.#last
      const run = this.#make(number)
      if (run.count === 0) continue
      this.#minute = minute - 1
      this.#last = lastOf(run)
      return this.#last
    }
    return undefined
  }

  forget(): void {
    this.#minute = Number.NaN
  }
}

/** The last quote of a run that has one. */
export function lastOf(run: TickRun): PastQuote {
  const index = run.count - 1
  return { bid: run.bid[index] ?? 0, ask: run.ask[index] ?? 0, at: run.at[index] ?? 0 }
}

/** A minute's ticks after the last quote before them; those of the minute itself are changed by this. */
export function joined(
  run: TickRun,
  before: { readonly bid: number | undefined; readonly ask: number | undefined } | undefined,
): TickRun {
  const must = ((run.sides[0] ?? 0) & told) !== 0
  const sides = (before?.bid === run.bid[0] ? 0 : 1) | (before?.ask === run.ask[0] ? 0 : 2)
  if (sides !== 0 || must) {
    run.sides[0] = sides === 0 ? 3 : sides
    return run
  }
  return {
    count: run.count - 1,
    at: run.at.slice(1),
    bid: run.bid.slice(1),
    ask: run.ask.slice(1),
    sides: run.sides.slice(1),
  }
}
