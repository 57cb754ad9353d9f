import { type Clock, systemClock } from '../../async/clock.ts'
import { KeyedQueue } from '../../async/keyed-queue.ts'
import { type Logger, silentLogger } from '../../log.ts'
import { SharedGrants } from './shared-grants.ts'
import {
  formatGrantKey,
  type GrantKey,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
  type TokenStoreLock,
} from './token-store.ts'
import {
  TokenStoreConflictError,
  TokenStoreLockedError,
  TokenStoreLockLostError,
} from './token-store-errors.ts'

export interface MemoryTokenStoreOptions {
  readonly clock?: Clock | undefined
  /** Told once, when tokens are replaced, that they will be lost with the process. */
  readonly logger?: Logger | undefined
}

/**
 * Keeps tokens in memory. They are lost when the process ends: a refresh token that was rotated here cannot be got
 * back, so that the next start needs a new login. Use it for tests and for tokens that are not refreshed.
 */
export function createMemoryTokenStore(options: MemoryTokenStoreOptions = {}): TokenStore {
  const { clock = systemClock, logger = silentLogger } = options
  const records = new Map<string, TokenRecord>()
  const queue = new KeyedQueue()
  const held = new Map<string, TokenStoreLock>()
  let fence = 0
  let warned = false
  return {
    sharedGrants: new SharedGrants(),
    async load(key) {
      return records.get(formatGrantKey(key))
    },
    async save(record, expectedGeneration, lock) {
      requireSuccession(record, expectedGeneration)
      const name = formatGrantKey(record.key)
      const found = records.get(name)?.generation ?? 0
      if (found !== expectedGeneration) throw new TokenStoreConflictError(expectedGeneration, found)
      if (lock !== undefined && record.generation === expectedGeneration) {
        if (held.get(name) !== lock) throw new TokenStoreLockLostError(name, lock.fence)
      }
      records.set(name, { ...record })
      if (record.generation > 1 && !warned) {
        warned = true
        logger.warn(
          { grant: name },
          'Rotated tokens are kept in memory only: when this process ends, a new login is needed.',
        )
      }
    },
    async delete(key) {
      return records.delete(formatGrantKey(key))
    },
    async list(): Promise<readonly GrantKey[]> {
      return [...records.values()].map((record) => record.key)
    },
    async lock(key, { owner, timeoutMs = 60_000, signal }) {
      const name = formatGrantKey(key)
      const leave = await queue.enter(name, { clock, timeoutMs, signal })
      if (leave === undefined) {
        throw new TokenStoreLockedError(name, timeoutMs, held.get(name)?.owner)
      }
      fence += 1
      const lock: TokenStoreLock = {
        owner,
        fence,
        // Memory cannot lose sight of its only process.
        lost: new AbortController().signal,
        async release() {
          if (held.get(name) === lock) held.delete(name)
          leave()
        },
      }
      held.set(name, lock)
      return lock
    },
  }
}
