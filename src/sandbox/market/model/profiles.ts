/** How a kind of instrument lives through the day: 24 numbers, one for each hour of a place. */
export interface DayProfile {
  /** Whose hours these are, IANA name. */
  readonly timeZone: string
  /** Quotes, as a part of those in the busiest hour. */
  readonly activity: readonly number[]
  /** Size of moves (standard deviation) relative to each other. */
  readonly movement: readonly number[]
  /** Distance from bid to ask relative to the usual. */
  readonly spread: readonly number[]
  /** Whether American economic news moves it. */
  readonly news: boolean
  /**
   * Whether quotes come at an even pace, so that none is ever long in coming. Otherwise they come in bursts with pauses
   * between them, and more slowly in quiet times, as those of a real market do.
   */
  readonly even: boolean
}

const one: readonly number[] = Array.from({ length: 24 }, () => 1)

/** Currencies, by the hours of New York: London opens at 3, New York at 8, the day turns at 17. */
const currency: DayProfile = {
  timeZone: 'America/New_York',
  // biome-ignore format: a day of 24 hours, midnight first
  activity: [
    0.06, 0.08, 0.25, 0.4, 0.34, 0.28, 0.26, 0.42, 0.85, 0.75, 0.72, 0.38,
    0.24, 0.23, 0.15, 0.13, 0.13, 0.1, 0.06, 0.04, 0.09, 0.09, 0.09, 0.06,
  ],
  // biome-ignore format: as above
  movement: [
    0.32, 0.38, 0.75, 1.05, 0.8, 0.7, 0.68, 0.9, 1.3, 1.2, 1.3, 0.9,
    0.7, 0.7, 0.5, 0.42, 0.45, 0.45, 0.32, 0.3, 0.4, 0.4, 0.4, 0.32,
  ],
  // biome-ignore format: as above
  spread: [
    1.05, 1, 0.98, 1, 0.98, 0.97, 0.97, 1, 1.05, 0.98, 0.97, 0.96,
    0.96, 0.97, 0.98, 1, 1.15, 1.9, 1.35, 1.15, 1.1, 1.1, 1.05, 1.05,
  ],
  news: true,
  even: false,
}

/** Gold keeps the hours of New York too; Asia trades it more than currencies. */
const metal: DayProfile = {
  timeZone: 'America/New_York',
  // biome-ignore format: a day of 24 hours, midnight first
  activity: [
    0.12, 0.22, 0.4, 0.42, 0.38, 0.36, 0.32, 0.45, 0.85, 0.78, 0.82, 0.5,
    0.38, 0.28, 0.18, 0.17, 0.1, 0.1, 0.15, 0.1, 0.22, 0.34, 0.22, 0.17,
  ],
  // biome-ignore format: as above
  movement: [
    0.5, 0.75, 0.9, 1.15, 1, 1, 0.9, 1, 1.5, 1.3, 1.4, 1.1,
    1, 0.85, 0.75, 0.75, 0.55, 0.6, 0.75, 0.5, 0.8, 1, 0.75, 0.6,
  ],
  // biome-ignore format: as above
  spread: [
    0.97, 0.99, 0.97, 1, 1.02, 1, 1, 1, 1.1, 0.98, 0.99, 0.96,
    0.95, 0.93, 0.93, 0.95, 1.2, 2.4, 1.7, 1.25, 1.07, 1.07, 1.02, 1,
  ],
  news: true,
  even: false,
}

/** A German share index, by the hours of Berlin: the exchange opens at 9 and closes at 17:30. */
const index: DayProfile = {
  timeZone: 'Europe/Berlin',
  // biome-ignore format: a day of 24 hours, midnight first
  activity: [
    0.05, 0.08, 0.12, 0.14, 0.12, 0.1, 0.12, 0.25, 0.55, 1, 0.85, 0.65,
    0.5, 0.5, 0.65, 0.9, 0.85, 0.7, 0.4, 0.3, 0.25, 0.22, 0.1, 0.05,
  ],
  // biome-ignore format: as above
  movement: [
    0.3, 0.35, 0.4, 0.4, 0.35, 0.35, 0.4, 0.6, 0.9, 1.6, 1.2, 1,
    0.9, 0.9, 1.1, 1.4, 1.2, 1, 0.6, 0.5, 0.5, 0.5, 0.3, 0.3,
  ],
  // biome-ignore format: as above
  spread: [
    2.2, 2, 2, 2, 2, 2, 1.8, 1.5, 1.1, 0.95, 0.9, 0.9,
    0.9, 0.9, 0.9, 0.9, 0.95, 1.1, 1.4, 1.5, 1.6, 1.8, 2, 2.2,
  ],
  news: true,
  even: false,
}

/** A crypto-currency never sleeps; it only breathes a little with Europe and America. */
const crypto: DayProfile = {
  timeZone: 'UTC',
  // biome-ignore format: a day of 24 hours, midnight first
  activity: [
    0.7, 0.65, 0.6, 0.55, 0.5, 0.5, 0.55, 0.6, 0.65, 0.65, 0.65, 0.7,
    0.8, 0.95, 1, 1, 0.95, 0.9, 0.85, 0.8, 0.8, 0.75, 0.7, 0.7,
  ],
  // biome-ignore format: as above
  movement: [
    1, 0.95, 0.9, 0.85, 0.8, 0.8, 0.85, 0.9, 0.95, 0.95, 0.95, 1,
    1.05, 1.2, 1.3, 1.25, 1.15, 1.1, 1.05, 1, 1, 1, 1, 1,
  ],
  spread: one,
  news: false,
  even: false,
}

/**
 * Round the clock, as if it were always midday: no hour differs from another. Its moves are those of a market, but whoever
 * waits for a quote gets one within seconds, whenever that is.
 */
export const steadyProfile: DayProfile = {
  timeZone: 'UTC',
  activity: one,
  movement: one,
  spread: one,
  news: false,
  even: true,
}

export const profiles = { currency, metal, index, crypto } as const
