import { minutesOfDay } from './day-shape.ts'
import { normal } from './noise.ts'

/** Days between two anchors. */
const eraDays = 512
/** Eras kept at hand; one is four kilobytes. */
const keptEras = 24

export interface FairPathOptions {
  /** Variance of a day (UTC days since 1970), where a usual day's is 1. */
  readonly varianceOfDay: (day: number) => number
  /** Standard deviation of a usual day's return, as a fraction. */
  readonly dailyVolatility: number
  /** Seed of the instrument's own moves, and of those of the dollar. */
  readonly own: number
  readonly dollar: number
  /** Correlation with the dollar's moves, -1 to 1: below 0 for what falls when the dollar rises. */
  readonly dollarShare: number
}

/**
 * A path through time that can be entered anywhere: its value at any midnight, and from there at any minute, follows
 * from the seed alone. Anchors stand every 512 days; between two of them the middle is the mean, weighted by how much is
 * expected to happen on each side, plus a draw of its own, and so on down to the minute (a Brownian bridge in the time
 * that the market's activity keeps).
 *
 * Values are returns relative to the instrument's level. Anchors do not depend on each other: prices never run away.
 */
export class FairPath {
  readonly #options: FairPathOptions
  readonly #ownShare: number
  readonly #eras = new Map<number, Float64Array>()

  constructor(options: FairPathOptions) {
    this.#options = options
    this.#ownShare = Math.sqrt(1 - options.dollarShare * options.dollarShare)
  }

  /** The value at the beginning of each minute of a day and at its end: 1,441 numbers. */
  ofDay(day: number, variance: Float64Array): Float64Array {
    const path = new Float64Array(minutesOfDay + 1)
    path[0] = this.#midnight(day)
    path[minutesOfDay] = this.#midnight(day + 1)
    const sums = sumsOf(variance, minutesOfDay)
    this.#fill(path, sums, 0, minutesOfDay, day * minutesOfDay)
    return path
  }

  #midnight(day: number): number {
    const era = Math.floor(day / eraDays)
    return this.#era(era)[day - era * eraDays] ?? 0
  }

  #era(era: number): Float64Array {
    const known = this.#eras.get(era)
    if (known !== undefined) return known
    const days = new Float64Array(eraDays)
    for (let at = 0; at < eraDays; at++) {
      days[at] = this.#options.varianceOfDay(era * eraDays + at)
    }
    const path = new Float64Array(eraDays + 1)
    path[0] = this.#anchor(era)
    path[eraDays] = this.#anchor(era + 1)
    // Midnights and minutes are counted apart, so that no two of them share a draw.
    this.#fill(path, sumsOf(days, eraDays), 0, eraDays, -0x40000000 + era * eraDays)
    if (this.#eras.size >= keptEras) this.#eras.clear()
    this.#eras.set(era, path)
    return path
  }

  #anchor(era: number): number {
    // Half the variance of the days between, so that the way from one to the next is as long as it should be.
    const size = Math.sqrt((eraDays * 5) / 7 / 2) * this.#options.dailyVolatility
    return this.#draw(era, 0x616e63) * Math.min(size, 0.1)
  }

  #fill(path: Float64Array, sums: Float64Array, from: number, to: number, base: number): void {
    if (to - from < 2) return
    const middle = (from + to) >> 1
    const left = (sums[middle] ?? 0) - (sums[from] ?? 0)
    const all = (sums[to] ?? 0) - (sums[from] ?? 0)
    const [before, after] = [path[from] ?? 0, path[to] ?? 0]
    const share = left / all
    const size = Math.sqrt(left * (1 - share)) * this.#options.dailyVolatility
    path[middle] = before + (after - before) * share + size * this.#draw(base + middle, to - from)
    this.#fill(path, sums, from, middle, base)
    this.#fill(path, sums, middle, to, base)
  }

  #draw(at: number, span: number): number {
    const { own, dollar, dollarShare } = this.#options
    return dollarShare * normal(dollar, at, span) + this.#ownShare * normal(own, at, span)
  }
}

function sumsOf(values: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(count + 1)
  for (let at = 0; at < count; at++) sums[at + 1] = (sums[at] ?? 0) + (values[at] ?? 0)
  return sums
}
