import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { InvalidArgumentError } from '../../src/errors.ts'
import { authorizationPresets, tokenFingerprint } from '../../src/sandbox/index.ts'
import { logIn, openAccount, startSandbox } from './fixture.ts'

describe('grants', () => {
  test('are listed without their secrets, whichever door they were refreshed through', async () => {
    const clock = new ManualClock()
    const sandbox = await startSandbox({ clock })
    const [first] = sandbox.auth.grants.list()
    expect(first).toEqual({
      id: 1,
      clientId: sandbox.clientId,
      userId: expect.any(Number),
      scope: 'trading',
      accountIds: sandbox.accounts.map(({ accountId }) => accountId),
      grantedAt: clock.now(),
      expiresAt: clock.now() + 2_628_000_000,
      generation: 1,
      accessTokenFingerprint: tokenFingerprint(sandbox.accessToken),
      refreshTokenFingerprint: tokenFingerprint(sandbox.refreshToken),
    })
    const client = await logIn(sandbox)
    const { refreshToken } = sandbox
    const { payload } = await client.request('ProtoOARefreshTokenReq', { refreshToken })
    expect(sandbox.auth.grants.list()).toMatchObject([
      { id: 1, generation: 2, refreshTokenFingerprint: tokenFingerprint(payload['refreshToken']) },
    ])
    const other = sandbox.auth.grants.issue({ scope: 'accounts' })
    expect(other.scope).toBe('accounts')
    expect(sandbox.auth.grants.list({ clientId: sandbox.clientId })).toHaveLength(2)
    expect(sandbox.auth.grants.list({ clientId: 'nobody' })).toEqual([])
  })

  test('end as in the settings of a cTrader ID, and connected clients are told', async () => {
    const sandbox = await startSandbox()
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    expect(sandbox.auth.grants.revoke({ userId: 1 })).toBe(0)
    expect(sandbox.auth.grants.revoke()).toBe(1)
    const told = await client.next('ProtoOAAccountsTokenInvalidatedEvent')
    expect(told.payload).toEqual({
      ctidTraderAccountIds: [ctidTraderAccountId],
      reason: 'The access was revoked',
    })
    await client.next('ProtoOAAccountDisconnectEvent')
    const { accessToken } = sandbox
    const again = { ctidTraderAccountId, accessToken }
    const answer = await client.request('ProtoOAAccountAuthReq', again)
    expect(answer.payload).toMatchObject({ errorCode: 'CH_ACCESS_TOKEN_INVALID' })
  })

  test('run out on request, and can be refreshed', async () => {
    const sandbox = await startSandbox()
    expect(sandbox.auth.grants.expire()).toBe(1)
    const client = await logIn(sandbox)
    const { accessToken, refreshToken } = sandbox
    const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
    expect(list.payload).toMatchObject({ description: 'Access token expired' })
    const { name } = await client.request('ProtoOARefreshTokenReq', { refreshToken })
    expect(name).toBe('ProtoOARefreshTokenRes')
  })

  test('are not made for what is not there', async () => {
    const sandbox = await startSandbox()
    const { grants } = sandbox.auth
    for (const given of [
      { clientId: 'nobody' },
      { userId: 1 },
      { accountIds: [] },
      { accountIds: [1] },
      { scope: 'all' as 'trading' },
    ]) {
      expect(() => grants.issue(given)).toThrow(InvalidArgumentError)
    }
    expect(grants.list()).toHaveLength(1)
  })
})

describe('what a refresh does to sessions', () => {
  test.each([
    ['both', ['ProtoOAAccountsTokenInvalidatedEvent', 'ProtoOAAccountDisconnectEvent']],
    ['token', ['ProtoOAAccountsTokenInvalidatedEvent']],
    ['disconnect', ['ProtoOAAccountDisconnectEvent']],
    ['none', []],
  ] as const)('pushes %s', async (refreshPush, expected) => {
    const sandbox = await startSandbox({ behaviour: { refreshPush } })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { refreshToken } = sandbox
    await client.request('ProtoOARefreshTokenReq', { refreshToken })
    // Whatever is pushed is on the wire before the next answer.
    const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(trader.payload).toMatchObject({ description: 'Trading account is not authorized' })
    const pushed = client.received.map(({ name }) => name).filter((name) => name.endsWith('Event'))
    expect(pushed).toEqual(expected)
  })

  test('lets them go on where the switch says so, and ends them with the token that took over', async () => {
    const sandbox = await startSandbox({ behaviour: { sessionsSurviveRefresh: true } })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { refreshToken } = sandbox
    await client.request('ProtoOARefreshTokenReq', { refreshToken })
    const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(trader.name).toBe('ProtoOATraderRes')
    sandbox.auth.grants.revoke()
    await client.next('ProtoOAAccountDisconnectEvent')
    const refused = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    expect(refused.name).toBe('ProtoOAErrorRes')
  })
})

test('a sandbox may stand in the position for standard clients from the start, and can be switched', async () => {
  const sandbox = await startSandbox({ behaviour: authorizationPresets.rfc })
  expect((await fetch(sandbox.tokenUrl)).status).toBe(405)
  sandbox.auth.behaviour.use('ctrader')
  expect((await fetch(sandbox.tokenUrl)).status).toBe(200)
  sandbox.auth.behaviour.reset()
  expect((await fetch(sandbox.tokenUrl)).status).toBe(405)
})

test('lifetimes given as a switch hold for the ready-made tokens too', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock, behaviour: { tokenLifetimeSeconds: 90 } })
  expect(sandbox.auth.grants.list()).toMatchObject([{ expiresAt: clock.now() + 90_000 }])
  const other = await startSandbox({ clock, tokenLifetimeSeconds: 80 })
  expect(other.auth.behaviour.current.tokenLifetimeSeconds).toBe(80)
  expect(other.auth.grants.issue().expiresIn).toBe(80)
})
