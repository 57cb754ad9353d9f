import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type GrantCoordinator, OAuthError, type TokenStore } from '../../src/oauth/index.ts'
import { createFileEmergencyCopy } from '../../src/stores/file.ts'
import { createPostgresTokenStore } from '../../src/stores/postgres.ts'
import { createRedisTokenStore } from '../../src/stores/redis.ts'
import { key, startGrant } from '../oauth/grant-fixture.ts'
import { type OwnServer, ownPostgres, ownRedis } from './own-servers.ts'
import { runRedis, uniqueName } from './servers.ts'

interface Candidate {
  readonly server: OwnServer | undefined
  readonly open: (url: string, name: string) => TokenStore
  /** Makes the server take a write in and not carry it out. */
  readonly holdWrites: (url: string, name: string) => Promise<void>
}

const postgres = await ownPostgres()
const redis = await ownRedis()
const queryTimeoutMs = 10_000

const postgresWith = (connections: number): Candidate => ({
  server: postgres,
  open: (connectionString, table) =>
    createPostgresTokenStore({ connectionString, table, connections, queryTimeoutMs }),
  async holdWrites(connectionString, table) {
    const client = new pg.Client({ connectionString })
    client.on('error', () => {})
    await client.connect()
    await client.query('begin')
    await client.query(`select 1 from ${table} for update`)
  },
})

const candidates: Readonly<Record<string, Candidate>> = {
  'PostgreSQL, one connection': postgresWith(1),
  'PostgreSQL, several connections': postgresWith(4),
  Redis: {
    server: redis,
    open: (url, prefix) => createRedisTokenStore({ url, prefix, lockTtlMs: 3_000 }),
    holdWrites: async (url) => void (await runRedis(url, ['CLIENT', 'PAUSE', '60000', 'WRITE'])),
  },
}

beforeAll(() => Promise.all([postgres?.start(), redis?.start()]))
afterAll(() => Promise.all([postgres?.remove(), redis?.remove()]))

const moments = [
  'before the lock',
  'holding the lock',
  'before the note',
  'after the token is spent',
  'before the save',
  'during the save',
  'before the release',
] as const
type Moment = (typeof moments)[number]

for (const [name, { server, open, holdWrites }] of Object.entries(candidates)) {
  describe.skipIf(server === undefined)(`RF-11: ${name}, restarted in mid-refresh`, () => {
    for (const moment of moments) {
      // It is back before the refresh goes on, or only when the refresh has come to its end without it.
      for (const back of ['at once', 'later'] as const) {
        if (moment === 'during the save' && back === 'at once') continue
        test(`${moment}, and back ${back}`, () => restart(moment, back), 120_000)
      }
    }

    async function restart(moment: Moment, back: 'at once' | 'later'): Promise<void> {
      if (server === undefined) throw new Error('skipped')
      const table = uniqueName('restart')
      const store = open(server.url, table)
      onTestFinished(() => store.close?.())
      const directory = await mkdtemp(join(tmpdir(), 'ctrader-restart-'))
      onTestFinished(() => rm(directory, { recursive: true, force: true }))
      const emergency = createFileEmergencyCopy({ directory: join(directory, 'emergency') })
      let due = false
      let down = false
      const at = async (here: Moment): Promise<void> => {
        if (!due || here !== moment) return
        due = false
        if (here === 'during the save') {
          await holdWrites(server.url, table)
          // Time for the write to be under way; it cannot be carried out, so that its outcome does not depend on it.
          setTimeout(() => void kill(), 300)
        } else {
          await kill()
          if (back === 'at once') await server.start()
        }
      }
      const kill = async (): Promise<void> => {
        await server.kill()
        down = true
      }
      const observed = observe(store, at)
      const { server: authority, coordinate } = await startGrant({ store: observed })
      const options = { emergency, replayPauseMs: 200, lockTimeoutMs: 20_000, pollMs: 500 }
      const grant = coordinate({
        ...options,
        fetch: async (...request: Parameters<typeof fetch>) => {
          const response = await fetch(...request)
          const body = await response.text()
          await at('after the token is spent')
          return new Response(body, { status: response.status, headers: response.headers })
        },
      })
      const seen = await grant.current()
      due = true
      const outcome = await grant.replace(seen).catch((error: unknown) => error)
      expect({ due, down }).toEqual({ due: false, down: true })
      if (outcome instanceof Error) expectReport(outcome)
      else expect(authority.accepts((await grant.current()).accessToken.reveal())).toBe(true)
      if (back === 'later') await server.start()
      await saved(grant)
      // Whoever comes next, with nothing but the store, finds a grant that works.
      await grant.close()
      const afterwards = open(server.url, table)
      onTestFinished(() => afterwards.close?.())
      const next = coordinate({ ...options, store: afterwards })
      const token = await next.refresh()
      expect(authority.accepts(token.accessToken.reveal())).toBe(true)
      const stored = await afterwards.load(key)
      expect(stored).toMatchObject({ generation: authority.number, status: 'live' })
      expect(stored?.intent).toBeUndefined()
      expect(authority.refused).toBe(0)
      expect(authority.sent).toEqual(authority.sent.map((_, index) => `refresh-${index + 1}`))
    }
  })
}

/** The store, which says where a refresh is. */
function observe(store: TokenStore, at: (moment: Moment) => Promise<void>): TokenStore {
  return {
    load: (...args) => store.load(...args),
    delete: (...args) => store.delete(...args),
    list: () => store.list(),
    async save(record, expected, lock) {
      if (record.generation > expected) {
        await at('before the save')
        await at('during the save')
      } else if (record.intent?.answer === undefined) await at('before the note')
      await store.save(record, expected, lock)
    },
    async lock(...args) {
      await at('before the lock')
      const lock = await store.lock(...args)
      const release = lock.release.bind(lock)
      lock.release = async () => {
        await at('before the release')
        await release()
      }
      await at('holding the lock')
      return lock
    },
  }
}

/** A failure is typed and says what to do. */
function expectReport(error: Error): void {
  expect(error).toBeInstanceOf(OAuthError)
  expect(error).toMatchObject({
    code: expect.stringMatching(/^TOKEN_STORE_(ACCESS|TIMEOUT|LOCK_LOST)$/),
    remedy: expect.stringMatching(/./),
  })
}

async function saved(grant: GrantCoordinator): Promise<void> {
  while (!grant.health().persisted) await new Promise((resolve) => setImmediate(resolve))
}
