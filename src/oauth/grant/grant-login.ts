import { hostname } from 'node:os'
import { type Clock, systemClock } from '../../async/clock.ts'
import { requireDuration } from '../duration.ts'
import type { EmergencyCopy } from '../store/emergency-copy.ts'
import type { GrantKey, TokenRecord, TokenStore, TokenStoreLock } from '../store/token-store.ts'
import { TokenStoreCorruptError } from '../store/token-store-errors.ts'
import type { TokenSet } from '../tokens/token-set.ts'
import { describeGrant } from './grant-options.ts'
import { type GrantStorage, guardEmergencyCopy, guardStore } from './guarded-store.ts'
import { IdentityChangedError } from './identity-errors.ts'

interface GrantPlace {
  readonly store: TokenStore
  readonly key: GrantKey
  readonly emergency?: EmergencyCopy | undefined
  /** Names this program for whoever waits meanwhile. @default host name and process id */
  readonly owner?: string | undefined
  /** How long to wait for a refresh under way, in milliseconds. @default 90_000 */
  readonly lockTimeoutMs?: number | undefined
  /** How long one call of the store may take, in milliseconds. @default 15_000 */
  readonly storeTimeoutMs?: number | undefined
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

export interface SaveLoginOptions extends GrantPlace {
  readonly tokens: TokenSet
  /** The cTID the new tokens belong to, as the server tells over a connection. */
  readonly userId?: number | undefined
  /** Replaces the tokens of another cTID too. @default false */
  readonly replaceOther?: boolean | undefined
}

/**
 * Stores the tokens of a new login, in the place of those of an earlier one. A refresh under way is waited for, so that
 * it cannot write the old grant back. Coordinators that are at work on the grant take the new tokens over.
 *
 * @throws IdentityChangedError when the stored tokens belong to another cTID; nothing is changed then.
 * @throws TokenStoreLockedError, TokenStoreTimeoutError and the other errors of the store.
 */
export async function saveLogin(options: SaveLoginOptions): Promise<TokenRecord> {
  const { key, tokens, userId, replaceOther = false } = options
  return underLock(options, async ({ storage, emergency, lock }) => {
    const before = await storage.load(key, lock)
    const stored = before?.userId
    if (stored !== undefined && userId !== undefined && stored !== userId && !replaceOther) {
      throw new IdentityChangedError(stored, userId)
    }
    const generation = (before?.generation ?? 0) + 1
    const record: TokenRecord = {
      key,
      generation,
      tokens,
      userId: userId ?? key.userId,
      status: 'live',
      intent: undefined,
    }
    await storage.save(record, generation - 1, lock)
    // A pair that could not be saved before belongs to the login that has just ended.
    await emergency?.remove(key)
    return record
  })
}

export interface ForgetGrantOptions extends GrantPlace {}

/**
 * Deletes the tokens of a grant and every copy of them, and gives the record that was there. At the server the grant
 * lives on: tell the person until when the access token works, and where to take the grant back. A refresh under way is
 * waited for, because it would write new tokens afterwards.
 *
 * @throws TokenStoreLockedError and the other errors of the store.
 */
export async function forgetGrant(options: ForgetGrantOptions): Promise<TokenRecord | undefined> {
  const { key } = options
  return underLock(options, async ({ storage, emergency, lock }) => {
    const record = await loadIfReadable(storage, key, lock)
    await storage.delete(key, lock)
    await emergency?.remove(key)
    return record
  })
}

/** Deleting is what is advised for tokens that are damaged. */
async function loadIfReadable(
  storage: GrantStorage,
  key: GrantKey,
  lock: TokenStoreLock,
): Promise<TokenRecord | undefined> {
  try {
    return await storage.load(key, lock)
  } catch (error) {
    if (error instanceof TokenStoreCorruptError) return undefined
    throw error
  }
}

interface Held {
  readonly storage: GrantStorage
  readonly emergency: EmergencyCopy | undefined
  readonly lock: TokenStoreLock
}

async function underLock<T>(place: GrantPlace, work: (held: Held) => Promise<T>): Promise<T> {
  const { key, owner, lockTimeoutMs, signal, clock = systemClock } = place
  const grant = describeGrant(key)
  const storeTimeoutMs = requireDuration('storeTimeoutMs', place.storeTimeoutMs ?? 15_000)
  const bound = { clock, storeTimeoutMs }
  const storage = guardStore(place.store, grant, bound)
  const lock = await storage.lock(key, {
    owner: owner ?? `${hostname()}:${process.pid}`,
    timeoutMs: lockTimeoutMs ?? 90_000,
    signal,
  })
  try {
    return await work({
      storage,
      emergency: guardEmergencyCopy(place.emergency, grant, bound),
      lock,
    })
  } finally {
    await storage.release(lock)
  }
}
