import { describe, expect, test } from 'vitest'
import type { Clock, Timer } from '../../async/clock.ts'
import { ManualClock } from '../../async/manual-clock.ts'
import { Heartbeat } from './heartbeat.ts'

function start(
  clock: Clock,
  options: { heartbeatMs: number; silenceMs: number; probeAfterMs?: number } = {
    heartbeatMs: 9_000,
    silenceMs: 60_000,
  },
) {
  const beats: number[] = []
  const silences: number[] = []
  const probes: number[] = []
  const heartbeat = new Heartbeat(
    {
      beat() {
        beats.push(clock.monotonic())
        heartbeat.sent()
      },
      probe: () => probes.push(clock.monotonic()),
      silent: (forMs) => silences.push(forMs),
    },
    { clock, probeAfterMs: undefined, ...options },
  )
  heartbeat.start()
  return { heartbeat, beats, silences, probes }
}

/** A clock of a process that can stand still: time goes on, and overdue calls come when it moves again. */
class SleepyClock implements Clock {
  time = 0
  readonly #waiting = new Set<{ at: number; call: () => void }>()
  now(): number {
    return this.time
  }
  monotonic(): number {
    return this.time
  }
  after(ms: number, call: () => void): Timer {
    const entry = { at: this.time + ms, call }
    this.#waiting.add(entry)
    return { cancel: () => void this.#waiting.delete(entry) }
  }
  sleepUntil(time: number): void {
    this.time = time
    for (const entry of [...this.#waiting]) {
      if (entry.at > time) continue
      this.#waiting.delete(entry)
      entry.call()
    }
  }
}

describe('heartbeat, out', () => {
  test('a quiet connection gets one beat for each interval', () => {
    const clock = new ManualClock()
    const { beats, heartbeat } = start(clock)
    clock.advance(30_000)
    expect(beats).toEqual([9_000, 18_000, 27_000])
    heartbeat.stop()
  })

  test('whatever else is sent puts the next beat off', () => {
    const clock = new ManualClock()
    const { beats, heartbeat } = start(clock)
    for (let i = 0; i < 20; i++) {
      clock.advance(2_000)
      heartbeat.sent()
    }
    expect(beats).toEqual([])
    clock.advance(8_999)
    expect(beats).toEqual([])
    clock.advance(1)
    expect(beats).toEqual([49_000])
    heartbeat.stop()
  })

  test('a message right before the beat is due never makes a pause longer than the interval', () => {
    const clock = new ManualClock()
    const { beats, heartbeat } = start(clock)
    clock.advance(8_999)
    heartbeat.sent()
    clock.advance(9_000)
    expect(beats).toEqual([17_999])
    heartbeat.stop()
  })
})

describe('heartbeat, in', () => {
  test('silence is reported once the time allowed is over, and not before', () => {
    const clock = new ManualClock()
    const { silences, heartbeat } = start(clock)
    clock.advance(59_999)
    expect(silences).toEqual([])
    clock.advance(1)
    expect(silences).toEqual([60_000])
    heartbeat.stop()
  })

  test('anything heard starts the time anew', () => {
    const clock = new ManualClock()
    const { silences, heartbeat } = start(clock)
    clock.advance(50_000)
    heartbeat.heard()
    clock.advance(59_999)
    expect(silences).toEqual([])
    clock.advance(1)
    expect(silences).toEqual([60_000])
    heartbeat.stop()
  })

  test('a process that stood still looks at what has arrived before it blames the server', () => {
    const clock = new SleepyClock()
    const { silences, heartbeat } = start(clock)
    clock.sleepUntil(90_000)
    expect(silences).toEqual([])
    heartbeat.heard()
    clock.sleepUntil(91_000)
    clock.sleepUntil(149_999)
    expect(silences).toEqual([])
    heartbeat.stop()
  })

  test('a server that stays silent after the pause is reported a second later', () => {
    const clock = new SleepyClock()
    const { silences, heartbeat } = start(clock)
    clock.sleepUntil(90_000)
    clock.sleepUntil(91_000)
    expect(silences).toEqual([91_000])
    heartbeat.stop()
  })
})

test('a stopped heartbeat leaves no timer', () => {
  const clock = new ManualClock()
  const { heartbeat, beats, silences } = start(clock)
  clock.advance(20_000)
  heartbeat.stop()
  expect(clock.pending).toBe(0)
  clock.advance(100_000)
  expect(beats).toEqual([9_000, 18_000])
  expect(silences).toEqual([])
})
