import { expect, test } from 'vitest'
import { resolveBehaviour } from './behaviour.ts'
import { resolveLimits } from './limits.ts'
import { RateLimits } from './rate-limits.ts'
import { SlidingWindow } from './sliding-window.ts'

const bars = 2137
const ticks = 2145
const trader = 2121

test('a window never holds more than its limit, wherever it is laid', () => {
  const window = new SlidingWindow(3, 1000)
  const taken: number[] = []
  // A steady stream of attempts, one every 70 ms.
  for (let now = 0; now < 20_000; now += 70) if (window.take(now)) taken.push(now)
  for (const start of taken) {
    expect(taken.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(3)
  }
  expect(taken.length).toBeGreaterThan(55)
})

test('the limits fit between the same moments of two neighbouring seconds', () => {
  const limits = new RateLimits(resolveLimits(), resolveBehaviour())
  for (let count = 0; count < 50; count++) {
    expect(limits.refuse('general', trader, 900)).toBeUndefined()
  }
  expect(limits.refuse('general', trader, 1100)?.errorCode).toBe('REQUEST_FREQUENCY_EXCEEDED')
  expect(limits.refuse('general', trader, 1899.9)?.description).toBe(
    'You have reached the rate limit of requests',
  )
  expect(limits.refuse('general', trader, 1900)).toBeUndefined()
})

test('history has its own limit, and a breach blocks that payload type only', () => {
  const limits = new RateLimits(resolveLimits(), resolveBehaviour())
  for (let count = 0; count < 5; count++) {
    expect(limits.refuse('historical', bars, 0)).toBeUndefined()
  }
  const breach = limits.refuse('historical', bars, 400)
  expect(breach).toMatchObject({
    errorCode: 'BLOCKED_PAYLOAD_TYPE',
    description: 'You are being rate limited',
    retryAfter: 1,
  })
  expect(limits.refuse('general', trader, 400)).toBeUndefined()
  // There is room again at 1000, but bars stay blocked until the second that was named has passed.
  expect(limits.refuse('historical', ticks, 1000)).toBeUndefined()
  expect(limits.refuse('historical', bars, 1399)?.errorCode).toBe('BLOCKED_PAYLOAD_TYPE')
  expect(limits.refuse('historical', bars, 1400)).toBeUndefined()
})

test('the answer to a breach is a switch', () => {
  const behaviour = resolveBehaviour({
    generalBreach: 'BLOCKED_PAYLOAD_TYPE',
    historicalBreach: 'REQUEST_FREQUENCY_EXCEEDED',
  })
  const limits = new RateLimits(
    resolveLimits({ generalPerSecond: 1, historicalPerSecond: 1 }),
    behaviour,
  )
  limits.refuse('general', trader, 0)
  limits.refuse('historical', bars, 0)
  expect(limits.refuse('general', trader, 1)?.errorCode).toBe('BLOCKED_PAYLOAD_TYPE')
  expect(limits.refuse('historical', bars, 1)?.errorCode).toBe('REQUEST_FREQUENCY_EXCEEDED')
})

test('limits and switches that do not exist are refused by name', () => {
  expect(() => resolveLimits({ generalPerSecond: 0 })).toThrow(/generalPerSecond cannot be 0/)
  expect(() => resolveLimits({ perSecond: 3 } as object)).toThrow(/perSecond/)
  expect(() => resolveBehaviour({ unknownSymbolIds: 'ignored' } as object)).toThrow(
    /Choose one of omitted, refused/,
  )
  expect(() => resolveBehaviour({ mood: 'grumpy' } as object)).toThrow(/The switches are/)
})
