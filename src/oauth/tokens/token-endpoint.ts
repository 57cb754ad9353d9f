import { type Clock, systemClock } from '../../async/clock.ts'
import { sleep } from '../../async/sleep.ts'
import { type Logger, silentLogger } from '../../log.ts'
import { type Secret, toSecret } from '../../secret.ts'
import {
  type CheckedApplication,
  type OAuthApplication,
  requireApplication,
} from '../application/application.ts'
import { parseRedirectUri } from '../application/redirect-uri-syntax.ts'
import { requireScope, type Scope } from '../application/scope.ts'
import type { OAuthPhase } from '../errors.ts'
import { parseTokenBody, tokensOfBody } from './token-answer.ts'
import { RefreshOutcomeUnknownError, TokenEndpointUnreachableError } from './token-errors.ts'
import { isOutcomeUnknown } from './token-outcome.ts'
import { refusalOf } from './token-refusal.ts'
import {
  sendTokenRequest,
  type TokenAnswer,
  type TokenGrant,
  type TokenTransport,
} from './token-request.ts'
import type { TokenSet } from './token-set.ts'

/** What both requests to the token endpoint take. */
export interface TokenEndpointOptions extends TokenTransport {
  readonly application: OAuthApplication
  readonly logger?: Logger | undefined
}

export interface ExchangeCodeOptions extends TokenEndpointOptions {
  readonly code: string | Secret
  /** The one the login was started with, byte for byte. */
  readonly redirectUri: string
  /** What was asked for; it becomes part of the tokens, because the server does not repeat it. */
  readonly scope: Scope
  /** When the code arrived, in milliseconds since 1970; tells an expired code from a wrong one. */
  readonly codeReceivedAt?: number | undefined
  /**
   * Whether the code came to this process straight from the consent page and is sent for the first time; then a refusal
   * that names no cause is put down to the credentials. Leave it out for a code that a person pasted. @default false
   */
  readonly codeIsFresh?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RefreshTokensOptions extends TokenEndpointOptions {
  readonly refreshToken: string | Secret
  /** The scope of the grant, to be carried over. */
  readonly scope?: Scope | undefined
  /**
   * Receives the raw answer before it is read, and is awaited: the place to make it durable, because the old refresh
   * token is spent by now. For the same reason its failure is logged and does not keep the new tokens back.
   */
  readonly onAnswer?: ((answer: TokenAnswer) => void | Promise<void>) | undefined
  /** Looked at only before sending: a refresh under way cannot be taken back, so that it is never abandoned. */
  readonly signal?: AbortSignal | undefined
}

/** Tokens that replaced others. */
export interface RefreshedTokens extends TokenSet {
  /**
   * Set when the server did not give a new refresh token as it should: it gave none (then the old one is kept), or the
   * same one.
   */
  readonly rotationAnomaly: 'missing' | 'same' | undefined
}

/** A pause before each further try of a request that provably never left. */
const unsentPausesMs = [200, 800]
const codeLifetimeMs = 60_000

/**
 * Trades an authorization code for tokens. A code is sent once: it is tried again, twice at most, only when no
 * connection came about at all.
 *
 * @throws InvalidAuthorizationCodeError, InvalidClientCredentialsError, ApplicationInactiveError,
 *   InvalidRedirectUriError, or TokenRequestRefusedError with the server's code for any other refusal.
 * @throws TokenEndpointUnreachableError, TokenEndpointUnavailableError, TokenRateLimitedError or
 *   TokenResponseMalformedError when there was no usable answer. An aborted signal throws its reason.
 * @see RFC 6749 section 4.1.3
 */
export async function exchangeCode(options: ExchangeCodeOptions): Promise<TokenSet> {
  const application = requireApplication(options.application)
  const scope = requireScope(options.scope)
  const { redirectUri, signal, codeReceivedAt, clock = systemClock } = options
  parseRedirectUri(redirectUri)
  const grant: TokenGrant = {
    grantType: 'authorization_code',
    code: toSecret(options.code),
    redirectUri,
  }
  const answer = await sendUnlessUnsent(application, grant, options, clock, signal)
  const codeAgeMs =
    codeReceivedAt === undefined ? undefined : Math.max(0, answer.sentAt - codeReceivedAt)
  return processTokenAnswer(answer, { ...options, application, grant, scope, codeAgeMs })
}

/**
 * Replaces a pair of tokens, in a single attempt. Save the result before using it: both old tokens are dead.
 *
 * @throws RefreshTokenRefusedError when the refresh token was used, revoked or replaced.
 * @throws RefreshOutcomeUnknownError when the request may have been acted on and no usable answer arrived.
 * @throws TokenEndpointUnreachableError, TokenEndpointUnavailableError, TokenRateLimitedError when nothing happened;
 *   and the other errors of {@link exchangeCode}.
 * @see RFC 6749 section 6
 */
export async function refreshTokens(options: RefreshTokensOptions): Promise<RefreshedTokens> {
  const application = requireApplication(options.application)
  const scope = options.scope === undefined ? undefined : requireScope(options.scope)
  const old = toSecret(options.refreshToken)
  const grant: TokenGrant = { grantType: 'refresh_token', refreshToken: old }
  options.signal?.throwIfAborted()
  let tokens: TokenSet
  try {
    const answer = await sendTokenRequest(application, grant, options)
    await keepAnswer(answer, options)
    tokens = await processTokenAnswer(answer, { ...options, application, grant, scope })
  } catch (error) {
    throw isOutcomeUnknown(error) ? new RefreshOutcomeUnknownError(error) : error
  }
  const { refreshToken } = tokens
  const rotationAnomaly =
    refreshToken === undefined ? 'missing' : refreshToken.equals(old) ? 'same' : undefined
  if (rotationAnomaly !== undefined) {
    const logger = options.logger ?? silentLogger
    logger.warn(
      { rotationAnomaly },
      'The refresh gave no new refresh token; the grant may not be refreshable again.',
    )
  }
  return { ...tokens, refreshToken: refreshToken ?? old, rotationAnomaly }
}

/** What {@link processTokenAnswer} needs to know about the request. */
export interface ProcessTokenAnswerOptions {
  readonly application: OAuthApplication
  readonly grant: TokenGrant
  readonly scope: Scope | undefined
  readonly codeAgeMs?: number | undefined
  readonly codeIsFresh?: boolean | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
}

/**
 * Reads a raw answer: tokens, or the error it stands for, thrown. Needs no network, so that an answer stored by a
 * process that crashed can be read by the next one.
 */
export async function processTokenAnswer(
  answer: TokenAnswer,
  options: ProcessTokenAnswerOptions,
): Promise<TokenSet> {
  const {
    grant,
    scope,
    codeAgeMs,
    codeIsFresh = false,
    clock = systemClock,
    logger = silentLogger,
  } = options
  const application = requireApplication(options.application)
  const body = parseTokenBody(answer)
  const now = clock.now()
  const refusal = await refusalOf(answer, body, { application, grant, codeAgeMs, codeIsFresh, now })
  if (refusal !== undefined) throw refusal
  const phase: OAuthPhase = grant.grantType === 'refresh_token' ? 'refresh' : 'exchange'
  return tokensOfBody(body ?? {}, answer, { phase, scope, logger })
}

async function keepAnswer(answer: TokenAnswer, options: RefreshTokensOptions): Promise<void> {
  try {
    await options.onAnswer?.(answer)
  } catch (error) {
    const logger = options.logger ?? silentLogger
    const reason = error instanceof Error ? error.name : typeof error
    logger.error(
      { reason },
      'The raw answer of a refresh could not be kept; the new tokens are only in memory.',
    )
  }
}

async function sendUnlessUnsent(
  application: CheckedApplication,
  grant: TokenGrant,
  options: ExchangeCodeOptions,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<TokenAnswer> {
  for (const pause of unsentPausesMs) {
    try {
      return await sendTokenRequest(application, grant, options, signal)
    } catch (error) {
      const again = error instanceof TokenEndpointUnreachableError && error.retryable
      const late = clock.now() - (options.codeReceivedAt ?? clock.now()) > codeLifetimeMs
      if (!again || late) throw error
      await sleep(pause, clock, signal)
    }
  }
  return sendTokenRequest(application, grant, options, signal)
}
