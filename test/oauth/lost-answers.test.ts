import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { silentLogger } from '../../src/log.ts'
import {
  ReauthorizationRequiredError,
  RefreshOutcomeUnknownError,
  type TokenRecord,
} from '../../src/oauth/index.ts'
import { Secret } from '../../src/secret.ts'
import { failureOf, key, startGrant } from './grant-fixture.ts'
import type { Trouble } from './grant-server.ts'
import { json, text } from './token-server.ts'

/** The record as a program leaves it that is killed after sending, at a moment long ago. */
async function crashed(
  { store }: Awaited<ReturnType<typeof startGrant>>,
  changes: Partial<NonNullable<TokenRecord['intent']>> = {},
): Promise<void> {
  const record = await store.load(key)
  if (record === undefined) throw new Error('nothing stored')
  const token = record.tokens.refreshToken?.reveal() ?? ''
  const refreshTokenDigest = createHash('sha256').update(token).digest('hex')
  const intent = { startedAt: Date.now() - 600_000, refreshTokenDigest, owner: 'h:1', ...changes }
  await store.save({ ...record, intent }, record.generation)
}

function answerOf(body: unknown) {
  const whole = JSON.stringify(body)
  return {
    status: 200,
    contentType: 'application/json',
    redirectHost: undefined,
    retryAfter: undefined,
    sentAt: Date.now(),
    bytes: whole.length,
    tooBig: false,
    body: new Secret(whole),
  }
}

describe('RF-10: a refresh whose answer is lost', () => {
  const never: [string, Trouble][] = [
    ['a connection that was cut', 'lost before'],
    ['a 502', text('<title>Bad gateway</title>', 502)],
    ['a page instead of tokens', text('<html></html>', 200, { 'Content-Type': 'text/html' })],
    ['truncated JSON', text('{"accessToken":"a')],
  ]
  test.each(never)('is sent once more after %s, and the grant goes on', async (_name, trouble) => {
    const { server, coordinate, store } = await startGrant()
    const grant = coordinate()
    server.troubles.push(trouble)
    const token = await grant.replace(await grant.current())
    expect(token.accessToken.reveal()).toBe('access-2')
    expect(server.requests).toHaveLength(2)
    expect(await store.load(key)).toMatchObject({ generation: 2, intent: undefined })
  })

  test('and that was carried out ends the grant, with a report and the record kept', async () => {
    const { server, coordinate, store, events } = await startGrant()
    const grant = coordinate()
    server.troubles.push('lost after')
    const error = await failureOf(grant.replace(await grant.current()))
    expect(error).toBeInstanceOf(ReauthorizationRequiredError)
    expect(error).toMatchObject({ reason: 'refresh_consumed', kind: 'terminal' })
    expect((error as Error).message).toMatch(/Log in again/)
    expect(server.sent).toEqual(['refresh-1', 'refresh-1'])
    const record = await store.load(key)
    expect(record).toMatchObject({ generation: 1, status: 'dead', intent: undefined })
    expect(record?.tokens.refreshToken?.reveal()).toBe('refresh-1')
    expect(events).toContainEqual({
      type: 'reauthorizationRequired',
      generation: 1,
      reason: 'refresh_consumed',
    })
    expect(grant.health().status).toBe('reauthorization-required')
  })

  test('twice is the end when the old token is refused, and not when it is accepted', async () => {
    for (const verdict of ['refused', 'accepted'] as const) {
      const { server, coordinate, store } = await startGrant()
      const grant = coordinate()
      const refreshOverSocket = () => Promise.reject(new Error('not used'))
      grant.attach({ refreshOverSocket, probeToken: async () => verdict })
      server.troubles.push('lost before', 'lost before')
      const error = await failureOf(grant.replace(await grant.current()))
      expect(server.requests).toHaveLength(2)
      if (verdict === 'refused') expect(error).toBeInstanceOf(ReauthorizationRequiredError)
      else expect(error).toBeInstanceOf(RefreshOutcomeUnknownError)
      expect((await store.load(key))?.status).toBe(verdict === 'refused' ? 'dead' : 'live')
      if (verdict === 'accepted') expect((await grant.refresh()).generation).toBe(2)
    }
  })

  test('waits before the second try longer than a request may take, the lock held', async () => {
    const clock = new ManualClock()
    const { server, store, coordinate } = await startGrant({ now: clock.now() })
    const noticed: string[] = []
    const logger = {
      ...silentLogger,
      warn: (_: unknown, words: string) => void noticed.push(words),
    }
    const grant = coordinate({ clock, replayPauseMs: 16_000, logger })
    const seen = await grant.current()
    server.troubles.push('lost before')
    const replacing = grant.replace(seen)
    await until(() => noticed.includes('A refresh was sent and its answer is not known.'))
    await new Promise((resolve) => setImmediate(resolve))
    await expect(store.lock(key, { owner: 'rival', timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TOKEN_STORE_LOCKED',
    })
    clock.advance(15_999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    expect((await replacing).generation).toBe(2)
  })

  test('somebody else who stored a new pair meanwhile settles it', async () => {
    const clock = new ManualClock()
    const { server, store, coordinate } = await startGrant({ now: clock.now() })
    const noticed: string[] = []
    const logger = {
      ...silentLogger,
      warn: (_: unknown, words: string) => void noticed.push(words),
    }
    const grant = coordinate({ clock, replayPauseMs: 200, logger })
    const seen = await grant.current()
    server.troubles.push('lost before')
    const replacing = grant.replace(seen)
    await until(() => noticed.includes('A refresh was sent and its answer is not known.'))
    expect((await store.load(key))?.intent).toBeDefined()
    server.rotate('refresh-1')
    const record = await store.load(key)
    if (record === undefined) throw new Error('nothing stored')
    await store.save(
      { ...record, generation: 2, tokens: server.pair(clock.now()), intent: undefined },
      1,
    )
    clock.advance(200)
    expect((await replacing).accessToken.reveal()).toBe('access-2')
    expect(server.sent).toEqual(['refresh-1'])
  })
})

describe('RF-11: what a killed program left is taken up', () => {
  test('a kept answer is read and saved, and nothing is sent', async () => {
    const started = await startGrant()
    const answer = answerOf(started.server.rotate('refresh-1'))
    await crashed(started, { answer })
    const token = await started.coordinate().current()
    expect(token.accessToken.reveal()).toBe('access-2')
    expect(started.server.requests).toHaveLength(0)
    expect(await started.store.load(key)).toMatchObject({ generation: 2, intent: undefined })
  })

  test('without an answer the token is sent once more', async () => {
    const started = await startGrant()
    await crashed(started)
    expect((await started.coordinate().current()).accessToken.reveal()).toBe('access-2')
    expect(started.server.sent).toEqual(['refresh-1'])
  })

  test('without an answer, and carried out, the grant has ended with a report', async () => {
    const started = await startGrant()
    started.server.rotate('refresh-1')
    await crashed(started)
    const grant = started.coordinate()
    const seen = await grant.current()
    // The clock says that the old token lives: the server has the last word on it.
    expect(seen.generation).toBe(1)
    const error = await failureOf(grant.replace(seen))
    expect(error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED' })
    expect((await started.store.load(key))?.status).toBe('dead')
  })

  test('a kept answer that is a refusal is a refusal', async () => {
    const started = await startGrant()
    await crashed(started, { answer: answerOf({ errorCode: 'ACCESS_DENIED' }) })
    const grant = started.coordinate()
    const error = await failureOf(grant.replace(await grant.current()))
    expect(error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED' })
    expect(started.server.requests).toHaveLength(0)
  })

  test('a kept answer that broke off counts as none', async () => {
    const started = await startGrant()
    const answer = { ...answerOf({}), body: new Secret('{"accessToken":"acc') }
    await crashed(started, { answer })
    expect((await started.coordinate().current()).generation).toBe(2)
  })

  test('a server that cannot be asked keeps the note, and the old token in use', async () => {
    const started = await startGrant()
    await crashed(started)
    started.server.troubles.push(json({ errorCode: 'REQUEST_FREQUENCY_EXCEEDED' }, 429))
    const grant = started.coordinate()
    expect((await grant.current()).generation).toBe(1)
    expect((await started.store.load(key))?.intent).toMatchObject({ replays: undefined })
    expect((await grant.refresh()).generation).toBe(2)
  })
})

describe('RF-12, RF-13: a refusal', () => {
  test('RF-13: ends nothing when somebody else has rotated the token', async () => {
    const { server, store, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    server.troubles.push((response, request) => {
      void (async () => {
        server.rotate('refresh-1')
        const record = await store.load(key)
        if (record === undefined) throw new Error('nothing stored')
        await store.save({ ...record, generation: 2, tokens: server.pair(), intent: undefined }, 1)
        json({ errorCode: 'ACCESS_DENIED' })(response, request)
      })()
    })
    expect((await grant.replace(seen)).accessToken.reveal()).toBe('access-2')
    expect((await store.load(key))?.status).toBe('live')
  })

  test('RF-12, RV-5: for good is said once, without a loop, and the record is kept', async () => {
    const { server, store, coordinate } = await startGrant()
    server.supersede()
    const grant = coordinate()
    const seen = await grant.current()
    const error = await failureOf(grant.replace(seen))
    expect(error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'unknown' })
    for (let i = 0; i < 5; i++) await failureOf(grant.replace(seen))
    expect(server.sent).toEqual(['refresh-1'])
    expect((await store.load(key))?.tokens.accessToken.reveal()).toBe('access-1')
  })

  test.each([
    [{ errorCode: 'CH_CLIENT_AUTH_FAILURE' }, 'INVALID_CLIENT_CREDENTIALS', 'configuration'],
    [
      { errorCode: 'X', description: 'OA client is not in active state' },
      'APPLICATION_INACTIVE',
      'configuration',
    ],
    [{ errorCode: 'SERVER_IS_UNDER_MAINTENANCE' }, 'TOKEN_ENDPOINT_UNAVAILABLE', 'transient'],
    [{ errorCode: 'BRAND_NEW_CODE' }, 'TOKEN_REQUEST_REFUSED', 'configuration'],
  ])('RF-12: %j keeps the token as %s', async (body, code, kind) => {
    const { server, store, coordinate, events } = await startGrant()
    const grant = coordinate()
    server.troubles.push(json(body))
    expect(await failureOf(grant.replace(await grant.current()))).toMatchObject({ code })
    expect(await store.load(key)).toMatchObject({ status: 'live', intent: undefined })
    expect(events.find(({ type }) => type === 'refreshFailed')).toMatchObject({ kind, code })
    expect((await grant.refresh()).generation).toBe(2)
  })
})

/** Waits for something to come true, without a limit of its own: that of the test counts. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}
