import type { Clock } from '../../async/clock.ts'
import { type Deferred, deferred } from '../../async/deferred.ts'

export interface ConditionOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** What the wait fails with when its deadline comes. */
  readonly onTimeout: () => Error
  /** What it fails with when the signal aborts. */
  readonly onAbort: (reason: unknown) => Error
}

/** Lets callers wait until something about the session holds. */
export class Conditions {
  readonly #checks = new Set<() => void>()

  /** Looks at every condition again: something has changed. */
  check(): void {
    for (const check of [...this.#checks]) check()
  }

  /** Resolves with what `test` returns as soon as that is not undefined; rejects with what it throws. */
  until<T>(test: () => T | undefined, options: ConditionOptions): Promise<T> {
    const { clock, timeoutMs, signal, onTimeout, onAbort } = options
    const outcome: Deferred<T> = deferred()
    const settle = (how: () => void): void => {
      if (!this.#checks.delete(check)) return
      timer.cancel()
      signal?.removeEventListener('abort', abort)
      how()
    }
    const abort = (): void => settle(() => outcome.reject(onAbort(signal?.reason)))
    const check = (): void => {
      try {
        const value = test()
        if (value !== undefined) settle(() => outcome.resolve(value))
      } catch (error) {
        settle(() => outcome.reject(error))
      }
    }
    this.#checks.add(check)
    const timer = clock.after(timeoutMs, () => settle(() => outcome.reject(onTimeout())))
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
    else check()
    return outcome.promise
  }
}
