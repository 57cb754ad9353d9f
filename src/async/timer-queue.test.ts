import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimerQueue } from './timer-queue.ts'

test('whatever is added and cancelled, calls come out by time and then by age', () => {
  const step = fc.record({ at: fc.integer({ min: 0, max: 20 }), cancels: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 300 }),
      fc.integer({ min: 0, max: 20 }),
      (steps, until) => {
        const queue = new TimerQueue()
        const made: number[] = []
        const timers = steps.map(({ at }, index) => queue.add(at, () => made.push(index)))
        for (const [index, { cancels }] of steps.entries()) if (cancels) timers[index]?.cancel()
        const left = steps
          .map((one, index) => ({ ...one, index }))
          .filter(({ cancels }) => !cancels)
        expect(queue.size).toBe(left.length)
        for (let next = queue.take(until); next !== undefined; next = queue.take(until)) next.call()
        const expected = left
          .filter(({ at }) => at <= until)
          .sort((one, other) => one.at - other.at || one.index - other.index)
        expect(made).toEqual(expected.map(({ index }) => index))
        expect(queue.size).toBe(left.length - expected.length)
        expect(queue.next).toBe(
          left.length === expected.length
            ? undefined
            : Math.min(...left.filter(({ at }) => at > until).map(({ at }) => at)),
        )
      },
    ),
  )
})

test('cancelled calls do not pile up', () => {
  const queue = new TimerQueue()
  const kept = queue.add(1e9, () => {})
  for (let count = 0; count < 10_000; count++) queue.add(count, () => {}).cancel()
  expect(queue.size).toBe(1)
  kept.cancel()
  kept.cancel()
  expect(queue.size).toBe(0)
  expect(queue.keepsAlive).toBe(false)
})
