import { describe, expect, test } from 'vitest'
import type { SessionStatus } from '../../src/session/index.ts'
import { ConnectionRefusedError } from '../../src/transport/index.ts'
import { openVirtual } from './virtual.ts'

type Waiting = Extract<SessionStatus, { phase: 'waiting' }>

const waits = (statuses: readonly SessionStatus[]): Waiting[] =>
  statuses.filter((status): status is Waiting => status.phase === 'waiting')

/** Refuses while it is told to. */
function door() {
  const state = { isShut: false, shutHosts: new Set<string>() }
  return {
    state,
    connect(endpoint: { host: string; port: number }) {
      if (state.isShut || state.shutHosts.has(endpoint.host))
        throw new ConnectionRefusedError(endpoint)
    },
  }
}

describe('silence', () => {
  test('of a server is given up after a minute', async () => {
    const { server, session, attempts, pass } = await openVirtual()
    server.links[0]?.peer.pause()
    await pass(59_500)
    expect(attempts).toHaveLength(1)
    await pass(1_000)
    expect(attempts).toHaveLength(2)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
    await session.close({ drainMs: 0 })
  })

  test('is found sooner by asking after 15 s', async () => {
    const { server, session, attempts, pass } = await openVirtual({ probeAfterMs: 15_000 })
    await pass(100_000)
    expect(attempts).toHaveLength(1)
    server.links[0]?.peer.pause()
    await pass(31_000)
    expect(attempts).toHaveLength(2)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
    await session.close({ drainMs: 0 })
  })

  test('of a program that asks nothing is filled with heartbeats, at most 10 s apart', async () => {
    const { server, session, pass } = await openVirtual()
    const link = server.links[0]
    const before = link?.heartbeats ?? 0
    await pass(600_000)
    expect((link?.heartbeats ?? 0) - before).toBeGreaterThanOrEqual(60)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
    await session.close({ drainMs: 0 })
  })
})

describe('waiting to connect again', () => {
  test('is bounded by a time that doubles up to the cap, and begins anew once a link was stable', async () => {
    const { state, connect } = door()
    const { server, session, statuses, pass } = await openVirtual({
      connect,
      reconnect: { firstDelayMs: 1_000, maxDelayMs: 10_000, stableAfterMs: 60_000 },
    })
    await pass(60_000)
    state.isShut = true
    server.open[0]?.peer.reset()
    await pass(60_000)
    const moments = waits(statuses).map(({ until }) => until)
    // The differences of the moments are the waits themselves: attempts fail at once.
    const gaps = moments
      .slice(1)
      .map((at, index) => Math.round((at - (moments[index] ?? 0)) / 250) * 250)
    expect(gaps.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 10_000])
    expect(gaps.slice(4).every((gap) => gap === 10_000)).toBe(true)
    expect(gaps.length).toBeGreaterThan(5)
    state.isShut = false
    await pass(10_500)
    expect(session.status.phase).toBe('ready')
    // Stable again: the next loss is answered at once.
    await pass(60_000)
    const count = waits(statuses).length
    server.open[0]?.peer.reset()
    await pass(250)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 3 })
    expect(waits(statuses)).toHaveLength(count)
    await session.close({ drainMs: 0 })
  })

  test('a server that takes links only to drop them is not hammered', async () => {
    const { server, session, attempts, pass } = await openVirtual()
    const cut = setInterval(() => {
      for (const link of server.open) if (link.isApplicationKnown) link.peer.end()
    }, 0)
    await pass(300_000)
    clearInterval(cut)
    expect(attempts.length).toBeLessThan(15)
    await session.close({ drainMs: 0 })
  })

  test('gives up when it is told how often, or how long, to try', async () => {
    for (const reconnect of [
      { maxAttempts: 4, firstDelayMs: 100 },
      { giveUpAfterMs: 30_000, firstDelayMs: 100 },
    ]) {
      const { state, connect } = door()
      const { server, session, clock, pass } = await openVirtual({ connect, reconnect })
      const waiting = expect(session.call.version({}, { timeoutMs: 1e6 })).resolves.toBeDefined()
      await pass(1_000)
      await waiting
      state.isShut = true
      server.open[0]?.peer.reset()
      await pass(0)
      const asked = expect(session.call.version({}, { timeoutMs: 1e6 })).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        outcome: 'not-sent',
      })
      await pass(40_000)
      await asked
      expect(await session.closed).toMatchObject({
        kind: 'failure',
        error: { code: 'RECONNECT_GIVEN_UP', cause: { code: 'CONNECTION_REFUSED' } },
      })
      expect(clock.pending).toBe(0)
    }
  })

  test('turns to the other host at once, and stays there', async () => {
    const { state, connect } = door()
    const { server, session, attempts, statuses, pass } = await openVirtual({
      connect,
      endpoint: ['one.test', 'two.test'].map((host) => ({ host, port: 5035 })),
    })
    state.shutHosts.add('one.test')
    server.open[0]?.peer.reset()
    await pass(250)
    expect(session.status).toMatchObject({ phase: 'ready', endpoint: { host: 'two.test' } })
    expect(attempts.map(({ host }) => host)).toEqual(['one.test', 'one.test', 'two.test'])
    expect(waits(statuses)).toEqual([])
    await pass(60_000)
    server.open[0]?.peer.reset()
    await pass(250)
    expect(attempts.at(-1)?.host).toBe('two.test')
    await session.close({ drainMs: 0 })
  })
})

describe('a server that is away for a while', () => {
  test.each([
    ['seconds', true],
    ['milliseconds', false],
  ])(
    'says until when, in %s: nobody asks before the end of its maintenance',
    async (_unit, isEndInSeconds) => {
      const { server, session, attempts, clock, statuses, pass } = await openVirtual()
      server.isEndInSeconds = isEndInSeconds
      server.maintenanceUntil = clock.now() + 7_200_000
      server.open[0]?.peer.end()
      await pass(7_199_000)
      expect(attempts).toHaveLength(2)
      expect(session.status).toMatchObject({ phase: 'waiting', reason: 'maintenance' })
      await pass(15_000)
      expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
      expect(attempts).toHaveLength(3)
      expect(waits(statuses)).toHaveLength(1)
      await session.close({ drainMs: 0 })
    },
  )

  test('on a weekend: one attempt, then not again before Sunday evening', async () => {
    const { state, connect } = door()
    const { server, session, attempts, clock, pass } = await openVirtual({
      connect,
      start: '2026-01-09T20:59:00Z',
      reconnect: { weekend: 'wait' },
    })
    await pass(120_000)
    state.isShut = true
    server.open[0]?.peer.reset()
    await pass(1_000)
    expect(attempts).toHaveLength(2)
    expect(session.status).toMatchObject({ phase: 'waiting', reason: 'weekend' })
    clock.advanceTo(Date.parse('2026-01-11T21:59:59Z'))
    await pass(500)
    expect(attempts).toHaveLength(2)
    state.isShut = false
    await pass(15_000)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
    await session.close({ drainMs: 0 })
  })
})

test('a heartbeat takes no place of a request', async () => {
  const { server, session, pass } = await openVirtual()
  /** How many of a burst leave at once. */
  const burst = async (): Promise<number> => {
    const before = server.received.size
    const asked = Array.from({ length: 60 }, () => session.call.version({}))
    await pass(0)
    const count = server.received.size - before
    await pass(3_000)
    await Promise.all(asked)
    return count
  }
  await pass(5_000)
  const undisturbed = await burst()
  expect(undisturbed).toBeGreaterThan(40)
  const link = server.links[0]
  const heartbeats = link?.heartbeats ?? 0
  while (link?.heartbeats === heartbeats) await pass(250)
  expect(await burst()).toBe(undisturbed)
  await session.close({ drainMs: 0 })
})

describe('after a loss', () => {
  test('what the server has already is as good as restored', async () => {
    const { server, session, pass } = await openVirtual()
    const account = { ctidTraderAccountId: 7 }
    const opening = session
      .authorizeAccount(7, 'token')
      .then(() => session.call.subscribeSpots({ ...account, symbolId: [1] }))
    await pass(500)
    await opening
    // It says that the account is gone, and keeps it and its subscription all the same.
    server.open[0]?.send('ProtoOAAccountDisconnectEvent', account)
    await pass(500)
    expect(server.denied.size).toBe(2)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
    expect(session.isAuthorized(7)).toBe(true)
    await session.close({ drainMs: 0 })
  })

  test('what could not be restored is listed with its reason, and tried again until it is', async () => {
    const { server, session, pass } = await openVirtual()
    const opening = session.authorizeAccount(7, 'token')
    await pass(500)
    await opening
    server.moods = { ...server.moods, refused: 1 }
    server.open[0]?.peer.reset()
    await pass(500)
    const missing = [
      {
        ...{ kind: 'account', accountId: 7, retryAt: expect.any(Number) },
        error: expect.objectContaining({ serverCode: 'CANT_ROUTE_REQUEST' }),
      },
    ]
    expect(session.status).toMatchObject({ phase: 'partial', generation: 2, missing })
    expect(await session.ready()).toEqual({ generation: 2, accounts: [], missing })
    server.moods = { ...server.moods, refused: 0 }
    await pass(10_000)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
    expect(await session.ready()).toEqual({ generation: 2, accounts: [7], missing: [] })
    await session.close({ drainMs: 0 })
  })

  test('accounts with open positions come first', async () => {
    const { server, session, pass } = await openVirtual()
    const opening = [7, 8, 9].map((accountId) => session.authorizeAccount(accountId, 'token'))
    await pass(500)
    await Promise.all(opening)
    const position = {
      positionId: 1,
      positionStatus: 1,
      swap: 0,
      tradeData: { symbolId: 1, volume: 100, tradeSide: 1 },
    }
    server.open[0]?.send('ProtoOAExecutionEvent', {
      ctidTraderAccountId: 9,
      executionType: 3,
      position,
    })
    await pass(500)
    server.open[0]?.peer.reset()
    await pass(500)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
    expect([...(server.open[0]?.accounts ?? [])]).toEqual([9, 7, 8])
    await session.close({ drainMs: 0 })
  })

  test('a question waits for the link, an order does not, and either can be told otherwise', async () => {
    const { state, connect } = door()
    const { server, session, pass } = await openVirtual({ connect })
    const opening = session.authorizeAccount(7, 'token')
    await pass(500)
    await opening
    state.isShut = true
    server.open[0]?.peer.reset()
    await pass(250)
    const account = { ctidTraderAccountId: 7 }
    const order = { ...account, symbolId: 1, orderType: 1, tradeSide: 1, volume: 1 }
    await expect(session.call.newOrder(order)).rejects.toMatchObject({
      code: 'NOT_READY',
      outcome: 'not-sent',
      cause: { code: 'CONNECTION_REFUSED' },
    })
    await expect(session.call.reconcile(account, { whenOffline: 'fail' })).rejects.toMatchObject({
      code: 'NOT_READY',
    })
    expect(() => session.exchange('newOrder', order)).toThrow('was not sent')
    const late = expect(session.call.reconcile(account, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      outcome: 'not-sent',
      cause: { code: 'CONNECTION_REFUSED' },
    })
    const patient = session.call.reconcile(account, { timeoutMs: 60_000 })
    const insistent = session.call.newOrder(order, { whenOffline: 'wait', timeoutMs: 60_000 })
    await pass(500)
    await late
    state.isShut = false
    await pass(10_000)
    expect((await patient).ctidTraderAccountId).toBe(7)
    expect((await insistent).executionType).toBe(2)
    await session.close({ drainMs: 0 })
  })

  test('a repeatable request that was under way is sent again only where its caller allows it', async () => {
    const { server, session, pass } = await openVirtual()
    const opening = session.authorizeAccount(7, 'token')
    await pass(500)
    await opening
    const account = { ctidTraderAccountId: 7 }
    const order = { ...account, symbolId: 1, orderType: 1, tradeSide: 1, volume: 1 }
    server.moods = { ...server.moods, unanswered: 1 }
    const once = expect(session.call.reconcile(account)).rejects.toMatchObject({
      outcome: 'unknown',
    })
    const again = session.call.reconcile(account, { repeat: true })
    const never = expect(
      session.call.newOrder(order, { repeat: true, whenOffline: 'wait' }),
    ).rejects.toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    await pass(500)
    server.moods = { ...server.moods, unanswered: 0 }
    server.open[0]?.peer.reset()
    await pass(500)
    await once
    await never
    expect((await again).ctidTraderAccountId).toBe(7)
    await session.close({ drainMs: 0 })
  })
})
