import { expect, test } from 'vitest'
import { accountOf, logIn, openAccount, startSandbox } from './fixture.ts'

test('refreshing on the socket ends the sessions of the old token, and only those', async () => {
  const sandbox = await startSandbox()
  const [first, second] = sandbox.accounts.filter(({ isLive }) => !isLive)
  const ids = [first?.accountId ?? 0, second?.accountId ?? 0] as const
  const other = sandbox.issueTokens().accessToken
  // One connection with both tokens, one that only has the old one.
  const { client } = await openAccount(sandbox, { id: ids[0] })
  const both = { ctidTraderAccountId: ids[1], accessToken: other }
  await client.request('ProtoOAAccountAuthReq', both)
  const bystander = await openAccount(sandbox, { id: ids[0] })

  const { refreshToken } = sandbox
  const answer = await client.request('ProtoOARefreshTokenReq', { refreshToken })
  expect(answer).toMatchObject({
    name: 'ProtoOARefreshTokenRes',
    payload: { tokenType: 'bearer', expiresIn: 2_628_000 },
  })
  const fresh: string = answer.payload['accessToken']
  expect(fresh).not.toBe(sandbox.accessToken)
  expect(answer.payload['refreshToken']).not.toBe(refreshToken)

  for (const connection of [client, bystander.client]) {
    const invalidated = await connection.next('ProtoOAAccountsTokenInvalidatedEvent')
    expect(invalidated.payload).toEqual({
      ctidTraderAccountIds: [ids[0]],
      reason: expect.any(String),
    })
    const ended = await connection.next('ProtoOAAccountDisconnectEvent')
    expect(ended.payload).toEqual({ ctidTraderAccountId: ids[0] })
  }
  // Whoever asked hears the new tokens first: a client that renews on the event already has them.
  const names = client.received.map(({ name }) => name)
  expect(names.indexOf('ProtoOARefreshTokenRes')).toBeLessThan(
    names.indexOf('ProtoOAAccountsTokenInvalidatedEvent'),
  )

  const trader = async (id: number) =>
    (await client.request('ProtoOATraderReq', { ctidTraderAccountId: id })).payload
  expect(await trader(ids[0])).toMatchObject({ description: 'Trading account is not authorized' })
  expect(await trader(ids[1])).toHaveProperty('trader')

  const authorise = async (accessToken: string) => {
    const request = { ctidTraderAccountId: ids[0], accessToken }
    return (await client.request('ProtoOAAccountAuthReq', request)).payload
  }
  expect(await authorise(sandbox.accessToken)).toMatchObject({
    errorCode: 'CH_ACCESS_TOKEN_INVALID',
  })
  expect(await authorise(fresh)).toEqual({ ctidTraderAccountId: ids[0] })
})

test('a used refresh token is refused and leaves the living pair alone', async () => {
  const sandbox = await startSandbox()
  const client = await logIn(sandbox)
  const { refreshToken } = sandbox
  const first = await client.request('ProtoOARefreshTokenReq', { refreshToken })
  const again = await client.request('ProtoOARefreshTokenReq', { refreshToken })
  expect(again.payload).toMatchObject({ errorCode: 'CH_ACCESS_TOKEN_INVALID' })
  const { accessToken } = first.payload
  const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
  expect(list.name).toBe('ProtoOAGetAccountListByAccessTokenRes')
})

test('a token refreshed over HTTP is dead on the socket, too', async () => {
  const sandbox = await startSandbox()
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const query = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: sandbox.refreshToken,
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
  })
  const answer = await fetch(`${sandbox.tokenUrl}?${query}`)
  const { accessToken } = (await answer.json()) as { accessToken: string }
  const ended = await client.next('ProtoOAAccountDisconnectEvent')
  expect(ended.payload).toEqual({ ctidTraderAccountId })
  const request = { ctidTraderAccountId, accessToken }
  const back = await client.request('ProtoOAAccountAuthReq', request)
  expect(back.name).toBe('ProtoOAAccountAuthRes')
})

test.each([
  [false, 'ProtoOASubscribeSpotsRes'],
  [true, 'ProtoOAErrorRes'],
])('spots survive a refresh: %s', async (subscriptionsSurviveRefresh, expected) => {
  const sandbox = await startSandbox({ behaviour: { subscriptionsSurviveRefresh } })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const spots = { ctidTraderAccountId, symbolId: [1] }
  await client.request('ProtoOASubscribeSpotsReq', spots)
  const { refreshToken } = sandbox
  const { payload } = await client.request('ProtoOARefreshTokenReq', { refreshToken })
  const { accessToken } = payload
  await client.request('ProtoOAAccountAuthReq', { ctidTraderAccountId, accessToken })
  const again = await client.request('ProtoOASubscribeSpotsReq', spots)
  expect(again.name).toBe(expected)
})

test('what clientOptions offers works, with the scope that was asked for', async () => {
  const sandbox = await startSandbox()
  const ready = sandbox.clientOptions()
  expect(ready.grants).toEqual([
    { accessToken: sandbox.accessToken, refreshToken: sandbox.refreshToken },
  ])
  expect(ready.environment.demo).toEqual({
    host: '127.0.0.1',
    port: sandbox.demo.protobufPort,
    jsonPort: sandbox.demo.jsonPort,
  })
  const [viewer] = sandbox.clientOptions({ scope: 'accounts' }).grants
  expect(viewer?.accessToken).not.toBe(sandbox.accessToken)
  const client = await logIn(sandbox)
  const accessToken = viewer?.accessToken
  const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
  expect(list.payload['permissionScope']).toBe('SCOPE_VIEW')
  // Neither of the two ends the other.
  const account = { ctidTraderAccountId: accountOf(sandbox).accountId }
  const first = { ...account, accessToken: sandbox.accessToken }
  expect((await client.request('ProtoOAAccountAuthReq', first)).name).toBe('ProtoOAAccountAuthRes')
})
