import type { Clock } from '../async/clock.ts'
import type { Logger } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Carrier } from '../session/index.ts'
import type { Environment, environments } from './environment.ts'

/** The application as it is registered with cTrader. */
export interface ApplicationCredentials {
  readonly clientId: string
  readonly clientSecret: string | Secret
}

/** What a trader's consent gave the application. */
export interface ClientGrant {
  readonly accessToken: string | Secret
  /** Not used by this release: a client does not renew tokens by itself. */
  readonly refreshToken?: string | Secret | undefined
}

export interface ClientOptions {
  /** `'demo'`, `'live'`, or hosts of your own, such as `sandbox.clientOptions()` gives. */
  readonly environment: keyof typeof environments | Environment
  readonly application: ApplicationCredentials
  /** One grant for each trader who consented. */
  readonly grants: readonly ClientGrant[]
  /** What carries the messages; everything else stays the same. @defaultValue 'protobuf-tcp' */
  readonly carrier?: Carrier
  /** Where to write what happens. @defaultValue nowhere */
  readonly logger?: Logger
  /** Time as the client sees it. @defaultValue the machine's */
  readonly clock?: Clock
  /** The deadline of every request that names none, in milliseconds. @defaultValue 15,000 */
  readonly requestTimeoutMs?: number
  /** The deadline of connecting (name, TCP, TLS), in milliseconds. @defaultValue 10,000 */
  readonly connectTimeoutMs?: number
  /** Cancels the creation of the client. */
  readonly signal?: AbortSignal
}
