import { createHash } from 'node:crypto'
import type { Secret } from '../../secret.ts'
import type { IssuedToken } from '../grant/access-token-source.ts'
import type { TokenRecord } from '../store/token-store.ts'
import { AccessTokenExpiredError } from '../tokens/token-errors.ts'

/** The token of a record. */
export function issued(record: TokenRecord): IssuedToken {
  return { accessToken: record.tokens.accessToken, generation: record.generation }
}

/** Whether a record is still that of a token someone saw. After a new login the number alone does not tell. */
export function isSame(record: TokenRecord, seen: IssuedToken): boolean {
  return record.generation === seen.generation && record.tokens.accessToken.equals(seen.accessToken)
}

/** @throws AccessTokenExpiredError when there is none. */
export function requireRefreshToken(record: TokenRecord): Secret {
  const { refreshToken, expiresAt } = record.tokens
  if (refreshToken !== undefined) return refreshToken
  throw new AccessTokenExpiredError({ expiresAt, refreshable: false }, { phase: 'refresh' })
}

/** The record with the note that its refresh token is about to be sent. */
export function withIntent(record: TokenRecord, startedAt: number, owner: string): TokenRecord {
  const refreshTokenDigest = digestOf(requireRefreshToken(record))
  return { ...record, intent: { startedAt, refreshTokenDigest, owner } }
}

/** The same without the answer that was kept. */
export function withoutAnswer(record: TokenRecord): TokenRecord {
  const { intent } = record
  return intent === undefined ? record : { ...record, intent: { ...intent, answer: undefined } }
}

/** Whether a pair was obtained with the refresh token of this record: its note says which one was spent for it. */
export function replaces(pair: TokenRecord, record: TokenRecord): boolean {
  const { refreshToken } = record.tokens
  return (
    refreshToken !== undefined &&
    pair.generation === record.generation + 1 &&
    pair.intent?.refreshTokenDigest === digestOf(refreshToken)
  )
}

function digestOf(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('hex')
}
