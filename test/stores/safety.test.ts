import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createMemoryTokenStore, TokenStoreCorruptError } from '../../src/oauth/index.ts'
import { createFileTokenStore } from '../../src/stores/file.ts'
import {
  createKeychainTokenStore,
  type Keychain,
  preferKeychainTokenStore,
} from '../../src/stores/keychain.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres.ts'
import { createRedisTokenStore } from '../../src/stores/redis.ts'
import { failureOf, key, startGrant } from '../oauth/grant-fixture.ts'
import { openPlace } from './places.ts'

async function newDirectory(): Promise<string> {
  const { place, remove } = await openPlace('file')
  onTestFinished(remove)
  return 'directory' in place ? place.directory : ''
}

test('TS-1: a record is one value: generation, pair, notes and status together', async () => {
  const { store, coordinate } = await startGrant()
  await coordinate().refresh()
  expect(await store.load(key)).toMatchObject({
    generation: 2,
    status: 'live',
    intent: undefined,
    tokens: { scope: 'trading', obtainedAt: expect.any(Number), expiresAt: expect.any(Number) },
  })
})

test('TS-3: the memory store says once that rotated tokens are lost with the process', async () => {
  const warned: string[] = []
  const nothing = (): void => {}
  const warn = (_: unknown, words: string): void => void warned.push(words)
  const logger = { debug: nothing, info: nothing, warn, error: nothing }
  const { coordinate } = await startGrant({ store: createMemoryTokenStore({ logger }) })
  const grant = coordinate()
  await grant.refresh()
  await grant.refresh()
  expect(warned).toEqual([expect.stringContaining('memory only')])
})

describe('TS-9: the keychain', () => {
  const hanging: Keychain = {
    read: () => new Promise(() => {}),
    write: () => new Promise(() => {}),
  }

  test('TS-9: one that hangs is an error in time, never "not logged in"', async () => {
    const directory = await newDirectory()
    const { store } = await startGrant()
    const record = await store.load(key)
    if (record === undefined) throw new Error('nothing stored')
    const locked = createKeychainTokenStore({ directory, keychain: hanging, timeoutMs: 20 })
    expect(await failureOf(locked.save(record, 0))).toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' })
  })

  test('TS-9: where it is only preferred, files take over with a visible warning', async () => {
    const directory = await newDirectory()
    const told: string[] = []
    const onFallback = (reason: Error): void => void told.push(reason.message)
    const options = { directory, keychain: hanging, timeoutMs: 20, onFallback }
    const { coordinate } = await startGrant({ store: await preferKeychainTokenStore(options) })
    expect((await coordinate().current()).generation).toBe(1)
    expect(told).toEqual([expect.stringContaining('did not answer within 20 ms')])
  })
})

describe('TS-13: from files in the clear to encrypted ones', () => {
  test('TS-13: what is in the clear is encrypted under the lock, and an old key makes place for a new one', async () => {
    const directory = await newDirectory()
    const { coordinate } = await startGrant({ store: createFileTokenStore({ directory }) })
    const plain = await readOnlyFile(directory)
    expect(plain).toContain('refresh-1')
    const encryption = { passphrase: 'first passphrase' }
    const sealed = createFileTokenStore({ directory, encryption })
    const lock = await sealed.lock(key, { owner: 'test' })
    expect((await sealed.load(key, lock))?.tokens.refreshToken?.reveal()).toBe('refresh-1')
    await lock.release()
    expect(await readOnlyFile(directory)).not.toMatch(/refresh-1|access-1/)
    const wrong = createFileTokenStore({ directory, encryption: { passphrase: 'wrong' } })
    expect(await failureOf(wrong.load(key))).toBeInstanceOf(TokenStoreCorruptError)
    expect(await failureOf(wrong.load(key))).toMatchObject({ reason: 'undecryptable' })
    const next = createFileTokenStore({
      directory,
      encryption: { key: new Uint8Array(32).fill(1) },
      previousKeys: [encryption],
    })
    await coordinate({ store: next }).refresh()
    const alone = createFileTokenStore({
      directory,
      encryption: { key: new Uint8Array(32).fill(1) },
    })
    expect((await alone.load(key))?.generation).toBe(2)
  }, 30_000)

  test('TS-10: a key can come from a file or from a function', async () => {
    const directory = await newDirectory()
    const keyFile = join(await newDirectory(), 'key')
    await writeFile(keyFile, `${Buffer.alloc(32, 5).toString('base64')}\n`, { mode: 0o600 })
    await startGrant({ store: createFileTokenStore({ directory, encryption: { keyFile } }) })
    const fetched = createFileTokenStore({
      directory,
      encryption: { key: async () => new Uint8Array(32).fill(5) },
    })
    expect((await fetched.load(key))?.tokens.accessToken.reveal()).toBe('access-1')
    const short = createFileTokenStore({ directory, encryption: { key: new Uint8Array(16) } })
    expect(await failureOf(short.load(key))).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

test('RF-5, SE-7: a lock names its holder and holds no secret', async () => {
  const directory = await newDirectory()
  const store = createFileTokenStore({ directory })
  await startGrant({ store })
  const lock = await store.lock(key, { owner: 'host:12' })
  const waiting = store.lock(key, { owner: 'other', timeoutMs: 10 })
  expect(await failureOf(waiting)).toMatchObject({ code: 'TOKEN_STORE_LOCKED' })
  expect((await stat(join(directory, '.locks'))).mode & 0o077).toBe(0)
  await lock.release()
})

test('TS-11: a table name that would need quotes is refused', () => {
  for (const table of ['grants; drop table x', 'Grants', '', 'a.b.c', '1st']) {
    expect(() => createPostgresTokenStore({ connectionString: 'x', table })).toThrow(/table/)
  }
})

describe('TS-12: a Redis that does not keep what it is given', () => {
  const answering = (policy: string) => ({
    async sendCommand([name, , setting]: string[]) {
      if (name !== 'CONFIG') return null
      return [setting, setting === 'maxmemory-policy' ? policy : 'no']
    },
  })

  test('TS-12: is refused when it evicts, and warned of when it forgets', async () => {
    const evicting = createRedisTokenStore({ client: answering('allkeys-lru') })
    expect(await failureOf(evicting.load(key))).toMatchObject({ code: 'OAUTH_CONFIGURATION' })
    const warned: string[] = []
    const nothing = (): void => {}
    const warn = (_: unknown, words: string): void => void warned.push(words)
    const logger = { debug: nothing, info: nothing, warn, error: nothing }
    const forgetful = createRedisTokenStore({ client: answering('noeviction'), logger })
    expect(await forgetful.load(key)).toBeUndefined()
    expect(warned).toEqual([expect.stringContaining('appendonly yes')])
  })
})

async function readOnlyFile(directory: string): Promise<string> {
  const [name = ''] = (await readdir(directory)).filter((entry) => entry.endsWith('.json'))
  return readFile(join(directory, name), 'utf8')
}
