import { describe, expect, test } from 'vitest'
import { logIn, openAccount, startSandbox } from '../fixture.ts'

const owned = { time: 'owned' } as const

describe('connections', () => {
  test('are listed with who is on them', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    await logIn(sandbox, 'live')
    const [demo, live] = sandbox.control.connections.list()
    expect(demo).toMatchObject({
      ...{ connection: 1, host: 'demo', clientId: sandbox.clientId, received: 2, sent: 2 },
      ...{ accounts: [ctidTraderAccountId], mute: false, queuedBytes: 0 },
    })
    expect(live).toMatchObject({ connection: 2, host: 'live', accounts: [] })
    expect(sandbox.control.connections.cut({ account: ctidTraderAccountId })).toBe(1)
    await client.closed
    expect(sandbox.control.connections.list()).toHaveLength(1)
    expect(() => sandbox.control.connections.cut({ connection: 1 })).toThrow(
      'no open connection 1. There is: 2.',
    )
  })

  test('an account is disconnected: its session is over, the others go on', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const other = { ctidTraderAccountId: 1003, accessToken: sandbox.accessToken }
    await client.request('ProtoOAAccountAuthReq', other)
    expect(sandbox.control.connections.disconnectAccount(ctidTraderAccountId)).toBe(1)
    expect((await client.next('ProtoOAAccountDisconnectEvent')).payload).toEqual({
      ctidTraderAccountId,
    })
    const refused = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(refused.payload['description']).toBe('Trading account is not authorized')
    const served = await client.request('ProtoOATraderReq', { ctidTraderAccountId: 1003 })
    expect(served.name).toBe('ProtoOATraderRes')
    expect(sandbox.control.connections.disconnectAccount(ctidTraderAccountId)).toBe(0)
  })

  test('a connection that has gone mute delivers and does not listen', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const other = { ctidTraderAccountId: 1003, accessToken: sandbox.accessToken }
    await client.request('ProtoOAAccountAuthReq', other)
    const spots = { ctidTraderAccountId: 1003, symbolId: [1] }
    await client.request('ProtoOASubscribeSpotsReq', spots)
    sandbox.control.connections.disconnectAccount(ctidTraderAccountId, { mute: true })
    await client.next('ProtoOAAccountDisconnectEvent')
    client.send('ProtoOAVersionReq')
    const quotes = client.waiting('ProtoOASpotEvent').length
    await sandbox.time.advance(10_000)
    expect(client.waiting('ProtoOASpotEvent').length).toBeGreaterThan(quotes)
    expect(client.waiting('ProtoOAVersionRes')).toEqual([])
    const again = await openAccount(sandbox)
    expect((await again.client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
  })

  test('an application is disconnected, with and without its connection', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { connections } = sandbox.control
    expect(connections.disconnectApplication({ closes: false, reason: 'Too much' })).toBe(1)
    const event = await client.next('ProtoOAClientDisconnectEvent')
    expect(event.payload).toEqual({ reason: 'Too much' })
    const refused = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(refused.payload['errorCode']).toBe('CH_CLIENT_NOT_AUTHENTICATED')
    const { clientId, clientSecret } = sandbox
    const back = await client.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
    expect(back.name).toBe('ProtoOAApplicationAuthRes')
    connections.disconnectApplication({ clientId })
    await client.next('ProtoOAClientDisconnectEvent')
    await client.closed
  })
})

describe('tokens', () => {
  test('taken back: the sessions end, and neither token is good for anything', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    expect(sandbox.control.tokens.invalidate({ account: ctidTraderAccountId }, 'Gone')).toBe(1)
    const event = await client.next('ProtoOAAccountsTokenInvalidatedEvent')
    expect(event.payload).toEqual({ ctidTraderAccountIds: [ctidTraderAccountId], reason: 'Gone' })
    await client.next('ProtoOAAccountDisconnectEvent')
    const { accessToken, refreshToken } = sandbox
    const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
    expect(list.payload['errorCode']).toBe('CH_ACCESS_TOKEN_INVALID')
    const refreshed = await client.request('ProtoOARefreshTokenReq', { refreshToken })
    expect(refreshed.payload['errorCode']).toBe('CH_ACCESS_TOKEN_INVALID')
  })

  test('expired: the sessions go on, and refreshing is possible', async () => {
    const sandbox = await startSandbox(owned)
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { accessToken, refreshToken } = sandbox
    expect(sandbox.control.tokens.expire({ accessToken })).toBe(1)
    const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(trader.name).toBe('ProtoOATraderRes')
    const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
    expect(list.payload['description']).toBe('Access token expired')
    const refreshed = await client.request('ProtoOARefreshTokenReq', { refreshToken })
    expect(refreshed.name).toBe('ProtoOARefreshTokenRes')
  })
})

describe('maintenance', () => {
  test('refuses every request with its end, in seconds, and is over by itself', async () => {
    const sandbox = await startSandbox(owned)
    const client = await logIn(sandbox)
    const { maintenance } = sandbox.control
    const { endsAt } = maintenance.begin({ forMs: 60_000 })
    const refused = await client.request('ProtoOAVersionReq')
    expect(refused.payload).toMatchObject({
      errorCode: 'SERVER_IS_UNDER_MAINTENANCE',
      maintenanceEndTimestamp: (endsAt ?? 0) / 1000,
    })
    await sandbox.time.advance(60_000)
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    expect(maintenance.state).toBeUndefined()
    maintenance.begin({ of: 'broker', host: 'live' })
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    maintenance.begin({ of: 'broker' })
    const away = await client.request('ProtoOAVersionReq')
    expect(away.payload).toEqual({
      errorCode: 'CANT_ROUTE_REQUEST',
      description: 'Cannot route request',
    })
    maintenance.end()
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    expect(() => maintenance.begin({ forMs: 0 })).toThrow('cannot last 0 ms')
  })
})
