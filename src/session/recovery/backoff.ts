export interface BackoffOptions {
  /** Bound of the first wait, in milliseconds; it doubles with each failure. */
  readonly firstMs: number
  /** No wait is longer, in milliseconds. */
  readonly maxMs: number
  /** Random numbers from 0 up to, but not including, 1. */
  readonly random: () => number
}

/**
 * How long to wait after the next failure: a random part of a bound that doubles each time ("full jitter"), so that
 * clients which failed together do not come back together.
 */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** Counts a failure and returns the wait after it, in milliseconds. */
  next(): number {
    const { firstMs, maxMs, random } = this.#options
    // Beyond 2^30 the bound is the longest wait anyway.
    const bound = Math.min(maxMs, firstMs * 2 ** Math.min(this.#failures++, 30))
    return random() * bound
  }

  /** Forgets the failures. */
  reset(): void {
    this.#failures = 0
  }
}
