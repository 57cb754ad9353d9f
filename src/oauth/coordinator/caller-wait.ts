import type { Clock } from '../../async/clock.ts'
import type { WaitOptions } from '../../async/wait-options.ts'
import { TokenWaitTimeoutError } from '../grant/grant-errors.ts'

/** The waiting of one caller, which can end before the work does: the work goes on. */
export class CallerWait {
  readonly #clock: Clock
  readonly #defaultMs: number
  readonly #grant: string

  constructor(clock: Clock, defaultMs: number, grant: string) {
    this.#clock = clock
    this.#defaultMs = defaultMs
    this.#grant = grant
  }

  async for<T>(work: Promise<T>, options: WaitOptions): Promise<T> {
    const { signal, timeoutMs = this.#defaultMs } = options
    // Nobody may be left to look at how it ends.
    work.catch(() => {})
    signal?.throwIfAborted()
    let end = (): void => {}
    const given = new Promise<never>((_, reject) => {
      const abort = (): void => reject(signal?.reason)
      const timer = this.#clock.after(timeoutMs, () =>
        reject(new TokenWaitTimeoutError(this.#grant, timeoutMs)),
      )
      signal?.addEventListener('abort', abort, { once: true })
      end = () => {
        timer.cancel()
        signal?.removeEventListener('abort', abort)
      }
    })
    try {
      return await Promise.race([work, given])
    } finally {
      end()
    }
  }
}
