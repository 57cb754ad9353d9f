import type { GrantKey, TokenRecord } from './token-store.ts'

/**
 * A second place, for the moment in which the first one fails: new tokens exist, the old ones are spent, and the store
 * does not take them. What is found here at the next start is moved into the store.
 */
export interface EmergencyCopy {
  /** Keeps the record and says where, for the person who is told about it. */
  write(record: TokenRecord): Promise<string>
  /** What was kept of a grant. */
  read(key: GrantKey): Promise<TokenRecord | undefined>
  remove(key: GrantKey): Promise<void>
}
