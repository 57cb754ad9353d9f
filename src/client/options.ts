import type { Clock } from '../async/clock.ts'
import type { Logger } from '../log.ts'
import type { AccessTokenSource } from '../oauth/index.ts'
import type { Secret } from '../secret.ts'
import type {
  Carrier,
  Metrics,
  RateLimits,
  ReconnectOptions,
  WhenOffline,
  WireTap,
} from '../session/index.ts'
import type { Environment, environments } from './environment.ts'

/** The application as it is registered with cTrader. */
export interface ApplicationCredentials {
  readonly clientId: string
  readonly clientSecret: string | Secret
}

/** What a trader's consent gave the application: a token as it is, which nobody renews. */
export interface ClientGrant {
  readonly accessToken: string | Secret
  /** Not used: give an `AccessTokenSource` instead of this grant to have tokens renewed. */
  readonly refreshToken?: string | Secret | undefined
}

export interface ClientOptions {
  /** `'demo'`, `'live'`, `'all'`, or hosts of your own, such as `sandbox.clientOptions()` gives. */
  readonly environment: keyof typeof environments | Environment
  readonly application: ApplicationCredentials
  /** One grant for each trader who consented: a token as it is, or a source that keeps it fresh. */
  readonly grants: readonly (ClientGrant | AccessTokenSource)[]
  /** What carries the messages; everything else stays the same. @defaultValue 'protobuf-tcp' */
  readonly carrier?: Carrier
  /** How lost connections are replaced. */
  readonly reconnect?: ReconnectOptions
  /** Whether requests wait, within their deadline, for a connection that is being replaced. @defaultValue 'wait' */
  readonly whenOffline?: WhenOffline
  /**
   * Over how many connections to each host the accounts are spread. Each has rate limits of its own; cTrader advises one.
   *
   * @defaultValue 1
   */
  readonly connectionsPerHost?: number
  /** After this long without a byte a server is asked whether it is still there, in milliseconds. @defaultValue never */
  readonly probeAfterMs?: number
  /** How many requests a second a host takes on one connection; more than that wait. @defaultValue 50 and 5 */
  readonly rateLimits?: Partial<RateLimits>
  /** Where to write what happens. @defaultValue nowhere */
  readonly logger?: Logger
  /** Where the numbers of the connections go. @defaultValue nowhere */
  readonly metrics?: Metrics
  /**
   * Called with every message in either direction, without its secrets: for recordings. `link` counts the links of the
   * whole client. @defaultValue nobody
   */
  readonly tap?: WireTap
  /** Time as the client sees it. @defaultValue the machine's */
  readonly clock?: Clock
  /** The deadline of every request that names none, in milliseconds. @defaultValue 15,000 */
  readonly requestTimeoutMs?: number
  /** The deadline of connecting (name, TCP, TLS), in milliseconds. @defaultValue 10,000 */
  readonly connectTimeoutMs?: number
  /** Cancels the creation of the client. */
  readonly signal?: AbortSignal
}
