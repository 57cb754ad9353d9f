import { InvalidArgumentError } from '../errors.ts'
import type { Clock, Timer } from './clock.ts'
import { TimerQueue } from './timer-queue.ts'

/**
 * A clock that stands still until its owner moves it.
 *
 * Calls that fall due happen in order of their time, those of the same time in the order they were made, and each sees
 * {@link ManualClock.now} equal to its own time. All of that happens within the one synchronous call that moves the
 * clock: nothing is read from a socket meanwhile.
 */
export class ManualClock implements Clock {
  #now: number
  readonly #start: number
  readonly #queue = new TimerQueue()

  /** @param start milliseconds since 1970-01-01 UTC, or an ISO 8601 text. */
  constructor(start: number | string = '2026-01-05T12:00:00Z') {
    const at = typeof start === 'string' ? Date.parse(start) : start
    if (!Number.isFinite(at)) {
      throw new InvalidArgumentError(`The clock cannot start at "${start}".`, {
        remedy: 'Give milliseconds or an ISO 8601 text.',
      })
    }
    this.#start = at
    this.#now = at
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now - this.#start
  }

  after(ms: number, call: () => void): Timer {
    return this.#queue.add(this.#now + Math.max(0, ms), call)
  }

  /** How many calls are waiting. */
  get pending(): number {
    return this.#queue.size
  }

  /** When the next waiting call is due, in ms since 1970; undefined when nothing waits. */
  get nextAt(): number | undefined {
    return this.#queue.next
  }

  /** Moves time forward, making the calls that fall due on the way. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new InvalidArgumentError('Time only moves forward.', { facts: { ms } })
    this.advanceTo(this.#now + ms)
  }

  /** Moves time forward to a moment, making the calls that fall due on the way. */
  advanceTo(moment: number | Date): void {
    const target = Number(moment)
    if (!(target >= this.#now)) {
      throw new InvalidArgumentError('Time only moves forward.', {
        facts: { now: this.#now, target },
      })
    }
    while (this.#call(target));
    this.#now = target
  }

  /** Jumps to the next waiting call and makes it. Returns false when nothing waits. */
  step(): boolean {
    return this.#call(Number.POSITIVE_INFINITY)
  }

  #call(until: number): boolean {
    const next = this.#queue.take(until)
    if (next === undefined) return false
    this.#now = Math.max(this.#now, next.at)
    next.call()
    return true
  }
}
