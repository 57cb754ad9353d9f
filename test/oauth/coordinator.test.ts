import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createGrantCoordinator, createMemoryTokenStore } from '../../src/oauth/index.ts'
import { application, failureOf, key, startGrant } from './grant-fixture.ts'
import { json } from './token-server.ts'

describe('the token of a grant', () => {
  test('is the stored one while it lives, and nothing is sent', async () => {
    const { server, coordinate } = await startGrant()
    const token = await coordinate().current()
    expect(token.generation).toBe(1)
    expect(token.accessToken.reveal()).toBe('access-1')
    expect(server.sent).toEqual([])
  })

  test('RF-3: N callers who name the same token cause one refresh and get one result', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => grant.replace(seen)))
    expect(new Set(tokens.map((token) => token.generation))).toEqual(new Set([2]))
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('RF-3: N callers get the one error of a failed refresh, and the next try is a new one', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    server.troubles.push(json({ errorCode: 'SERVER_IS_UNDER_MAINTENANCE' }, 503))
    const errors = await Promise.all(
      Array.from({ length: 20 }, () => failureOf(grant.replace(seen))),
    )
    expect(new Set(errors).size).toBe(1)
    expect(server.requests).toHaveLength(1)
    expect((await grant.refresh()).generation).toBe(2)
  })

  test('who names an older token gets the stored one at once', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const first = await grant.current()
    await grant.replace(first)
    expect((await grant.replace(first)).generation).toBe(2)
    expect(server.sent).toHaveLength(1)
  })

  test('RF-4: after waiting for another program the store is read again, and nothing is sent', async () => {
    const { server, store, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    const lock = await store.lock(key, { owner: 'another program' })
    const waiting = grant.replace(seen)
    server.rotate('refresh-1')
    const record = await store.load(key)
    if (record === undefined) throw new Error('nothing stored')
    await store.save({ ...record, generation: 2, tokens: server.pair() }, 1, lock)
    await lock.release()
    expect((await waiting).accessToken.reveal()).toBe('access-2')
    expect(server.requests).toHaveLength(0)
  })

  test('RF-6: the order is intent, sending, answer, pair; then callers', async () => {
    const memory = createMemoryTokenStore()
    const steps: string[] = []
    const store: typeof memory = {
      ...memory,
      lock: async (...options) => {
        steps.push('lock')
        return memory.lock(...options)
      },
      save: async (record, ...rest) => {
        const { intent, generation } = record
        await memory.save(record, ...rest)
        steps.push(
          `${generation} ${intent === undefined ? 'clear' : intent.answer === undefined ? 'intent' : 'answer'}`,
        )
      },
    }
    const { server, coordinate } = await startGrant({ store })
    steps.length = 0
    server.troubles.push((response, request) => {
      steps.push('sent')
      json(server.rotate(request.query.get('refresh_token') ?? '') ?? {})(response, request)
    })
    const grant = coordinate()
    grant.onChange(() => steps.push('told'))
    await grant.replace(await grant.current()).then(() => steps.push('released'))
    expect(steps).toEqual(['lock', '1 intent', 'sent', '1 answer', '2 clear', 'told', 'released'])
  })

  test('RF-8: a caller who gives up does not take the refresh along', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    const controller = new AbortController()
    const reason = new Error('enough')
    server.troubles.push((response, request) => {
      controller.abort(reason)
      json(server.rotate(request.query.get('refresh_token') ?? '') ?? {})(response, request)
    })
    await expect(grant.replace(seen, { signal: controller.signal })).rejects.toBe(reason)
    expect((await grant.replace(seen)).generation).toBe(2)
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('RF-8: closing waits for a refresh that was sent, and its tokens are stored', async () => {
    const { server, store, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    let closed: Promise<void> | undefined
    server.troubles.push((response, request) => {
      closed = grant.close()
      json(server.rotate(request.query.get('refresh_token') ?? '') ?? {})(response, request)
    })
    await grant.replace(seen).catch(() => {})
    await closed
    expect((await store.load(key))?.generation).toBe(2)
    await expect(grant.current()).rejects.toMatchObject({ code: 'GRANT_CLOSED' })
  })

  test('RF-8: closing does not wait for ever', async () => {
    const clock = new ManualClock()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock, closeTimeoutMs: 5_000 })
    const seen = await grant.current()
    const arrived = new Promise<void>((resolve) => server.troubles.push(() => resolve()))
    const replacing = failureOf(grant.replace(seen))
    await arrived
    const closing = grant.close()
    clock.advance(5_000)
    await closing
    clock.advance(120_000)
    await replacing
  })

  test('RF-20: an access token that ended months ago is renewed without a word', async () => {
    const long = Date.now() - 90 * 86_400_000
    const { server, coordinate } = await startGrant({ now: long })
    expect((await coordinate().current()).accessToken.reveal()).toBe('access-2')
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('RF-22: coordinators of one grant and store share a refresh, those of another store do not', async () => {
    const { server, coordinate, store } = await startGrant()
    const [first, second] = [coordinate(), coordinate()]
    const seen = await first.current()
    server.troubles.push(json({ errorCode: 'SERVER_IS_UNDER_MAINTENANCE' }, 503))
    const [a, b] = await Promise.all([
      failureOf(first.replace(seen)),
      failureOf(second.replace(seen)),
    ])
    expect(a).toBe(b)
    await first.close()
    expect((await second.refresh()).generation).toBe(2)
    const other = await startGrant()
    expect((await other.coordinate().current()).accessToken.reveal()).toBe('access-1')
    expect(other.server.sent).toEqual([])
    expect((await store.load(key))?.generation).toBe(2)
  })

  test('nothing stored is an error of its own that says to log in', async () => {
    const grant = createGrantCoordinator({ store: createMemoryTokenStore(), key, application })
    const error = await failureOf(grant.current())
    expect(error).toMatchObject({ code: 'NOT_LOGGED_IN', kind: 'user' })
    await grant.close()
  })

  test('the wait of a caller ends, the work goes on', async () => {
    const clock = new ManualClock()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const grant = coordinate({ clock })
    const seen = await grant.current()
    const arrived = new Promise<() => void>((resolve) =>
      server.troubles.push((response, request) =>
        resolve(() => json(server.rotate('refresh-1') ?? {})(response, request)),
      ),
    )
    const waiting = failureOf(grant.replace(seen, { timeoutMs: 1_000 }))
    const answer = await arrived
    clock.advance(1_000)
    expect(await waiting).toMatchObject({ code: 'TOKEN_WAIT_TIMEOUT' })
    answer()
    expect((await grant.replace(seen)).generation).toBe(2)
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('the key must name the application', () => {
    expect(() =>
      createGrantCoordinator({
        store: createMemoryTokenStore(),
        key: { clientId: 'other', profile: 'x' },
        application,
      }),
    ).toThrow(/another application/)
  })
})
