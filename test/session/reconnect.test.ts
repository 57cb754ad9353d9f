import { describe, expect, test } from 'vitest'
import { ConnectionLostError } from '../../src/session/index.ts'
import { failure, open, startPeer, until } from './fixture.ts'
import { heard } from './friendly-peer.ts'

describe('a lost link', () => {
  test('is replaced at once, with application, accounts and subscriptions as they were', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n')
    await session.authorizeAccount(8, 'access-tok3n')
    const account = { ctidTraderAccountId: 7 }
    await session.call.subscribeSpots({ ...account, symbolId: [1, 2] })
    await session.call.subscribeLiveTrendbar({ ...account, symbolId: 1, period: 1 })
    await session.call.subscribeDepthQuotes({ ...account, symbolId: [2] })
    await session.call.subscribeSpots({ ...account, symbolId: [3] })
    await session.call.unsubscribeSpots({ ...account, symbolId: [2] })
    const first = await peer.connection()

    first.reset()
    await until(session, 'connecting')
    const second = await peer.connection()
    expect(await session.ready()).toEqual({ generation: 2, accounts: [7, 8], missing: [] })
    const again = heard(second)
    expect(again[0]).toBe('ApplicationAuth')
    expect(again.filter((line) => !line.startsWith('AccountAuth')).slice(1)).toEqual([
      'SubscribeSpots 7 1',
      'SubscribeLiveTrendbar 7 1',
      'SubscribeDepthQuotes 7 2',
      'SubscribeSpots 7 3',
    ])
    expect(again.filter((line) => line.startsWith('AccountAuth'))).toEqual([
      'AccountAuth 7',
      'AccountAuth 8',
    ])
  })

  test('fails what was under way at once and truthfully, and sends none of it again', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n')
    const first = await peer.connection()
    const order = session.call.newOrder({
      ctidTraderAccountId: 7,
      symbolId: 1,
      orderType: 1,
      tradeSide: 1,
      volume: 100_000,
    })
    await first.next('ProtoOANewOrderReq')
    first.reset()
    const error = await failure(order)
    expect(error).toBeInstanceOf(ConnectionLostError)
    expect(error).toMatchObject({ outcome: 'unknown', request: 'newOrder', accountId: 7 })
    await session.ready()
    const second = await peer.connection()
    expect(heard(second)).toEqual(['ApplicationAuth', 'AccountAuth 7'])
  })
})
