import { OAuthConfigurationError, type OAuthPhase } from '../errors.ts'

/**
 * What to do with a callback that carries no state.
 *
 * - `strict`: refuse it.
 * - `bound-flow`: accept it when exactly one live login is bound to the browser, or to the listener, it came to.
 *   cTrader probably never sends the state back, so this is what works there.
 *
 * A wrong state is refused under both.
 */
export type StatePolicy = 'strict' | 'bound-flow'

/**
 * How the parameters of a token request travel.
 *
 * - `get-query`: GET, in the query string, as cTrader documents it
 * - `post-form`: POST, as a form body, as RFC 6749 asks
 * - `post-query`: POST, in the query string
 */
export type TokenRequestForm = 'get-query' | 'post-form' | 'post-query'

/** An authorization server: where it is and how it likes to be talked to. */
export interface OAuthEndpoints {
  /** The page where a person signs in and allows access. */
  readonly authorizeUrl: string
  /** Where codes and refresh tokens become tokens. Requests to it carry the client secret. */
  readonly tokenUrl: string
  /** @default 'get-query' */
  readonly tokenRequest?: TokenRequestForm
  /** @default 'bound-flow' for cTrader's own hosts, 'strict' for any other */
  readonly statePolicy?: StatePolicy
  /** The `iss` value expected in callbacks of servers that send one; others are ignored. */
  readonly issuer?: string
  /** Allows plain http to 127.0.0.1 and [::1], for servers made for tests. @default false */
  readonly allowInsecureLoopback?: boolean
}

const tokenUrl = 'https://openapi.ctrader.com/apps/token'

/** The pages used by the official SDKs, and the default here. */
export const openApiEndpoints: OAuthEndpoints = {
  authorizeUrl: 'https://openapi.ctrader.com/apps/auth',
  tokenUrl,
  statePolicy: 'bound-flow',
}

/** The consent page of the current official documentation, with the same token endpoint. */
export const ctraderIdEndpoints: OAuthEndpoints = {
  authorizeUrl: 'https://id.ctrader.com/my/settings/openapi/grantingaccess/',
  tokenUrl,
  statePolicy: 'bound-flow',
}

/** The endpoints of a local sandbox: plain http on loopback, and like the original it keeps the state to itself. */
export function sandboxEndpoints(sandbox: {
  readonly authorizeUrl: string
  readonly tokenUrl: string
}): OAuthEndpoints {
  const { authorizeUrl, tokenUrl } = sandbox
  return { authorizeUrl, tokenUrl, statePolicy: 'bound-flow', allowInsecureLoopback: true }
}

const ctraderHosts = new Set(['openapi.ctrader.com', 'id.ctrader.com', 'connect.spotware.com'])

/** The policy of these endpoints, or the default for their host. */
export function statePolicyOf(endpoints: OAuthEndpoints): StatePolicy {
  if (endpoints.statePolicy !== undefined) return endpoints.statePolicy
  const host = URL.canParse(endpoints.authorizeUrl) ? new URL(endpoints.authorizeUrl).host : ''
  return ctraderHosts.has(host) ? 'bound-flow' : 'strict'
}

/** @throws OAuthConfigurationError for a form of the token request that is not one of the three. */
export function requireTokenRequestForm(endpoints: OAuthEndpoints): TokenRequestForm {
  const form = endpoints.tokenRequest ?? 'get-query'
  if (form === 'get-query' || form === 'post-form' || form === 'post-query') return form
  throw new OAuthConfigurationError(
    'The form of the token request is not one of the three known.',
    {
      phase: 'exchange',
      facts: { option: 'tokenRequest' },
      remedy: 'Use "get-query", "post-form" or "post-query".',
    },
  )
}

/** Parameters of the protocol, which neither an endpoint's own query nor an extra parameter may set. */
export const reservedParameters: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'grant_type',
  'refresh_token',
  'access_token',
  'product',
  'error',
  'iss',
])

/**
 * Returns the parsed URL of an endpoint.
 *
 * @throws OAuthConfigurationError unless it is https (or http to a loopback address, when allowed) without user
 *   information, fragment or parameters that belong to the protocol. RFC 6749 section 3.1.
 */
export function requireEndpoint(
  option: 'authorizeUrl' | 'tokenUrl',
  endpoints: OAuthEndpoints,
): URL {
  const text = endpoints[option]
  const phase: OAuthPhase = option === 'tokenUrl' ? 'exchange' : 'authorize'
  const refuse = (problem: string, remedy: string): OAuthConfigurationError =>
    new OAuthConfigurationError(`The endpoint ${option} ${problem}.`, {
      phase,
      facts: { option },
      remedy,
    })

  if (typeof text !== 'string' || !/^https?:\/\/[\x21-\x7e]+$/i.test(text) || text.includes('\\')) {
    throw refuse('is not an absolute http(s) URL', 'Give the whole URL, starting with https://.')
  }
  if (!URL.canParse(text))
    throw refuse('is not a URL', 'Give the whole URL, starting with https://.')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    throw refuse('contains user information', 'Remove everything before the @.')
  }
  if (text.includes('#')) throw refuse('contains a fragment', 'Remove the # and what follows it.')
  const loopback = url.hostname === '127.0.0.1' || url.hostname === '[::1]'
  if (url.protocol === 'http:' && !(loopback && endpoints.allowInsecureLoopback === true)) {
    throw refuse(
      'uses plain http',
      'Use https. A test server on 127.0.0.1 or [::1] may use http with allowInsecureLoopback: true.',
    )
  }
  const seen = new Set<string>()
  for (const name of url.searchParams.keys()) {
    if (reservedParameters.has(name)) {
      throw refuse(
        `sets the parameter "${name}"`,
        'Leave the parameters of the protocol to this package.',
      )
    }
    if (seen.has(name)) throw refuse(`repeats the parameter "${name}"`, 'Name each parameter once.')
    seen.add(name)
  }
  return url
}
