/** At most `limit` events in any stretch of `spanMs` milliseconds; what was refused does not count. */
export class SlidingWindow {
  readonly #spanMs: number
  // The times of the last `limit` events, oldest at `#next`.
  readonly #times: Float64Array
  #next = 0

  constructor(limit: number, spanMs: number) {
    this.#spanMs = spanMs
    this.#times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  }

  /** Counts an event at the moment `now` if there is room for it. */
  take(now: number): boolean {
    if (this.wait(now) > 0) return false
    this.#times[this.#next] = now
    this.#next = (this.#next + 1) % this.#times.length
    return true
  }

  /** How many milliseconds from `now` there will be room again; 0 if there is. */
  wait(now: number): number {
    const oldest = this.#times[this.#next] as number
    return Math.max(0, oldest + this.#spanMs - now)
  }
}
