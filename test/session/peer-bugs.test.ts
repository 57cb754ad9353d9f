// What other clients of this API have been seen to get wrong about sessions, and what ours does instead.
import { describe, expect, test } from 'vitest'
import { CertificateError } from '../../src/transport/index.ts'
import { createAuthority } from '../peer/certificates.ts'
import { failure, open, startPeer, until } from './fixture.ts'
import { friendly, heard, refuse } from './friendly-peer.ts'

const account = { ctidTraderAccountId: 7 }
const order = { ...account, symbolId: 1, orderType: 1, tradeSide: 1, volume: 100_000 }
const quick = { firstDelayMs: 10, maxDelayMs: 20, stableAfterMs: 1 }

describe('an asyncio client that hands out envelopes', () => {
  test('an answer is the message itself, and an error message is an error', async () => {
    const peer = await startPeer({
      onMessage: friendly((message, connection) => {
        if (message.name === 'ProtoOAGetAccountListByAccessTokenReq') {
          const ctidTraderAccount = [{ ctidTraderAccountId: 7, isLive: true }]
          const fields = { accessToken: 'access-tok3n', ctidTraderAccount }
          connection.send('ProtoOAGetAccountListByAccessTokenRes', fields, message.clientMsgId)
          return true
        }
        return (
          message.name === 'ProtoOATraderReq' && refuse(connection, message, 'CANT_ROUTE_REQUEST')
        )
      }),
    })
    const session = await open(peer)
    const list = await session.listAccounts('access-tok3n')
    expect(list.accounts).toMatchObject([{ ctidTraderAccountId: 7, isLive: true }])
    expect(await failure(session.call.trader(account))).toMatchObject({
      code: 'REQUEST_REFUSED',
      serverCode: 'CANT_ROUTE_REQUEST',
    })
  })

  test('a server that closes is noticed at once: callers fail, and the status says so', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: { firstDelayMs: 60_000, maxDelayMs: 60_000 } })
    const connection = await peer.connection()
    const waiting = session.call.trader(account)
    await connection.next('ProtoOATraderReq')
    await peer.close()
    expect(await failure(waiting)).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect(['connecting', 'waiting']).toContain(session.status.phase)
  })

  test('a request may be awaited inside a listener for messages', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    const nested = new Promise((resolve) => {
      session.on('ProtoOASpotEvent', () => resolve(session.call.version({})))
    })
    ;(await peer.connection()).send('ProtoOASpotEvent', { ...account, symbolId: 1, bid: 1 })
    expect(await nested).toMatchObject({ version: '91' })
  })
})

describe('a client whose queue belongs to the class', () => {
  test('two sessions share nothing: each message goes to the server it was meant for', async () => {
    const [one, two] = [await startPeer(), await startPeer()]
    const [first, second] = [await open(one), await open(two)]
    await Promise.all([
      first.authorizeAccount(7, 'access-tok3n'),
      second.authorizeAccount(8, 'access-tok3n'),
    ])
    await Promise.all([
      first.call.reconcile(account),
      second.call.reconcile({ ctidTraderAccountId: 8 }),
    ])
    expect(heard(await one.connection())).toEqual([
      'ApplicationAuth',
      'AccountAuth 7',
      'Reconcile 7',
    ])
    expect(heard(await two.connection())).toEqual([
      'ApplicationAuth',
      'AccountAuth 8',
      'Reconcile 8',
    ])
  })

  test('no order waits on a dead link for the next one', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: quick })
    await session.authorizeAccount(7, 'access-tok3n')
    ;(await peer.connection()).reset()
    const outcomes = []
    for (let index = 0; index < 20; index++) {
      const error = (await failure(session.call.newOrder(order))) as { outcome?: string }
      outcomes.push(error.outcome)
      if (error.outcome === 'not-sent') break
    }
    expect(outcomes.at(-1)).toBe('not-sent')
    await session.ready()
    await session.call.reconcile(account)
    const second = await peer.connection().then(() => peer.connections[1])
    expect(second?.received.map(({ name }) => name)).not.toContain('ProtoOANewOrderReq')
  })

  test('a request travels in one envelope', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n')
    await session.call.subscribeSpots({ ...account, symbolId: [1, 2] })
    const sent = await (await peer.connection()).next('ProtoOASubscribeSpotsReq')
    expect(sent.fields).toEqual({ ...account, symbolId: [1, 2] })
    expect(sent.clientMsgId).toMatch(/./)
  })

  test('a session without a connection can be closed', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: { firstDelayMs: 60_000, maxDelayMs: 60_000 } })
    await peer.close()
    await until(session, 'waiting')
    await session.close()
    expect(session.status).toMatchObject({ phase: 'closed', end: { kind: 'closed' } })
  })

  test('a certificate for another name is not accepted', async () => {
    const elsewhere = createAuthority('Elsewhere')
    const certificate = elsewhere.issue({ names: ['other.test'], addresses: ['127.0.0.2'] })
    const peer = await startPeer({ certificate })
    const error = await failure(open(peer, { ca: elsewhere.ca }))
    expect(error).toBeInstanceOf(CertificateError)
    expect(error).toMatchObject({ problem: 'wrong-host' })
  })

  test('no id is used twice, over links and sessions', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: quick })
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 5; index++) await session.call.version({})
      peer.connections.at(-1)?.reset()
      await until(session, 'connecting')
      await session.ready()
    }
    const ids = peer.connections
      .flatMap(({ received }) => received)
      .map(({ clientMsgId }) => clientMsgId)
    const given = ids.filter((id) => id !== undefined)
    expect(given.length).toBeGreaterThan(15)
    expect(new Set(given).size).toBe(given.length)
  })
})

describe('a client whose observers can end it', () => {
  test('a listener that throws is logged, and neither the others nor the link notice', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    const heardBids: unknown[] = []
    session.on('ProtoOASpotEvent', () => {
      throw new Error('a bug of the program')
    })
    session.on('ProtoOASpotEvent', ({ bid }) => heardBids.push(bid))
    session.onStatus(() => {
      throw new Error('another bug')
    })
    const connection = await peer.connection()
    for (const bid of [1, 2]) connection.send('ProtoOASpotEvent', { ...account, symbolId: 1, bid })
    await session.call.version({})
    expect(heardBids).toEqual([1, 2])
    await session.authorizeAccount(7, 'access-tok3n')
    connection.reset()
    await until(session, 'connecting')
    expect(await session.ready()).toMatchObject({ generation: 2, accounts: [7] })
  })

  test('a reader that is too slow costs quotes, not memory and not the link', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    const connection = await peer.connection()
    let seen = 0
    session.on('ProtoOASpotEvent', () => void seen++)
    for (let index = 0; index < 20_000; index++) {
      connection.send('ProtoOASpotEvent', { ...account, symbolId: 1 + (index % 5), bid: 1 + index })
    }
    await session.call.version({}, { timeoutMs: 60_000 })
    expect(seen).toBe(20_000)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
  })
})
