import { expect, test } from 'vitest'
import { deferred } from './deferred.ts'
import { join } from './join.ts'
import { ManualClock } from './manual-clock.ts'

const expired = (): Error => new Error('time is up')

test('each who waits leaves alone: the work goes on for the rest', async () => {
  const clock = new ManualClock()
  const work = deferred<string>()
  const leaving = new AbortController()
  const options = { ms: 100, clock, expired }
  const first = join(() => work.promise, { ...options, signal: leaving.signal })
  const second = join(() => work.promise, { ...options, ms: 10 })
  const third = join(() => work.promise, options)
  leaving.abort(new Error('the first has left'))
  await expect(first).rejects.toThrow('the first has left')
  clock.advance(10)
  await expect(second).rejects.toThrow('time is up')
  work.resolve('done')
  expect(await third).toBe('done')
  expect(clock.pending).toBe(0)
})

test('nothing is begun for a signal that has aborted before', async () => {
  const clock = new ManualClock()
  let begun = 0
  const work = (): Promise<number> => Promise.resolve(++begun)
  const signal = AbortSignal.abort('too late')
  const aborted = (reason: unknown): Error => new Error(`left: ${reason}`)
  await expect(join(work, { ms: 10, clock, signal, expired, aborted })).rejects.toThrow(
    'left: too late',
  )
  expect(begun).toBe(0)
})

test('work whose own time was up is begun again for who has time left, and only for them', async () => {
  const clock = new ManualClock()
  const works = [deferred<string>(), deferred<string>()]
  let begun = 0
  const work = (): Promise<string> => (works[begun++] ?? deferred<string>()).promise
  const ranOut = (error: unknown): boolean => (error as Error).message === 'no answer'
  const waiting = join(work, { ms: 100, clock, expired, ranOut })
  clock.advance(60)
  works[0]?.reject(new Error('no answer'))
  await expect.poll(() => begun).toBe(2)
  clock.advance(39)
  works[1]?.resolve('at last')
  expect(await waiting).toBe('at last')

  const failing = join(() => Promise.reject(new Error('refused')), {
    ms: 9,
    clock,
    expired,
    ranOut,
  })
  await expect(failing).rejects.toThrow('refused')
  expect(clock.pending).toBe(0)
})
