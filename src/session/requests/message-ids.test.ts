import { expect, test } from 'vitest'
import { messageIds, secureRandom } from './message-ids.ts'

test('the ids of a session never repeat and stay short', () => {
  const next = messageIds(secureRandom)
  const ids = new Set(Array.from({ length: 100_000 }, next))
  expect(ids.size).toBe(100_000)
  expect([...ids].filter((id) => !/^[0-9a-z]{7,10}$/.test(id))).toEqual([])
})

test('two sessions do not make the same ids', () => {
  const [mine, theirs] = [messageIds(secureRandom), messageIds(secureRandom)]
  const ids = new Set(Array.from({ length: 1000 }, mine))
  for (let i = 0; i < 1000; i++) expect(ids.has(theirs())).toBe(false)
})

test('the same random numbers make the same ids', () => {
  const next = messageIds(() => 0.5)
  expect([next(), next(), next()]).toEqual(['iiiiii0', 'iiiiii1', 'iiiiii2'])
})

test('random numbers are from 0 up to, but not including, 1', () => {
  for (let i = 0; i < 1000; i++) {
    const value = secureRandom()
    expect(value >= 0 && value < 1).toBe(true)
  }
})
