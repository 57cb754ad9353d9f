import type { Session, TradingWeek } from './instrument.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Seconds in a week. */
const week: number = 7 * day

/** Sunday is 0. */
function daily(days: readonly number[], from: number, to: number): readonly Session[] {
  return days.map((number) => ({ start: number * day + from, end: number * day + to }))
}

const mondayToFriday = [1, 2, 3, 4, 5]
const sundayToThursday = [0, 1, 2, 3, 4]

/** Currencies: Sunday 17:05 to Friday 16:55 New York, ten minutes of pause at each day's end. */
export const currencyWeek: TradingWeek = {
  timeZone: 'America/New_York',
  sessions: daily(sundayToThursday, 17 * hour + 5 * minute, day + 16 * hour + 55 * minute),
}

/** Metals: as currencies, but with an hour of pause, 17:00 to 18:00 New York. */
export const metalWeek: TradingWeek = {
  timeZone: 'America/New_York',
  sessions: daily(sundayToThursday, 18 * hour + minute, day + 16 * hour + 59 * minute),
}

/** The German index: 01:15 to 22:00 in Berlin on weekdays. */
export const germanIndexWeek: TradingWeek = {
  timeZone: 'Europe/Berlin',
  sessions: daily(mondayToFriday, hour + 15 * minute, 22 * hour),
}

/** Crypto-currencies: always, but for half an hour of maintenance on Saturday morning. */
export const cryptoWeek: TradingWeek = {
  timeZone: 'UTC',
  sessions: [
    { start: 0, end: 6 * day + 8 * hour },
    { start: 6 * day + 8 * hour + 30 * minute, end: week },
  ],
}

/** The same week without a pause: one session from Sunday 00:00 to the next. */
export function withoutPause(trading: TradingWeek): TradingWeek {
  return { timeZone: trading.timeZone, sessions: [{ start: 0, end: week }] }
}
