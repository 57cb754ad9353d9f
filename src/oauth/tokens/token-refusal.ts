import type { CheckedApplication } from '../application/application.ts'
import {
  InvalidRedirectUriError,
  type OAuthError,
  type OAuthErrorOptions,
  type OAuthPhase,
} from '../errors.ts'
import { cleanServerText, createScrubber } from '../server/server-text.ts'
import { errorOfTokenBody, type TokenBody } from './token-answer.ts'
import {
  ApplicationInactiveError,
  InvalidAuthorizationCodeError,
  InvalidClientCredentialsError,
  RefreshTokenRefusedError,
  TokenEndpointUnavailableError,
  TokenRateLimitedError,
  TokenRequestRefusedError,
  TokenResponseMalformedError,
} from './token-errors.ts'
import type { TokenAnswer, TokenGrant } from './token-request.ts'

/** The request an answer belongs to. */
export interface RefusalContext {
  readonly application: CheckedApplication
  readonly grant: TokenGrant
  /** How old the code was when it was sent, in milliseconds. */
  readonly codeAgeMs: number | undefined
  /** Whether the code came straight from the consent page and was sent for the first time. */
  readonly codeIsFresh: boolean
  /** The wall clock, for a Retry-After given as a date. */
  readonly now: number
}

const codeLifetimeMs = 60_000
const clientCodes = new Set(['INVALID_CLIENT', 'UNAUTHORIZED_CLIENT', 'CH_CLIENT_AUTH_FAILURE'])
const grantCodes = new Set([
  'ACCESS_DENIED',
  'INVALID_GRANT',
  'CH_ACCESS_TOKEN_INVALID',
  'OA_AUTH_TOKEN_EXPIRED',
])
const redirectCodes = new Set(['REDIRECT_URI_MISMATCH', 'INVALID_REDIRECT_URI'])
const limitCodes = new Set(['REQUEST_FREQUENCY_EXCEEDED', 'BLOCKED_PAYLOAD_TYPE'])
const pauseCodes = new Set(['SERVER_IS_UNDER_MAINTENANCE', 'TEMPORARILY_UNAVAILABLE'])

/**
 * The error an answer stands for, or undefined when it can be tokens. The body comes first: failures are met under
 * status 200 and errors with a code under any status.
 */
export async function refusalOf(
  answer: TokenAnswer,
  body: TokenBody | undefined,
  context: RefusalContext,
): Promise<OAuthError | undefined> {
  const announced = body === undefined ? undefined : errorOfTokenBody(body)
  if (announced !== undefined) return refused(announced, answer, context)
  const { status } = answer
  if (status >= 200 && status < 300 && body !== undefined) return undefined
  return unannounced(answer, context)
}

async function refused(
  announced: { readonly code: string; readonly description: string | undefined },
  answer: TokenAnswer,
  context: RefusalContext,
): Promise<OAuthError> {
  const { application, grant } = context
  const scrub = createScrubber(secretsOf(context))
  const serverCode = cleanServerText(announced.code, scrub, 100)
  const text = announced.description
  const serverDescription = text === undefined ? undefined : cleanServerText(text, scrub)
  const phase = phaseOf(grant)
  const options: OAuthErrorOptions = {
    phase,
    serverCode,
    serverDescription,
    httpStatus: answer.status,
    retryAfterMs: retryAfterMs(answer.retryAfter, context.now),
  }
  const code = serverCode.toUpperCase()
  const words = (serverDescription ?? '').toLowerCase()

  if (limitCodes.has(code) || answer.status === 429) return new TokenRateLimitedError(options)
  if (pauseCodes.has(code)) {
    return new TokenEndpointUnavailableError('The server is under maintenance.', options)
  }
  if (/not in (an )?active|not active|inactive/.test(words))
    return new ApplicationInactiveError(options)
  const blamesRedirect = /redirect.?uri/.test(words) && !/\bcode\b/.test(words)
  if (redirectCodes.has(code) || blamesRedirect) return redirectRefused(grant, options)
  if (clientCodes.has(code) || /\bclient.?(id|secret|credentials)\b/.test(words)) {
    return new InvalidClientCredentialsError('certain', {
      ...options,
      facts: await credentialFacts(application),
    })
  }
  if (grantCodes.has(code)) {
    if (grant.grantType === 'refresh_token') return new RefreshTokenRefusedError(options)
    const late = context.codeAgeMs !== undefined && context.codeAgeMs > codeLifetimeMs
    // cTrader gives this one answer for everything; with the code above suspicion, the credentials remain.
    if (code === 'ACCESS_DENIED' && context.codeIsFresh && !late) {
      const facts = await credentialFacts(application)
      return new InvalidClientCredentialsError('likely', { ...options, facts })
    }
    return new InvalidAuthorizationCodeError(
      late ? 'expired' : 'unknown',
      context.codeAgeMs,
      options,
    )
  }
  const transient = answer.status >= 500
  return new TokenRequestRefusedError({ ...options, kind: transient ? 'transient' : 'terminal' })
}

function redirectRefused(grant: TokenGrant, options: OAuthErrorOptions): OAuthError {
  if (grant.grantType === 'refresh_token') return new TokenRequestRefusedError(options)
  return new InvalidRedirectUriError(
    `The token endpoint refused the redirect URI "${grant.redirectUri}" (${options.serverCode}).`,
    { ...options, facts: { redirectUri: grant.redirectUri } },
  )
}

/** An answer without an error of its own that cannot be tokens either. */
function unannounced(answer: TokenAnswer, context: RefusalContext): OAuthError {
  const { status } = answer
  const phase = phaseOf(context.grant)
  const wait = retryAfterMs(answer.retryAfter, context.now)
  const title = titleOf(answer, context)
  const facts = { contentType: printable(answer.contentType), bytes: answer.bytes, title }
  const options: OAuthErrorOptions = { phase, httpStatus: status, retryAfterMs: wait, facts }
  const seen = `${printable(answer.contentType) || 'no content type'}, ${answer.bytes} bytes${title === undefined ? '' : `, titled "${title}"`}`

  if (status === 0 || (status >= 300 && status < 400)) {
    const target = answer.redirectHost === undefined ? '' : ` to ${printable(answer.redirectHost)}`
    return new TokenResponseMalformedError(
      'redirect',
      `The token endpoint answered with a redirect (${status})${target}, which is not followed because the request carries secrets.`,
      {
        ...options,
        kind: 'config',
        remedy: 'Set the token URL to the address that answers itself.',
      },
    )
  }
  if (status === 429) return new TokenRateLimitedError(options)
  if (status >= 500 || status === 408 || status === 425) {
    return new TokenEndpointUnavailableError(
      `The token endpoint cannot serve now: it answered ${status} (${seen}).`,
      options,
    )
  }
  if (status < 200 || status >= 400) {
    return new TokenResponseMalformedError(
      'status',
      `The token endpoint answered ${status} without an error code (${seen}).`,
      {
        ...options,
        kind: 'config',
        remedy:
          'Check the token URL, and whether the server wants the request in another form ("get-query", "post-form" or "post-query").',
      },
    )
  }
  if (answer.tooBig) {
    return new TokenResponseMalformedError(
      'too-big',
      'The answer of the token endpoint is longer than 65536 bytes.',
      options,
    )
  }
  if (answer.body === undefined) {
    return new TokenResponseMalformedError(
      'empty',
      'The answer of the token endpoint is empty.',
      options,
    )
  }
  return new TokenResponseMalformedError(
    isHtml(answer) ? 'html' : 'not-json',
    `The answer of the token endpoint is not a JSON object (${seen}).`,
    options,
  )
}

function phaseOf(grant: TokenGrant): OAuthPhase {
  return grant.grantType === 'refresh_token' ? 'refresh' : 'exchange'
}

function secretsOf({ application, grant }: RefusalContext): Parameters<typeof createScrubber>[0] {
  const own = grant.grantType === 'refresh_token' ? grant.refreshToken : grant.code
  return [application.clientSecret, own]
}

async function credentialFacts(
  application: CheckedApplication,
): Promise<Record<string, string | number>> {
  const value = application.clientSecret.reveal()
  const digest = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value)),
  )
  return {
    clientIdFrom: application.sources.clientId,
    clientSecretFrom: application.sources.clientSecret,
    clientIdLength: application.clientId.length,
    clientSecretLength: value.length,
    clientSecretFingerprint: Array.from(digest.subarray(0, 4), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join(''),
  }
}

/** RFC 9110 section 10.2.3: seconds or a date. */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isFinite(at) ? Math.max(0, at - now) : undefined
}

function isHtml(answer: TokenAnswer): boolean {
  return (
    /html/i.test(answer.contentType) || /^\s*<(!doctype|html)/i.test(answer.body?.reveal() ?? '')
  )
}

function titleOf(answer: TokenAnswer, context: RefusalContext): string | undefined {
  const found = isHtml(answer)
    ? /<title[^>]*>([^<]{1,500})/i.exec(answer.body?.reveal() ?? '')
    : null
  const title = found?.[1]
  return title === undefined
    ? undefined
    : cleanServerText(title, createScrubber(secretsOf(context)), 100)
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
}
