import { describe, expect, test } from 'vitest'
import { newYorkDay, newYorkTime, nextOf } from './new-york.ts'

const at = (text: string): number => Date.parse(text)
const iso = (moment: number): string => new Date(moment).toISOString()
const daily = (minuteOfDay: number) => ({ minuteOfDay, periodHours: 24 })
const evening = daily(17 * 60)

describe('what repeats every day in New York', () => {
  test('keeps to its wall clock, summer and winter', () => {
    expect(iso(nextOf(evening, at('2026-01-07T12:00:00Z')))).toBe('2026-01-07T22:00:00.000Z')
    expect(iso(nextOf(evening, at('2026-01-07T22:00:00Z')))).toBe('2026-01-08T22:00:00.000Z')
    expect(iso(nextOf(evening, at('2026-07-07T12:00:00Z')))).toBe('2026-07-07T21:00:00.000Z')
    expect(iso(nextOf(evening, at('2026-03-07T22:00:00Z')))).toBe('2026-03-08T21:00:00.000Z')
    expect(iso(nextOf(evening, at('2026-10-31T21:00:00Z')))).toBe('2026-11-01T22:00:00.000Z')
  })

  test('comes at the change where its hour is skipped, and once where its hour comes twice', () => {
    const early = daily(2 * 60 + 30)
    expect(iso(nextOf(early, at('2026-03-07T12:00:00Z')))).toBe('2026-03-08T07:00:00.000Z')
    expect(iso(nextOf(early, at('2026-03-08T07:00:00Z')))).toBe('2026-03-09T06:30:00.000Z')
    const twice = daily(60 + 30)
    expect(iso(nextOf(twice, at('2026-10-31T12:00:00Z')))).toBe('2026-11-01T06:30:00.000Z')
    expect(iso(nextOf(twice, at('2026-11-01T05:30:00Z')))).toBe('2026-11-01T06:30:00.000Z')
    expect(iso(nextOf(twice, at('2026-11-01T06:30:00Z')))).toBe('2026-11-02T06:30:00.000Z')
  })

  test('goes by the law of its year: before 2007 summer began in April', () => {
    expect(iso(nextOf(evening, at('2006-03-20T12:00:00Z')))).toBe('2006-03-20T22:00:00.000Z')
    expect(iso(nextOf(evening, at('2007-03-20T12:00:00Z')))).toBe('2007-03-20T21:00:00.000Z')
  })

  test('comes several times a day where its period is shorter', () => {
    const eight = { minuteOfDay: 17 * 60, periodHours: 8 }
    const found: string[] = []
    for (let moment = at('2026-01-07T12:00:00Z'); found.length < 4; ) {
      moment = nextOf(eight, moment)
      found.push(iso(moment).slice(5, 16))
    }
    expect(found).toEqual(['01-07T14:00', '01-07T22:00', '01-08T06:00', '01-08T14:00'])
  })
})

test('the day of the week is that of New York', () => {
  expect(newYorkDay(at('2026-01-05T04:59:59Z'))).toBe(7)
  expect(newYorkDay(at('2026-01-05T05:00:00Z'))).toBe(1)
  expect(iso(newYorkTime(at('2026-07-05T04:00:00Z')))).toBe('2026-07-05T00:00:00.000Z')
})
