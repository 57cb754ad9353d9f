import {
  formatGrantKey,
  type GrantKey,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
} from './token-store.ts'
import { TokenStoreConflictError } from './token-store-errors.ts'

/**
 * Keeps tokens in memory. They are lost when the process ends: a refresh token that was rotated here cannot be got
 * back, so that the next start needs a new login. Use it for tests and for tokens that are not refreshed.
 */
export function createMemoryTokenStore(): TokenStore {
  const records = new Map<string, TokenRecord>()
  return {
    async load(key) {
      return records.get(formatGrantKey(key))
    },
    async save(record, expectedGeneration) {
      requireSuccession(record, expectedGeneration)
      const name = formatGrantKey(record.key)
      const found = records.get(name)?.generation ?? 0
      if (found !== expectedGeneration) throw new TokenStoreConflictError(expectedGeneration, found)
      records.set(name, { ...record })
    },
    async delete(key) {
      return records.delete(formatGrantKey(key))
    },
    async list(): Promise<readonly GrantKey[]> {
      return [...records.values()].map((record) => record.key)
    },
  }
}
