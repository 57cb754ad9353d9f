import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GrantKey, TokenRecord, TokenStore } from '../oauth/store/token-store.ts'
import {
  TokenStoreAccessError,
  TokenStoreConflictError,
  TokenStoreCorruptError,
  TokenStoreInsecureError,
} from '../oauth/store/token-store-errors.ts'
import { createTokenSet } from '../oauth/tokens/token-set.ts'
import { createFileTokenStore } from './file.ts'

const key: GrantKey = { clientId: '7_id', profile: 'demo' }

let root = ''
let directory = ''
let store: TokenStore

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ctrader-store-'))
  directory = join(root, 'deep', 'tokens')
  store = createFileTokenStore({ directory })
})

afterEach(() => rm(root, { recursive: true, force: true }))

function record(generation: number, owner: GrantKey = key): TokenRecord {
  const tokens = createTokenSet({
    accessToken: `access-${generation}`,
    refreshToken: `refresh-${generation}`,
    scope: 'accounts',
    obtainedAt: 1_700_000_000_000,
  })
  return { key: owner, generation, tokens, userId: undefined, status: 'live', intent: undefined }
}

/** The one file in the directory. */
async function theFile(): Promise<string> {
  const [name, ...more] = await filesIn(directory)
  expect(more).toEqual([])
  return join(directory, name ?? 'missing')
}

/** What is in a directory beside the lock files, in which nothing is secret. */
async function filesIn(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => name !== '.locks')
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

describe('the file store', () => {
  test('brings back what was saved, also in another process and after a replacement', async () => {
    await store.save(record(1), 0)
    await store.save(record(2), 1)
    const other = createFileTokenStore({ directory })
    const loaded = await other.load(key)
    expect(loaded).toMatchObject({ generation: 2, status: 'live' })
    expect(loaded?.tokens.refreshToken?.reveal()).toBe('refresh-2')
  })

  test('keeps grants apart and lists them', async () => {
    const keys: GrantKey[] = [
      key,
      { clientId: '7_id', profile: 'Demo' },
      { clientId: 'x/y', userId: 5 },
    ]
    for (const owner of keys) await store.save(record(1, owner), 0)
    expect(await store.list()).toHaveLength(3)
    expect(new Set((await store.list()).map((owner) => owner.profile ?? owner.userId))).toEqual(
      new Set(['demo', 'Demo', 5]),
    )
    await store.delete(key)
    expect(await store.list()).toHaveLength(2)
  })

  test('TS-7: nothing stored is undefined, without making a directory', async () => {
    expect(await store.load(key)).toBeUndefined()
    expect(await store.list()).toEqual([])
    expect(await store.delete(key)).toBe(false)
    expect(await readdir(root)).toEqual([])
  })

  test('TS-4: directory 0700, file 0600, and nothing beside it', async () => {
    await store.save(record(1), 0)
    expect(await modeOf(directory)).toBe('700')
    expect(await modeOf(join(root, 'deep'))).toBe('700')
    expect(await modeOf(await theFile())).toBe('600')
    const before = await lstat(await theFile())
    await store.save(record(2), 1)
    expect((await lstat(await theFile())).ino).not.toBe(before.ino)
    expect(await modeOf(await theFile())).toBe('600')
  })

  test('a reader meets the old record or the new one, never a mixture', async () => {
    await store.save(record(1), 0)
    let writing = true
    const writer = (async () => {
      for (let generation = 2; generation <= 40; generation++) {
        await store.save(record(generation), generation - 1)
      }
      writing = false
    })()
    const reader = createFileTokenStore({ directory })
    const seen: number[] = []
    while (writing) {
      const loaded = await reader.load(key)
      expect(loaded?.tokens.accessToken.reveal()).toBe(`access-${loaded?.generation}`)
      seen.push(loaded?.generation ?? 0)
    }
    await writer
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  test('of two writers who saw the same generation one is refused', async () => {
    await store.save(record(1), 0)
    const results = await Promise.allSettled([store.save(record(2), 1), store.save(record(2), 1)])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = results.find((result) => result.status === 'rejected')
    expect(refused?.reason).toBeInstanceOf(TokenStoreConflictError)
    expect(await theFile()).toBeTruthy()
  })
})

describe('TS-5: what others could read or replace is refused', () => {
  test.each([0o644, 0o640, 0o620, 0o604])('a file of mode %o', async (mode) => {
    await store.save(record(1), 0)
    const file = await theFile()
    await chmod(file, mode)
    const attempts = [() => store.load(key), () => store.save(record(2), 1), () => store.list()]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toThrow(TokenStoreInsecureError)
    }
    const failure = store.load(key)
    await expect(failure).rejects.toMatchObject({ facts: { mode: mode.toString(8) } })
    await expect(failure).rejects.toThrow(`chmod 600 '${file}'`)
    await chmod(file, 0o600)
    expect(await store.load(key)).toMatchObject({ generation: 1 })
  })

  test('a directory that others may enter', async () => {
    await store.save(record(1), 0)
    await chmod(directory, 0o755)
    await expect(store.load(key)).rejects.toThrow(/chmod 700/)
    await expect(store.save(record(2), 1)).rejects.toThrow(TokenStoreInsecureError)
  })

  test('a symbolic link in the place of the file', async () => {
    await store.save(record(1), 0)
    const file = await theFile()
    const elsewhere = join(root, 'elsewhere.json')
    await rename(file, elsewhere)
    await symlink(elsewhere, file)
    await expect(store.load(key)).rejects.toThrow(/symbolic link/)
    await expect(store.save(record(2), 1)).rejects.toThrow(TokenStoreInsecureError)
    expect(await readFile(elsewhere, 'utf8')).toContain('access-1')
  })

  test('a directory in the place of the file', async () => {
    await store.save(record(1), 0)
    const file = await theFile()
    await rm(file)
    await mkdir(file, { mode: 0o700 })
    await expect(store.load(key)).rejects.toThrow(/not a plain file/)
  })

  test.skipIf(process.getuid?.() !== 0)('a file of another user', async () => {
    await store.save(record(1), 0)
    const { chown } = await import('node:fs/promises')
    await chown(await theFile(), 4711, 4711)
    await expect(store.load(key)).rejects.toThrow(/another user \(uid 4711\)/)
  })
})

describe('TS-6: a damaged file', () => {
  test.each(['', '{', 'null', '{"version":1}', '{"version":99,"accessToken":"access-1"}'])(
    'of content %j is an error, kept, copied aside and never overwritten',
    async (content) => {
      await store.save(record(1), 0)
      const file = await theFile()
      await writeFile(file, content)
      await expect(store.load(key)).rejects.toThrow(TokenStoreCorruptError)
      await expect(store.save(record(1), 0)).rejects.toThrow(TokenStoreCorruptError)
      await expect(store.list()).rejects.toThrow(TokenStoreCorruptError)
      expect(await readFile(file, 'utf8')).toBe(content)
      expect(await readFile(`${file}.corrupt`, 'utf8')).toBe(content)
      expect(await modeOf(`${file}.corrupt`)).toBe('600')
    },
  )

  test('goes away only by an explicit deletion, with all its traces', async () => {
    await store.save(record(1), 0)
    const file = await theFile()
    const name = file.slice(directory.length + 1)
    await writeFile(file, 'broken access-1')
    await writeFile(join(directory, `.${name}.0000.tmp`), 'access-1', { mode: 0o600 })
    await expect(store.load(key)).rejects.toThrow(TokenStoreCorruptError)
    expect(await store.delete(key)).toBe(true)
    expect(await filesIn(directory)).toEqual([])
  })

  test('of another grant is found out', async () => {
    await store.save(record(1), 0)
    const file = await theFile()
    await store.save(record(1, { clientId: '7_id', profile: 'live' }), 0)
    const [other] = (await readdir(directory)).filter((name) => name.startsWith('live.'))
    await rename(join(directory, other ?? ''), file)
    await expect(store.load(key)).rejects.toMatchObject({ reason: 'wrong-owner' })
  })

  test('that is absurdly long is not read', async () => {
    await store.save(record(1), 0)
    await writeFile(await theFile(), ' '.repeat(1_100_000))
    await expect(store.load(key)).rejects.toThrow(TokenStoreCorruptError)
  })
})

describe('TS-7: a disk that refuses', () => {
  test('is a typed error with the code of the system, and what was there stays', async () => {
    await writeFile(join(root, 'plain'), '')
    const inside = createFileTokenStore({ directory: join(root, 'plain', 'tokens') })
    const failure = inside.save(record(1), 0)
    await expect(failure).rejects.toThrow(TokenStoreAccessError)
    await expect(failure).rejects.toMatchObject({
      facts: { action: 'write', systemCode: 'ENOTDIR' },
    })
  })

  test('found at the last moment leaves the old record and nothing half-written', async () => {
    await store.save(record(1), 0)
    const handle = await open(await theFile())
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'fsync' })
    vi.spyOn(Object.getPrototypeOf(handle), 'sync').mockRejectedValueOnce(full)
    await handle.close()
    const failure = store.save(record(2), 1)
    await expect(failure).rejects.toThrow(TokenStoreAccessError)
    await expect(failure).rejects.toThrow(/\(ENOSPC\).*free some space/)
    await theFile()
    expect(await store.load(key)).toMatchObject({ generation: 1 })
    await store.save(record(2), 1)
  })
})

test('errors of the store show no token', async () => {
  await store.save(record(1), 0)
  const file = await theFile()
  await writeFile(file, '{"version":1,"accessToken":"access-1"')
  const error: unknown = await store.load(key).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(TokenStoreCorruptError)
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('access-1')
})
