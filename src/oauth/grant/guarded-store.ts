import { CTraderError } from '../../errors.ts'
import type { TokenStore } from '../store/token-store.ts'
import { TokenStoreAccessError } from '../store/token-store-errors.ts'
import { codeOf } from './error-code.ts'

/** The part of a store that a coordinator uses. */
export type GrantStorage = Pick<TokenStore, 'load' | 'save' | 'lock' | 'delete'>

/**
 * The store with every failure typed. What a driver throws can quote the query and its values, so that only its code
 * goes on.
 */
export function guardStore(store: TokenStore, grant: string): GrantStorage {
  const guarded = async <T>(
    action: 'read' | 'write' | 'delete' | 'lock',
    work: Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof CTraderError || signal?.aborted) throw error
      throw new TokenStoreAccessError(action, grant, codeOf(error))
    }
  }
  return {
    load: (key, lock) => guarded('read', store.load(key, lock)),
    save: (record, expected, lock) => guarded('write', store.save(record, expected, lock)),
    delete: (key, lock) => guarded('delete', store.delete(key, lock)),
    lock: (key, options) => guarded('lock', store.lock(key, options), options.signal),
  }
}
