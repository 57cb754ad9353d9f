import type { Holiday } from './instrument.ts'

const day = 86_400_000
const hour = 3600

function dayOf(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / day
}

/**
 * Currencies and metals stop for Christmas and New Year: from 17:00 New York on the eve, when the trading day of the
 * feast would begin, until 17:00 on the day.
 */
export const worldHolidays: readonly Holiday[] = [
  {
    holidayId: 1,
    name: 'Christmas Eve',
    date: dayOf(2020, 12, 24),
    isRecurring: true,
    startSecond: 17 * hour,
    endSecond: 24 * hour,
  },
  {
    holidayId: 2,
    name: 'Christmas Day',
    date: dayOf(2020, 12, 25),
    isRecurring: true,
    startSecond: 0,
    endSecond: 17 * hour,
  },
  {
    holidayId: 3,
    name: "New Year's Eve",
    date: dayOf(2020, 12, 31),
    isRecurring: true,
    startSecond: 17 * hour,
    endSecond: 24 * hour,
  },
  {
    holidayId: 4,
    name: "New Year's Day",
    date: dayOf(2020, 1, 1),
    isRecurring: true,
    startSecond: 0,
    endSecond: 17 * hour,
  },
]

/** Easter Sunday of each year, by the Gregorian rule (Meeus), in days since 1970. */
function easterOf(year: number): number {
  const a = year % 19
  const century = Math.floor(year / 100)
  const rest = year % 100
  const leap = Math.floor(century / 4)
  const shift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const moon = (19 * a + century - leap - shift + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - moon - (rest % 4)) % 7
  const late = Math.floor((a + 11 * moon + 22 * weekday) / 451)
  const sum = moon + weekday - 7 * late + 114
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1)
}

function yearly(holidayId: number, name: string, month: number, dayOfMonth: number): Holiday {
  return { holidayId, name, date: dayOf(2020, month, dayOfMonth), isRecurring: true }
}

/** Years for which movable feasts are listed: those of the recent past and the near future. */
const listed = [2023, 2024, 2025, 2026, 2027, 2028, 2029, 2030]

/** Whole days on which the German index rests. */
export const germanHolidays: readonly Holiday[] = [
  yearly(11, "New Year's Day", 1, 1),
  yearly(12, 'Labour Day', 5, 1),
  yearly(13, 'Christmas Eve', 12, 24),
  yearly(14, 'Christmas Day', 12, 25),
  yearly(15, 'Boxing Day', 12, 26),
  yearly(16, "New Year's Eve", 12, 31),
  ...listed.flatMap((year): Holiday[] => [
    {
      holidayId: year * 10 + 1,
      name: 'Good Friday',
      date: easterOf(year) - 2,
      isRecurring: false,
    },
    {
      holidayId: year * 10 + 2,
      name: 'Easter Monday',
      date: easterOf(year) + 1,
      isRecurring: false,
    },
  ]),
]
