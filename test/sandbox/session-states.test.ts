import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { catalog } from '../../src/protocol/index.ts'
import { accountOf, connectTo, logIn, openAccount, startSandbox } from './fixture.ts'
import type { OfficialClient, Payload } from './official-client.ts'

// The table of the session's states, row by row: what is sent, in which state, and what comes back.

const generous = { generalPerSecond: 1000, historicalPerSecond: 1000 }

async function errorOf(client: OfficialClient, name: string, fields: object): Promise<Payload> {
  const answer = await client.request(name, fields)
  expect(answer.name).toBe('ProtoOAErrorRes')
  return answer.payload
}

describe('application authentication', () => {
  test('good credentials are answered by an empty message', async () => {
    const sandbox = await startSandbox()
    const client = await connectTo(sandbox)
    const { clientId, clientSecret } = sandbox
    const answer = await client.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
    expect(answer).toMatchObject({ payloadType: 2101, payload: {} })
  })

  test.each([
    ['a wrong secret', { clientSecret: 'wrong' }],
    ['an unknown client id', { clientId: '1_nobody' }],
  ])('%s is refused and the connection closed', async (_, wrong) => {
    const sandbox = await startSandbox()
    const client = await connectTo(sandbox)
    const { clientId, clientSecret } = sandbox
    const request = { clientId, clientSecret, ...wrong }
    expect(await errorOf(client, 'ProtoOAApplicationAuthReq', request)).toEqual({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
      description: 'clientId or clientSecret is incorrect',
    })
    await client.closed
  })

  test('an application that waits for its review is refused in the words of the original', async () => {
    const sandbox = await startSandbox()
    const { clientId, clientSecret } = sandbox.addApplication({
      name: 'Too early',
      redirectUris: ['http://localhost/'],
      status: 'submitted',
    })
    const client = await connectTo(sandbox)
    expect(
      await errorOf(client, 'ProtoOAApplicationAuthReq', { clientId, clientSecret }),
    ).toMatchObject({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
      description: 'OA client is not in active state',
    })
    await client.closed
  })

  test('twice on a connection is once too often, but harmless', async () => {
    const sandbox = await startSandbox()
    const client = await logIn(sandbox)
    const { clientId, clientSecret } = sandbox
    expect(
      await errorOf(client, 'ProtoOAApplicationAuthReq', { clientId, clientSecret }),
    ).toMatchObject({
      errorCode: 'CH_CLIENT_ALREADY_AUTHENTICATED',
      description: expect.stringContaining('already authorized'),
    })
    expect(await client.request('ProtoOAVersionReq')).toMatchObject({ name: 'ProtoOAVersionRes' })
  })

  test('no request of the catalogue is served before it', async () => {
    const sandbox = await startSandbox({ limits: generous })
    const client = await connectTo(sandbox)
    const rows = Object.values(catalog).filter(({ scope }) => scope !== 'link')
    expect(rows).toHaveLength(39)
    for (const { send } of rows) {
      expect(await errorOf(client, send, sampleOf(send))).toMatchObject({
        errorCode: 'CH_CLIENT_NOT_AUTHENTICATED',
      })
    }
  })

  test('the version may be asked for before it where the switch says so', async () => {
    const sandbox = await startSandbox({ behaviour: { versionBeforeAuthentication: true } })
    const client = await connectTo(sandbox)
    expect((await client.request('ProtoOAVersionReq')).payload).toEqual({ version: '91' })
  })
})

describe('what an access token tells', () => {
  test('its scope and the accounts of both hosts, on either host', async () => {
    const sandbox = await startSandbox()
    const { accessToken } = sandbox
    const [demo, live] = await Promise.all([logIn(sandbox, 'demo'), logIn(sandbox, 'live')])
    const answers = await Promise.all(
      [demo, live].map((client) =>
        client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken }),
      ),
    )
    expect(answers[0]?.payload).toEqual(answers[1]?.payload)
    expect(answers[0]?.payload).toMatchObject({ accessToken, permissionScope: 'SCOPE_TRADE' })
    expect(answers[0]?.payload['ctidTraderAccount']).toHaveLength(sandbox.accounts.length)
  })

  test('only the accounts that were shared, and that they may only be looked at', async () => {
    const sandbox = await startSandbox()
    const { accountId, traderLogin } = accountOf(sandbox)
    const { accessToken } = sandbox.issueTokens({ scope: 'accounts', accountIds: [accountId] })
    const client = await logIn(sandbox)
    const { payload } = await client.request('ProtoOAGetAccountListByAccessTokenReq', {
      accessToken,
    })
    expect(payload).toMatchObject({ accessToken, permissionScope: 'SCOPE_VIEW' })
    expect(payload['ctidTraderAccount']).toEqual([
      expect.objectContaining({ ctidTraderAccountId: accountId, traderLogin, isLive: false }),
    ])
  })

  test('whose it is', async () => {
    const sandbox = await startSandbox()
    const client = await logIn(sandbox)
    const { accessToken } = sandbox
    const { payload } = await client.request('ProtoOAGetCtidProfileByTokenReq', { accessToken })
    expect(payload['profile']).toEqual({ userId: expect.any(Number) })
  })

  test.each([
    ['ProtoOAGetAccountListByAccessTokenReq', {}],
    ['ProtoOAGetCtidProfileByTokenReq', {}],
    ['ProtoOAAccountAuthReq', { ctidTraderAccountId: 1001 }],
  ])('%s refuses an expired token and an unknown one in different words', async (name, rest) => {
    const clock = new ManualClock()
    const sandbox = await startSandbox({ clock, tokenLifetimeSeconds: 10 })
    const client = await logIn(sandbox)
    const unknown = await errorOf(client, name, { ...rest, accessToken: 'never issued' })
    clock.advance(10_000)
    const expired = await errorOf(client, name, { ...rest, accessToken: sandbox.accessToken })
    expect(unknown).toMatchObject({
      errorCode: 'CH_ACCESS_TOKEN_INVALID',
      description: 'Invalid access token',
    })
    expect(expired).toMatchObject({
      errorCode: 'CH_ACCESS_TOKEN_INVALID',
      description: 'Access token expired',
    })
  })

  test("another application's token is as good as none", async () => {
    const sandbox = await startSandbox()
    const other = sandbox.addApplication({ name: 'Other', redirectUris: ['http://localhost/'] })
    const { accessToken } = sandbox.issueTokens({ clientId: other.clientId })
    const client = await logIn(sandbox)
    expect(
      await errorOf(client, 'ProtoOAGetAccountListByAccessTokenReq', { accessToken }),
    ).toMatchObject({ errorCode: 'CH_ACCESS_TOKEN_INVALID' })
  })
})

describe('account authorisation', () => {
  test.each([
    ['demo', true],
    ['live', false],
  ] as const)('the %s host does not route the other host’s accounts', async (kind, isLive) => {
    const sandbox = await startSandbox()
    const client = await logIn(sandbox, kind)
    const ctidTraderAccountId = accountOf(sandbox, isLive).accountId
    const { accessToken } = sandbox
    expect(
      await errorOf(client, 'ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken }),
    ).toEqual({
      ctidTraderAccountId,
      errorCode: 'CANT_ROUTE_REQUEST',
      description: 'Cannot route request',
    })
  })

  test('an unknown id, a login number and an account that was not shared are not found', async () => {
    const sandbox = await startSandbox()
    const [first, second] = sandbox.accounts.filter(({ isLive }) => !isLive)
    const accountIds = [first?.accountId ?? 0]
    const { accessToken } = sandbox.issueTokens({ accountIds })
    const client = await logIn(sandbox)
    for (const ctidTraderAccountId of [999_999, first?.traderLogin, second?.accountId]) {
      expect(
        await errorOf(client, 'ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken }),
      ).toMatchObject({ ctidTraderAccountId, errorCode: 'CH_CTID_TRADER_ACCOUNT_NOT_FOUND' })
    }
  })

  test('twice on a connection says so and names the account; another connection is free to', async () => {
    const sandbox = await startSandbox()
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { accessToken } = sandbox
    expect(
      await errorOf(client, 'ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken }),
    ).toEqual({
      ctidTraderAccountId,
      errorCode: 'ALREADY_LOGGED_IN',
      description: 'Trading account is already authorized in this channel',
    })
    await openAccount(sandbox)
  })

  test('nothing about an account is served without it', async () => {
    const sandbox = await startSandbox({ limits: generous })
    const client = await logIn(sandbox)
    const rows = Object.values(catalog).filter(({ scope }) => ['account', 'trade'].includes(scope))
    expect(rows).toHaveLength(34)
    for (const { send } of rows) {
      expect(await errorOf(client, send, sampleOf(send))).toEqual({
        ctidTraderAccountId: 1001,
        errorCode: 'INVALID_REQUEST',
        description: 'Trading account is not authorized',
      })
    }
  })

  test('logging out is answered at once, and the end announced by an event', async () => {
    const sandbox = await startSandbox()
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const spots = { ctidTraderAccountId, symbolId: [1] }
    await client.request('ProtoOASubscribeSpotsReq', spots)
    const answer = await client.request('ProtoOAAccountLogoutReq', { ctidTraderAccountId })
    expect(answer).toMatchObject({
      name: 'ProtoOAAccountLogoutRes',
      payload: { ctidTraderAccountId },
    })
    const ended = await client.next('ProtoOAAccountDisconnectEvent')
    expect(ended).toEqual(
      expect.objectContaining({ id: undefined, payload: { ctidTraderAccountId } }),
    )
    const order = client.received.map(({ name }) => name)
    expect(order.indexOf('ProtoOAAccountLogoutRes')).toBe(
      order.indexOf('ProtoOAAccountDisconnectEvent') - 1,
    )
    expect(await errorOf(client, 'ProtoOATraderReq', { ctidTraderAccountId })).toMatchObject({
      description: 'Trading account is not authorized',
    })
    // It may be authorised again, and nothing of the old session is left.
    const { accessToken } = sandbox
    await client.request('ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken })
    const again = await client.request('ProtoOASubscribeSpotsReq', spots)
    expect(again.name).toBe('ProtoOASubscribeSpotsRes')
  })

  test('a token of scope accounts reads everything and is refused every trade', async () => {
    const sandbox = await startSandbox()
    const token = sandbox.issueTokens({ scope: 'accounts' }).accessToken
    const { client, ctidTraderAccountId } = await openAccount(sandbox, { token })
    const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(trader.name).toBe('ProtoOATraderRes')
    const subscription = { ctidTraderAccountId, symbolId: [1] }
    const spots = await client.request('ProtoOASubscribeSpotsReq', subscription)
    expect(spots.name).toBe('ProtoOASubscribeSpotsRes')
    const rows = Object.values(catalog).filter(({ scope }) => scope === 'trade')
    expect(rows).toHaveLength(5)
    for (const { send } of rows) {
      expect(await errorOf(client, send, sampleOf(send))).toMatchObject({
        ctidTraderAccountId,
        errorCode: 'ACCOUNT_NOT_AUTHORIZED',
      })
    }
    const open = await client.request('ProtoOAReconcileReq', { ctidTraderAccountId })
    expect(open.payload).toEqual({ ctidTraderAccountId })
  })
})

test('every request of the catalogue gets an answer: the response, events, or an error that explains itself', async () => {
  const sandbox = await startSandbox({ limits: generous })
  const { client } = await openAccount(sandbox)
  for (const { send, expect: response } of Object.values(catalog)) {
    // It would end the account's session.
    if (send === 'ProtoOARefreshTokenReq' || send === 'ProtoOAAccountLogoutReq') continue
    const answer = await client.request(send, { ...sampleOf(send), ...tokenOf(send, sandbox) })
    if (answer.name === response) continue
    expect(['ProtoOAErrorRes', 'ProtoOAOrderErrorEvent']).toContain(answer.name)
    expect(answer.payload['description']).toEqual(expect.stringMatching(/.{10}/))
    expect(answer.payload['errorCode']).not.toBe('UNSUPPORTED_MESSAGE')
  }
})

/** A request with all required fields, about the first demo account. */
function sampleOf(name: string): object {
  return {
    ...{ ctidTraderAccountId: 1001, accessToken: 'none', refreshToken: 'none' },
    ...{ clientId: 'none', clientSecret: 'none' },
    ...{ symbolId: listsSymbols.has(name) ? [1] : 1, period: 1, type: 1, leverageId: 12 },
    ...{ firstAssetId: 4, lastAssetId: 5, orderId: 1, positionId: 1, dealId: 1 },
    ...{ orderType: 1, tradeSide: 1, fromTimestamp: 0, toTimestamp: 1000 },
    volume: name === 'ProtoOAExpectedMarginReq' ? [100_000] : 100_000,
    marginCall: { marginCallType: 61, marginLevelThreshold: 50 },
  }
}

const listsSymbols = new Set([
  'ProtoOASymbolByIdReq',
  'ProtoOASubscribeSpotsReq',
  'ProtoOAUnsubscribeSpotsReq',
  'ProtoOASubscribeDepthQuotesReq',
  'ProtoOAUnsubscribeDepthQuotesReq',
])

function tokenOf(name: string, sandbox: { accessToken: string }): object {
  return /Token|AccountAuth/.test(name) ? { accessToken: sandbox.accessToken } : {}
}
