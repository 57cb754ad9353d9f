import type { Clock, TimerOptions } from './clock.ts'

/** Waits. An aborted signal ends it by throwing its reason. */
export function sleep(
  ms: number,
  clock: Clock,
  signal?: AbortSignal,
  options?: TimerOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const abort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(
      ms,
      () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      },
      options,
    )
    signal?.addEventListener('abort', abort, { once: true })
  })
}
