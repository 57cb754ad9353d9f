import { InvalidArgumentError } from '../errors.ts'
import type { TokenSet } from './token-set.ts'

/**
 * Names one grant. cTrader keeps one per application and cTID, over all its trading accounts; a refresh through any of
 * them spends the token of all.
 */
export type GrantKey = {
  /** Origin of the authorization server. @default 'https://openapi.ctrader.com' */
  readonly issuer?: string | undefined
  readonly clientId: string
} & (
  | { readonly userId: number; readonly profile?: undefined }
  /** A name of your own, for when the cTID is not known yet. */
  | { readonly profile: string; readonly userId?: undefined }
)

/** What is stored of a grant: always the whole pair, in one piece. */
export interface TokenRecord {
  readonly key: GrantKey
  /** Counts the pairs this grant has had, from 1. Every rotation is one higher. */
  readonly generation: number
  readonly tokens: TokenSet
  /** The cTID the tokens belong to, once it is known. */
  readonly userId: number | undefined
  /** `dead` when the server refused the refresh token for good; the tokens are kept for the diagnosis. */
  readonly status: 'live' | 'dead'
  /** A refresh that was begun with these tokens; found after a crash, it says that they may be spent. */
  readonly intent: RefreshIntent | undefined
}

/** Written before a refresh token is sent. */
export interface RefreshIntent {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** SHA-256 of the refresh token that is sent, in hexadecimal. */
  readonly refreshTokenDigest: string
}

/**
 * A place for tokens. Each record is read and written as a whole: a reader sees the old one or the new one, never a
 * mixture, and a failed write changes nothing.
 */
export interface TokenStore {
  /** The record, or undefined when nothing is stored. Damaged storage is an error, never undefined. */
  load(key: GrantKey): Promise<TokenRecord | undefined>
  /**
   * Writes the record, durably, if the stored one is of the expected generation; 0 means that none is stored.
   *
   * @throws TokenStoreConflictError when it is of another one.
   */
  save(record: TokenRecord, expectedGeneration: number): Promise<void>
  /** Forgets the record and every trace of it. Says whether there was one. */
  delete(key: GrantKey): Promise<boolean>
  /** The keys of all stored records, in no particular order. */
  list(): Promise<readonly GrantKey[]>
}

const defaultIssuer = 'https://openapi.ctrader.com'

/**
 * The one text that stands for a key, the same for equal keys and different for different ones.
 *
 * @throws InvalidArgumentError for an unusable client id, cTID user id or profile name.
 */
export function formatGrantKey(key: GrantKey): string {
  const { issuer = defaultIssuer, clientId, userId, profile } = key
  if (clientId === '') throw new InvalidArgumentError('A grant key needs a client id.')
  if ((userId === undefined) === (profile === undefined)) {
    throw new InvalidArgumentError('A grant key needs either a cTID user id or a profile name.')
  }
  if (userId !== undefined && !(Number.isSafeInteger(userId) && userId > 0)) {
    throw new InvalidArgumentError('A cTID user id is a positive integer.')
  }
  if (profile !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(profile)) {
    throw new InvalidArgumentError(
      'A profile name has 1 to 64 letters, digits, dots, hyphens or underscores.',
      {
        facts: { profile: profile.slice(0, 64) },
      },
    )
  }
  return JSON.stringify([
    issuer,
    clientId,
    userId === undefined ? `profile:${profile}` : `user:${userId}`,
  ])
}

/** @throws InvalidArgumentError unless a record may follow the expected generation. */
export function requireSuccession(record: TokenRecord, expectedGeneration: number): void {
  const { generation } = record
  // The same generation again: an intent or a status was added to it.
  const follows = generation === expectedGeneration || generation === expectedGeneration + 1
  if (Number.isSafeInteger(generation) && generation >= 1 && follows) return
  throw new InvalidArgumentError(
    `A record of generation ${generation} cannot follow one of generation ${expectedGeneration}.`,
    {
      facts: { generation, expectedGeneration },
      remedy: 'Count up by one for a new pair of tokens.',
    },
  )
}
