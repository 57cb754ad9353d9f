import { expect, test } from 'vitest'
import { openAccount, startSandbox } from '../fixture.ts'

const owned = { time: 'owned' } as const

test('who may not log in any more loses the open sessions, and gets no new one', async () => {
  const sandbox = await startSandbox(owned)
  const { accounts } = sandbox.control
  const { accessToken } = sandbox
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const second = await openAccount(sandbox)
  const other = { ctidTraderAccountId: 1002, accessToken }
  await client.request('ProtoOAAccountAuthReq', other)

  accounts.setAccess(ctidTraderAccountId, 'no-login')
  for (const one of [client, second.client]) {
    const updated = await one.next('ProtoOATraderUpdatedEvent')
    expect(updated.payload['trader'].accessRights).toBe('NO_LOGIN')
    await one.next('ProtoOAAccountDisconnectEvent')
    const names = one.received.slice(-2).map(({ name }) => name)
    expect(names).toEqual(['ProtoOATraderUpdatedEvent', 'ProtoOAAccountDisconnectEvent'])
  }
  const mine = { ctidTraderAccountId }
  expect((await client.request('ProtoOATraderReq', mine)).payload['description']).toContain(
    'not authorized',
  )
  const refused = await client.request('ProtoOAAccountAuthReq', { ...mine, accessToken })
  expect(refused.payload['errorCode']).toBe('CANT_ROUTE_REQUEST')
  // The other account of the same connection does not notice.
  expect((await client.request('ProtoOATraderReq', other)).name).toBe('ProtoOATraderRes')

  accounts.setAccess(ctidTraderAccountId, 'full')
  const again = await client.request('ProtoOAAccountAuthReq', { ...mine, accessToken })
  expect(again.name).toBe('ProtoOAAccountAuthRes')
})

test.each([
  ['close-only', 'CLOSE_ONLY'],
  ['no-trading', 'NO_TRADING'],
] as const)('%s keeps the session and refuses orders', async (access, wire) => {
  const sandbox = await startSandbox(owned)
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  sandbox.control.accounts.setAccess(ctidTraderAccountId, access)
  const updated = await client.next('ProtoOATraderUpdatedEvent')
  expect(updated.payload['trader'].accessRights).toBe(wire)
  const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }
  const refused = await client.request('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
  expect(refused.payload['errorCode']).toBe('TRADING_NOT_ALLOWED')
  expect(() => sandbox.control.accounts.setAccess(ctidTraderAccountId, 'none' as 'full')).toThrow(
    'Choose one of full, close-only, no-trading, no-login',
  )
})

test('an account for spread betting says so, and keeps every order its own position', async () => {
  const sandbox = await startSandbox(owned)
  const { account } = sandbox.control.accounts.create({ accountType: 'SPREAD_BETTING' })
  const { accessToken } = sandbox.issueTokens({ accountIds: [account] })
  const { client, ctidTraderAccountId } = await openAccount(sandbox, {
    id: account,
    token: accessToken,
  })
  const mine = { ctidTraderAccountId }
  const { payload } = await client.request('ProtoOATraderReq', mine)
  expect(payload['trader'].accountType).toBe('SPREAD_BETTING')
  const order = { symbolId: 1, orderType: 'MARKET', volume: 100_000 }
  for (const tradeSide of ['BUY', 'SELL']) {
    client.send('ProtoOANewOrderReq', { ...mine, ...order, tradeSide })
    // The order has been taken when the next request is answered; only then does time go on.
    await client.request('ProtoOAVersionReq')
    await sandbox.time.advance(1_000)
    await client.next(({ payload: event }) => event['executionType'] === 'ORDER_FILLED')
  }
  const open = await client.request('ProtoOAReconcileReq', mine)
  expect(open.payload['position']).toHaveLength(2)
  const deals = await client.request('ProtoOADealListReq', mine)
  // Newest first.
  expect(deals.payload['deal']).toMatchObject([
    { volume: 100_000, tradeSide: 'SELL', dealStatus: 'FILLED' },
    { volume: 100_000, tradeSide: 'BUY', dealStatus: 'FILLED' },
  ])
  expect(() => sandbox.control.accounts.create({ accountType: 'BETTING' as 'NETTED' })).toThrow(
    'Choose one of HEDGED, NETTED, SPREAD_BETTING',
  )
})

test('money beyond what clients read exactly is refused, and ends nothing', async () => {
  const sandbox = await startSandbox(owned)
  const { accounts } = sandbox.control
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const before = accounts.get(ctidTraderAccountId).balance
  expect(() => accounts.deposit(ctidTraderAccountId, '9'.repeat(26))).toThrow(
    /The amount cannot be .* up to 90071992547409\.91/,
  )
  expect(() => accounts.create({ deposit: '9'.repeat(26) })).toThrow('The amount cannot be')
  const most = '90071992547409.91'
  expect(() => accounts.deposit(ctidTraderAccountId, most)).toThrow('The balance cannot be')
  expect(() => accounts.withdraw(ctidTraderAccountId, `${most}0`)).toThrow('The amount cannot be')
  expect(accounts.get(ctidTraderAccountId).balance).toBe(before)
  const answer = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
  expect(answer.name).toBe('ProtoOATraderRes')
})

test('terms of an account are chosen, changed and put back, and its followers are told', async () => {
  const sandbox = await startSandbox(owned)
  const { accounts, snapshots } = sandbox.control
  const limited = { limitedRisk: true, limitedRiskMargin: 'guaranteed-stop-loss' } as const
  const { account } = accounts.create({ ...limited, maxPositions: 3, leverage: 30 })
  expect(accounts.get(account)).toMatchObject({
    ...{ ...limited, maxPositions: 3, leverage: 30, access: 'full' },
  })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const before = accounts.get(ctidTraderAccountId)
  expect(before).toMatchObject({ limitedRisk: false, maxPositions: 500, leverage: 100 })
  const id = snapshots.take()
  accounts.change(ctidTraderAccountId, { leverage: 50, limitedRisk: true })
  accounts.change(ctidTraderAccountId, { limitedRiskMargin: 'larger', maxPositions: 1 })
  const { payload } = await client.next('ProtoOATraderUpdatedEvent')
  expect(payload['trader']).toMatchObject({ leverageInCents: 5000, isLimitedRisk: true })
  const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
  expect(trader.payload['trader']).toMatchObject({
    ...{ isLimitedRisk: true, leverageInCents: 5000 },
    limitedRiskMarginCalculationStrategy: 'ACCORDING_TO_GSL_AND_LEVERAGE',
  })
  snapshots.revert(id)
  expect(accounts.get(ctidTraderAccountId)).toEqual(before)
})

test('terms that make no sense explain themselves, and nothing changes', async () => {
  const { accounts } = (await startSandbox(owned)).control
  const before = accounts.list()
  expect(() => accounts.change(77, { leverage: 5 })).toThrow('no account 77. There is: 1001')
  expect(() => accounts.change(1001, {})).toThrow('No term of account 1001 was given. Give any of')
  expect(() => accounts.change(1001, { leverage: 501 })).toThrow('Give 1 to 500: 100 is 1:100')
  expect(() => accounts.change(1001, { leverage: 1.105 })).toThrow('leverage cannot be 1.105')
  expect(() => accounts.change(1001, { maxPositions: 1.5 })).toThrow('Give a whole number from 0')
  expect(() => accounts.change(1001, { limitedRisk: 'yes' as never })).toThrow('Give true or false')
  expect(() => accounts.change(1001, { limitedRiskMargin: 'none' as never })).toThrow(
    'Choose one of leverage, guaranteed-stop-loss, larger',
  )
  expect(() => accounts.create({ maxPositions: -1 })).toThrow('maxPositions cannot be -1')
  expect(accounts.list()).toEqual(before)
  // 1.1 times 100 is no whole number to a computer.
  for (const leverage of [1.1, 33.33]) accounts.change(1001, { leverage })
  expect(accounts.list().find(({ account }) => account === 1001)?.leverage).toBe(33.33)
})
