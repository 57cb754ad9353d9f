import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/async/clock.ts'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createMemoryTokenStore } from '../../src/oauth/index.ts'
import { failureOf, key, startGrant } from './grant-fixture.ts'
import { json } from './token-server.ts'

const day = 86_400_000
const lifetime = 2_628_000_000
const maintenance = json({ errorCode: 'SERVER_IS_UNDER_MAINTENANCE' }, 503)
/** No jitter. */
const random = () => 0

describe('RF-1: the two windows', () => {
  test('from a fifth of the lifetime the token is renewed in the background', async () => {
    const clock = new ManualClock()
    const { server, coordinate, events } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock, random })
    await grant.start()
    expect(events).toContainEqual({
      type: 'refreshScheduled',
      generation: 1,
      at: clock.now() + lifetime * 0.8,
    })
    expect(grant.health()).toMatchObject({
      status: 'ok',
      nextRefreshAt: clock.now() + lifetime * 0.8,
    })
    clock.advance(lifetime * 0.8 - 1)
    expect(server.requests).toHaveLength(0)
    const renewed = new Promise<number>((resolve) =>
      grant.onChange((token) => resolve(token.generation)),
    )
    clock.advance(1)
    expect(await renewed).toBe(2)
    expect((await grant.current()).generation).toBe(2)
  })

  test('in the advisory window a failure is only told, and tried again once a minute', async () => {
    const clock = new ManualClock()
    const { server, coordinate, events } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock, random })
    await grant.start()
    server.troubles.push(maintenance, maintenance, maintenance)
    clock.advance(lifetime * 0.8)
    for (let round = 1; round <= 3; round++) {
      await until(() => events.filter(({ type }) => type === 'refreshFailed').length === round)
      expect((await grant.current()).generation).toBe(1)
      clock.advance(59_000)
      expect(server.requests).toHaveLength(round)
      clock.advance(1_000)
    }
    await until(() => grant.health().generation === 2)
    expect(grant.health().status).toBe('ok')
  })

  test('in the mandatory window callers wait, and get the old token while it lives', async () => {
    const clock = new ManualClock()
    const { server, coordinate } = await startGrant({ now: clock.now() - lifetime + 1_800_000 })
    const grant = coordinate({ clock })
    server.troubles.push(maintenance)
    expect((await grant.current()).generation).toBe(1)
    expect(server.requests).toHaveLength(1)
    clock.advance(1_800_001)
    server.troubles.push(maintenance)
    const error = await failureOf(grant.current())
    expect(error).toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE' })
    clock.advance(120_000)
    await until(() => !grant.health().refreshing)
    expect((await grant.current()).generation).toBe(2)
  })

  test('a token that lives for a minute is not renewed all the time', async () => {
    const clock = new ManualClock()
    const { server, coordinate } = await startGrant({ now: clock.now(), lifetimeSeconds: 60 })
    const grant = coordinate({ clock, random })
    await grant.start()
    for (let second = 0; second < 47; second++) {
      clock.advance(1_000)
      await grant.current()
    }
    expect(server.requests).toHaveLength(0)
    clock.advance(1_000)
    await until(() => grant.health().generation === 2)
    clock.advance(40_000)
    await grant.current()
    expect(server.requests).toHaveLength(1)
  })

  test('many programs with tokens of one age do not come at the same moment', async () => {
    const moments = new Set<number | undefined>()
    for (const share of [0, 0.3, 0.9]) {
      const clock = new ManualClock()
      const { coordinate } = await startGrant({ now: clock.now() })
      const grant = coordinate({ clock, random: () => share })
      await grant.start()
      moments.add(grant.health().nextRefreshAt)
    }
    expect(moments.size).toBe(3)
  })
})

describe('RF-2: long waits', () => {
  test('are cut into pieces of a day, and keep no process alive', async () => {
    const manual = new ManualClock()
    const waits: { ms: number; keepAlive: boolean | undefined }[] = []
    const clock: Clock = {
      now: () => manual.now(),
      monotonic: () => manual.monotonic(),
      after(ms, call, options) {
        waits.push({ ms, keepAlive: options?.keepAlive })
        return manual.after(ms, call)
      },
    }
    const { coordinate } = await startGrant({ now: manual.now() })
    const grant = coordinate({ clock })
    await grant.start()
    waits.length = 0
    manual.advance(3 * day)
    const background = waits.filter(({ ms }) => ms >= 60_000)
    expect(background.length).toBeGreaterThanOrEqual(3)
    for (const { ms, keepAlive } of background) {
      expect(ms).toBeLessThanOrEqual(day)
      expect(keepAlive).toBe(false)
    }
  })

  test('a program with a coordinator that has nothing else to do ends', () => {
    const code = `
      import { createGrantCoordinator, createMemoryTokenStore, createTokenSet } from 'ctrader-open-api/oauth'
      const store = createMemoryTokenStore()
      const key = { clientId: 'id', profile: 'p' }
      const now = Date.now()
      const tokens = createTokenSet({ accessToken: 'a', refreshToken: 'r', obtainedAt: now, expiresAt: now + 2628000000 })
      await store.save({ key, generation: 1, tokens, userId: undefined, status: 'live', intent: undefined }, 0)
      const grant = createGrantCoordinator({ store, key, application: { clientId: 'id', clientSecret: 's' } })
      console.log((await grant.current()).generation)`
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1\n' })
  }, 60_000)
})

describe('CX-14: clocks that are wrong', () => {
  /** A wall clock that can be set, beside one that cannot. */
  function clocks() {
    const manual = new ManualClock()
    const state = { shift: 0 }
    const clock: Clock = {
      now: () => manual.now() + state.shift,
      monotonic: () => manual.monotonic(),
      after: manual.after.bind(manual),
    }
    return { manual, state, clock }
  }

  test('CX-14: one that is set back does not make a token live longer', async () => {
    const { manual, state, clock } = clocks()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock, random })
    await grant.start()
    state.shift = -365 * day
    manual.advance(lifetime * 0.8)
    await until(() => grant.health().generation === 2)
    expect(server.requests).toHaveLength(1)
  })

  test('CX-14: a machine that slept is noticed within a day of waking', async () => {
    const { manual, state, clock } = clocks()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock, random })
    await grant.start()
    state.shift = 28 * day
    manual.advance(day)
    await until(() => grant.health().generation === 2)
    manual.advance(day)
    expect(server.requests).toHaveLength(1)
  })

  test('CX-14: one that is set forward and back costs one early refresh each time at most', async () => {
    const { manual, state, clock } = clocks()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock, random })
    await grant.start()
    for (let jump = 1; jump <= 3; jump++) {
      state.shift += 400 * day
      expect((await grant.current()).generation).toBe(jump + 1)
      manual.advance(60_000)
      expect((await grant.current()).generation).toBe(jump + 1)
    }
    state.shift = 0
    expect((await grant.current()).generation).toBe(4)
    expect(server.requests).toHaveLength(3)
  })
})

describe('RF-18: the time that suits', () => {
  test('is asked for each minute, and no longer when hardly any time is left', async () => {
    const clock = new ManualClock()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const asked: Date[] = []
    const refreshWindow = (now: Date): boolean => {
      asked.push(now)
      return false
    }
    const grant = coordinate({ clock, random, refreshWindow })
    await grant.start()
    clock.advance(lifetime * 0.8)
    await until(() => asked.length === 1)
    clock.advance(60_000)
    await until(() => asked.length === 2)
    expect(server.requests).toHaveLength(0)
    expect(grant.health().status).toBe('ok')
    clock.advance(lifetime * 0.2 - 3_600_000)
    await until(() => grant.health().generation === 2)
  })
})

describe('RF-19: one refreshes, others read', () => {
  test('RF-19: a reader takes what the refresher stored, and refreshes nothing itself', async () => {
    const { server, coordinate, store } = await startGrant()
    const refresher = coordinate()
    // Without the meeting place of the process, as in a process of its own.
    const { sharedGrants: _, ...alone } = store
    const reader = coordinate({ store: alone, role: 'reader', pollMs: 20, waitMs: 30_000 })
    const seen = await reader.current()
    const told = new Promise<number>((resolve) =>
      reader.onChange((token) => resolve(token.generation)),
    )
    const waiting = reader.replace(seen)
    await refresher.refresh()
    expect((await waiting).generation).toBe(2)
    expect(await told).toBe(2)
    expect(server.sent).toEqual(['refresh-1'])
    const silent = reader.replace(await reader.current(), { timeoutMs: 60 })
    expect(await failureOf(silent)).toMatchObject({ code: 'TOKEN_WAIT_TIMEOUT' })
  })

  test('RF-19: a refresher that stays silent is an error that names the reason', async () => {
    const { coordinate } = await startGrant()
    const reader = coordinate({ role: 'reader', pollMs: 10, waitMs: 50 })
    const error = await failureOf(reader.replace(await reader.current(), { timeoutMs: 5_000 }))
    expect(error).toMatchObject({ code: 'REFRESHER_SILENT', kind: 'transient' })
  })
})

describe('RF-21: events', () => {
  test('RF-21: tell what happens without secrets, and a listener that throws breaks nothing', async () => {
    const { server, coordinate, events } = await startGrant()
    const grant = coordinate()
    const tokens: unknown[] = []
    grant.onEvent(() => {
      throw new Error('a listener')
    })
    grant.onChange(() => {
      throw new Error('another listener')
    })
    const stop = grant.onChange((token) => tokens.push(token))
    await grant.refresh()
    stop()
    server.troubles.push(maintenance)
    await failureOf(grant.refresh())
    expect(tokens).toHaveLength(1)
    expect(events.map(({ type }) => type)).toEqual([
      'refreshScheduled',
      'refreshStarted',
      'refreshScheduled',
      'refreshed',
      'refreshStarted',
      'refreshFailed',
    ])
    expect(JSON.stringify(events)).not.toMatch(/access-\d|refresh-\d|the-client-secret/)
  })

  test('RF-21: a token that nobody will renew is warned of at a fifth, a twentieth and a hundredth', async () => {
    const clock = new ManualClock()
    const store = createMemoryTokenStore()
    const { coordinate, events } = await startGrant({ store, now: clock.now() })
    const record = await store.load(key)
    if (record === undefined) throw new Error('nothing stored')
    await store.save({ ...record, tokens: { ...record.tokens, refreshToken: undefined } }, 1)
    const grant = coordinate({ clock, random })
    await grant.start()
    expect(grant.health()).toMatchObject({ status: 'degraded', refreshable: false })
    const left: number[] = []
    for (let hour = 0; hour < 730; hour++) {
      clock.advance(3_600_000)
      await Promise.resolve()
      left.push(
        ...events.splice(0).flatMap((event) => (event.type === 'expiring' ? event.leftMs : [])),
      )
    }
    expect(left).toHaveLength(3)
    const shares = left.map((ms) => ms / lifetime)
    expect(shares[0]).toBeCloseTo(0.2, 2)
    expect(shares[1]).toBeCloseTo(0.05, 2)
    expect(shares[2]).toBeCloseTo(0.01, 2)
  })
})

/** Waits for something to come true; the limit of the test counts. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
