import { expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { Pacer } from './pacer.ts'

function* work(clock: ManualClock, ms: number, count: number, log: number[] = []) {
  for (let step = 0; step < count; step++) {
    log.push(clock.monotonic())
    clock.advance(ms)
    yield undefined
  }
  return log
}

test('a turn takes four quick steps, fewer where they take long, and one at least', () => {
  const stepsOf = (ms: number): number => {
    const clock = new ManualClock()
    const log: number[] = []
    expect(new Pacer(clock).begin(work(clock, ms, 9, log))).toEqual({ done: false })
    return log.length
  }
  expect([0, 3, 4, 6, 15].map(stepsOf)).toEqual([4, 4, 3, 2, 1])
})

test('work that is slower than a turn is done all the same, in later ones', async () => {
  const clock = new ManualClock()
  const pacer = new Pacer(clock)
  const steps = work(clock, 50, 5)
  expect(pacer.begin(steps).done).toBe(false)
  const result = await new Promise<number[]>((resolve) =>
    pacer.goOn(
      steps,
      () => true,
      (value) => resolve(value()),
    ),
  )
  expect(result).toHaveLength(5)
})
