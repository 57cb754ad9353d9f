import type { Clock } from './clock.ts'

/** One deadline over several steps: each step gets what is left of it. */
export class Deadline {
  /** The whole, in milliseconds. */
  readonly ms: number
  readonly #clock: Clock
  readonly #until: number

  constructor(clock: Clock, ms: number) {
    this.ms = ms
    this.#clock = clock
    this.#until = clock.monotonic() + ms
  }

  /** Whole milliseconds that are left; 0 when it has come. */
  get leftMs(): number {
    return Math.max(0, Math.floor(this.#until - this.#clock.monotonic()))
  }
}
