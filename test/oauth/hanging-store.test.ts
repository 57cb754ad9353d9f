import { expect, onTestFinished, test } from 'vitest'
import { ioTurn, systemClock } from '../../src/async/clock.ts'
import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  createMemoryTokenStore,
  type GrantCoordinatorOptions,
  saveLogin,
  type TokenRecord,
  type TokenStore,
  type TokenStoreLock,
} from '../../src/oauth/index.ts'
import { failureOf, key, recordOf, startGrant } from './grant-fixture.ts'

type Call = 'load' | 'lock' | 'note' | 'answer' | 'pair' | 'release'

/** A store that never answers the calls it is told to hang at, until it is told to go on. */
function hangingStore() {
  const memory = createMemoryTokenStore()
  const hangs = new Set<Call>()
  const held: (() => void)[] = []
  const maybe = async <T>(call: Call, work: () => Promise<T>): Promise<T> => {
    if (hangs.has(call)) await new Promise<void>((resolve) => held.push(resolve))
    return work()
  }
  const callOf = (record: TokenRecord, expected: number): Call => {
    if (record.generation > expected) return 'pair'
    return record.intent?.answer === undefined ? 'note' : 'answer'
  }
  const store: TokenStore = {
    ...memory,
    load: (...args) => maybe('load', () => memory.load(...args)),
    save: (record, expected, lock) =>
      maybe(callOf(record, expected), () => memory.save(record, expected, lock)),
    async lock(...args) {
      const lock = await maybe('lock', () => memory.lock(...args))
      const release = lock.release.bind(lock)
      lock.release = () => maybe('release', release)
      return lock
    },
  }
  const goOn = (): void => {
    hangs.clear()
    for (const resolve of held.splice(0)) resolve()
  }
  return { memory, store, hangs, goOn, held }
}

// For what waits for more than the store.
const inRealTime = { clock: systemClock, storeTimeoutMs: 300, timeoutMs: 20_000 }

async function begin(changes: Partial<GrantCoordinatorOptions> = {}) {
  const clock = new ManualClock()
  const hanging = hangingStore()
  const now = (changes.clock ?? clock).now()
  const started = await startGrant({ store: hanging.store, now })
  const grant = started.coordinate({ clock, ...changes })
  // Closing waits for what hangs.
  onTestFinished(() => hanging.goOn())
  const seen = await grant.current()
  /** Moves time on whenever the store hangs, until the work has ended. */
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    let over = false
    const end = (): void => {
      over = true
    }
    work.then(end, end)
    while (!over) {
      await ioTurn()
      if (hanging.held.length > 0) clock.advance(5_000)
    }
    return work
  }
  return { clock, ...hanging, ...started, grant, seen, inTime }
}

for (const call of ['lock', 'load', 'note'] as const) {
  test(`RF-6: a store that hangs before anything is sent (${call}) fails the refresh in time and spends nothing`, async () => {
    const { hangs, goOn, grant, seen, inTime, server } = await begin()
    hangs.add(call)
    const error = await inTime(failureOf(grant.replace(seen)))
    expect(error).toMatchObject({
      code: 'TOKEN_STORE_TIMEOUT',
      retryable: true,
      facts: { grantState: 'untouched' },
      message: expect.stringContaining('the grant is as it was'),
      remedy: expect.stringContaining('hangs'),
    })
    expect(server.sent).toEqual([])
    goOn()
    const next = await grant.refresh()
    expect(server.accepts(next.accessToken.reveal())).toBe(true)
    expect(server.refused).toBe(0)
  })
}

test('RF-7: a store that hangs after the token is spent loses no pair and stops further refreshes', async () => {
  const copies: TokenRecord[] = []
  const emergency = {
    write: async (record: TokenRecord) => `copy ${copies.push(record)}`,
    read: async () => undefined,
    remove: async () => {},
  }
  const { hangs, goOn, grant, seen, inTime, server, memory, events, clock } = await begin({
    emergency,
  })
  const stop = grant.onEvent(({ type }) => {
    if (type !== 'refreshStarted') return
    for (const call of ['answer', 'pair', 'load'] as const) hangs.add(call)
  })
  const token = await inTime(grant.replace(seen))
  expect(token.accessToken.reveal()).toBe('access-2')
  expect(grant.health()).toMatchObject({ persisted: false, generation: 2 })
  const told = events.find((event) => event.type === 'persistFailed')
  expect(told).toMatchObject({ code: 'TOKEN_STORE_TIMEOUT', generation: 2 })
  expect(told).toMatchObject({ emergencyCopy: 'copy 1' })
  expect(copies[0]?.tokens.refreshToken?.reveal()).toBe('refresh-2')
  expect(await failureOf(grant.refresh())).toMatchObject({ code: 'TOKEN_PERSIST_FAILED' })
  expect(server.sent).toEqual(['refresh-1'])
  stop()
  goOn()
  while (!grant.health().persisted) {
    await ioTurn()
    clock.advance(5_000)
  }
  expect(await memory.load(key)).toMatchObject({ generation: 2, intent: undefined })
  // The write that seemed to have failed was carried out late, and harmed nothing.
  expect(events).toContainEqual({ type: 'persisted', generation: 2 })
  expect((await grant.refresh()).generation).toBe(3)
  expect(server.refused).toBe(0)
})

test('RF-7: an answer that cannot be noted in time is read and saved all the same', async () => {
  const { hangs, goOn, grant, seen, inTime, memory } = await begin()
  hangs.add('answer')
  expect((await inTime(grant.replace(seen))).generation).toBe(2)
  // The note that was held up comes now, and is too old to count.
  goOn()
  await ioTurn()
  expect(await memory.load(key)).toMatchObject({ generation: 2, intent: undefined })
  expect(grant.health()).toMatchObject({ status: 'ok', persisted: true })
})

test('a lock that cannot be given back keeps nobody waiting', async () => {
  const { hangs, grant, seen, inTime, server } = await begin()
  hangs.add('release')
  const next = await inTime(grant.replace(seen))
  expect(server.accepts(next.accessToken.reveal())).toBe(true)
})

test('a lock that comes too late is given back', async () => {
  const { hangs, goOn, grant, seen, inTime, memory } = await begin()
  hangs.add('lock')
  expect(await inTime(failureOf(grant.replace(seen)))).toMatchObject({
    code: 'TOKEN_STORE_TIMEOUT',
    facts: { action: 'lock' },
  })
  goOn()
  const lock = await memory.lock(key, { owner: 'another', timeoutMs: 10_000 })
  expect(lock.owner).toBe('another')
  await lock.release()
})

test('what is known says so when a refresh had been sent before', async () => {
  const { hangs, goOn, grant, seen, server } = await begin(inRealTime)
  server.troubles.push('lost after')
  // The answer is lost; what is read of the store before the second try hangs.
  const sent = new Promise<void>((resolve) => {
    const stop = grant.onEvent((event) => {
      if (event.type !== 'refreshStarted') return
      stop()
      hangs.add('load')
      resolve()
    })
  })
  const failed = failureOf(grant.replace(seen))
  await sent
  expect(await failed).toMatchObject({
    code: 'TOKEN_STORE_TIMEOUT',
    facts: { action: 'read', grantState: 'refresh-sent' },
    message: expect.stringContaining('the next use settles'),
  })
  goOn()
  // The token was spent and its answer is gone: the only thing left is to say so.
  expect(await failureOf(grant.refresh())).toMatchObject({
    code: 'REAUTHORIZATION_REQUIRED',
    reason: 'refresh_consumed',
  })
})

test('a second place that hangs like the first one holds up nothing either', async () => {
  const forever = (): Promise<never> => new Promise(() => {})
  const emergency = { write: forever, read: async () => undefined, remove: forever }
  const places = { emergency, onPersistFailure: forever, closeTimeoutMs: 100 }
  const { hangs, grant, seen } = await begin({ ...inRealTime, ...places })
  hangs.add('pair')
  expect((await grant.replace(seen)).generation).toBe(2)
  expect(grant.health()).toMatchObject({ persisted: false })
})

test('saving a login ends in time as well, and says that it may have been carried out', async () => {
  const { store, hangs, server, clock, held } = await begin()
  hangs.add('pair')
  const saving = failureOf(saveLogin({ store, key, tokens: recordOf(server).tokens, clock }))
  while (held.length === 0) await ioTurn()
  clock.advance(20_000)
  expect(await saving).toMatchObject({
    code: 'TOKEN_STORE_TIMEOUT',
    message: expect.stringContaining('Whether it was carried out is not known'),
  })
})

test('a lock is waited for as long as it was said, and the store has its own time on top', async () => {
  const { store, clock, coordinate, seen } = await begin()
  const lock: TokenStoreLock = await store.lock(key, { owner: 'slow' })
  const other = coordinate({ clock, store: { ...store, sharedGrants: undefined } })
  const waiting = other.replace(seen)
  await ioTurn()
  clock.advance(80_000)
  await ioTurn()
  await lock.release()
  expect((await waiting).generation).toBe(2)
})
