import type { Clock } from '../../async/clock.ts'
import type { CTraderError } from '../../errors.ts'
import type { Endpoint } from '../../transport/index.ts'
import { ClientDisconnectedError } from '../errors.ts'
import { RequestRefusedError } from '../requests/refusal.ts'
import type { SessionEnd } from '../status/state.ts'
import type { WaitReason } from '../status/status.ts'
import { Backoff } from './backoff.ts'
import { ReconnectGivenUpError } from './reconnect-errors.ts'
import type { ResolvedReconnect } from './reconnect-options.ts'
import { weekendEnd } from './weekend.ts'

/** What to do next about a link that is not there. */
export type NextStep =
  | {
      readonly kind: 'connect'
      readonly endpoint: Endpoint
      /** How many attempts there have been since the session was last stable, this one included. */
      readonly attempt: number
      /** How long to wait before, in milliseconds. */
      readonly afterMs: number
      /** What the wait is for; absent without one. */
      readonly reason: WaitReason | undefined
    }
  | { readonly kind: 'give-up'; readonly error: CTraderError }

export interface ReconnectPlanOptions extends ResolvedReconnect {
  readonly endpoints: readonly [Endpoint, ...Endpoint[]]
  readonly clock: Clock
  readonly random: () => number
}

// After maintenance or a weekend everybody comes back at once.
const spreadMs = 10_000
// The server has said that it does not want this connection, or that it works on itself without saying until when.
const sentAwayMs = 1_000
const openMaintenanceMs = 60_000
// A later end of maintenance is looked at again after a day: no announcement is that reliable.
const longestMaintenanceMs = 86_400_000

/** Decides when to connect again and to which host, and when to stop trying. Keeps no timer itself. */
export class ReconnectPlan {
  readonly #options: ReconnectPlanOptions
  readonly #backoff: Backoff
  #host = 0
  #triedHosts = 0
  #attempt = 0
  /** Links that failed or did not last, since the last one that did. */
  #failures = 0
  #openedAt = 0
  #downSince: number

  constructor(options: ReconnectPlanOptions) {
    this.#options = options
    const { firstDelayMs, maxDelayMs, random, clock } = options
    this.#backoff = new Backoff({ firstMs: firstDelayMs, maxMs: maxDelayMs, random })
    this.#downSince = clock.monotonic()
  }

  /** The first step of all. */
  first(): NextStep {
    return this.#connect(0)
  }

  /** A link is up and the application authenticated on it. */
  opened(): void {
    this.#openedAt = this.#options.clock.monotonic()
    this.#triedHosts = 0
    this.#attempt = 0
  }

  /** That link has ended. */
  lost(end: SessionEnd): NextStep {
    const { clock, stableAfterMs } = this.#options
    this.#downSince = clock.monotonic()
    if (clock.monotonic() - this.#openedAt >= stableAfterMs) {
      this.#failures = 0
      this.#backoff.reset()
    }
    const isFirst = this.#failures++ === 0
    if (end.error instanceof ClientDisconnectedError) {
      return this.#connect(Math.max(sentAwayMs, this.#backoff.next()), 'backoff')
    }
    // A server that takes connections only to drop them must not be asked without a pause.
    return isFirst ? this.#connect(0) : this.#connect(this.#backoff.next(), 'backoff')
  }

  /** An attempt came to nothing. */
  failed(error: CTraderError): NextStep {
    const { endpoints, maxAttempts, giveUpAfterMs, clock } = this.#options
    this.#failures++
    this.#triedHosts++
    if (isFinal(error)) return { kind: 'give-up', error }
    const maintenance = this.#maintenanceWait(error)
    if (maintenance !== undefined) return this.#pause(maintenance, 'maintenance')
    const downMs = clock.monotonic() - this.#downSince
    if (this.#attempt >= maxAttempts || downMs >= giveUpAfterMs) {
      return {
        kind: 'give-up',
        error: new ReconnectGivenUpError(this.#attempt, downMs, error),
      }
    }
    this.#host = (this.#host + 1) % endpoints.length
    if (this.#triedHosts < endpoints.length) return this.#connect(0)
    this.#triedHosts = 0
    const weekend = this.#weekendWait()
    if (weekend !== undefined) return this.#pause(weekend, 'weekend')
    const waitMs = Math.min(this.#backoff.next(), giveUpAfterMs - downMs)
    return this.#connect(waitMs, 'backoff')
  }

  #connect(afterMs: number, reason?: WaitReason): NextStep {
    const endpoint = this.#options.endpoints[this.#host] ?? this.#options.endpoints[0]
    return { kind: 'connect', endpoint, attempt: ++this.#attempt, afterMs, reason }
  }

  /** A wait that nobody's patience is measured by. */
  #pause(waitMs: number, reason: WaitReason): NextStep {
    const { clock, random } = this.#options
    this.#attempt = 0
    this.#triedHosts = 0
    this.#downSince = clock.monotonic() + waitMs
    return this.#connect(waitMs + random() * spreadMs, reason)
  }

  #maintenanceWait(error: CTraderError): number | undefined {
    if (!(error instanceof RequestRefusedError)) return undefined
    if (error.serverCode !== 'SERVER_IS_UNDER_MAINTENANCE') return undefined
    const end = error.maintenanceEndsAt
    const left = end === undefined ? 0 : end - this.#options.clock.now()
    // Without an end, or with one that has passed, nobody knows.
    return left > 0 ? Math.min(left, longestMaintenanceMs) : openMaintenanceMs
  }

  #weekendWait(): number | undefined {
    if (this.#options.weekend !== 'wait') return undefined
    const now = this.#options.clock.now()
    const end = weekendEnd(now)
    return end === undefined ? undefined : end - now
  }
}

/** Whether trying again cannot help: somebody has to change something first. */
function isFinal(error: CTraderError): boolean {
  return error instanceof RequestRefusedError && error.serverCode === 'CH_CLIENT_AUTH_FAILURE'
}
