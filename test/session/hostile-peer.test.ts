import { describe, expect, test } from 'vitest'
import { createAuthority } from '../peer/certificates.ts'
import type { PeerConnection } from '../peer/peer-connection.ts'
import { frameOf, numberOf, payloadBytes, type Received } from '../peer/wire.ts'
import { failure, open, startPeer, until } from './fixture.ts'
import { friendly, heard } from './friendly-peer.ts'

const account = { ctidTraderAccountId: 7 }
const quick = { firstDelayMs: 10, maxDelayMs: 20, stableAfterMs: 1 }

/** The first connection does something wrong to a question; later ones are friendly. */
function wrongOnce(act: (message: Received, connection: PeerConnection) => void) {
  let done = false
  return friendly((message, connection) => {
    if (done || message.name !== 'ProtoOATraderReq') return false
    done = true
    act(message, connection)
    return true
  })
}

const trader = { ...account, trader: { ctidTraderAccountId: 7, balance: 1, depositAssetId: 1 } }
const traderFrame = (id: string | undefined): Buffer =>
  frameOf(numberOf('ProtoOATraderRes'), payloadBytes('ProtoOATraderRes', trader), id)

describe('a peer that breaks the stream ends the link, and the session goes on', () => {
  test.each<[string, string, (message: Received, connection: PeerConnection) => void]>([
    [
      'half a frame and a goodbye',
      'FRAME_CUT',
      ({ clientMsgId }, connection) => {
        connection.sendBytes(traderFrame(clientMsgId).subarray(0, 9))
        connection.end()
      },
    ],
    [
      'half a frame and a reset',
      'LINK_CLOSED',
      ({ clientMsgId }, connection) => {
        connection.sendBytes(traderFrame(clientMsgId).subarray(0, 9))
        setTimeout(() => connection.reset(), 20)
      },
    ],
    [
      'a length of 4 GiB',
      'FRAME_TOO_LONG',
      (_message, connection) => connection.sendBytes(Buffer.from([0xff, 0xff, 0xff, 0xff])),
    ],
    [
      'a frame that is no envelope',
      'MALFORMED_MESSAGE',
      (_message, connection) => connection.sendBytes(Buffer.from([0, 0, 0, 3, 0xff, 0xff, 0xff])),
    ],
    ['a goodbye instead of an answer', 'LINK_CLOSED', (_message, connection) => connection.end()],
  ])('%s', async (_what, code, act) => {
    const peer = await startPeer({ onMessage: wrongOnce(act) })
    const session = await open(peer, { reconnect: quick })
    await session.authorizeAccount(7, 'access-tok3n')
    await session.call.subscribeSpots({ ...account, symbolId: [1] })
    const error = await failure(session.call.trader(account))
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect((error as Error).cause).toMatchObject({ code })
    expect(await session.ready()).toMatchObject({ generation: 2, accounts: [7], missing: [] })
    expect(heard(peer.connections[1] as PeerConnection)).toEqual([
      'ApplicationAuth',
      'AccountAuth 7',
      'SubscribeSpots 7 1',
    ])
  })
})

describe('a peer that answers wrongly costs one request, not the link', () => {
  test.each<[string, (message: Received, connection: PeerConnection) => void]>([
    ['never', () => {}],
    ['under another id', (_message, connection) => connection.sendBytes(traderFrame('somebody'))],
    ['without an id', (_message, connection) => connection.sendBytes(traderFrame(undefined))],
    [
      'for another account',
      ({ clientMsgId }, connection) =>
        connection.send(
          'ProtoOATraderRes',
          { ctidTraderAccountId: 8, trader: { ...trader.trader, ctidTraderAccountId: 8 } },
          clientMsgId,
        ),
    ],
    [
      'with an answer to something else',
      ({ clientMsgId }, connection) => connection.send('ProtoOAReconcileRes', account, clientMsgId),
    ],
    [
      'with a type nobody knows',
      ({ clientMsgId }, connection) =>
        connection.sendPayload(9_999, Buffer.from([1, 2, 3]), clientMsgId),
    ],
  ])('%s: the request times out as unknown', async (_what, act) => {
    const peer = await startPeer({ onMessage: wrongOnce(act) })
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n')
    expect(await failure(session.call.trader(account, { timeoutMs: 100 }))).toMatchObject({
      code: 'REQUEST_TIMEOUT',
      outcome: 'unknown',
    })
    await session.call.reconcile(account)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
  })

  test('an answer that comes twice, or after the deadline, belongs to nobody', async () => {
    const held: (() => void)[] = []
    const peer = await startPeer({
      onMessage: friendly(({ name, clientMsgId }, connection) => {
        if (name !== 'ProtoOATraderReq') return false
        const answer = (): void => connection.sendBytes(traderFrame(clientMsgId))
        if (held.length === 0) held.push(answer)
        else {
          answer()
          answer()
        }
        return true
      }),
    })
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n')
    const late = failure(session.call.trader(account, { timeoutMs: 50, clientMsgId: 'late' }))
    expect(await late).toMatchObject({ code: 'REQUEST_TIMEOUT', clientMsgId: 'late' })
    held[0]?.()
    expect((await session.call.trader(account)).trader.balance).toBe(1n)
    await session.call.reconcile(account)
    expect(session.pending).toBe(0)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
  })
})

describe('a peer that ends at each stage', () => {
  test.each([
    ['as soon as it is connected', 'ProtoOAApplicationAuthReq'],
    ['before it authorises the account', 'ProtoOAAccountAuthReq'],
    ['before it takes the subscription', 'ProtoOASubscribeSpotsReq'],
  ])('%s: the session tries again until it gets through', async (_when, stage) => {
    let closes = 0
    const peer = await startPeer({
      onMessage: friendly(({ name }, connection) => {
        if (name !== stage || closes <= 0) return false
        closes--
        connection.end()
        return true
      }),
    })
    const session = await open(peer, { reconnect: quick })
    await session.authorizeAccount(7, 'access-tok3n')
    await session.call.subscribeSpots({ ...account, symbolId: [1] })
    closes = 3
    ;(await peer.connection()).reset()
    await until(session, 'connecting')
    await expect
      .poll(async () => closes === 0 && (await session.ready()).missing.length === 0)
      .toBe(true)
    expect(heard(peer.connections.at(-1) as PeerConnection)).toEqual([
      'ApplicationAuth',
      'AccountAuth 7',
      'SubscribeSpots 7 1',
    ])
  })

  test('a certificate that became bad is not trusted, and nothing is said to who shows it', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: quick, connectTimeoutMs: 5_000 })
    await peer.close()
    const certificate = createAuthority('Somebody else').issue()
    const impostor = await startPeer({ certificate, port: peer.port })
    const { error } = await until(session, 'waiting')
    expect(['CERTIFICATE_REJECTED', 'CONNECTION_REFUSED', 'LINK_CLOSED']).toContain(error.code)
    for await (const status of session.watchStatus()) {
      if (status.phase === 'waiting' && status.error.code === 'CERTIFICATE_REJECTED') break
    }
    expect(impostor.connections.flatMap((connection) => connection.received)).toEqual([])
  })
})

test('a session gives up when the application itself is refused', async () => {
  let refused = false
  const peer = await startPeer({
    onMessage: friendly(({ name, clientMsgId }, connection) => {
      if (!refused || name !== 'ProtoOAApplicationAuthReq') return false
      connection.send('ProtoOAErrorRes', { errorCode: 'CH_CLIENT_AUTH_FAILURE' }, clientMsgId)
      connection.end()
      return true
    }),
  })
  const session = await open(peer, { reconnect: quick })
  refused = true
  ;(await peer.connection()).reset()
  expect(await session.closed).toMatchObject({
    kind: 'failure',
    error: { serverCode: 'CH_CLIENT_AUTH_FAILURE' },
  })
  expect(await failure(session.call.version({}))).toMatchObject({ outcome: 'not-sent' })
  expect(peer.connections).toHaveLength(2)
})

test('close lets what is under way be answered, takes nothing new, and does not wait for ever', async () => {
  let answer = (): void => {}
  const peer = await startPeer({
    onMessage: friendly(({ name, clientMsgId }, connection) => {
      if (name !== 'ProtoOATraderReq') return false
      answer = () => connection.sendBytes(traderFrame(clientMsgId))
      return true
    }),
  })
  const session = await open(peer)
  await session.authorizeAccount(7, 'access-tok3n')
  const connection = await peer.connection()
  const first = session.call.trader(account)
  await connection.next('ProtoOATraderReq')
  const closing = session.close()
  expect(session.status.phase).toBe('closing')
  expect(await failure(session.call.version({}))).toMatchObject({
    code: 'CONNECTION_LOST',
    outcome: 'not-sent',
  })
  answer()
  expect((await first).trader.balance).toBe(1n)
  await closing

  const other = await open(peer)
  await other.authorizeAccount(7, 'access-tok3n')
  const left = failure(other.call.trader(account))
  await (await peer.connection()).next('ProtoOATraderReq')
  await other.close({ drainMs: 100 })
  expect(await left).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
})
