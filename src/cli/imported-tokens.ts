import { createTokenSet, type Scope, type TokenSet } from '../oauth/index.ts'
import { UsageError } from './errors.ts'

/**
 * Tokens that a person brings from elsewhere, as standard input holds them: a JSON object such as the token endpoint
 * answers with, or a refresh token alone. A text that only nearly is a token is refused before anything is stored.
 *
 * @throws {@link UsageError}, which never repeats what was given
 */
export function readImportedTokens(text: string, scope: Scope, now: number): TokenSet {
  const trimmed = text.trim()
  if (trimmed === '') {
    throw new UsageError(
      'Standard input holds no tokens.',
      'Pipe them in: a JSON object with accessToken and refreshToken, or a refresh token alone.',
    )
  }
  try {
    if (!trimmed.startsWith('{')) return seed(trimmed, scope)
    const members = JSON.parse(trimmed) as Readonly<Record<string, unknown>>
    const pick = (camel: string, snake: string): string | undefined => {
      const value = members[camel] ?? members[snake] ?? undefined
      if (value === undefined || typeof value === 'string') return value
      throw new TypeError('not a text')
    }
    const accessToken = pick('accessToken', 'access_token')
    const refreshToken = pick('refreshToken', 'refresh_token')
    if (accessToken === undefined) return seed(refreshToken ?? '', scope)
    const until = pick('expiresAt', 'expires_at')
    const expiresAt = until === undefined ? undefined : Date.parse(until)
    if (Number.isNaN(expiresAt)) throw new TypeError('not a moment')
    return createTokenSet({ accessToken, refreshToken, scope, obtainedAt: now, expiresAt })
  } catch {
    // What a parser complains about quotes what it was given.
    throw new UsageError(
      'Standard input holds something that cannot be tokens.',
      'Give a JSON object with accessToken, refreshToken and perhaps expiresAt as texts, or a refresh token alone: no quotes around it, no spaces or line breaks in it.',
    )
  }
}

/** Stored as a login that has expired, so that it is renewed like any other: whatever breaks off, it is not lost. */
export function seed(refreshToken: string, scope?: Scope): TokenSet {
  // No server has given the access token; it only stands where one has to stand.
  return createTokenSet({
    accessToken: 'none-yet',
    refreshToken,
    scope,
    obtainedAt: 0,
    expiresAt: 0,
  })
}
