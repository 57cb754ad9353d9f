import { expect, test } from 'vitest'
import { formatLength, formatMoment } from './moments.ts'

test('a moment is read in UTC, to the minute', () => {
  expect(formatMoment(Date.UTC(2026, 11, 24, 18, 0, 59))).toBe('2026-12-24 18:00 UTC')
})

test.each([
  [30.4 * 86_400_000, '30 days'],
  [2 * 86_400_000, '2 days'],
  [2 * 86_400_000 - 1, '47 hours'],
  [90 * 60_000, '90 minutes'],
  [119_000, '119 seconds'],
  [1_000, '1 second'],
  [0, '0 seconds'],
  [-5, '0 seconds'],
])('%d ms are %s', (ms, text) => {
  expect(formatLength(ms)).toBe(text)
})
