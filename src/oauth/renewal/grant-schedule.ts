import type { Clock, Timer } from '../../async/clock.ts'
import type { TokenSet } from '../tokens/token-set.ts'

const hour = 3_600_000
const day = 24 * hour

/** From which part of the lifetime left something is due, in milliseconds before the end. */
export interface Windows {
  /** Renew when it suits. */
  readonly advisoryMs: number
  /** Renew before the token is used. */
  readonly mandatoryMs: number
}

/**
 * The windows of a token: a fifth of its lifetime, and the smaller of a hundredth and an hour. They are shares of the
 * lifetime, so that short-lived tokens are not renewed all the time. The first is moved by up to a tenth of itself, so
 * that many programs with tokens of the same age do not all come at once.
 */
export function windowsOf(
  tokens: Pick<TokenSet, 'obtainedAt' | 'expiresAt'>,
  jitter: number,
): Windows | undefined {
  const { obtainedAt, expiresAt } = tokens
  if (expiresAt === undefined) return undefined
  const lifetime = Math.max(0, expiresAt - obtainedAt)
  return {
    advisoryMs: lifetime * 0.2 * (1 - 0.1 * jitter),
    mandatoryMs: Math.min(lifetime * 0.01, hour),
  }
}

/**
 * How long a token still lives, by the less hopeful of two clocks: the wall clock can be set back, and the other one
 * stands still while a machine sleeps. Being wrong costs one early refresh.
 */
export class Lifetime {
  readonly #clock: Clock
  readonly #expiresAt: number | undefined
  readonly #end: number

  constructor(clock: Clock, expiresAt: number | undefined) {
    this.#clock = clock
    this.#expiresAt = expiresAt
    this.#end = clock.monotonic() + ((expiresAt ?? 0) - clock.now())
  }

  /** In milliseconds; undefined when nobody knows. */
  left(): number | undefined {
    if (this.#expiresAt === undefined) return undefined
    return Math.min(this.#expiresAt - this.#clock.now(), this.#end - this.#clock.monotonic())
  }
}

/**
 * One alarm at a time. A long wait is cut into pieces of at most a day, because the clock may be set meanwhile, and it
 * does not keep the process alive.
 */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #timer: Timer | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings after that time or, when it is longer than a day, earlier: whoever is rung up looks at the clock again. */
  set(ms: number): void {
    this.cancel()
    const wait = Math.min(Math.max(ms, 0), day)
    this.#timer = this.#clock.after(wait, this.#ring, { keepAlive: false })
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

/** How long to wait before trying again: doubled each time, with a cap, moved by up to a quarter. */
export function backoffMs(
  failures: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
  random: () => number,
): number {
  const steady = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return steady * (0.75 + 0.5 * random())
}
