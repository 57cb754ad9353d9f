// Opens the store a parent describes, from the built package, as any program would.
import { createFileTokenStore } from 'ctrader-open-api/stores/file'
import { createKeychainTokenStore } from 'ctrader-open-api/stores/keychain'
import { createPostgresTokenStore } from 'ctrader-open-api/stores/postgres'
import { createRedisTokenStore } from 'ctrader-open-api/stores/redis'

// Fifty programs on few processors keep each other waiting for longer than a server that works ever would.
const patienceMs = 120_000

export function openStore({ kind, ...options }) {
  switch (kind) {
    case 'file':
      return createFileTokenStore(options)
    case 'sealed':
      return createFileTokenStore({ ...options, encryption: { key: new Uint8Array(32).fill(7) } })
    case 'keychain':
      return createKeychainTokenStore(options)
    case 'postgres':
      return createPostgresTokenStore({ ...options, connections: 1, queryTimeoutMs: patienceMs })
    case 'redis':
      return createRedisTokenStore({ ...options, commandTimeoutMs: patienceMs })
    default:
      throw new Error(`no such store: ${kind}`)
  }
}

export const key = { clientId: '7_id', profile: 'default' }
export const application = { clientId: '7_id', clientSecret: 'the-client-secret' }
