/** A pending call of a {@link Clock}. */
export interface Timer {
  /** Forgets the call. Harmless when it has already happened. */
  cancel(): void
}

export interface TimerOptions {
  /** Whether a real timer keeps the process alive while it waits. @default true */
  readonly keepAlive?: boolean
}

/** Time as everything here sees it, so that a test can own it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Milliseconds since some fixed moment; never goes back, whatever happens to the wall clock. */
  monotonic(): number
  /** Calls back once after `ms` milliseconds. Any finite delay is honoured, also beyond 2^31-1 ms. */
  after(ms: number, call: () => void, options?: TimerOptions): Timer
}

// Node fires a timer with a longer delay after 1 ms.
const longest = 2_147_483_647

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, call, options = {}) {
    let handle: NodeJS.Timeout
    let left = Math.max(0, ms)
    const arm = (): void => {
      const step = Math.min(left, longest)
      left -= step
      handle = setTimeout(() => (left > 0 ? arm() : call()), step)
      if (options.keepAlive === false) handle.unref()
    }
    arm()
    return { cancel: () => clearTimeout(handle) }
  },
}

/**
 * One turn of the event loop: resolves after sockets that were ready have been read. No time has to pass for it, so it
 * is for whoever owns a clock and wants the other side of a socket to keep up.
 */
export function ioTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
