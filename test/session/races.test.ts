// Answers that cross with what makes them out of date.
import { expect, test, vi } from 'vitest'
import { patience } from '../patience.ts'
import type { PeerConnection } from '../peer/peer-connection.ts'
import { frameOf, numberOf, payloadBytes } from '../peer/wire.ts'
import { open, startPeer } from './fixture.ts'
import { friendly, heard } from './friendly-peer.ts'

const account = { ctidTraderAccountId: 7 }
const quick = { firstDelayMs: 1, maxDelayMs: 1, stableAfterMs: 1 }

const frame = (name: string, fields: Readonly<Record<string, unknown>>, id?: string): Buffer =>
  frameOf(numberOf(name), payloadBytes(name, fields), id)

test('an account that is lost in the moment its authorisation is confirmed is not taken for authorised', async () => {
  let again = 0
  const peer = await startPeer({
    onMessage: friendly(({ name, clientMsgId }, connection) => {
      if (name !== 'ProtoOAAccountAuthReq') return false
      again++
      if (again !== 2) return false
      // Both in one piece, so that nobody can act between them.
      connection.sendBytes(
        Buffer.concat([
          frame('ProtoOAErrorRes', { ...account, errorCode: 'ALREADY_LOGGED_IN' }, clientMsgId),
          frame('ProtoOAAccountDisconnectEvent', account),
        ]),
      )
      return true
    }),
  })
  const session = await open(peer, { reconnect: quick })
  await session.authorizeAccount(7, 'access-tok3n')
  const connection = await peer.connection()
  connection.send('ProtoOAAccountDisconnectEvent', account)
  await vi.waitFor(() => expect(again).toBeGreaterThan(1), patience)
  await session.call.reconcile(account)
  const authorised = heard(connection).filter((name) => /^(AccountAuth|Reconcile)/.test(name))
  expect(authorised).toEqual(['AccountAuth 7', 'AccountAuth 7', 'AccountAuth 7', 'Reconcile 7'])
})

test('a subscription that is given up while it is being restored does not stay', async () => {
  let held: (() => void) | undefined
  const peer = await startPeer({
    onMessage: friendly(({ name, fields, clientMsgId }, connection) => {
      const isRestoring = peer.connections[1] === connection && name === 'ProtoOASubscribeSpotsReq'
      if (!isRestoring) return false
      held = () => {
        const { ctidTraderAccountId } = fields
        connection.send('ProtoOASubscribeSpotsRes', { ctidTraderAccountId }, clientMsgId)
      }
      return true
    }),
  })
  const session = await open(peer, { reconnect: quick })
  await session.authorizeAccount(7, 'access-tok3n')
  await session.call.subscribeSpots({ ...account, symbolId: [1, 2] })
  peer.connections[0]?.reset()
  await vi.waitFor(() => expect(held).toBeDefined(), patience)
  await session.call.unsubscribeSpots({ ...account, symbolId: [1] })
  held?.()
  await session.ready()
  const second = peer.connections[1] as PeerConnection
  await vi.waitFor(
    () =>
      expect(heard(second).slice(2)).toEqual([
        'SubscribeSpots 7 1,2',
        'UnsubscribeSpots 7 1',
        'UnsubscribeSpots 7 1',
      ]),
    patience,
  )
})

test('nor does one that is asked for anew meanwhile go', async () => {
  const held: (() => void)[] = []
  const peer = await startPeer({
    onMessage: friendly(({ name, clientMsgId }, connection) => {
      const isHeld = peer.connections[1] === connection && name === 'ProtoOASubscribeSpotsReq'
      if (isHeld) held.push(() => connection.send('ProtoOASubscribeSpotsRes', account, clientMsgId))
      return isHeld
    }),
  })
  const session = await open(peer, { reconnect: quick })
  await session.authorizeAccount(7, 'access-tok3n')
  await session.call.subscribeSpots({ ...account, symbolId: [1] })
  peer.connections[0]?.reset()
  await vi.waitFor(() => expect(held).toHaveLength(1), patience)
  await session.call.unsubscribeSpots({ ...account, symbolId: [1] })
  const anew = session.call.subscribeSpots({ ...account, symbolId: [1] })
  await vi.waitFor(() => expect(held).toHaveLength(2), patience)
  for (const answer of held) answer()
  await anew
  await session.ready()
  await session.call.version({})
  const second = peer.connections[1] as PeerConnection
  expect(heard(second).slice(2)).toEqual([
    ...['SubscribeSpots 7 1', 'UnsubscribeSpots 7 1', 'SubscribeSpots 7 1', 'Version'],
  ])
})

test('one that is given up while its account is away ends once the account is back on the same link', async () => {
  let release: (() => void) | undefined
  const peer = await startPeer({
    onMessage: friendly(({ name, clientMsgId }, connection) => {
      const isSecond = connection.received.filter((one) => one.name === name).length === 2
      if (name !== 'ProtoOAAccountAuthReq' || !isSecond) return false
      release = () => connection.send('ProtoOAAccountAuthRes', account, clientMsgId)
      return true
    }),
  })
  const session = await open(peer, { reconnect: quick })
  await session.authorizeAccount(7, 'access-tok3n')
  await session.call.subscribeSpots({ ...account, symbolId: [1, 2] })
  const connection = await peer.connection()
  connection.send('ProtoOAAccountsTokenInvalidatedEvent', {
    ...{ ctidTraderAccountIds: [7], reason: 'refreshed' },
  })
  await vi.waitFor(() => expect(release).toBeDefined(), patience)
  await session.call.unsubscribeSpots({ ...account, symbolId: [2] })
  release?.()
  await vi.waitFor(
    () =>
      expect(heard(connection)).toEqual([
        ...['ApplicationAuth', 'AccountAuth 7', 'SubscribeSpots 7 1,2'],
        ...['AccountAuth 7', 'SubscribeSpots 7 1', 'UnsubscribeSpots 7 2'],
      ]),
    patience,
  )
})
