import type { Clock } from '../../async/clock.ts'
import { within } from '../../async/within.ts'
import { CTraderError } from '../../errors.ts'
import type { EmergencyCopy } from '../store/emergency-copy.ts'
import type { TokenStore, TokenStoreLock } from '../store/token-store.ts'
import { TokenStoreAccessError, TokenStoreTimeoutError } from '../store/token-store-errors.ts'
import { codeOf } from './error-code.ts'

/** The part of a store that a coordinator uses. */
export interface GrantStorage extends Pick<TokenStore, 'load' | 'save' | 'lock' | 'delete'> {
  /** Gives a lock back; one that cannot be given back in time ends by itself. */
  release(lock: TokenStoreLock): Promise<void>
}

/** How long one call of a store may take. */
export interface StoreBound {
  readonly clock: Clock
  readonly storeTimeoutMs: number
}

type Action = 'read' | 'write' | 'delete' | 'lock'

/**
 * The store with every failure typed and every call bounded. What a driver throws can quote the query and its values, so
 * that only its code goes on; and what never answers must not hold up those who wait for a token.
 */
export function guardStore(store: TokenStore, grant: string, bound: StoreBound): GrantStorage {
  const { storeTimeoutMs } = bound
  return {
    load: (key, lock) => guarded('read', grant, bound, () => store.load(key, lock)),
    save: (record, expected, lock) =>
      guarded('write', grant, bound, () => store.save(record, expected, lock)),
    delete: (key, lock) => guarded('delete', grant, bound, () => store.delete(key, lock)),
    async lock(key, options) {
      const { timeoutMs: waitMs = 60_000, signal } = options
      const longer = { ...bound, storeTimeoutMs: waitMs + storeTimeoutMs, signal }
      // Nobody is left to give it back.
      const tooLate = (lock: TokenStoreLock): void => void lock.release().catch(() => {})
      return guarded('lock', grant, longer, () => store.lock(key, options), tooLate)
    },
    async release(lock) {
      await guarded('lock', grant, bound, () => lock.release()).catch(() => {})
    },
  }
}

/** The second place under the same rules: it may hang like the first. */
export function guardEmergencyCopy(
  copy: EmergencyCopy | undefined,
  grant: string,
  bound: StoreBound,
): EmergencyCopy | undefined {
  if (copy === undefined) return undefined
  const place = `${grant} (emergency copy)`
  return {
    write: (record) => guarded('write', place, bound, () => copy.write(record)),
    read: (key) => guarded('read', place, bound, () => copy.read(key)),
    remove: (key) => guarded('delete', place, bound, () => copy.remove(key)),
  }
}

async function guarded<T>(
  action: Action,
  place: string,
  bound: StoreBound & { readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
  tooLate?: (value: T) => void,
): Promise<T> {
  const { clock, storeTimeoutMs: ms, signal } = bound
  const expired = (): Error => new TokenStoreTimeoutError(action, place, ms, 'untouched')
  try {
    return await within(work(), { ms, clock, signal, expired, tooLate })
  } catch (error) {
    if (error instanceof TokenStoreTimeoutError) throw error.knowing('untouched')
    if (error instanceof CTraderError || signal?.aborted) throw error
    throw new TokenStoreAccessError(action, place, codeOf(error))
  }
}
