/** A day given as in laws: the first or last Sunday of a month, or its second. Months count from 0. */
interface Sunday {
  readonly month: number
  readonly which: 'first' | 'second' | 'last'
}

/** Summer time of a stretch of years. */
interface SummerTime {
  /** The first year it holds for; it holds until the next entry's. */
  readonly from: number
  readonly begins: Sunday
  readonly ends: Sunday
}

export interface ZoneRules {
  /** Seconds ahead of UTC in winter. */
  readonly standard: number
  /** The second of the day at which clocks are changed. */
  readonly changesAt: number
  /** Whether that is read on the wall clock before the change, or on that of UTC. */
  readonly clock: 'wall' | 'utc'
  /** Oldest first; no summer time before. */
  readonly summer: readonly SummerTime[]
}

const hour = 3600

const unitedStates: readonly SummerTime[] = [
  {
    from: 1987,
    begins: { month: 3, which: 'first' },
    ends: { month: 9, which: 'last' },
  },
  {
    from: 2007,
    begins: { month: 2, which: 'second' },
    ends: { month: 10, which: 'first' },
  },
]

const europe: readonly SummerTime[] = [
  {
    from: 1996,
    begins: { month: 2, which: 'last' },
    ends: { month: 9, which: 'last' },
  },
]

/**
 * When the zones that markets keep change their clocks, from the laws in force since 1996. Checked in, not asked of the
 * machine: what Node knows about time zones differs from version to version, and prices follow from it.
 */
export const zoneRules: Readonly<Record<string, ZoneRules>> = {
  UTC: { standard: 0, changesAt: 0, clock: 'utc', summer: [] },
  'America/New_York': {
    standard: -5 * hour,
    changesAt: 2 * hour,
    clock: 'wall',
    summer: unitedStates,
  },
  'America/Chicago': {
    standard: -6 * hour,
    changesAt: 2 * hour,
    clock: 'wall',
    summer: unitedStates,
  },
  'Europe/London': { standard: 0, changesAt: hour, clock: 'utc', summer: europe },
  'Europe/Berlin': { standard: hour, changesAt: hour, clock: 'utc', summer: europe },
  'Asia/Tokyo': { standard: 9 * hour, changesAt: 0, clock: 'utc', summer: [] },
}

/**
 * The changes of one year, seconds since 1970 UTC: summer time holds from the first up to, but not including, the
 * second; undefined for a year without it.
 */
export function summerTimeOf(
  rules: ZoneRules,
  year: number,
): readonly [number, number] | undefined {
  const law = rules.summer.findLast(({ from }) => from <= year)
  if (law === undefined) return undefined
  const at = (sunday: Sunday, offset: number): number =>
    sundayOf(year, sunday) + rules.changesAt - (rules.clock === 'wall' ? offset : 0)
  return [at(law.begins, rules.standard), at(law.ends, rules.standard + hour)]
}

function sundayOf(year: number, { month, which }: Sunday): number {
  const day = 86_400
  if (which === 'last') {
    const lastDay = Date.UTC(year, month + 1, 0) / 1000
    return lastDay - new Date(lastDay * 1000).getUTCDay() * day
  }
  const firstDay = Date.UTC(year, month, 1) / 1000
  const first = firstDay + ((7 - new Date(firstDay * 1000).getUTCDay()) % 7) * day
  return which === 'first' ? first : first + 7 * day
}
