import type { Clock } from '../../src/async/clock.ts'

/** How many sockets this process holds open, those of listening servers aside. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
}

/** The clock it is given, which also knows how many calls wait. */
export interface WatchedClock extends Clock {
  readonly pending: number
}

/** Watches a clock, so that a test can see that no timer was left behind. */
export function watchClock(clock: Clock): WatchedClock {
  const waiting = new Set<object>()
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(ms, call, options) {
      const entry = {}
      waiting.add(entry)
      const timer = clock.after(
        ms,
        () => {
          waiting.delete(entry)
          call()
        },
        options,
      )
      return {
        cancel() {
          waiting.delete(entry)
          timer.cancel()
        },
      }
    },
    get pending() {
      return waiting.size
    },
  }
}
