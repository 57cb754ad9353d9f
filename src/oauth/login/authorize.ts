import { systemClock } from '../../async/clock.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import { silentLogger } from '../../log.ts'
import type { AuthorizationRequest } from '../authorization/authorization-url.ts'
import type { CallbackPageRenderer } from '../callback/callback-pages.ts'
import { type CallbackListener, listenForCallback } from '../callback/loopback.ts'
import { openApiEndpoints, statePolicyOf } from '../server/endpoints.ts'
import { exchangeCode } from '../tokens/token-endpoint.ts'
import type { TokenSet } from '../tokens/token-set.ts'
import {
  defaultLoginTimeoutMs,
  type LoginOptions,
  loginOptionNames,
  requireUsableLogin,
  startLogin,
} from './login-options.ts'
import { type AskForAnswer, offerPastedAnswers } from './pasting.ts'

export interface AuthorizeWithLoopbackOptions extends LoginOptions {
  /** Registered loopback redirect URIs in order of preference; the first whose port is free is used. */
  readonly redirectUris: readonly string[]
  /**
   * Opens the URL in a browser. It is not waited for, and its failure does not end the login: the person can open the
   * URL by hand. To give up instead, abort `signal`.
   */
  readonly openBrowser?: (url: string) => void | Promise<void>
  /** Receives what {@link AuthorizeWithLoopbackOptions.openBrowser} threw. */
  readonly onBrowserFailure?: (error: unknown) => void
  /**
   * Asks for the answer by hand while the listener waits, for a browser on another machine. The first acceptable
   * answer counts, whichever way it comes; the question's signal then ends the other.
   */
  readonly ask?: AskForAnswer
  readonly renderPage?: CallbackPageRenderer
}

const optionNames: OptionNames<AuthorizeWithLoopbackOptions> = {
  ...loginOptionNames,
  redirectUris: true,
  openBrowser: true,
  onBrowserFailure: true,
  ask: true,
  renderPage: true,
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
  checkOptionNames('authorizeWithLoopback', options, optionNames)
  const { signal, clock = systemClock, endpoints = openApiEndpoints } = options
  signal?.throwIfAborted()
  requireUsableLogin(options)
  const listener = await listenForCallback({
    redirectUris: options.redirectUris,
    clock,
    ...(options.renderPage === undefined ? {} : { renderPage: options.renderPage }),
  })
  try {
    const request = startLogin(options, listener.redirectUri)
    const received = listener.receive({
      state: request.state,
      statePolicy: options.statePolicy ?? statePolicyOf(endpoints),
      issuer: endpoints.issuer,
      expiresAt: request.expiresAt,
      timeoutMs: options.timeoutMs ?? defaultLoginTimeoutMs,
      signal,
    })
    invite(options, request, listener, received)
    const { code, receivedAt, offered } = await received
    const tokens = await exchangeCode({
      application: options.application,
      code,
      // Of a pasted code nobody knows how old it is, or where it comes from.
      codeReceivedAt: offered ? undefined : receivedAt,
      codeIsFresh: !offered,
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

/** Shows the URL, starts the browser and offers to paste, without waiting for any of it. */
function invite(
  options: AuthorizeWithLoopbackOptions,
  request: AuthorizationRequest,
  listener: CallbackListener,
  received: ReturnType<CallbackListener['receive']>,
): void {
  // If showing the URL fails, the wait is ended by the listener and nobody else looks at it.
  received.catch(() => {})
  options.onUrl?.(request.url, request)
  if (options.ask !== undefined) {
    offerPastedAnswers({ ...options, ask: options.ask, request, listener, received })
  }
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
