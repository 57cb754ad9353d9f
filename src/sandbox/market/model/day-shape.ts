import type { ZoneOffset } from '../../zones/zone-offset.ts'
import type { TradingHours } from '../calendar/trading-hours.ts'
import { uniform } from './noise.ts'
import type { DayProfile } from './profiles.ts'

export const minutesOfDay = 1440
const minute = 60_000
const day = 86_400_000

/** What a day (UTC) expects of each of its minutes. */
export interface DayShape {
  /** Variance of each minute's move, where a usual day's is 1. */
  readonly variance: Float64Array
  /** Quotes expected in each minute; 0 while the market is closed. */
  readonly quotes: Float64Array
  /** Distance from bid to ask relative to the usual. */
  readonly spread: Float64Array
}

export interface DayShaperOptions {
  readonly profile: DayProfile
  /** Of the profile's time zone. */
  readonly zone: ZoneOffset
  readonly newYork: ZoneOffset
  readonly hours: TradingHours
  /** Average time between two quotes in the busiest hour, ms. */
  readonly gap: number
  /** Seed of what is the instrument's own, and of what all instruments share. */
  readonly own: number
  readonly shared: number
}

/** Variance of a minute in which the market is closed: what a weekend gap is made of. */
const closedVariance = 0.08 / minutesOfDay

/**
 * Busy and quiet stretches of a length each (minutes): in every stretch the variance is larger or smaller by this part.
 * Many lengths together make moves cluster, over minutes as over weeks, and their tails fat (a cascade, as in the
 * multifractal models of asset returns).
 */
const slow = [
  { days: 40, part: 0.3 },
  { days: 9, part: 0.35 },
  { days: 2, part: 0.4 },
] as const
const quick = [
  { minutes: 397, part: 0.4, shared: true },
  { minutes: 97, part: 0.5, shared: true },
  { minutes: 29, part: 0.5, shared: true },
  { minutes: 7, part: 0.55, shared: false },
  { minutes: 2, part: 0.5, shared: false },
] as const

/** Releases of economic news, New York time, in minutes of the day. */
const releases = [8 * 60 + 30, 10 * 60, 14 * 60] as const
/** How many minutes a release is felt. */
const felt = 30

/** Makes the shapes of an instrument's days: session, hour, news, and busy and quiet times. */
export class DayShaper {
  readonly #options: DayShaperOptions
  readonly #meanSquare: number

  constructor(options: DayShaperOptions) {
    this.#options = options
    let sum = 0
    for (const movement of options.profile.movement) sum += movement * movement
    this.#meanSquare = sum / 24
  }

  /** Variance of a whole day, as its minutes' would be on average. */
  varianceOf(day1970: number): number {
    const { hours } = this.#options
    let open = 0
    for (const { from, to } of hours.between(day1970 * day, (day1970 + 1) * day)) {
      for (let at = from; at < to; ) {
        const next = Math.min(to, (Math.floor(at / (60 * minute)) + 1) * 60 * minute)
        const movement = this.#hourly('movement', at)
        open += ((next - at) / day) * ((movement * movement) / this.#meanSquare)
        at = next
      }
    }
    return this.#slow(day1970) * open + closedVariance * minutesOfDay
  }

  /** Whether the market is closed all day. */
  isClosed(day1970: number): boolean {
    return this.#options.hours.between(day1970 * day, (day1970 + 1) * day).length === 0
  }

  /** Everything about a day. */
  of(day1970: number): DayShape {
    const { hours, gap } = this.#options
    const variance = new Float64Array(minutesOfDay).fill(closedVariance)
    const quotes = new Float64Array(minutesOfDay)
    const spread = new Float64Array(minutesOfDay).fill(1)
    const start = day1970 * day
    const slowly = this.#slow(day1970)
    const busy = this.#quick(day1970)
    for (const { from, to } of hours.between(start, start + day)) {
      const last = Math.min(minutesOfDay, Math.ceil((to - start) / minute))
      let movement = 0
      let activity = 0
      let wide = 1
      for (let at = Math.floor((from - start) / minute); at < last; at++) {
        if (movement === 0 || at % 60 === 0) {
          const moment = start + at * minute
          movement = this.#hourly('movement', moment)
          activity = this.#hourly('activity', moment)
          wide = this.#hourly('spread', moment)
        }
        const factor = slowly * (busy[at] ?? 1)
        variance[at] = ((movement * movement) / this.#meanSquare / minutesOfDay) * factor
        const pace = Math.sqrt(Math.sqrt(factor))
        quotes[at] = (minute / gap) * activity * (this.#options.profile.even ? 1 : pace)
        spread[at] = wide * (0.72 + 0.28 * pace)
      }
    }
    if (this.#options.profile.news) this.#addNews(day1970, { variance, quotes, spread })
    return { variance, quotes, spread }
  }

  #hourly(what: 'movement' | 'activity' | 'spread', moment: number): number {
    const { profile, zone } = this.#options
    const local = Math.floor(moment / 1000) + zone.at(moment)
    return profile[what][Math.floor((local % 86_400) / 3600)] ?? 1
  }

  #slow(day1970: number): number {
    let factor = 1
    for (const { days, part } of slow) {
      const up = uniform(this.#options.shared, Math.floor(day1970 / days), days) < 0.5
      factor *= up ? 1 + part : 1 - part
    }
    return factor
  }

  #quick(day1970: number): Float64Array {
    const factors = new Float64Array(minutesOfDay).fill(1)
    const first = day1970 * minutesOfDay
    for (const { minutes, part, shared } of quick) {
      const seed = shared ? this.#options.shared : this.#options.own
      for (let at = 0; at < minutesOfDay; ) {
        const stretch = Math.floor((first + at) / minutes)
        const end = Math.min(minutesOfDay, (stretch + 1) * minutes - first)
        const factor = uniform(seed, stretch, minutes) < 0.5 ? 1 + part : 1 - part
        for (; at < end; at++) factors[at] = (factors[at] ?? 1) * factor
      }
    }
    return factors
  }

  /** The same news at the same moment for every instrument: mostly dull, now and then not. */
  #addNews(day1970: number, { variance, quotes, spread }: DayShape): void {
    const { shared, newYork } = this.#options
    const weekday = (day1970 + 4) % 7
    if (weekday === 0 || weekday === 6) return
    for (const release of releases) {
      const moment = newYork.momentOf(day1970 * 86_400 + release * 60)
      const first = Math.round((moment - day1970 * day) / minute)
      const draw = uniform(shared, day1970, 0x6e657773 + release)
      const strength = 4 + 90 * draw * draw * draw * draw
      for (let after = 0; after < felt; after++) {
        const at = first + after
        if (at >= minutesOfDay || (quotes[at] ?? 0) === 0) continue
        const fading = 1 / ((1 + after) * (1 + after / 8))
        variance[at] = (variance[at] ?? 0) * (1 + strength * fading)
        const stir = Math.sqrt(strength * fading)
        quotes[at] = (quotes[at] ?? 0) * (1 + stir / 2)
        spread[at] = (spread[at] ?? 1) * (1 + stir * 0.9)
      }
    }
  }
}
