import { CTraderError, type CTraderErrorOptions } from '../errors.ts'

/**
 * Who has to act on an OAuth error.
 *
 * - `user`: the person at the login page (declined, too slow)
 * - `config`: whoever configured the program (wrong secret, wrong redirect URI)
 * - `transient`: nobody; the same call may work later
 * - `terminal`: a person has to log in again
 * - `internal`: this package or the server broke the protocol
 */
export type OAuthErrorKind = 'user' | 'config' | 'transient' | 'terminal' | 'internal'

/** Where in the life of a grant an error arose. */
export type OAuthPhase = 'authorize' | 'callback' | 'exchange' | 'refresh' | 'store' | 'socket'

export interface OAuthErrorOptions extends CTraderErrorOptions {
  readonly phase?: OAuthPhase
  readonly kind?: OAuthErrorKind
  /** Whether the same call, unchanged, may succeed later. */
  readonly retryable?: boolean
  /** The server's own error code, as received. */
  readonly serverCode?: string | undefined
  /** The server's own words, freed of secrets and control characters, at most 300 characters. */
  readonly serverDescription?: string | undefined
  readonly httpStatus?: number | undefined
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

const loginAgain = 'Start the login again to get a new code.'
const guide = 'https://help.ctrader.com/open-api/account-authentication/'

/** Root of the errors of login, token exchange, refresh and token storage. */
export class OAuthError extends CTraderError {
  readonly kind: OAuthErrorKind
  readonly phase: OAuthPhase
  /** Whether the same call, unchanged, may succeed later. */
  readonly retryable: boolean
  /** The server's own error code, as received; unknown codes are kept. */
  readonly serverCode: string | undefined
  /** The server's own words, freed of secrets and control characters. */
  readonly serverDescription: string | undefined
  readonly httpStatus: number | undefined
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The official page about this part of the API. */
  readonly docsUrl: string = guide

  constructor(code: string, summary: string, options: OAuthErrorOptions = {}) {
    const { serverCode, serverDescription, httpStatus, retryAfterMs } = options
    const facts: Record<string, CTraderError['facts'][string]> = { ...options.facts }
    for (const [name, value] of Object.entries({
      serverCode,
      serverDescription,
      httpStatus,
      retryAfterMs,
    })) {
      if (value !== undefined) facts[name] = value
    }
    super(code, summary, { ...options, facts })
    this.kind = options.kind ?? 'internal'
    this.phase = options.phase ?? 'authorize'
    this.retryable = options.retryable ?? false
    this.serverCode = serverCode
    this.serverDescription = serverDescription
    this.httpStatus = httpStatus
    this.retryAfterMs = retryAfterMs
  }
}

/** An option of the login is not usable: endpoint, scope, client id, client secret, extra parameter. */
export class OAuthConfigurationError extends OAuthError {
  constructor(summary: string, options: OAuthErrorOptions = {}) {
    super('OAUTH_CONFIGURATION', summary, { kind: 'config', ...options })
  }
}

/** A redirect URI is malformed, not registered for the application, or was refused by the server. */
export class InvalidRedirectUriError extends OAuthError {
  constructor(summary: string, options: OAuthErrorOptions = {}) {
    super('INVALID_REDIRECT_URI', summary, {
      kind: 'config',
      remedy:
        'It must be identical, character for character (scheme, host, port, path, trailing slash), to a redirect URI registered for your application at https://openapi.ctrader.com/apps; the first entry there belongs to the Playground and must not be used.',
      ...options,
    })
  }
}

/** The person at the consent page, or the server, declined the request. */
export class AuthorizationDeniedError extends OAuthError {
  constructor(options: OAuthErrorOptions = {}) {
    const code = options.serverCode ?? 'access_denied'
    super(
      'AUTHORIZATION_DENIED',
      code === 'access_denied'
        ? 'Access was declined on the consent page, by you or by cTrader.'
        : `The authorization server ended the login with "${code}"${saying(options)}.`,
      {
        kind: 'user',
        phase: 'callback',
        remedy: 'Nothing was changed. Start the login again and allow access to go on.',
        ...options,
      },
    )
  }
}

/** A callback does not belong to the login that was started here. */
export class StateMismatchError extends OAuthError {
  constructor(found: 'mismatch' | 'absent', options: OAuthErrorOptions = {}) {
    super(
      'STATE_MISMATCH',
      found === 'absent'
        ? 'The callback carried no state although this login demands one.'
        : 'The callback carried the state of another login.',
      {
        kind: 'user',
        phase: 'callback',
        remedy:
          'The callback was ignored, because someone else may have made it. Open the newest login link, in one browser only.',
        ...options,
        facts: { state: found, ...options.facts },
      },
    )
  }
}

/** A callback cannot be read: parameters repeated, contradicting, empty or of forbidden characters. */
export class MalformedCallbackError extends OAuthError {
  constructor(problem: string, options: OAuthErrorOptions = {}) {
    super('MALFORMED_CALLBACK', `The callback of the login cannot be used: ${problem}.`, {
      kind: 'user',
      phase: 'callback',
      remedy: loginAgain,
      ...options,
    })
  }
}

/** No registered loopback redirect URI could be listened on. */
export class CallbackPortInUseError extends OAuthError {
  constructor(
    attempts: readonly { readonly port: number; readonly reason: string }[],
    options: OAuthErrorOptions = {},
  ) {
    const ports = attempts.map((attempt) => attempt.port)
    const list = attempts.map((attempt) => `${attempt.port} (${attempt.reason})`).join(', ')
    super('CALLBACK_PORT_IN_USE', `Cannot listen for the callback of the login on port ${list}.`, {
      kind: 'config',
      phase: 'callback',
      retryable: true,
      remedy:
        'Another login or program may be using it: end that one, or register a second loopback redirect URI with another port and list both, or paste the code by hand.',
      ...options,
      facts: { ports, reasons: attempts.map((attempt) => attempt.reason), ...options.facts },
    })
  }
}

/** Nobody came back from the login page in time. */
export class AuthorizationTimeoutError extends OAuthError {
  constructor(redirectUri: string, waitedMs: number, options: OAuthErrorOptions = {}) {
    super(
      'AUTHORIZATION_TIMEOUT',
      `No callback arrived at ${redirectUri} within ${Math.round(waitedMs / 1000)} s.`,
      {
        kind: 'user',
        phase: 'callback',
        retryable: true,
        remedy: `If the browser showed "Invalid redirect URI", register exactly ${redirectUri} for your application at https://openapi.ctrader.com/apps: cTrader shows that page and never calls back. A declined consent may not call back either. Then start the login again.`,
        ...options,
        facts: { redirectUri, waitedMs, ...options.facts },
      },
    )
  }
}

/** The callback listener was closed, or failed, while a login was waiting for it. */
export class CallbackListenerClosedError extends OAuthError {
  constructor(reason: string, options: OAuthErrorOptions = {}) {
    super(
      'CALLBACK_LISTENER_CLOSED',
      `The callback listener ended before the login did: ${reason}.`,
      {
        kind: 'internal',
        phase: 'callback',
        retryable: true,
        remedy: loginAgain,
        ...options,
      },
    )
  }
}

/**
 * The token endpoint answered with an error of its own. Subclasses tell the known cases apart; an unknown
 * `serverCode` arrives as this class.
 */
export class TokenRequestRefusedError extends OAuthError {
  constructor(
    options: OAuthErrorOptions & { readonly code?: string; readonly summary?: string } = {},
  ) {
    super(
      options.code ?? 'TOKEN_REQUEST_REFUSED',
      options.summary ?? `The token endpoint refused the request${withCode(options)}.`,
      {
        kind: 'terminal',
        phase: 'exchange',
        remedy: 'The code is not one this version knows; see the description of the server.',
        ...options,
      },
    )
  }
}

/** Why a code was refused, as far as it can be known from here. */
export type CodeRefusalReason = 'expired' | 'used' | 'invalid' | 'unknown'

/** The authorization code was refused. */
export class InvalidAuthorizationCodeError extends TokenRequestRefusedError {
  readonly reason: CodeRefusalReason

  constructor(
    reason: CodeRefusalReason,
    ageMs: number | undefined,
    options: OAuthErrorOptions = {},
  ) {
    const age = ageMs === undefined ? '' : ` ${Math.round(ageMs / 1000)} s after it arrived`
    const word = reason === 'unknown' ? '' : ` as ${reason}`
    super({
      code: 'INVALID_AUTHORIZATION_CODE',
      summary: `The authorization code was refused${word}${age}${withCode(options)}.`,
      remedy: `A code lives 60 seconds and works once. ${loginAgain} If that fails too, check that the redirect URI is the one the login was started with and that client id and secret belong together: the server may give the same answer for all of these.`,
      ...options,
      facts: { reason, ageMs: ageMs ?? null, ...options.facts },
    })
    this.reason = reason
  }
}

/** The client id or the client secret is wrong. */
export class InvalidClientCredentialsError extends TokenRequestRefusedError {
  constructor(options: OAuthErrorOptions = {}) {
    super({
      code: 'INVALID_CLIENT_CREDENTIALS',
      summary: `The client id or the client secret is wrong${withCode(options)}.`,
      kind: 'config',
      remedy:
        'Copy both again from https://openapi.ctrader.com/apps, without spaces around them. Saved tokens are not affected.',
      ...options,
    })
  }
}

/** The credentials are right, but the application is not (or no longer) approved. */
export class ApplicationInactiveError extends TokenRequestRefusedError {
  constructor(options: OAuthErrorOptions = {}) {
    super({
      code: 'APPLICATION_INACTIVE',
      summary: `The application is not active${withCode(options)}.`,
      kind: 'config',
      remedy:
        'Client id and secret are not the problem: the application awaits approval or was suspended. See its status at https://openapi.ctrader.com/apps; approval can take some working days.',
      ...options,
    })
  }
}

/** The refresh token was refused: it was used before, revoked, or replaced by a newer login. */
export class RefreshTokenRefusedError extends TokenRequestRefusedError {
  constructor(options: OAuthErrorOptions = {}) {
    super({
      code: 'REFRESH_TOKEN_REFUSED',
      summary: `The refresh token was refused${withCode(options)}.`,
      phase: 'refresh',
      remedy:
        'It works once, so most often another program or a newer login has used or replaced it: load the tokens saved last, or log in again.',
      ...options,
    })
  }
}

/** The access token has expired or was invalidated. */
export class AccessTokenExpiredError extends OAuthError {
  constructor(
    details: { readonly expiresAt?: number | undefined; readonly refreshable: boolean },
    options: OAuthErrorOptions = {},
  ) {
    const { expiresAt, refreshable } = details
    const when = expiresAt === undefined ? '' : ` on ${new Date(expiresAt).toISOString()}`
    super('ACCESS_TOKEN_EXPIRED', `The access token expired or was invalidated${when}.`, {
      kind: 'terminal',
      phase: 'socket',
      remedy: refreshable
        ? 'A refresh token is at hand: refresh, authorise the accounts again with the new access token, then repeat the call.'
        : 'There is no refresh token: log in again.',
      ...options,
      facts: { expiresAt: expiresAt ?? null, refreshable, ...options.facts },
    })
  }
}

/**
 * Whether the server can have acted on a request that got no answer: `not-sent` means it provably cannot,
 * `unknown` that it may have.
 */
export type RequestOutcome = 'not-sent' | 'unknown'

/** The token endpoint gave no complete answer: no connection, connection lost, or too slow. */
export class TokenEndpointUnreachableError extends OAuthError {
  readonly outcome: RequestOutcome

  constructor(
    summary: string,
    details: { readonly outcome: RequestOutcome; readonly reason: string },
    options: OAuthErrorOptions = {},
  ) {
    super('TOKEN_ENDPOINT_UNREACHABLE', summary, {
      kind: 'transient',
      phase: 'exchange',
      retryable: details.outcome === 'not-sent',
      ...options,
      facts: { outcome: details.outcome, reason: details.reason, ...options.facts },
    })
    this.outcome = details.outcome
  }
}

/** The token endpoint answered that it cannot serve now: HTTP 5xx, 408, 425, maintenance. */
export class TokenEndpointUnavailableError extends OAuthError {
  constructor(summary: string, options: OAuthErrorOptions = {}) {
    super('TOKEN_ENDPOINT_UNAVAILABLE', summary, {
      kind: 'transient',
      phase: 'exchange',
      retryable: true,
      remedy: 'Wait a little and try again; saved tokens are kept.',
      ...options,
    })
  }
}

/** The token endpoint is called too often. */
export class TokenRateLimitedError extends OAuthError {
  constructor(options: OAuthErrorOptions = {}) {
    const wait = options.retryAfterMs
    super('TOKEN_RATE_LIMITED', `The token endpoint is called too often${withCode(options)}.`, {
      kind: 'transient',
      phase: 'exchange',
      retryable: true,
      remedy: `Wait ${wait === undefined ? 'some minutes' : `${Math.ceil(wait / 1000)} s`} before the next try; saved tokens are kept.`,
      ...options,
    })
  }
}

/** What is wrong with an answer of the token endpoint. */
export type TokenAnswerProblem =
  | 'not-json'
  | 'html'
  | 'empty'
  | 'too-big'
  | 'redirect'
  | 'status'
  | 'fields'
  | 'conflict'

/** The token endpoint answered with something that is neither tokens nor an error it documents. */
export class TokenResponseMalformedError extends OAuthError {
  readonly problem: TokenAnswerProblem

  constructor(problem: TokenAnswerProblem, summary: string, options: OAuthErrorOptions = {}) {
    super('TOKEN_RESPONSE_MALFORMED', summary, {
      kind: 'internal',
      phase: 'exchange',
      remedy: `Check the token URL and the form of the request. ${loginAgain}`,
      ...options,
      facts: { problem, ...options.facts },
    })
    this.problem = problem
  }
}

/**
 * A refresh was sent and its answer was lost or unreadable. The server may have replaced the pair: the old
 * refresh token must be treated as possibly spent. `cause` says what happened.
 */
export class RefreshOutcomeUnknownError extends OAuthError {
  constructor(cause: OAuthError, options: OAuthErrorOptions = {}) {
    super('REFRESH_OUTCOME_UNKNOWN', 'A refresh was sent but its answer was not received.', {
      kind: 'transient',
      phase: 'refresh',
      remedy:
        'The refresh token may be spent; nothing was deleted. Keep using the access token while the server accepts it, load the tokens saved last, and try the same refresh token once more after a pause; if that is refused, log in again.',
      httpStatus: cause.httpStatus,
      ...options,
      cause,
    })
  }
}

function withCode(options: OAuthErrorOptions): string {
  const code = options.serverCode === undefined ? '' : ` (${options.serverCode})`
  return `${code}${saying(options)}`
}

function saying(options: OAuthErrorOptions): string {
  return options.serverDescription === undefined ? '' : `, saying "${options.serverDescription}"`
}
