import { ZoneOffset } from '../zones/zone-offset.ts'
import { zoneRules } from '../zones/zone-rules.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

function newYork(): ZoneOffset {
  const rules = zoneRules['America/New_York']
  if (rules === undefined) throw new Error('The table of zones has no New York.')
  return new ZoneOffset(rules)
}

/** Local time in New York as if it were UTC. */
export function newYorkTime(moment: number): number {
  return moment + newYork().at(moment) * 1000
}

/** Day of the week in New York, Monday 1 to Sunday 7, as the protocol counts. */
export function newYorkDay(moment: number): number {
  const number = new Date(newYorkTime(moment)).getUTCDay()
  return number === 0 ? 7 : number
}

/** When something happens that repeats every so many hours, counted from a minute of New York's day. */
export interface DailyTimes {
  readonly minuteOfDay: number
  readonly periodHours: number
}

/**
 * The first such moment after another one. In the hour that summer time skips it is the moment of the change, in the hour
 * that comes twice the second time.
 */
export function nextOf({ minuteOfDay, periodHours }: DailyTimes, after: number): number {
  const step = Math.min(24, Math.max(1, periodHours)) * hour
  const zone = newYork()
  const today = Math.floor(newYorkTime(after) / day) * day
  for (let local = today - day + minuteOfDay * minute; ; local += day) {
    for (let part = local; part < local + day; part += step) {
      const moment = zone.momentOf(part / 1000)
      if (moment > after) return moment
    }
  }
}
