import { describe, expect, test, vi } from 'vitest'
import { AccountLostError } from '../../src/session/index.ts'
import { patience } from '../patience.ts'
import { failure, open, startPeer, until } from './fixture.ts'
import { friendly, heard, refuse } from './friendly-peer.ts'
import { fakeTokens } from './tokens.ts'

const account = { ctidTraderAccountId: 7 }
const quick = { firstDelayMs: 10, maxDelayMs: 20 }

describe('an account that loses its authorisation while the link stays', () => {
  test.each([
    ['ProtoOAAccountsTokenInvalidatedEvent', { ctidTraderAccountIds: [7], reason: 'refreshed' }],
    ['ProtoOAAccountDisconnectEvent', account],
  ])(
    '%s: its requests fail, it is authorised again with its subscriptions',
    async (event, fields) => {
      const peer = await startPeer()
      const session = await open(peer)
      const tokens = fakeTokens()
      await session.authorizeAccount(7, tokens)
      await session.authorizeAccount(8, tokens)
      await session.call.subscribeSpots({ ...account, symbolId: [1] })
      const connection = await peer.connection()
      const lost: number[] = []
      session.onLost((accountId) => lost.push(accountId))
      const back = new Promise((resolve) => session.onRestored(resolve))
      const waiting = session.call.trader(account)
      await connection.next('ProtoOATraderReq')
      connection.send(event, fields)
      expect(await failure(waiting)).toBeInstanceOf(AccountLostError)
      expect(await failure(waiting)).toMatchObject({ outcome: 'unknown', accountId: 7 })
      expect(await back).toBe(7)
      expect(await session.ready()).toEqual({ generation: 1, accounts: [7, 8], missing: [] })
      expect(lost).toEqual([7])
      expect(heard(connection).filter((line) => !line.startsWith('Version'))).toEqual([
        'ApplicationAuth',
        'AccountAuth 7',
        'AccountAuth 8',
        'SubscribeSpots 7 1',
        'Trader 7',
        'AccountAuth 7',
        'SubscribeSpots 7 1',
      ])
      // Nobody renews a token because the server says that one was renewed.
      expect(tokens.replacements).toBe(0)
      expect(peer.connections).toHaveLength(1)
    },
  )

  test('foreign accounts in the news are nobody’s business', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n')
    const connection = await peer.connection()
    connection.send('ProtoOAAccountsTokenInvalidatedEvent', { ctidTraderAccountIds: [99] })
    await session.call.version({})
    expect(session.isAuthorized(7)).toBe(true)
    expect(session.status.phase).toBe('ready')
  })

  test('our own refresh: news of both kinds lead to the new token, and to no further refresh', async () => {
    const seen: unknown[] = []
    const peer = await startPeer({
      onMessage: friendly(({ name, fields }) => {
        if (name === 'ProtoOAAccountAuthReq') seen.push(fields['accessToken'])
        return false
      }),
    })
    const session = await open(peer)
    const tokens = fakeTokens()
    await session.authorizeAccount(7, tokens)
    const connection = await peer.connection()
    const back = new Promise((resolve) => session.onRestored(resolve))
    // The server tells before the answer with the new pair has been stored.
    connection.send('ProtoOAAccountsTokenInvalidatedEvent', { ctidTraderAccountIds: [7] })
    connection.send('ProtoOAAccountDisconnectEvent', account)
    tokens.issue()
    await back
    await session.ready()
    expect(new Set(seen)).toEqual(new Set(['token-1', 'token-2']))
    expect(seen.at(-1)).toBe('token-2')
    expect(tokens.replacements).toBe(0)
  })

  test('after a disconnected account the connection may be mute: then it is replaced', async () => {
    let mute = false
    const peer = await startPeer({
      onMessage: friendly((_message, connection) => mute && connection === peer.connections[0]),
    })
    const session = await open(peer, { probeTimeoutMs: 1_000, accountTimeoutMs: 5_000 })
    await session.authorizeAccount(7, 'access-tok3n')
    await session.authorizeAccount(8, 'access-tok3n')
    const first = await peer.connection()
    mute = true
    first.send('ProtoOAAccountDisconnectEvent', account)
    // Data goes on arriving: silence would never give it away.
    const spots = setInterval(() => {
      first.send('ProtoOASpotEvent', { ctidTraderAccountId: 8, symbolId: 1, bid: 1 })
    }, 20)
    await peer.connection()
    clearInterval(spots)
    expect(await session.ready()).toEqual({ generation: 2, accounts: [7, 8], missing: [] })
  })
})

describe('a token the server refuses', () => {
  test('is replaced once for all accounts that used it', async () => {
    let dead = 0
    const peer = await startPeer({
      onMessage: friendly((message, connection) => {
        const { name, fields } = message
        if (name !== 'ProtoOAAccountAuthReq' || fields['accessToken'] !== `token-${dead}`)
          return false
        return refuse(connection, message, 'CH_ACCESS_TOKEN_INVALID')
      }),
    })
    const session = await open(peer)
    const tokens = fakeTokens()
    for (const id of [7, 8, 9]) await session.authorizeAccount(id, tokens)
    dead = 1
    ;(await peer.connection()).reset()
    await until(session, 'connecting')
    expect(await session.ready()).toMatchObject({ accounts: [7, 8, 9], missing: [] })
    expect(tokens.replacements).toBe(1)
  })

  test('is not replaced again when its successor is refused as well', async () => {
    let deaf = false
    const peer = await startPeer({
      onMessage: friendly((message, connection) => {
        if (!deaf || message.name !== 'ProtoOAAccountAuthReq') return false
        return refuse(connection, message, 'CH_ACCESS_TOKEN_INVALID')
      }),
    })
    const session = await open(peer)
    const tokens = fakeTokens()
    await session.authorizeAccount(7, tokens)
    deaf = true
    ;(await peer.connection()).reset()
    const { missing } = await until(session, 'partial')
    expect(missing).toMatchObject([{ kind: 'account', accountId: 7, retryAt: undefined }])
    expect(missing[0]?.error).toMatchObject({ serverCode: 'CH_ACCESS_TOKEN_INVALID' })
    expect(tokens.replacements).toBe(1)
    // What needs the account fails without waiting for what cannot come.
    expect(await failure(session.call.trader(account))).toMatchObject({
      code: 'NOT_READY',
      outcome: 'not-sent',
    })
    // A new login brings a new token, and the account comes back by itself.
    deaf = false
    tokens.issue()
    await until(session, 'ready')
    expect(session.isAuthorized(7)).toBe(true)
    expect(tokens.replacements).toBe(1)
  })

  test('that nobody can replace is what the caller hears of', async () => {
    const peer = await startPeer({
      onMessage: friendly((message, connection) => {
        if (message.name !== 'ProtoOAAccountAuthReq') return false
        return refuse(connection, message, 'OA_AUTH_TOKEN_EXPIRED')
      }),
    })
    const session = await open(peer)
    expect(await failure(session.authorizeAccount(7, 'access-tok3n'))).toMatchObject({
      code: 'REQUEST_REFUSED',
      serverCode: 'OA_AUTH_TOKEN_EXPIRED',
    })
    // An account nobody got is not kept.
    expect(session.status.phase).toBe('ready')
    expect(await session.ready()).toMatchObject({ accounts: [], missing: [] })
  })
})

describe('an application whose connection is ended', () => {
  test('ProtoOAClientDisconnectEvent: closes, waits, and comes back', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: quick })
    await session.authorizeAccount(7, 'access-tok3n')
    const first = await peer.connection()
    const waiting = session.call.trader(account)
    await first.next('ProtoOATraderReq')
    first.send('ProtoOAClientDisconnectEvent', { reason: 'too many connections' })
    const { reason, error } = await until(session, 'waiting')
    expect(reason).toBe('backoff')
    expect(error).toMatchObject({ code: 'CLIENT_DISCONNECTED' })
    expect(error.message).toContain('too many connections')
    expect(await failure(waiting)).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect(await session.ready()).toMatchObject({ generation: 2, accounts: [7] })
    await vi.waitFor(async () => expect(await first.closed).toBeDefined(), patience)
  })

  test('an orderly goodbye of the server is answered by connecting again at once', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    const phases: string[] = []
    session.onStatus(({ phase }) => phases.push(phase))
    ;(await peer.connection()).end()
    await peer.connection()
    await session.ready()
    expect(phases).not.toContain('waiting')
    expect(session.status).toMatchObject({ phase: 'ready', generation: 2 })
  })
})
