import type { RateBudget } from '../../protocol/index.ts'
import type { ApiBehaviour, BreachAnswer } from './behaviour.ts'
import type { ApiLimits } from './limits.ts'
import { Refusal } from './refusal.ts'
import { SlidingWindow } from './sliding-window.ts'

const second = 1000

/**
 * The two rate limits of one connection, counted when a request arrives and whatever becomes of it. Heartbeats are not
 * requests. A refused request does not count against the limit that refused it.
 *
 * The `BLOCKED_PAYLOAD_TYPE` answer blocks that payload type, and no other, until `retryAfter` has passed.
 */
export class RateLimits {
  readonly #windows: Readonly<Record<RateBudget, SlidingWindow>>
  readonly #answers: Readonly<Record<RateBudget, BreachAnswer>>
  readonly #blocked = new Map<number, number>()

  constructor(limits: ApiLimits, behaviour: ApiBehaviour) {
    this.#windows = {
      general: new SlidingWindow(limits.generalPerSecond, second),
      historical: new SlidingWindow(limits.historicalPerSecond, second),
    }
    this.#answers = { general: behaviour.generalBreach, historical: behaviour.historicalBreach }
  }

  /** Counts a request; returns the refusal when there is no room for it. `now` is monotonic, in ms. */
  refuse(budget: RateBudget, payloadType: number, now: number): Refusal | undefined {
    const until = this.#blocked.get(payloadType)
    if (until !== undefined) {
      if (now < until) return blocked(until - now)
      this.#blocked.delete(payloadType)
    }
    const window = this.#windows[budget]
    if (window.take(now)) return undefined
    if (this.#answers[budget] === 'REQUEST_FREQUENCY_EXCEEDED') {
      return new Refusal(
        'REQUEST_FREQUENCY_EXCEEDED',
        'You have reached the rate limit of requests',
      )
    }
    const seconds = Math.max(1, Math.ceil(window.wait(now) / second))
    this.#blocked.set(payloadType, now + seconds * second)
    return blocked(seconds * second)
  }
}

function blocked(ms: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(ms / second))
  return new Refusal('BLOCKED_PAYLOAD_TYPE', 'You are being rate limited', { retryAfter })
}
