import { type Clock, ioTurn } from './clock.ts'

export interface WithinOptions<T> {
  /** How long to wait, in milliseconds. */
  readonly ms: number
  readonly clock: Clock
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Makes the error for when the time is up. */
  readonly expired: () => Error
  /** Gets what the work came to after nobody waited for it any more: a thing to close, or to give back. */
  readonly tooLate?: ((value: T) => void) | undefined
}

/**
 * Waits for work that may never end, and no longer than allowed. The work itself cannot be stopped by this.
 *
 * @throws what the work throws, the error of `expired`, or the reason of the signal.
 */
export function within<T>(work: Promise<T>, options: WithinOptions<T>): Promise<T> {
  const { ms, clock, signal, expired, tooLate } = options
  return new Promise<T>((resolve, reject) => {
    let over = false
    const end = (settle: () => void): void => {
      if (over) return
      over = true
      timer.cancel()
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = (): void => end(() => reject(signal?.reason))
    // What has arrived by now counts as in time, also when a clock was moved by a large step.
    const late = (): void => void ioTurn().then(() => end(() => reject(expired())))
    const timer = clock.after(ms, late)
    work.then(
      (value) => {
        if (over) tooLate?.(value)
        else end(() => resolve(value))
      },
      (error: unknown) => end(() => reject(error)),
    )
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}
