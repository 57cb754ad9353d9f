import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenStore } from '../../src/oauth/index.ts'
import { createFileTokenStore } from '../../src/stores/file.ts'
import { createKeychainTokenStore } from '../../src/stores/keychain.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres.ts'
import { createRedisTokenStore } from '../../src/stores/redis.ts'
import { runRedis, runSql, uniqueName } from './servers.ts'

/** Where a child finds the store of a test. */
export type Place =
  | { readonly kind: 'file' | 'sealed'; readonly directory: string }
  | { readonly kind: 'keychain'; readonly directory: string; readonly account: string }
  | { readonly kind: 'postgres'; readonly connectionString: string; readonly table: string }
  | {
      readonly kind: 'redis'
      readonly url: string
      readonly prefix: string
      readonly lockTtlMs?: number
    }

export interface OpenPlace {
  readonly place: Place
  readonly store: TokenStore
  remove(): Promise<void>
}

const key = new Uint8Array(32).fill(7)

/** An empty place of a kind, and the parent's own store there. */
export async function openPlace(
  kind: Place['kind'],
  url = '',
  lockTtlMs = 30_000,
): Promise<OpenPlace> {
  if (kind === 'postgres') {
    const options = { connectionString: url, table: uniqueName('place') }
    const place = { kind, ...options }
    const store = createPostgresTokenStore(options)
    return {
      place,
      store,
      async remove() {
        await store.close?.()
        await runSql(url, `drop table if exists ${place.table}`)
        await runSql(url, `drop sequence if exists ${place.table}_fence`)
      },
    }
  }
  if (kind === 'redis') {
    const options = { url, prefix: uniqueName('place'), lockTtlMs }
    const place = { kind, ...options }
    const store = createRedisTokenStore(options)
    return {
      place,
      store,
      async remove() {
        await store.close?.()
        const names = (await runRedis(url, ['KEYS', `${place.prefix}:*`])) as string[]
        if (names.length > 0) await runRedis(url, ['DEL', ...names])
      },
    }
  }
  const directory = await mkdtemp(join(tmpdir(), 'ctrader-place-'))
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  if (kind === 'keychain') {
    const options = { directory, account: uniqueName('place') }
    return { place: { kind, ...options }, store: createKeychainTokenStore(options), remove }
  }
  const encryption = kind === 'sealed' ? { key } : undefined
  return {
    place: { kind, directory },
    store: createFileTokenStore({ directory, encryption }),
    remove,
  }
}
