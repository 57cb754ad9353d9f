import type { Clock } from '../../async/clock.ts'

/** Waits. Resolves with whether the time has passed; without, when the signal aborts first. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const abort = (): void => {
      timer.cancel()
      resolve(false)
    }
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve(true)
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}
