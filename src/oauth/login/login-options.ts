import type { Clock } from '../../async/clock.ts'
import type { OptionNames } from '../../known-options.ts'
import type { Logger } from '../../log.ts'
import { type OAuthApplication, requireApplication } from '../application/application.ts'
import { requireScope, type Scope } from '../application/scope.ts'
import {
  type AuthorizationRequest,
  createAuthorizationRequest,
} from '../authorization/authorization-url.ts'
import type { RandomBytes } from '../authorization/state.ts'
import { requireDuration } from '../duration.ts'
import type { StatePolicy } from '../server/endpoints.ts'
import {
  type OAuthEndpoints,
  openApiEndpoints,
  requireEndpoint,
  requireTokenRequestForm,
} from '../server/endpoints.ts'
import type { FetchLike } from '../tokens/token-request.ts'
import type { TokenSet } from '../tokens/token-set.ts'

/** What every login of a person at this machine takes. */
export interface LoginOptions {
  readonly application: OAuthApplication
  /** What to ask for. There is no default: reading and trading are different promises. */
  readonly scope: Scope
  /** @default {@link openApiEndpoints} */
  readonly endpoints?: OAuthEndpoints
  /** @default that of the endpoints */
  readonly statePolicy?: StatePolicy
  /** `web` shows the consent page without header and footer. */
  readonly product?: 'web'
  /** Further parameters of the authorization URL. */
  readonly extra?: Readonly<Record<string, string>>
  /** Receives the URL of the consent page: print it, so that a person can always go on by hand. */
  readonly onUrl?: (url: string, request: AuthorizationRequest) => void
  /** Saves the tokens. Awaited before they are returned and before success is shown anywhere. */
  readonly save?: (tokens: TokenSet) => void | Promise<void>
  /** How long to wait for the person, in milliseconds. @default 300_000 */
  readonly timeoutMs?: number
  /** How long the exchange of the code may take, in milliseconds. @default 15_000 */
  readonly exchangeTimeoutMs?: number
  readonly signal?: AbortSignal
  readonly fetch?: FetchLike
  readonly clock?: Clock
  readonly random?: RandomBytes
  readonly logger?: Logger
}

export const loginOptionNames: OptionNames<LoginOptions> = {
  application: true,
  scope: true,
  endpoints: true,
  statePolicy: true,
  product: true,
  extra: true,
  onUrl: true,
  save: true,
  timeoutMs: true,
  exchangeTimeoutMs: true,
  signal: true,
  fetch: true,
  clock: true,
  random: true,
  logger: true,
}

/** How long a login waits for the person when nothing is said. */
export const defaultLoginTimeoutMs = 300_000

/** What would fail only after the person has done their part must fail before. */
export function requireUsableLogin(options: LoginOptions): void {
  const endpoints = options.endpoints ?? openApiEndpoints
  requireApplication(options.application)
  requireScope(options.scope)
  requireEndpoint('authorizeUrl', endpoints)
  requireEndpoint('tokenUrl', endpoints)
  requireTokenRequestForm(endpoints)
  if (options.timeoutMs !== undefined) requireDuration('timeoutMs', options.timeoutMs)
  if (options.exchangeTimeoutMs !== undefined) {
    requireDuration('exchangeTimeoutMs', options.exchangeTimeoutMs)
  }
}

/** Makes the consent page's URL for a login that comes back to the given redirect URI. */
export function startLogin(options: LoginOptions, redirectUri: string): AuthorizationRequest {
  const { application, scope, product, endpoints, extra, clock, random } = options
  return createAuthorizationRequest({
    application,
    redirectUri,
    scope,
    // The login's own wait is the limit; the request itself must not end before it.
    ttlMs: Math.max(600_000, options.timeoutMs ?? defaultLoginTimeoutMs),
    ...(product === undefined ? {} : { product }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(extra === undefined ? {} : { extra }),
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
  })
}
