import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { type GrantCoordinator, saveLogin } from '../../src/oauth/index.ts'
import { createFileEmergencyCopy, createFileTokenStore } from '../../src/stores/file.ts'
import { failureOf, key, recordOf, startGrant } from '../oauth/grant-fixture.ts'
import { GrantServer } from '../oauth/grant-server.ts'
import { openPlace } from './places.ts'
import { mountSmallDisk } from './small-disk.ts'

const disk = await mountSmallDisk()
afterEach(async () => {
  disk?.readOnly(false)
  await disk?.empty()
})
afterAll(() => disk?.remove())

const encryptions = {
  'in the clear': undefined,
  encrypted: { key: new Uint8Array(32).fill(7) },
} as const

for (const [how, encryption] of Object.entries(encryptions)) {
  describe.skipIf(disk === undefined)(`TS-7: a disk that is really full, tokens ${how}`, () => {
    /** A grant on the small disk, and a second place on another one, or on the same. */
    async function begin({ secondOnSame = false } = {}) {
      const here = disk?.directory ?? ''
      const directory = await mkdtemp(join(here, 'grant-'))
      onTestFinished(() => rm(directory, { recursive: true }))
      const elsewhere = secondOnSame ? here : tmpdir()
      const second = await mkdtemp(join(elsewhere, 'ctrader-second-'))
      onTestFinished(() => rm(second, { recursive: true }))
      const store = createFileTokenStore({ directory, encryption })
      const started = await startGrant({ store })
      const emergency = createFileEmergencyCopy({ directory: join(second, 'emergency') })
      const fillAfterwards = async (...request: Parameters<typeof fetch>): Promise<Response> => {
        const response = await fetch(...request)
        await disk?.fill()
        return response
      }
      return { ...started, directory, emergency, store, fillAfterwards }
    }

    test('before a refresh: nothing is sent, nothing is lost, and the error says what to do', async () => {
      const { coordinate, server, store, directory } = await begin()
      const grant = coordinate()
      const seen = await grant.current()
      const names = await readdir(directory)
      await disk?.fill()
      expect(await failureOf(grant.replace(seen))).toMatchObject({
        code: 'TOKEN_STORE_ACCESS',
        facts: { systemCode: 'ENOSPC' },
        remedy: expect.stringContaining('free some space'),
      })
      expect(server.sent).toEqual([])
      expect(await store.load(key)).toMatchObject({ generation: 1, status: 'live' })
      expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([])
      await disk?.empty()
      expect((await grant.refresh()).generation).toBe(2)
      expect((await readdir(directory)).sort()).toEqual(names.sort())
    })

    for (const secondOnSame of [false, true]) {
      const where = secondOnSame ? 'the second place is full as well' : 'there is a second place'
      test(`after the token is spent, and ${where}: the pair is in use and saved at last`, async () => {
        const { coordinate, server, store, emergency, fillAfterwards, events } = await begin({
          secondOnSame,
        })
        const grant = coordinate({ emergency, fetch: fillAfterwards })
        const token = await grant.replace(await grant.current())
        expect(server.accepts(token.accessToken.reveal())).toBe(true)
        const told = events.find((event) => event.type === 'persistFailed')
        expect(told?.emergencyCopy === undefined).toBe(secondOnSame)
        expect(await failureOf(grant.refresh())).toMatchObject({
          code: 'TOKEN_PERSIST_FAILED',
          message: expect.stringContaining(secondOnSame ? 'only in memory' : 'emergency'),
        })
        expect(await store.load(key)).toMatchObject({ generation: 1 })
        await disk?.empty()
        await saved(grant)
        expect(await store.load(key)).toMatchObject({ generation: 2, intent: undefined })
        expect(await emergency.read(key)).toBeUndefined()
        expect(server.sent).toEqual(['refresh-1'])
      })
    }

    test('a medium that has become read-only: reading goes on, and nothing is sent', async () => {
      const { coordinate, server, store } = await begin()
      const grant = coordinate()
      await grant.start()
      disk?.readOnly(true)
      expect(await failureOf(grant.refresh())).toMatchObject({
        code: 'TOKEN_STORE_ACCESS',
        facts: { systemCode: 'EROFS' },
        remedy: expect.stringContaining('read-only'),
      })
      expect((await grant.current()).generation).toBe(1)
      expect(await store.load(key)).toMatchObject({ generation: 1 })
      expect(server.sent).toEqual([])
      const tokens = recordOf(server).tokens
      expect(await failureOf(saveLogin({ store, key, tokens }))).toMatchObject({
        code: 'TOKEN_STORE_ACCESS',
      })
      disk?.readOnly(false)
      expect((await grant.refresh()).generation).toBe(2)
    })
  })
}

const hasLimits = spawnSync('prlimit', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasLimits) console.warn('There is no prlimit here. The tests of limited writes are skipped.')

describe.skipIf(!hasLimits)('TS-7: writes that the system breaks off in the middle (EFBIG)', () => {
  const script = fileURLToPath(new URL('children/limited.mjs', import.meta.url))

  /** What a child tells that may not write more than a few bytes from a moment on. */
  async function refreshLimited(kind: 'file' | 'sealed', when: string) {
    const server = await GrantServer.start()
    onTestFinished(() => server.close())
    const opened = await openPlace(kind)
    onTestFinished(() => opened.remove())
    const second = await mkdtemp(join(tmpdir(), 'ctrader-second-'))
    onTestFinished(() => rm(second, { recursive: true }))
    await opened.store.save(recordOf(server), 0)
    const emergencyDirectory = join(second, 'emergency')
    const { place } = opened
    const settings = { place, emergencyDirectory, endpoints: server.endpoints(), when }
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, CTRADER_TEST_CHILD: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    return { server, told: JSON.parse(output) as unknown, store: opened.store }
  }

  for (const kind of ['file', 'sealed'] as const) {
    test(`before a refresh, ${kind}: nothing is sent and the old record stays`, async () => {
      const { told, server } = await refreshLimited(kind, 'before the refresh')
      expect(told).toMatchObject({
        limited: {
          code: 'TOKEN_STORE_ACCESS',
          systemCode: 'EFBIG',
          remedy: expect.stringContaining('ulimit -f'),
        },
        again: 'TOKEN_STORE_ACCESS',
        generation: 2,
      })
      expect(server.sent).toEqual(['refresh-1'])
    })

    test(`after the token is spent, ${kind}: the pair is in use and saved at last`, async () => {
      const { told, server, store } = await refreshLimited(kind, 'after the token is spent')
      expect(told).toEqual({
        limited: { generation: 2, persisted: false },
        again: 'TOKEN_PERSIST_FAILED',
        generation: 3,
      })
      expect(server.sent).toEqual(['refresh-1', 'refresh-2'])
      expect(server.refused).toBe(0)
      expect(await store.load(key)).toMatchObject({ generation: 3, intent: undefined })
    })
  }
})

describe('TS-7: a file that cannot be read is never taken for "not logged in"', () => {
  const passphrase = { passphrase: 'of the login' }
  const damages = {
    'cut off': (text: string) => text.slice(0, text.length / 2),
    empty: () => '',
    'one letter changed': (text: string) => text.replace(/"version":\d+/, '"version":0'),
    'from a newer version': (text: string) => text.replace(/"version":\d+/, '"version":999'),
  }

  async function begin(encryption: { passphrase: string } | undefined) {
    const { place, remove } = await openPlace('file')
    onTestFinished(remove)
    const directory = 'directory' in place ? place.directory : ''
    const store = createFileTokenStore({ directory, encryption })
    const started = await startGrant({ store })
    const name = (await readdir(directory)).find((entry) => entry.endsWith('.json')) ?? ''
    return { ...started, store, directory, file: join(directory, name) }
  }

  for (const [how, encryption] of [
    ['in the clear', undefined],
    ['encrypted', passphrase],
  ] as const) {
    for (const [what, damage] of Object.entries(damages)) {
      test(`${what}, ${how}: every use says so, and the file stays as it is`, async () => {
        const { coordinate, store, file, server } = await begin(encryption)
        const damaged = damage(await readFile(file, 'utf8'))
        await writeFile(file, damaged)
        const before = await stat(file)
        const grant = coordinate()
        const corrupt = { code: 'TOKEN_STORE_CORRUPT', remedy: expect.stringMatching(/./) }
        expect(await failureOf(grant.current())).toMatchObject(corrupt)
        expect(await failureOf(grant.refresh())).toMatchObject(corrupt)
        const { tokens } = recordOf(server)
        expect(await failureOf(saveLogin({ store, key, tokens }))).toMatchObject(corrupt)
        expect(await readFile(file, 'utf8')).toBe(damaged)
        expect((await stat(file)).mtimeMs).toBe(before.mtimeMs)
        expect(server.sent).toEqual([])
      })
    }
  }

  test('the wrong passphrase, or none: the same, and the right one still opens it', async () => {
    const { coordinate, store, directory, server } = await begin(passphrase)
    for (const encryption of [{ passphrase: 'another' }, undefined]) {
      const grant = coordinate({ store: createFileTokenStore({ directory, encryption }) })
      expect(await failureOf(grant.refresh())).toMatchObject({
        code: 'TOKEN_STORE_CORRUPT',
        reason: 'undecryptable',
        remedy: expect.stringContaining('passphrase'),
      })
    }
    expect(server.sent).toEqual([])
    expect((await coordinate({ store }).refresh()).generation).toBe(2)
  })

  test('damaged while a program runs: its token works on, and nothing is spent', async () => {
    const { coordinate, file, server } = await begin(undefined)
    const grant = coordinate()
    const seen = await grant.current()
    const good = await readFile(file, 'utf8')
    await writeFile(file, good.slice(0, 20))
    expect(await failureOf(grant.replace(seen))).toMatchObject({ code: 'TOKEN_STORE_CORRUPT' })
    expect(server.sent).toEqual([])
    await writeFile(file, good)
    expect((await grant.refresh()).generation).toBe(2)
  })
})

async function saved(grant: GrantCoordinator): Promise<void> {
  while (!grant.health().persisted) await new Promise((resolve) => setImmediate(resolve))
}
