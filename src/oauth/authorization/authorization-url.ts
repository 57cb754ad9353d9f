import { type Clock, systemClock } from '../../async/clock.ts'
import { type Secret, toSecret } from '../../secret.ts'
import { requireClientId } from '../application/application.ts'
import { validateRedirectUri } from '../application/redirect-uri.ts'
import { parseRedirectUri } from '../application/redirect-uri-syntax.ts'
import { requireScope, type Scope } from '../application/scope.ts'
import { requireDuration } from '../duration.ts'
import { InvalidRedirectUriError, OAuthConfigurationError } from '../errors.ts'
import {
  type OAuthEndpoints,
  openApiEndpoints,
  requireEndpoint,
  reservedParameters,
} from '../server/endpoints.ts'
import { createState, type RandomBytes } from './state.ts'

export interface AuthorizationRequestOptions {
  /** The secret is not sent; it is looked at only to make sure that it is not in the URL. */
  readonly application: {
    readonly clientId: string
    readonly clientSecret?: string | Secret
    readonly sources?: { readonly clientId?: string; readonly clientSecret?: string }
  }
  /** Sent as given, byte for byte. */
  readonly redirectUri: string
  /** When given, the redirect URI must be one of these. */
  readonly registeredRedirectUris?: readonly string[]
  /** What to ask for. There is no default: reading and trading are different promises. */
  readonly scope: Scope
  /** `web` shows the consent page without header and footer, for small windows. */
  readonly product?: 'web'
  /** @default {@link openApiEndpoints} */
  readonly endpoints?: OAuthEndpoints
  /** Further parameters of the URL. Those of the protocol cannot be set here. */
  readonly extra?: Readonly<Record<string, string>>
  /** How long the request may be answered, in milliseconds. @default 600_000 */
  readonly ttlMs?: number
  readonly clock?: Clock
  readonly random?: RandomBytes
}

/** A login that was started. Keep it whole until its callback: the exchange needs the same redirect URI. */
export interface AuthorizationRequest {
  /** The page to open in a browser. */
  readonly url: string
  readonly state: string
  readonly redirectUri: string
  readonly scope: Scope
  /** Milliseconds since 1970; a callback after this moment is refused. */
  readonly expiresAt: number
}

/**
 * Makes the URL of the consent page, with a fresh state. Nothing is sent.
 *
 * @throws OAuthConfigurationError for an unusable client id, scope, endpoint or extra parameter.
 * @throws InvalidRedirectUriError for an unusable redirect URI, or one that is not among the registered ones.
 * @see RFC 6749 section 4.1.1
 */
export function createAuthorizationRequest(
  options: AuthorizationRequestOptions,
): AuthorizationRequest {
  const { redirectUri, product, ttlMs = 600_000, clock = systemClock } = options
  const clientId = requireClientId(options.application)
  const scope = requireScope(options.scope)
  parseRedirectUri(redirectUri)
  if (options.registeredRedirectUris !== undefined) {
    requireRegistered(redirectUri, options.registeredRedirectUris)
  }
  requireDuration('ttlMs', ttlMs)
  const url = requireEndpoint('authorizeUrl', options.endpoints ?? openApiEndpoints)
  const state = createState(options.random)
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('redirect_uri', redirectUri)
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('scope', scope)
  url.searchParams.set('state', state)
  if (product !== undefined) {
    if (product !== 'web') throw unusable('product', 'can only be "web"')
    url.searchParams.set('product', product)
  }
  addExtra(url, options.extra ?? {}, options.application.clientSecret)
  return { url: url.href, state, redirectUri, scope, expiresAt: clock.now() + ttlMs }
}

function addExtra(
  url: URL,
  extra: Readonly<Record<string, string>>,
  clientSecret: string | Secret | undefined,
): void {
  const secret =
    clientSecret === undefined || clientSecret === '' ? undefined : toSecret(clientSecret).reveal()
  for (const [name, value] of Object.entries(extra)) {
    if (reservedParameters.has(name)) throw unusable(name, 'belongs to the protocol')
    if (name === '' || typeof value !== 'string') throw unusable(name, 'needs a name and a text')
    if (url.searchParams.has(name)) throw unusable(name, 'is set by the endpoint already')
    if (secret !== undefined && value.includes(secret))
      throw unusable(name, 'contains the client secret, which must not be in a URL')
    url.searchParams.set(name, value)
  }
}

function requireRegistered(redirectUri: string, registered: readonly string[]): void {
  const result = validateRedirectUri(redirectUri, registered)
  if (result.ok) return
  throw new InvalidRedirectUriError(result.message, {
    facts: {
      redirectUri,
      registered,
      nearest: result.nearest,
      differs: result.differences.map((difference) => difference.part),
    },
  })
}

function unusable(name: string, problem: string): OAuthConfigurationError {
  return new OAuthConfigurationError(`The parameter "${name.slice(0, 60)}" ${problem}.`, {
    facts: { option: 'extra', parameter: name.slice(0, 60) },
    remedy: 'Leave it out.',
  })
}
