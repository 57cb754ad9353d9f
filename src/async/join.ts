import type { Clock } from './clock.ts'
import { within } from './within.ts'

export interface JoinOptions {
  /** How long this caller waits, in milliseconds. */
  readonly ms: number
  readonly clock: Clock
  /** Ends this caller's waiting; the work goes on for the others. */
  readonly signal?: AbortSignal | undefined
  /** Makes the error for when this caller's time is up. */
  readonly expired: () => Error
  /** Makes the error for when the signal aborts. @default its reason */
  readonly aborted?: (reason: unknown) => unknown
  /** Whether work failed only because its own time was up: then a caller who has time left begins it again. */
  readonly ranOut?: (error: unknown) => boolean
}

/**
 * Waits for work that others may wait for as well, under this caller's own deadline and signal. The work has a deadline of
 * its own and knows no caller, so that nobody's leaving takes it from the rest.
 *
 * @param work gives the work that is under way, or begins it
 * @throws what the work throws, or the error of `expired` or `aborted`
 */
export async function join<T>(work: () => Promise<T>, options: JoinOptions): Promise<T> {
  const { ms, clock, signal, expired, aborted = (reason) => reason, ranOut } = options
  const until = clock.monotonic() + ms
  let isOver = false
  const end = (): Error => {
    isOver = true
    return expired()
  }
  for (;;) {
    if (signal?.aborted) throw aborted(signal.reason)
    const left = until - clock.monotonic()
    try {
      return await within(work(), { ms: left, clock, signal, expired: end })
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw aborted(error)
      const mayGoOn = !isOver && until - clock.monotonic() >= 1
      if (!mayGoOn || ranOut?.(error) !== true) throw error
    }
  }
}
