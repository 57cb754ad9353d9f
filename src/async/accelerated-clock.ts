import { InvalidArgumentError } from '../errors.ts'
import { type Clock, systemClock, type Timer, type TimerOptions } from './clock.ts'
import { TimerQueue } from './timer-queue.ts'

export interface AcceleratedClockOptions {
  /** How many milliseconds pass here in one of the source. Above 0; below 1 is slow motion. */
  readonly factor: number
  /** Where time begins, ms since 1970. @defaultValue the source's now */
  readonly start?: number
  /** @defaultValue the machine's clock */
  readonly source?: Clock
}

/**
 * A clock that runs faster than another one.
 *
 * Real timers are no finer than a millisecond, and at a high factor many calls fall into one. So there is one real timer
 * only, for the earliest call; when it fires, everything that has become due happens in order of its time, and each call
 * sees {@link AcceleratedClock.now} equal to its own time.
 */
export class AcceleratedClock implements Clock {
  readonly factor: number
  readonly #source: Clock
  readonly #start: number
  readonly #began: number
  readonly #queue = new TimerQueue()
  // The time of the call that is being made; elsewhere the time follows from the source.
  #calling: number | undefined
  #latest = 0
  #timer: { readonly at: number; readonly keepAlive: boolean; readonly handle: Timer } | undefined

  /** @throws InvalidArgumentError for a factor that is no number above 0 */
  constructor({ factor, start, source = systemClock }: AcceleratedClockOptions) {
    if (!(Number.isFinite(factor) && factor > 0)) {
      throw new InvalidArgumentError(`Time cannot run ${factor} times as fast.`, {
        facts: { factor },
        remedy: 'Give a number above 0: 60 makes a minute of every second.',
      })
    }
    this.factor = factor
    this.#source = source
    this.#start = start ?? source.now()
    this.#began = source.monotonic()
  }

  now(): number {
    // Whole milliseconds, as every clock tells the time of day.
    return Math.floor(this.#start + this.monotonic())
  }

  monotonic(): number {
    if (this.#calling !== undefined) return this.#calling
    // Time stands still before a call that is late, so that it does not go back when that call is made.
    const passed = Math.min(this.#passed(), this.#queue.next ?? Number.POSITIVE_INFINITY)
    this.#latest = Math.max(this.#latest, passed)
    return this.#latest
  }

  after(ms: number, call: () => void, options: TimerOptions = {}): Timer {
    const entry = this.#queue.add(this.monotonic() + Math.max(0, ms), call, options.keepAlive)
    if (this.#calling === undefined) this.#arm()
    return {
      cancel: () => {
        entry.cancel()
        if (this.#calling === undefined) this.#arm()
      },
    }
  }

  /** How many calls are waiting. */
  get pending(): number {
    return this.#queue.size
  }

  #passed(): number {
    return (this.#source.monotonic() - this.#began) * this.factor
  }

  /** One real timer for the earliest call, and none when nothing waits. */
  #arm(): void {
    const { next: at, keepsAlive: keepAlive } = this.#queue
    if (at !== undefined && at === this.#timer?.at && keepAlive === this.#timer.keepAlive) return
    this.#timer?.handle.cancel()
    this.#timer = undefined
    if (at === undefined) return
    const ms = (at - this.#passed()) / this.factor
    const handle = this.#source.after(ms, () => this.#wake(), { keepAlive })
    this.#timer = { at, keepAlive, handle }
  }

  #wake(): void {
    this.#timer = undefined
    // What becomes due while this runs waits for the next wake-up: sockets must have their turn.
    const until = this.#passed()
    try {
      for (let next = this.#queue.take(until); next !== undefined; next = this.#queue.take(until)) {
        this.#calling = Math.max(this.#latest, next.at)
        this.#latest = this.#calling
        next.call()
      }
    } finally {
      this.#calling = undefined
      this.#arm()
    }
  }
}
