import { type Clock, systemClock } from '../async/clock.ts'
import { type Logger, silentLogger } from '../log.ts'
import { type OAuthApplication, requireApplication } from './application.ts'
import { type AuthorizationRequest, createAuthorizationRequest } from './authorization-url.ts'
import type { CallbackPageRenderer } from './callback-pages.ts'
import { requireDuration } from './duration.ts'
import {
  type OAuthEndpoints,
  openApiEndpoints,
  requireEndpoint,
  requireTokenRequestForm,
  statePolicyOf,
} from './endpoints.ts'
import { type CallbackListener, listenForCallback } from './loopback.ts'
import { requireScope, type Scope } from './scope.ts'
import type { RandomBytes, StatePolicy } from './state.ts'
import { exchangeCode } from './token-endpoint.ts'
import type { FetchLike } from './token-request.ts'
import type { TokenSet } from './token-set.ts'

export interface AuthorizeWithLoopbackOptions {
  readonly application: OAuthApplication
  /** Registered loopback redirect URIs in order of preference; the first whose port is free is used. */
  readonly redirectUris: readonly string[]
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
  /**
   * Opens the URL in a browser. It is not waited for, and its failure does not end the login: the person can open the
   * URL by hand. To give up instead, abort `signal`.
   */
  readonly openBrowser?: (url: string) => void | Promise<void>
  /** Receives the URL before the browser is opened: print it, so that a person can always go on by hand. */
  readonly onUrl?: (url: string, request: AuthorizationRequest) => void
  /** Receives what {@link AuthorizeWithLoopbackOptions.openBrowser} threw. */
  readonly onBrowserFailure?: (error: unknown) => void
  /** Saves the tokens. Awaited before they are returned and before the browser shows success. */
  readonly save?: (tokens: TokenSet) => void | Promise<void>
  /** How long to wait for the person, in milliseconds. @default 300_000 */
  readonly timeoutMs?: number
  /** How long the exchange of the code may take, in milliseconds. @default 15_000 */
  readonly exchangeTimeoutMs?: number
  readonly signal?: AbortSignal
  readonly renderPage?: CallbackPageRenderer
  readonly fetch?: FetchLike
  readonly clock?: Clock
  readonly random?: RandomBytes
  readonly logger?: Logger
}

/**
 * Logs a person in: listens on loopback, opens the consent page, takes the code that comes back, trades it for tokens
 * and tells the browser how it went. Whatever the outcome, no socket, timer or handler is left.
 *
 * @throws CallbackPortInUseError, AuthorizationDeniedError, AuthorizationTimeoutError, InvalidRedirectUriError,
 *   OAuthConfigurationError, the errors of {@link exchangeCode}, and whatever `save` throws. An aborted signal throws
 *   its reason.
 *
 * @example
 * const tokens = await authorizeWithLoopback({
 *   application: { clientId, clientSecret },
 *   redirectUris: ['http://127.0.0.1:8080/callback'],
 *   scope: 'accounts',
 *   onUrl: (url) => console.error(`Open ${url}`),
 * })
 */
export async function authorizeWithLoopback(
  options: AuthorizeWithLoopbackOptions,
): Promise<TokenSet> {
  const { signal, clock = systemClock, endpoints = openApiEndpoints } = options
  signal?.throwIfAborted()
  requireUsable(options, endpoints)
  const listener = await listenForCallback({
    redirectUris: options.redirectUris,
    clock,
    ...(options.renderPage === undefined ? {} : { renderPage: options.renderPage }),
  })
  try {
    const request = startRequest(options, listener.redirectUri)
    const received = listener.receive({
      state: request.state,
      statePolicy: options.statePolicy ?? statePolicyOf(endpoints),
      issuer: endpoints.issuer,
      expiresAt: request.expiresAt,
      timeoutMs: options.timeoutMs ?? 300_000,
      signal,
    })
    invite(options, request, received)
    const { code, receivedAt } = await received
    const tokens = await exchangeCode({
      application: options.application,
      code,
      codeReceivedAt: receivedAt,
      codeIsFresh: true,
      redirectUri: request.redirectUri,
      scope: request.scope,
      endpoints,
      fetch: options.fetch,
      clock,
      timeoutMs: options.exchangeTimeoutMs,
      logger: options.logger,
      signal,
    })
    await options.save?.(tokens)
    listener.report('signed-in')
    return tokens
  } finally {
    // Reports a failure to the browser if nothing else was reported.
    await listener.close()
  }
}

/** What would fail only after the person has done their part must fail before. */
function requireUsable(options: AuthorizeWithLoopbackOptions, endpoints: OAuthEndpoints): void {
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

function startRequest(
  options: AuthorizeWithLoopbackOptions,
  redirectUri: string,
): AuthorizationRequest {
  const {
    application,
    scope,
    product,
    endpoints,
    extra,
    clock,
    random,
    timeoutMs = 300_000,
  } = options
  return createAuthorizationRequest({
    application,
    redirectUri,
    scope,
    // The wait of the listener is the limit; the request itself must not end before it.
    ttlMs: Math.max(600_000, timeoutMs),
    ...(product === undefined ? {} : { product }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(extra === undefined ? {} : { extra }),
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
  })
}

/** Shows the URL and starts the browser, without waiting for it. */
function invite(
  options: AuthorizeWithLoopbackOptions,
  request: AuthorizationRequest,
  received: ReturnType<CallbackListener['receive']>,
): void {
  // If showing the URL fails, the wait is ended by the listener and nobody else looks at it.
  received.catch(() => {})
  options.onUrl?.(request.url, request)
  const { openBrowser, logger = silentLogger } = options
  if (openBrowser === undefined) return
  const failed = (error: unknown): void => {
    const reason = error instanceof Error ? error.name : typeof error
    logger.warn(
      { reason },
      'The browser could not be opened; the login waits for the URL to be opened by hand.',
    )
    options.onBrowserFailure?.(error)
  }
  Promise.resolve()
    .then(() => openBrowser(request.url))
    .catch(failed)
}
