import { type Clock, systemClock } from '../../async/clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { type Secret, toSecret } from '../../secret.ts'
import { requireScope, type Scope } from '../application/scope.ts'

/** An access token and what belongs to it. The pair is one thing: store and replace it as a whole. */
export interface TokenSet {
  readonly accessToken: Secret
  /** Works once. Absent when the server gave none: then the grant ends with the access token. */
  readonly refreshToken: Secret | undefined
  readonly tokenType: 'bearer'
  /** What was asked for at the login; the server does not repeat it. Undefined when that is not known any more. */
  readonly scope: Scope | undefined
  /** When the request for it was sent, in milliseconds since 1970. */
  readonly obtainedAt: number
  /** When the access token ends, in milliseconds since 1970; undefined when the server gave no usable lifetime. */
  readonly expiresAt: number | undefined
}

/** Tokens that came from elsewhere: a variable, a file, a Playground page. */
export interface TokenSetInput {
  readonly accessToken: string | Secret
  readonly refreshToken?: string | Secret | undefined
  readonly scope?: Scope | undefined
  /** Milliseconds since 1970. @default now */
  readonly obtainedAt?: number | undefined
  /** Milliseconds since 1970. @default unknown */
  readonly expiresAt?: number | undefined
}

/**
 * Wraps tokens that came from elsewhere.
 *
 * @throws InvalidArgumentError for a text that cannot be a token, such as one with a space or a line break in it.
 */
export function createTokenSet(input: TokenSetInput, clock: Clock = systemClock): TokenSet {
  const { accessToken, refreshToken, scope, expiresAt } = input
  return {
    accessToken: requireToken('access token', accessToken),
    refreshToken:
      refreshToken === undefined ? undefined : requireToken('refresh token', refreshToken),
    tokenType: 'bearer',
    scope: scope === undefined ? undefined : requireScope(scope),
    obtainedAt: input.obtainedAt ?? clock.now(),
    expiresAt,
  }
}

/** Whether a text can be a token: 1 to 4096 printable ASCII characters without a space. RFC 6750 section 2.1. */
export function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,4096}$/.test(value)
}

function requireToken(name: string, value: string | Secret): Secret {
  const text = typeof value === 'string' ? value : value.reveal()
  if (isTokenText(text)) return toSecret(value)
  throw new InvalidArgumentError(`The ${name} is empty or contains characters that no token has.`, {
    remedy: 'Copy it again, without quotes, spaces or line breaks.',
  })
}
