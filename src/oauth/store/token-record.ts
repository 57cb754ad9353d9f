import { Secret } from '../../secret.ts'
import type { TokenAnswer } from '../tokens/token-request.ts'
import { createTokenSet } from '../tokens/token-set.ts'
import {
  formatGrantKey,
  type GrantKey,
  type RefreshIntent,
  type TokenRecord,
} from './token-store.ts'
import { type CorruptionReason, TokenStoreCorruptError } from './token-store-errors.ts'

type Members = Readonly<Record<string, unknown>>

const version = 1

/** A record as text. It contains the tokens in the clear: encrypt it or keep it where only its owner can read. */
export function encodeTokenRecord(record: TokenRecord): string {
  const { key, tokens, generation, userId, status, intent } = record
  return `${JSON.stringify({
    version,
    key: { issuer: key.issuer, clientId: key.clientId, userId: key.userId, profile: key.profile },
    generation,
    status,
    userId,
    scope: tokens.scope,
    accessToken: tokens.accessToken.reveal(),
    refreshToken: tokens.refreshToken?.reveal(),
    obtainedAt: tokens.obtainedAt,
    expiresAt: tokens.expiresAt,
    intent: intent === undefined ? undefined : plainIntent(intent),
  })}\n`
}

function plainIntent(intent: RefreshIntent): Members {
  const { answer } = intent
  return {
    ...intent,
    answer: answer === undefined ? undefined : { ...answer, body: answer.body?.reveal() },
  }
}

/**
 * Reads the text of {@link encodeTokenRecord}. With a key, the record must be of that grant.
 *
 * @throws TokenStoreCorruptError for anything else; no part of the text is in the error.
 */
export function decodeTokenRecord(text: string, location: string, key?: GrantKey): TokenRecord {
  const corrupt = (reason: CorruptionReason): TokenStoreCorruptError =>
    new TokenStoreCorruptError(reason, location)
  const members = parse(text)
  if (members === undefined) throw corrupt('unreadable')
  if (members['version'] !== version) {
    throw corrupt(Number.isSafeInteger(members['version']) ? 'unknown-version' : 'unreadable')
  }
  const record = recordOf(members)
  if (record === undefined) throw corrupt('invalid-fields')
  if (key !== undefined && formatGrantKey(record.key) !== formatGrantKey(key))
    throw corrupt('wrong-owner')
  return record
}

function parse(text: string): Members | undefined {
  try {
    return membersOf(JSON.parse(text))
  } catch {
    // The complaint of the parser quotes the text, which holds tokens.
    return undefined
  }
}

function recordOf(members: Members): TokenRecord | undefined {
  try {
    const key = keyOf(membersOf(members['key']))
    const { generation, status, userId, scope, accessToken, refreshToken, obtainedAt, expiresAt } =
      members
    const intent =
      members['intent'] === undefined ? undefined : intentOf(membersOf(members['intent']))
    if (key === undefined || (members['intent'] !== undefined && intent === undefined))
      return undefined
    // Throws for a name that could never have been written.
    formatGrantKey(key)
    if (!(isCount(generation) && isMoment(obtainedAt))) return undefined
    if (status !== 'live' && status !== 'dead') return undefined
    if (typeof accessToken !== 'string') return undefined
    if (refreshToken !== undefined && typeof refreshToken !== 'string') return undefined
    if (scope !== undefined && scope !== 'accounts' && scope !== 'trading') return undefined
    if (expiresAt !== undefined && !isMoment(expiresAt)) return undefined
    if (userId !== undefined && !isCount(userId)) return undefined
    const tokens = createTokenSet({ accessToken, refreshToken, scope, obtainedAt, expiresAt })
    return { key, generation, tokens, userId, status, intent }
  } catch {
    return undefined
  }
}

function keyOf(members: Members | undefined): GrantKey | undefined {
  const { issuer, clientId, userId, profile } = members ?? {}
  if (typeof clientId !== 'string' || (issuer !== undefined && typeof issuer !== 'string'))
    return undefined
  if (typeof userId === 'number' && profile === undefined) return { issuer, clientId, userId }
  if (typeof profile === 'string' && userId === undefined) return { issuer, clientId, profile }
  return undefined
}

function intentOf(members: Members | undefined): RefreshIntent | undefined {
  const { startedAt, refreshTokenDigest, owner, replays } = members ?? {}
  if (!isMoment(startedAt) || typeof refreshTokenDigest !== 'string') return undefined
  if (owner !== undefined && typeof owner !== 'string') return undefined
  if (replays !== undefined && !isCount(replays)) return undefined
  if (members?.['answer'] === undefined) return { startedAt, refreshTokenDigest, owner, replays }
  const answer = answerOf(membersOf(members['answer']))
  return answer && { startedAt, refreshTokenDigest, owner, replays, answer }
}

function answerOf(members: Members | undefined): TokenAnswer | undefined {
  const { status, contentType, redirectHost, retryAfter, sentAt, bytes, tooBig, body } =
    members ?? {}
  if (!isMoment(status) || !isMoment(bytes) || !isMoment(sentAt)) return undefined
  if (typeof contentType !== 'string' || typeof tooBig !== 'boolean') return undefined
  if (redirectHost !== undefined && typeof redirectHost !== 'string') return undefined
  if (retryAfter !== undefined && typeof retryAfter !== 'string') return undefined
  if (body !== undefined && (typeof body !== 'string' || body === '')) return undefined
  return {
    status,
    contentType,
    redirectHost,
    retryAfter,
    sentAt,
    bytes,
    tooBig,
    body: body === undefined ? undefined : new Secret(body),
  }
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : undefined
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
