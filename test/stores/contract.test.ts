import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createMemoryTokenStore, formatGrantKey } from '../../src/oauth/index.ts'
import { type OpenedStore, tokenStoreContract } from '../../src/stores/contract.ts'
import { createFileTokenStore, type FileTokenStoreOptions } from '../../src/stores/file.ts'
import { createKeychainTokenStore } from '../../src/stores/keychain.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres.ts'
import { createRedisTokenStore } from '../../src/stores/redis.ts'
import { startSecretService } from './secret-service.ts'
import { findPostgres, findRedis, runRedis, runSql, uniqueName } from './servers.ts'

const postgres = await findPostgres()
const redis = await findRedis()
const secrets = await startSecretService()
if (secrets !== undefined) Object.assign(process.env, secrets.env)
afterAll(() => secrets?.stop())

const passphrase = 'a passphrase of the test'

describe('TS-14: the contract, kept by the memory store', () => {
  examine(() => ({ store: createMemoryTokenStore() }))
})

describe('TS-14: the contract, kept by the file store', () => {
  examine(() => openFiles({}))
})

describe('TS-14: the contract, kept by the file store with a passphrase', () => {
  examine(() => openFiles({ encryption: { passphrase } }))
})

describe('TS-14: the contract, kept by the file store with a key', () => {
  examine(() => openFiles({ encryption: { key: new Uint8Array(32).fill(7) } }))
})

describe.skipIf(secrets === undefined)('TS-14: the contract, kept by the keychain store', () => {
  examine(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ctrader-keychain-'))
    const options = { directory, account: uniqueName('contract') }
    return filesOf(directory, () => createKeychainTokenStore(options))
  })
})

describe.skipIf(postgres === undefined)('TS-14: the contract, kept by the PostgreSQL store', () => {
  examine(() => openPostgres(postgres ?? '', {}))
})

describe.skipIf(postgres === undefined)(
  'TS-14: the contract, kept in PostgreSQL with a key',
  () => {
    examine(() => openPostgres(postgres ?? '', { encryption: { key: new Uint8Array(32).fill(7) } }))
  },
)

describe.skipIf(redis === undefined)('TS-14: the contract, kept by the Redis store', () => {
  examine(() => {
    const url = redis ?? ''
    const prefix = uniqueName('contract')
    const stores = [createRedisTokenStore({ url, prefix })]
    return {
      store: stores[0] ?? createRedisTokenStore({ url, prefix }),
      again: () => {
        const other = createRedisTokenStore({ url, prefix })
        stores.push(other)
        return other
      },
      damage: async () => {
        const keys = (await runRedis(url, ['KEYS', `${prefix}:*record`])) as string[]
        for (const name of keys) await runRedis(url, ['HSET', name, 'record', '{"version":1,'])
      },
      close: async () => {
        const keys = (await runRedis(url, ['KEYS', `${prefix}:*`])) as string[]
        if (keys.length > 0) await runRedis(url, ['DEL', ...keys])
        for (const store of stores) await store.close?.()
      },
    }
  })
})

test('TS-14: the contract finds a store that breaks it', async () => {
  const broken = () => {
    const store = createMemoryTokenStore()
    return {
      store: {
        ...store,
        save: async (...[record]: Parameters<typeof store.save>) => {
          const found = (await store.load(record.key))?.generation ?? 0
          await store.save({ ...record, generation: found + 1 }, found)
        },
      },
    }
  }
  const failed: string[] = []
  for (const { name, run } of tokenStoreContract({ open: broken })) {
    await run().catch(() => failed.push(name))
  }
  expect(failed).toContain('a write that expects another generation changes nothing')
  expect(failed).toContain('a record that cannot follow the expected one is refused')
})

function examine(open: () => OpenedStore | Promise<OpenedStore>): void {
  for (const { name, run } of tokenStoreContract({ open })) test(name, run, 30_000)
}

async function openFiles(options: Partial<FileTokenStoreOptions>): Promise<OpenedStore> {
  const directory = await mkdtemp(join(tmpdir(), 'ctrader-contract-'))
  return filesOf(directory, () => createFileTokenStore({ directory, ...options }))
}

function filesOf(
  directory: string,
  make: () => ReturnType<typeof createFileTokenStore>,
): OpenedStore {
  return {
    store: make(),
    again: make,
    damage: async () => {
      for (const name of await readdir(directory)) {
        if (!name.endsWith('.json')) continue
        await truncate(join(directory, name), 40)
        await writeFile(join(directory, name), 'and more', { flag: 'a' })
      }
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

function openPostgres(
  connectionString: string,
  options: { readonly encryption?: { readonly key: Uint8Array } },
): OpenedStore {
  const table = uniqueName('contract')
  const make = () => createPostgresTokenStore({ connectionString, table, ...options })
  const stores = [make()]
  return {
    store: stores[0] ?? make(),
    again: () => {
      const other = make()
      stores.push(other)
      return other
    },
    damage: async (key) => {
      const text = `update ${table} set record = left(record, 40) where grant_key = $1`
      await runSql(connectionString, text, [formatGrantKey(key)])
    },
    close: async () => {
      for (const store of stores) await store.close?.()
      await runSql(connectionString, `drop table if exists ${table}`)
      await runSql(connectionString, `drop sequence if exists ${table}_fence`)
    },
  }
}
