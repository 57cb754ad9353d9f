import { InvalidArgumentError } from '../../errors.ts'
import type { TokenAnswer } from '../tokens/token-request.ts'
import type { TokenSet } from '../tokens/token-set.ts'
import type { SharedGrants } from './shared-grants.ts'

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
  /** Who began it, as host and process, for a person who looks for the program. */
  readonly owner?: string | undefined
  /** How often the same token was sent again because no answer had come. */
  readonly replays?: number | undefined
  /** The server's answer as it came, kept before anybody tried to read it. It holds the new tokens. */
  readonly answer?: TokenAnswer | undefined
}

/** How to wait for a lock. */
export interface LockOptions {
  /** Who asks, for others to read: host and process, never a secret. */
  readonly owner: string
  /** How long to wait for whoever holds it, in milliseconds. @default 60_000 */
  readonly timeoutMs?: number | undefined
  /** Stops waiting. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The right to change a grant, held by one process at a time and kept up while it is held. It ends when it is released,
 * when its process dies, and at worst when the store cannot see any more that its process lives.
 */
export interface TokenStoreLock {
  readonly owner: string
  /** Higher for each holder than for those before: a store refuses what an earlier one notes on a record. */
  readonly fence: number
  /** Aborted when somebody else may hold it now. */
  readonly lost: AbortSignal
  /** Gives it back. Does not throw: a lock that cannot be given back ends by itself. */
  release(): Promise<void>
}

/**
 * A place for tokens. Each record is read and written as a whole: a reader sees the old one or the new one, never a
 * mixture, and a failed write changes nothing.
 *
 * Whoever holds the lock of a grant hands it to the other methods, because a store may have to use the same connection.
 */
export interface TokenStore {
  /** The record, or undefined when nothing is stored. Damaged storage is an error, never undefined. */
  load(key: GrantKey, lock?: TokenStoreLock): Promise<TokenRecord | undefined>
  /**
   * Writes the record, durably, if the stored one is of the expected generation; 0 means that none is stored. Comparing
   * and writing are one step, also between processes.
   *
   * A new pair (one generation higher) needs nothing else: it is written even when the lock was lost meanwhile, because
   * it cannot be got back. A note on the same generation (an intent, an answer, a status) made with a lock needs that
   * lock to be held still.
   *
   * @throws TokenStoreConflictError when the stored record is of another generation, TokenStoreLockLostError when a note
   *   comes from someone who does not hold the lock any more.
   */
  save(record: TokenRecord, expectedGeneration: number, lock?: TokenStoreLock): Promise<void>
  /** Forgets the record and every trace of it. Says whether there was one. */
  delete(key: GrantKey, lock?: TokenStoreLock): Promise<boolean>
  /** The keys of all stored records, in no particular order. */
  list(): Promise<readonly GrantKey[]>
  /**
   * Waits until nobody else has the grant, in this process or another, and takes it.
   *
   * @throws TokenStoreLockedError when the time is up. An aborted signal throws its reason.
   */
  lock(key: GrantKey, options: LockOptions): Promise<TokenStoreLock>
  /**
   * Where the coordinators of this process that use this store find each other, so that those of one grant share what
   * they do. Without it they still meet at the lock.
   */
  readonly sharedGrants?: SharedGrants | undefined
  /** Gives up connections the store opened by itself. */
  close?(): Promise<void>
}

/** @internal */
export const defaultIssuer = 'https://openapi.ctrader.com'

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
