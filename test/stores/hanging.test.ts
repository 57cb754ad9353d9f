import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { GrantCoordinator, TokenStore } from '../../src/oauth/index.ts'
import { createFileEmergencyCopy } from '../../src/stores/file.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres.ts'
import { createRedisTokenStore } from '../../src/stores/redis.ts'
import { failureOf, key, startGrant } from '../oauth/grant-fixture.ts'
import { openSockets } from '../peer/resources.ts'
import { StallingProxy } from './proxy.ts'
import { findPostgres, findRedis, uniqueName } from './servers.ts'

const kinds = [
  ['PostgreSQL', await findPostgres()],
  ['Redis', await findRedis()],
] as const

/** Short, because every wait below is for something that never comes. */
const timeoutMs = 1_500

describe.each(kinds)('a %s that stops answering', (kind, url = '') => {
  const there = test.skipIf(url === '')

  /** A grant whose store is reached by a way that can stall. */
  async function begin() {
    const proxy = await StallingProxy.start(url)
    onTestFinished(() => proxy.close())
    const name = uniqueName('hanging')
    const open = (): TokenStore => {
      const way = proxy.through(url)
      const store =
        kind === 'Redis'
          ? createRedisTokenStore({
              url: way,
              prefix: name,
              commandTimeoutMs: timeoutMs,
              // The lock of a program that ended without a word is free after this.
              lockTtlMs: 2_000,
            })
          : // A pool of one has no other connection to fall back on.
            createPostgresTokenStore({
              connectionString: way,
              table: name,
              queryTimeoutMs: timeoutMs,
              connections: 1,
            })
      onTestFinished(() => store.close?.())
      return store
    }
    const directory = await mkdtemp(join(tmpdir(), 'ctrader-hanging-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const emergency = createFileEmergencyCopy({ directory: join(directory, 'emergency') })
    const store = open()
    const started = await startGrant({ store })
    const coordinate = (own: TokenStore = store, changes = {}): GrantCoordinator =>
      started.coordinate({ store: own, emergency, lockTimeoutMs: 5_000, ...changes })
    onTestFinished(() => proxy.goOn())
    return { proxy, open, ...started, store, emergency, coordinate }
  }

  there('before a refresh: it fails in time, spends nothing, and works afterwards', async () => {
    const { proxy, coordinate, server } = await begin()
    const grant = coordinate()
    const seen = await grant.current()
    proxy.stall()
    expect(await failureOf(grant.replace(seen))).toMatchObject({
      code: 'TOKEN_STORE_TIMEOUT',
      facts: { grantState: 'untouched', waitedMs: timeoutMs },
      message: expect.not.stringContaining('refresh-1'),
    })
    expect(server.sent).toEqual([])
    proxy.goOn()
    expect((await grant.refresh()).generation).toBe(2)
    expect(server.refused).toBe(0)
  })

  there('after the token is spent: the pair is in use, kept twice, and saved at last', async () => {
    const { proxy, coordinate, server, store, emergency, events } = await begin()
    const grant = coordinate(store, {
      fetch: async (...request: Parameters<typeof fetch>) => {
        const response = await fetch(...request)
        proxy.stall()
        return response
      },
    })
    const token = await grant.replace(await grant.current())
    expect(server.accepts(token.accessToken.reveal())).toBe(true)
    expect(grant.health()).toMatchObject({ persisted: false, generation: 2 })
    const told = events.find((event) => event.type === 'persistFailed')
    expect(await readFile(String(told?.emergencyCopy), 'utf8')).toContain('refresh-2')
    expect(await failureOf(grant.refresh())).toMatchObject({ code: 'TOKEN_PERSIST_FAILED' })
    expect(server.sent).toEqual(['refresh-1'])
    proxy.goOn()
    await saved(grant)
    expect(await emergency.read(key)).toBeUndefined()
    const after = await store.load(key)
    expect(after).toMatchObject({ generation: 2, status: 'live', intent: undefined })
    expect(server.refused).toBe(0)
  })

  there('and a program that ends then: the next one goes on with the second copy', async () => {
    const { proxy, open, coordinate, server, store } = await begin()
    const grant = coordinate(store, {
      closeTimeoutMs: 50,
      fetch: async (...request: Parameters<typeof fetch>) => {
        const response = await fetch(...request)
        proxy.stall()
        return response
      },
    })
    await grant.replace(await grant.current())
    await grant.close()
    await store.close?.()
    proxy.goOn()
    const next = coordinate(open())
    const token = await next.current()
    expect(server.accepts(token.accessToken.reveal())).toBe(true)
    expect((await next.refresh()).generation).toBe(3)
    expect(server.refused).toBe(0)
  })

  there('a wait for the lock ends with its signal, and nothing is left behind', async () => {
    const { proxy, open, store } = await begin()
    const before = openSockets()
    const other = open()
    await other.load(key)
    proxy.stall()
    const controller = new AbortController()
    const reason = new Error('enough')
    const waiting = failureOf(other.lock(key, { owner: 'x', signal: controller.signal }))
    controller.abort(reason)
    expect(await waiting).toBe(reason)
    // A connection that is given up takes with it what others wait for on it.
    expect(await failureOf(other.load(key))).toMatchObject({
      code: expect.stringMatching(/^TOKEN_STORE_(TIMEOUT|ACCESS)$/),
    })
    await other.close?.()
    proxy.goOn()
    const lock = await store.lock(key, { owner: 'y', timeoutMs: 10_000 })
    expect(lock.owner).toBe('y')
    await lock.release()
    await store.close?.()
    while (openSockets() > before) await new Promise((resolve) => setImmediate(resolve))
  })
})

/** Waits until the tokens in use are in the store; the limit of the test counts. */
async function saved(grant: GrantCoordinator): Promise<void> {
  while (!grant.health().persisted) await new Promise((resolve) => setImmediate(resolve))
}
