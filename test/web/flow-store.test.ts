import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryFlowStore, type FlowEntry, type FlowStore } from '../../src/web/index.ts'
import { findPostgres, runSql, uniqueName } from '../stores/servers.ts'

const limits = { perOwner: 2, total: 3 }

function entry(id: string, owner: string, changes: Partial<FlowEntry> = {}): FlowEntry {
  return { id, owner, kind: 'login', expiresAt: 1_000, data: `data of ${id}`, ...changes }
}

/** What a store of unfinished logins has to do, whatever it is made of. */
function contract(open: () => Promise<FlowStore>): void {
  test('gives back what was put, until it expires', async () => {
    const store = await open()
    const one = entry('a', 'alice', { data: '{"x":"ü\\n"}' })
    expect(await store.put(one, limits, 0)).toBe(true)
    expect(await store.find('a', 999)).toEqual(one)
    expect(await store.find('a', 1_000)).toBeUndefined()
    expect(await store.find('b', 0)).toBeUndefined()
  })

  test('an entry of the same id takes the place of the one before', async () => {
    const store = await open()
    await store.put(entry('a', 'alice'), limits, 0)
    await store.put(entry('a', 'alice', { kind: 'grant', data: 'new' }), limits, 0)
    expect(await store.find('a', 0)).toMatchObject({ kind: 'grant', data: 'new' })
  })

  test('of those who take an entry at the same time one gets it', async () => {
    const store = await open()
    await store.put(entry('a', 'alice'), limits, 0)
    const taken = await Promise.all(Array.from({ length: 8 }, () => store.take('a', 0)))
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1)
    expect(await store.find('a', 0)).toBeUndefined()
  })

  test('nobody gets one that has expired', async () => {
    const store = await open()
    await store.put(entry('a', 'alice'), limits, 0)
    expect(await store.take('a', 1_000)).toBeUndefined()
  })

  test('the oldest of an owner make room; when all places are others’, there is none', async () => {
    const store = await open()
    for (const id of ['a', 'b', 'c'])
      expect(await store.put(entry(id, 'alice'), limits, 0)).toBe(true)
    expect(await store.find('a', 0)).toBeUndefined()
    expect(await store.find('b', 0)).toBeDefined()
    expect(await store.put(entry('d', 'bob'), limits, 0)).toBe(true)
    expect(await store.put(entry('e', 'carol'), limits, 0)).toBe(false)
    expect(await store.find('e', 0)).toBeUndefined()
    expect(await store.find('d', 0)).toBeDefined()
    // Whoever has a place may use it again.
    expect(await store.put(entry('c', 'alice', { data: 'new' }), limits, 0)).toBe(true)
    // Expired ones are swept away.
    expect(await store.put(entry('e', 'carol', { expiresAt: 3_000 }), limits, 2_000)).toBe(true)
  })
}

describe('unfinished logins in memory', () => {
  contract(async () => createMemoryFlowStore())
})

const postgres = await findPostgres()

describe.skipIf(postgres === undefined)(
  'unfinished logins in PostgreSQL, as the example keeps them',
  () => {
    const schema = uniqueName('flows')
    let database: { openDatabase: unknown; flowStoreIn: unknown } | undefined
    let pool: { query(text: string): Promise<unknown>; end(): Promise<void> }

    beforeAll(async () => {
      const file = new URL('../../examples/web-application/database.mjs', import.meta.url)
      database = await import(file.href)
      const { openDatabase } = database as {
        openDatabase: (url: string, schema: string) => Promise<typeof pool>
      }
      pool = await openDatabase(postgres ?? '', schema)
    })
    afterAll(async () => {
      await pool.end()
      await runSql(postgres ?? '', `DROP SCHEMA ${schema} CASCADE`)
    })

    contract(async () => {
      await pool.query('DELETE FROM flows')
      const { flowStoreIn } = database as { flowStoreIn: (from: typeof pool) => FlowStore }
      return flowStoreIn(pool)
    })
  },
)
