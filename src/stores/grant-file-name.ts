import { createHash } from 'node:crypto'
import { formatGrantKey, type GrantKey } from '../oauth/store/token-store.ts'

/** Readable for a person who looks into the directory, and different for different keys on any file system. */
export function nameOf(key: GrantKey): string {
  const digest = createHash('sha256').update(formatGrantKey(key)).digest('hex').slice(0, 16)
  return `${key.profile ?? `user-${key.userId}`}.${digest}.json`
}
