import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Refusal, RefusalReason, TokenPair } from '../identity/index.ts'
import type { AuthBehaviour } from './auth-behaviour.ts'
import { refusalPage } from './pages/refusal-page.ts'

/** A request that was not one. */
export interface Failure {
  readonly errorCode: string
  readonly description: string
  /** What the standard calls it. */
  readonly standard: 'invalid_request' | 'unsupported_grant_type' | 'invalid_client'
}

export type TokenOutcome = TokenPair | Refusal | Failure

export function invalidRequest(
  description: string,
  standard: Failure['standard'] = 'invalid_request',
): Failure {
  return { errorCode: 'INVALID_REQUEST', description, standard }
}

export interface TokenAnswer {
  readonly status: ContentfulStatusCode
  readonly type: 'application/json' | 'text/html; charset=utf-8'
  readonly body: string
  /** Whether the client is to be told how to authenticate (RFC 6749, section 5.2). */
  readonly challenge: boolean
}

/**
 * The answer that says what came of a token request, as the switches want it.
 *
 * @param refresh whether it was a refresh, the one request whose answer may come without a refresh token
 */
export function tokenAnswer(
  outcome: TokenOutcome,
  behaviour: AuthBehaviour,
  refresh: boolean,
): TokenAnswer {
  if ('accessToken' in outcome) {
    const omit = refresh && behaviour.refreshRotation === 'omit'
    const body = JSON.stringify(success(outcome, behaviour, omit))
    return { status: 200, type: 'application/json', body, challenge: false }
  }
  const { errorCode, description, standard } = failureOf(outcome, behaviour)
  const strict = behaviour.failureStatus === 'rfc6749'
  const challenge = strict && standard === 'invalid_client'
  const status = strict ? (challenge ? 401 : 400) : (behaviour.failureStatus as 200 | 400 | 401)
  if (behaviour.errorStyle === 'html') {
    const body = refusalPage(description)
    return { status, type: 'text/html; charset=utf-8', body, challenge }
  }
  const own = { errorCode, description }
  const standards = { error: standard, error_description: description }
  const body = { ctrader: own, rfc6749: standards, both: { ...own, ...standards } }
  return {
    ...{ status, challenge },
    type: 'application/json',
    body: JSON.stringify(body[behaviour.errorStyle]),
  }
}

function failureOf(outcome: Refusal | Failure, { errorCodes }: AuthBehaviour) {
  if (!isRefused(outcome)) return outcome
  const { reason, refused, description } = outcome
  const text = errorCodes[reason]
  return {
    errorCode: text?.errorCode ?? refused,
    description: text?.description ?? description,
    standard: standardCode(reason),
  }
}

function isRefused(outcome: Refusal | Failure): outcome is Refusal {
  return 'reason' in outcome
}

/** RFC 6749, section 5.2. */
function standardCode(reason: RefusalReason): string {
  if (reason === 'unknown-client' || reason === 'wrong-secret') return 'invalid_client'
  return reason === 'inactive-application' ? 'unauthorized_client' : 'invalid_grant'
}

/** Both spellings at once, in the order in which they were captured, or one of them. */
function success(
  pair: TokenPair,
  { fieldCase, successErrorFields }: AuthBehaviour,
  omitRefreshToken: boolean,
): Readonly<Record<string, unknown>> {
  const { accessToken, expiresIn, scope } = pair
  const refreshToken = omitRefreshToken ? undefined : pair.refreshToken
  const errors = {
    none: {},
    errorCode: { errorCode: null },
    'errorCode-description': { errorCode: null, description: null },
  }[successErrorFields]
  const camel = { accessToken, tokenType: 'bearer', expiresIn, refreshToken }
  const snake = { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn }
  if (fieldCase === 'camel') return { ...camel, ...errors }
  if (fieldCase === 'snake') return { ...snake, token_type: 'bearer', scope, ...errors }
  return { ...camel, ...errors, ...snake }
}
