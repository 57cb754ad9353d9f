const day = 86_400_000
const hour = 3_600_000
const week = 7 * day
// 1970-01-04 was the first Sunday of the calendar that timestamps count in.
const firstSunday = 3 * day

// New York closes on Friday at 21:00 or 22:00 UTC, by season, and opens on Sunday at the same hour. The servers are
// upgraded in between.
const closes = 5 * day + 21 * hour
const opens = 22 * hour

/**
 * When the market's weekend ends, for a moment within it: Friday 21:00 to Sunday 22:00 UTC. `undefined` on all other
 * moments. Both in milliseconds since 1970-01-01 UTC.
 */
export function weekendEnd(now: number): number | undefined {
  const intoWeek = (((now - firstSunday) % week) + week) % week
  if (intoWeek < opens) return now - intoWeek + opens
  return intoWeek >= closes ? now - intoWeek + week + opens : undefined
}
