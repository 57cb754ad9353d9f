/**
 * When the last requests of a budget were sent, and from that when the next one may be. At most `limit` are sent in any
 * stretch of `spanMs` milliseconds; the last `kept` of them are for those who may not wait.
 */
export class RateWindow {
  readonly #spanMs: number
  readonly #limit: number
  readonly #kept: number
  // The times of the last `limit` requests, the oldest at `#next`.
  readonly #times: Float64Array
  #next = 0

  constructor({ limit, kept, spanMs }: { limit: number; kept: number; spanMs: number }) {
    this.#spanMs = spanMs
    this.#limit = limit
    this.#kept = kept
    this.#times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  }

  /** How long from `now` until one more may be sent, in milliseconds; 0 when it may be now. */
  waitMs(now: number, mayUseAll: boolean): number {
    // The one that has to be out of the window before the next goes in.
    const ahead = mayUseAll ? this.#next : (this.#next + this.#kept) % this.#limit
    return Math.max(0, (this.#times[ahead] as number) + this.#spanMs - now)
  }

  /** One was sent. */
  take(now: number): void {
    this.#times[this.#next] = now
    this.#next = (this.#next + 1) % this.#limit
  }
}
