import { expect, test } from 'vitest'
import { deferred } from './deferred.ts'
import { ManualClock } from './manual-clock.ts'
import { within } from './within.ts'

const expired = (): Error => new Error('time is up')

test('gives what the work gives, and leaves no timer behind', async () => {
  const clock = new ManualClock()
  expect(await within(Promise.resolve(7), { ms: 10, clock, expired })).toBe(7)
  await expect(
    within(Promise.reject(new Error('of the work')), { ms: 10, clock, expired }),
  ).rejects.toThrow('of the work')
  expect(clock.pending).toBe(0)
})

test('ends in time, and hands over what comes too late', async () => {
  const clock = new ManualClock()
  const work = deferred<string>()
  const late: string[] = []
  const waiting = within(work.promise, {
    ms: 10,
    clock,
    expired,
    tooLate: (value) => late.push(value),
  })
  clock.advance(10)
  await expect(waiting).rejects.toThrow('time is up')
  work.resolve('a lock')
  await work.promise
  expect(late).toEqual(['a lock'])
})

test('a late failure bothers nobody', async () => {
  const clock = new ManualClock()
  const work = deferred<string>()
  const waiting = within(work.promise, { ms: 10, clock, expired })
  clock.advance(10)
  await expect(waiting).rejects.toThrow('time is up')
  work.reject(new Error('much later'))
  await expect(work.promise).rejects.toThrow('much later')
})

test('what is there when a clock is moved far counts as in time', async () => {
  const clock = new ManualClock()
  const waiting = within(Promise.resolve('there'), { ms: 10, clock, expired })
  clock.advance(1_000_000)
  expect(await waiting).toBe('there')
})

test('a signal ends it with its reason, also one that was aborted before', async () => {
  const clock = new ManualClock()
  const controller = new AbortController()
  const forever = new Promise<never>(() => {})
  const options = { ms: 10, clock, expired, signal: controller.signal }
  const waiting = within(forever, options)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(within(forever, options)).rejects.toThrow('enough')
  expect(clock.pending).toBe(0)
})
