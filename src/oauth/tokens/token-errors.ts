import { loginAgain, OAuthError, type OAuthErrorOptions, saying } from '../errors.ts'

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
  /**
   * `likely` when the server gave the answer it gives for everything, and nothing but the credentials can be at fault:
   * the code was fresh, unused and sent with the redirect URI it was made for.
   */
  readonly certainty: 'certain' | 'likely'

  constructor(certainty: 'certain' | 'likely', options: OAuthErrorOptions = {}) {
    const verb = certainty === 'certain' ? 'is' : 'is most likely'
    super({
      code: 'INVALID_CLIENT_CREDENTIALS',
      summary: `The client id or the client secret ${verb} wrong${withCode(options)}.`,
      kind: 'config',
      remedy:
        'Copy both again from https://openapi.ctrader.com/apps, without spaces around them, and start the login again. Saved tokens are not affected.',
      ...options,
      facts: { certainty, ...options.facts },
    })
    this.certainty = certainty
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
