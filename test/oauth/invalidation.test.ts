import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import type { GrantDoor, ProbeResult, SocketTokens } from '../../src/oauth/index.ts'
import { failureOf, key, startGrant } from './grant-fixture.ts'
import type { GrantServer } from './grant-server.ts'
import { json } from './token-server.ts'

/** A session's way to the server of the grant. */
function doorTo(server: GrantServer, probe?: ProbeResult): GrantDoor & { used: number } {
  const door = {
    used: 0,
    async refreshOverSocket(refreshToken: { reveal(): string }): Promise<SocketTokens> {
      door.used += 1
      const answer = server.rotate(refreshToken.reveal())
      if (answer !== undefined) return answer as unknown as SocketTokens
      throw refused('CH_ACCESS_TOKEN_INVALID')
    },
    probeToken: async (token: { reveal(): string }): Promise<ProbeResult> =>
      probe ?? (server.accepts(token.reveal()) ? 'accepted' : 'refused'),
  }
  return door
}

function refused(serverCode: string, description = 'No.'): Error {
  return Object.assign(new Error(serverCode), { outcome: 'refused', serverCode, description })
}

describe('RF-15: a pushed invalidation', () => {
  test('RF-15: during a refresh of our own waits for it and gives its token', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    let pushed: ReturnType<typeof grant.invalidated> | undefined
    server.troubles.push((response, request) => {
      const answer = server.rotate('refresh-1')
      pushed = grant.invalidated(seen)
      json(answer ?? {})(response, request)
    })
    await grant.refresh()
    expect((await pushed)?.accessToken.reveal()).toBe('access-2')
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('RF-15: after one, of the token before, gives the new token and sends nothing', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    await grant.refresh()
    expect((await grant.invalidated(seen)).generation).toBe(2)
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('RF-15: caused by another program takes what that one stored', async () => {
    const { server, store, coordinate } = await startGrant()
    const grant = coordinate()
    const seen = await grant.current()
    server.rotate('refresh-1')
    const record = await store.load(key)
    if (record === undefined) throw new Error('nothing stored')
    await store.save({ ...record, generation: 2, tokens: server.pair() }, 1)
    expect((await grant.invalidated(seen)).accessToken.reveal()).toBe('access-2')
    expect(server.requests).toEqual([])
  })

  test('RF-15: of a stored token that the server still accepts changes nothing', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    grant.attach(doorTo(server))
    const seen = await grant.current()
    expect(await grant.invalidated(seen)).toBe(seen)
    expect(server.sent).toEqual([])
  })

  test('RF-14, RF-15: of a stored token that is refused renews it once', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    grant.attach(doorTo(server, 'refused'))
    const seen = await grant.current()
    const tokens = await Promise.all([1, 2, 3].map(() => grant.invalidated(seen)))
    expect(new Set(tokens.map((token) => token.generation))).toEqual(new Set([2]))
    expect(server.sent).toEqual(['refresh-1'])
  })

  test('RV-5: a grant that was taken back ends with one report and no loop', async () => {
    const { server, coordinate, events } = await startGrant()
    server.supersede()
    const grant = coordinate()
    grant.attach(doorTo(server))
    const seen = await grant.current()
    for (let i = 0; i < 4; i++) {
      expect(await failureOf(grant.invalidated(seen))).toMatchObject({
        code: 'REAUTHORIZATION_REQUIRED',
      })
    }
    expect(server.sent).toEqual(['refresh-1'])
    expect(events.filter(({ type }) => type === 'reauthorizationRequired')).toHaveLength(1)
  })
})

describe('RF-14: what is not an error of the token', () => {
  test('RF-14: renews nothing: a token is renewed only for whoever names the stored one', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    const first = await grant.current()
    const second = await grant.replace(first)
    await grant.replace(first)
    await grant.replace(first)
    expect((await grant.current()).generation).toBe(second.generation)
    expect(server.sent).toHaveLength(1)
  })
})

describe('RF-16: two doors, one coordinator', () => {
  test('RF-16: over the socket a refresh keeps the same order', async () => {
    const { server, store, coordinate, events } = await startGrant()
    const grant = coordinate({ door: 'socket' })
    const door = doorTo(server)
    let noted: unknown
    grant.attach({
      ...door,
      refreshOverSocket: async (token) => {
        noted = (await store.load(key))?.intent
        return door.refreshOverSocket(token)
      },
    })
    expect((await grant.refresh()).accessToken.reveal()).toBe('access-2')
    expect(noted).toMatchObject({ refreshTokenDigest: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(events).toContainEqual({ type: 'refreshStarted', generation: 1, door: 'socket' })
    expect(await store.load(key)).toMatchObject({
      generation: 2,
      intent: undefined,
      tokens: { scope: 'trading', expiresAt: expect.any(Number) },
    })
    expect(server.requests).toEqual([])
  })

  test('RF-16: what was not sent one way is sent the other, and nothing is sent twice', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate({ door: 'socket' })
    const notSent = Object.assign(new Error('no link'), { outcome: 'not-sent' })
    grant.attach({ ...doorTo(server), refreshOverSocket: () => Promise.reject(notSent) })
    expect((await grant.refresh()).generation).toBe(2)
    expect(server.sent).toEqual(['refresh-1'])
    const gone = await startGrant()
    const other = gone.coordinate()
    await gone.server.close()
    const door = doorTo(gone.server)
    other.attach(door)
    expect((await other.refresh()).generation).toBe(2)
    expect(door.used).toBe(1)
  })

  test('RF-16: an answer that was lost on the socket is not sent the other way at once', async () => {
    const clock = new ManualClock()
    const { server, coordinate } = await startGrant({ now: clock.now() })
    const grant = coordinate({ door: 'socket', clock, replayPauseMs: 16_000 })
    let asked = 0
    const lost = Object.assign(new Error('cut'), { outcome: 'unknown' })
    const refreshOverSocket = () => {
      asked += 1
      return Promise.reject(lost)
    }
    const detach = grant.attach({ refreshOverSocket, probeToken: async () => 'unknown' })
    const work = grant.refresh()
    while (asked === 0) await new Promise((resolve) => setImmediate(resolve))
    detach()
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(server.requests).toHaveLength(0)
    clock.advance(16_000)
    expect((await work).generation).toBe(2)
  })

  test('RF-16: a refusal on the socket is read as one of the endpoint', async () => {
    const cases = [
      ['CH_ACCESS_TOKEN_INVALID', 'REAUTHORIZATION_REQUIRED'],
      ['REQUEST_FREQUENCY_EXCEEDED', 'TOKEN_RATE_LIMITED'],
      ['CH_CLIENT_AUTH_FAILURE', 'INVALID_CLIENT_CREDENTIALS'],
    ] as const
    for (const [serverCode, code] of cases) {
      const { server, coordinate } = await startGrant()
      const grant = coordinate({ door: 'socket' })
      grant.attach({
        ...doorTo(server),
        refreshOverSocket: async () => Promise.reject(refused(serverCode)),
      })
      expect(await failureOf(grant.refresh())).toMatchObject({ code })
    }
  })
})

describe('RF-17: what fails after a refresh', () => {
  test('RF-17: is not followed by a second refresh with the same token', async () => {
    const { server, coordinate } = await startGrant()
    const grant = coordinate()
    // A program that wraps refresh and authorisation in one retry, as many do.
    const seen = await grant.current()
    let attempts = 0
    const withRetry = async (): Promise<number> => {
      for (;;) {
        const token = await grant.replace(seen)
        attempts += 1
        if (attempts === 3) return token.generation
      }
    }
    expect(await withRetry()).toBe(2)
    expect(server.sent).toEqual(['refresh-1'])
  })
})
