import type { Clock } from '../../async/clock.ts'
import type { WaitOptions } from '../../async/wait-options.ts'
import { within } from '../../async/within.ts'
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

  for<T>(work: Promise<T>, { signal, timeoutMs: ms = this.#defaultMs }: WaitOptions): Promise<T> {
    const expired = (): Error => new TokenWaitTimeoutError(this.#grant, ms)
    return within(work, { ms, clock: this.#clock, signal, expired })
  }
}
