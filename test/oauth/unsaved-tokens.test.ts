import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createMemoryTokenStore, type TokenRecord, type TokenStore } from '../../src/oauth/index.ts'
import { createFileEmergencyCopy } from '../../src/stores/file.ts'
import { failureOf, key, startGrant } from './grant-fixture.ts'

/** A store that takes notes, and refuses new pairs until it is repaired. */
function failingStore() {
  const memory = createMemoryTokenStore()
  const state = { broken: true, tries: 0 }
  const store: TokenStore = {
    ...memory,
    async save(record, expected, lock) {
      if (state.broken && record.generation > 1) {
        state.tries += 1
        throw Object.assign(new Error('no space left, access-2'), { code: 'ENOSPC' })
      }
      await memory.save(record, expected, lock)
    },
  }
  return { store, memory, state }
}

async function emergencyPlace() {
  const root = await mkdtemp(join(tmpdir(), 'ctrader-emergency-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const directory = join(root, 'emergency')
  return { directory, emergency: createFileEmergencyCopy({ directory }) }
}

describe('RF-7: new tokens that cannot be saved', () => {
  test('are in use, told about, kept in a second place, and nothing else is refreshed', async () => {
    const { store, state } = failingStore()
    const { emergency, directory } = await emergencyPlace()
    const { server, coordinate, events } = await startGrant({ store })
    const given: TokenRecord[] = []
    const grant = coordinate({ emergency, onPersistFailure: (record) => void given.push(record) })
    const token = await grant.replace(await grant.current())
    expect(token.accessToken.reveal()).toBe('access-2')
    expect((await grant.current()).generation).toBe(2)
    expect(grant.health()).toMatchObject({ status: 'degraded', persisted: false, generation: 2 })
    expect(events).toContainEqual({
      type: 'persistFailed',
      generation: 2,
      code: 'TOKEN_STORE_ACCESS',
      emergencyCopy: expect.stringContaining(directory),
    })
    expect(given.map((record) => record.tokens.accessToken.reveal())).toEqual(['access-2'])
    const [name = ''] = await readdir(directory)
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(directory, name), 'utf8')).toContain('refresh-2')
    expect(await failureOf(grant.replace(token))).toMatchObject({ code: 'TOKEN_PERSIST_FAILED' })
    expect(await failureOf(grant.refresh())).toMatchObject({ code: 'TOKEN_PERSIST_FAILED' })
    expect(server.sent).toEqual(['refresh-1'])
    state.broken = false
  })

  test('are saved by trying again, and then all is well', async () => {
    const clock = new ManualClock()
    const { store, memory, state } = failingStore()
    const { emergency, directory } = await emergencyPlace()
    const { coordinate, events } = await startGrant({ store, now: clock.now() })
    const grant = coordinate({ emergency, clock })
    await grant.replace(await grant.current())
    const before = state.tries
    clock.advance(1_000)
    await until(() => state.tries > before)
    state.broken = false
    await until(() => {
      clock.advance(30_000)
      return grant.health().persisted
    })
    expect(await memory.load(key)).toMatchObject({ generation: 2, intent: undefined })
    expect(events).toContainEqual({ type: 'persisted', generation: 2 })
    expect(await readdir(directory)).toEqual([])
    expect((await grant.refresh()).generation).toBe(3)
  })

  test('are saved at the latest when the coordinator is closed', async () => {
    const { store, memory, state } = failingStore()
    const { coordinate } = await startGrant({ store })
    const grant = coordinate()
    await grant.replace(await grant.current())
    state.broken = false
    await grant.close()
    expect((await memory.load(key))?.generation).toBe(2)
  })

  test('are found in the second place by the next program', async () => {
    const { store, memory } = failingStore()
    const { emergency } = await emergencyPlace()
    const { server, coordinate } = await startGrant({ store })
    const grant = coordinate({ emergency })
    await grant.replace(await grant.current())
    await grant.close()
    // The next program, with a disk that has room again.
    const next = coordinate({ emergency, store: memory })
    expect((await next.current()).accessToken.reveal()).toBe('access-2')
    expect(await memory.load(key)).toMatchObject({ generation: 2, intent: undefined })
    expect(await emergency.read(key)).toBeUndefined()
    expect((await next.refresh()).accessToken.reveal()).toBe('access-3')
    expect(server.refused).toBe(0)
  })

  test('a second place that holds what is long replaced changes nothing', async () => {
    const { emergency } = await emergencyPlace()
    const { store, server, coordinate } = await startGrant()
    const record = await store.load(key)
    if (record === undefined) throw new Error('nothing stored')
    await emergency.write({ ...record, generation: 2 })
    const grant = coordinate({ emergency })
    expect((await grant.current()).generation).toBe(1)
    expect(await emergency.read(key)).toBeUndefined()
    expect(server.sent).toEqual([])
  })
})

describe('RF-6: a store that does not take the note', () => {
  test('keeps the refresh token from being sent', async () => {
    const memory = createMemoryTokenStore()
    let full = false
    const store: TokenStore = {
      ...memory,
      async save(...options) {
        if (full) throw Object.assign(new Error('read-only'), { code: 'EROFS' })
        await memory.save(...options)
      },
    }
    const { server, coordinate } = await startGrant({ store })
    full = true
    const grant = coordinate()
    const error = await failureOf(grant.replace(await grant.current()))
    expect(error).toMatchObject({ code: 'TOKEN_STORE_ACCESS', facts: { systemCode: 'EROFS' } })
    expect(server.requests).toEqual([])
    full = false
    expect((await grant.refresh()).generation).toBe(2)
  })

  test('RF-6: an answer that cannot be kept is read at once', async () => {
    const memory = createMemoryTokenStore()
    const store: TokenStore = {
      ...memory,
      async save(record, ...rest) {
        if (record.intent?.answer !== undefined) throw new Error('refused, refresh-2')
        await memory.save(record, ...rest)
      },
    }
    const { coordinate } = await startGrant({ store })
    const grant = coordinate()
    expect((await grant.replace(await grant.current())).generation).toBe(2)
    expect((await memory.load(key))?.generation).toBe(2)
  })
})

/** Waits for something to come true; the limit of the test counts. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
