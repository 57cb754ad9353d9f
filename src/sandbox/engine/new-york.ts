const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** New York is so many ms behind UTC, in winter and in summer. */
const winter = 5 * hour
const summer = 4 * hour

/**
 * How many milliseconds New York is behind UTC at that moment: by the rule that holds since 2007, summer from the second
 * Sunday of March to the first of November, at 2 o'clock local time.
 */
function newYorkLag(moment: number): number {
  const year = new Date(moment).getUTCFullYear()
  const begins = sundayOf(year, 2, 8) + 2 * hour + winter
  const ends = sundayOf(year, 10, 1) + 2 * hour + summer
  return begins <= moment && moment < ends ? summer : winter
}

/** The first Sunday on or after a day of a month, UTC midnight. */
function sundayOf(year: number, month: number, from: number): number {
  const first = Date.UTC(year, month, from)
  return first + ((7 - new Date(first).getUTCDay()) % 7) * day
}

/** Local time in New York as if it were UTC. */
export function newYorkTime(moment: number): number {
  return moment - newYorkLag(moment)
}

/** The moment at which New York's clocks show a local time; of one that is skipped, an hour later. */
function fromNewYork(local: number): number {
  const guess = local + winter
  return local + newYorkLag(guess - hour)
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

/** The first such moment after another one. */
export function nextOf({ minuteOfDay, periodHours }: DailyTimes, after: number): number {
  const step = Math.min(24, Math.max(1, periodHours)) * hour
  const today = Math.floor(newYorkTime(after) / day) * day
  for (let local = today - day + minuteOfDay * minute; ; local += day) {
    for (let part = local; part < local + day; part += step) {
      const moment = fromNewYork(part)
      if (moment > after) return moment
    }
  }
}
