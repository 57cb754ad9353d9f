/** One request that was sent. */
export interface Slot {
  readonly sentMs: number
  /** By how much later than usual it may have arrived; undefined while there is no answer that would tell. */
  lateMs: number | undefined
}

/** Nothing is believed to be under way for longer than this, so that a slow answer does not stop everything. */
const latestMs = 250

export interface RateWindowOptions {
  readonly limit: number
  /** The last so many of the limit are for those who may not wait. */
  readonly kept: number
  readonly spanMs: number
}

/**
 * The last requests of a budget, and from them when the next one may be sent. The server counts what arrives: no more than
 * `limit` may do so in any stretch of `spanMs` milliseconds. Requests arrive closer together than they were sent when an
 * earlier one was held up on its way, so each is taken to have arrived as late as its answer allows.
 */
export class RateWindow {
  readonly #options: RateWindowOptions
  // The last `limit` requests, the oldest at `#next`.
  readonly #slots: (Slot | undefined)[]
  #next = 0

  constructor(options: RateWindowOptions) {
    this.#options = options
    this.#slots = new Array<Slot | undefined>(options.limit).fill(undefined)
  }

  /** How long from `now` until one more may be sent, in milliseconds; 0 when it may be now. */
  waitMs(now: number, mayUseAll: boolean): number {
    const { kept, limit, spanMs } = this.#options
    // The one that has to be out of the window before the next goes in.
    const ahead = this.#slots[mayUseAll ? this.#next : (this.#next + kept) % limit]
    if (ahead === undefined) return 0
    const lateMs = Math.min(ahead.lateMs ?? latestMs, latestMs)
    return Math.max(0, ahead.sentMs + lateMs + spanMs - now)
  }

  /** One is sent. */
  take(now: number): Slot {
    const slot: Slot = { sentMs: now, lateMs: undefined }
    this.#slots[this.#next] = slot
    this.#next = (this.#next + 1) % this.#options.limit
    return slot
  }
}
