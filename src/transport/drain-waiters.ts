import { type Deferred, deferred } from '../async/deferred.ts'

/** Who waits until a link takes bytes again. */
export class DrainWaiters {
  readonly #waiting = new Set<Deferred<void>>()

  /** Resolves or rejects with the next {@link settle}; rejects with the signal's reason when that is aborted first. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    const waiter = deferred<void>()
    const onAbort = (): void => waiter.reject(signal?.reason)
    this.#waiting.add(waiter)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await waiter.promise
    } finally {
      this.#waiting.delete(waiter)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Lets all go on, or fails them. */
  settle(error?: Error): void {
    for (const waiter of this.#waiting) {
      if (error === undefined) waiter.resolve()
      else waiter.reject(error)
    }
    this.#waiting.clear()
  }
}
