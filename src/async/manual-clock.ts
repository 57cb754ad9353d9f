import { InvalidArgumentError } from '../errors.ts'
import type { Clock, Timer } from './clock.ts'

interface Waiting {
  readonly at: number
  readonly order: number
  readonly call: () => void
}

/**
 * A clock that stands still until its owner moves it.
 *
 * Calls that fall due happen in order of their time, those of the same time in the order they were made, and each sees
 * {@link ManualClock.now} equal to its own time.
 */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  readonly #start: number
  readonly #waiting = new Set<Waiting>()

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
    const entry: Waiting = { at: this.#now + Math.max(0, ms), order: this.#order++, call }
    this.#waiting.add(entry)
    return { cancel: () => void this.#waiting.delete(entry) }
  }

  /** How many calls are waiting. */
  get pending(): number {
    return this.#waiting.size
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
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#waiting.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.call()
    }
    this.#now = target
  }

  /** Jumps to the next waiting call and makes it. Returns false when nothing waits. */
  step(): boolean {
    const next = this.#next(Number.POSITIVE_INFINITY)
    if (next === undefined) return false
    this.#waiting.delete(next)
    this.#now = Math.max(this.#now, next.at)
    next.call()
    return true
  }

  #next(until: number): Waiting | undefined {
    let best: Waiting | undefined
    for (const entry of this.#waiting) {
      if (entry.at > until) continue
      if (
        best === undefined ||
        entry.at < best.at ||
        (entry.at === best.at && entry.order < best.order)
      ) {
        best = entry
      }
    }
    return best
  }
}
