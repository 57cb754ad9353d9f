import { expect, test } from 'vitest'
import { AcceleratedClock } from './accelerated-clock.ts'
import { ManualClock } from './manual-clock.ts'

function setUp(factor: number) {
  const source = new ManualClock(0)
  const clock = new AcceleratedClock({ factor, start: 1_000_000, source })
  return { source, clock }
}

test('time passes by the factor', () => {
  const { source, clock } = setUp(60)
  source.advance(1_000)
  expect(clock.now()).toBe(1_060_000)
  expect(clock.monotonic()).toBe(60_000)
})

test('calls are made in order, each at its own time, however many fall into one real moment', () => {
  const { source, clock } = setUp(10_000)
  const seen: number[] = []
  const tick = (): void => {
    seen.push(clock.monotonic())
    if (seen.length < 5) clock.after(1_500, tick)
  }
  clock.after(1_500, tick)
  clock.after(4_000, () => seen.push(-clock.monotonic()))
  source.advance(1)
  expect(seen).toEqual([1_500, 3_000, -4_000, 4_500, 6_000])
  expect(source.pending).toBe(0)
})

test('time does not run past a call that is late, and never goes back', () => {
  const late = { ms: 0 }
  const source = new ManualClock(0)
  const clock = new AcceleratedClock({
    factor: 1,
    source: {
      now: () => 0,
      monotonic: () => source.monotonic() + late.ms,
      after: source.after.bind(source),
    },
  })
  const seen: number[] = []
  clock.after(100, () => seen.push(clock.monotonic()))
  late.ms = 500
  seen.push(clock.monotonic())
  source.advance(100)
  seen.push(clock.monotonic())
  expect(seen).toEqual([100, 100, 600])
})

test('one real timer waits for the earliest call only, and none for nothing', () => {
  const { source, clock } = setUp(2)
  const far = clock.after(2_000, () => {})
  const near = clock.after(500, () => {})
  expect(source.pending).toBe(1)
  expect(source.nextAt).toBe(250)
  near.cancel()
  expect(source.nextAt).toBe(1_000)
  far.cancel()
  expect(source.pending).toBe(0)
})

test('a call that throws does not keep the others from being made', () => {
  const { source, clock } = setUp(1)
  let made = false
  clock.after(1, () => {
    throw new Error('broken')
  })
  clock.after(2, () => {
    made = true
  })
  expect(() => source.advance(1)).toThrow('broken')
  source.advance(1)
  expect(made).toBe(true)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a factor of %s is refused', (factor) => {
  expect(() => new AcceleratedClock({ factor })).toThrow('times as fast')
})
