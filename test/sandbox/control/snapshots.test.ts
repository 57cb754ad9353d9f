import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { openAccount, startSandbox } from '../fixture.ts'

const owned = { time: 'owned' } as const
const account = 1001

/** Buys by the terminal, and lets it be filled. */
async function buy(sandbox: Sandbox): Promise<void> {
  const terminal = sandbox.control.terminal(account)
  const ticket = terminal.open({ symbol: 'EURUSD', side: 'buy', lots: '0.10' })
  await sandbox.time.advance(1_000)
  await ticket.filled
  terminal.end()
}

/** Everything of the account that a client would see. */
function seen(sandbox: Sandbox) {
  const terminal = sandbox.control.terminal(account)
  const open = terminal.request('reconcile', { returnProtectionOrders: true })
  const trader = terminal.request('trader', {})
  terminal.end()
  return { open, trader }
}

describe('a snapshot', () => {
  test('puts money, positions and orders back, as often as one likes', async () => {
    const sandbox = await startSandbox(owned)
    await buy(sandbox)
    const then = seen(sandbox)
    const { snapshots, accounts } = sandbox.control
    const id = snapshots.take()
    for (let round = 0; round < 2; round++) {
      await buy(sandbox)
      accounts.deposit(account, '500.00')
      expect(seen(sandbox)).not.toEqual(then)
      snapshots.revert(id)
      expect(seen(sandbox)).toEqual(then)
    }
    expect(snapshots.list()).toEqual([{ id, takenAt: expect.any(Number), recordings: [] }])
    expect(() => snapshots.revert(9)).toThrow('no snapshot 9. There is: 1.')
  })

  test('puts tokens, people, accounts and prices back', async () => {
    const sandbox = await startSandbox(owned)
    const { snapshots, accounts, tokens, market } = sandbox.control
    const id = snapshots.take()
    const { account: opened } = accounts.create({ deposit: '50' })
    accounts.createTrader('somebody')
    tokens.invalidate()
    market.setPrice('EURUSD', { bid: '2.00000' })
    snapshots.revert(id)
    expect(sandbox.accounts.map(({ accountId }) => accountId)).not.toContain(opened)
    expect(market.price('EURUSD')).toMatchObject({ held: false })
    expect(Number(market.price('EURUSD').bid)).toBeLessThan(1.9)
    // The ready-made token lives again.
    const { client } = await openAccount(sandbox)
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    expect(accounts.createTrader('somebody').username).toBe('somebody')
  })

  test('cuts connections when it is put back, unless they are kept', async () => {
    const sandbox = await startSandbox(owned)
    const { client } = await openAccount(sandbox)
    const id = sandbox.control.snapshots.take()
    sandbox.control.snapshots.revert(id, { keepConnections: true })
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    sandbox.control.snapshots.revert(id)
    await client.closed
  })

  test('carries an order that is under way through to its end', async () => {
    const sandbox = await startSandbox(owned)
    sandbox.control.terminal(account).open({ symbol: 'EURUSD', side: 'buy', lots: '0.10' })
    const id = sandbox.control.snapshots.take()
    await sandbox.time.advance(1_000)
    expect(seen(sandbox).open?.position.map(({ tradeData }) => tradeData.volume)).toEqual([
      1_000_000,
    ])
    sandbox.control.snapshots.revert(id)
    await sandbox.time.advance(1_000)
    expect(seen(sandbox).open?.position.map(({ tradeData }) => tradeData.volume)).toEqual([
      1_000_000,
    ])
  })
})

test('a fork goes its own way from where it was made', async () => {
  const sandbox = await startSandbox(owned)
  await buy(sandbox)
  sandbox.control.market.setPrice('GBPUSD', { bid: '1.50000', ask: '1.50010' })
  await using fork = await sandbox.control.fork()
  expect(seen(fork)).toEqual(seen(sandbox))
  expect(fork.control.market.price('GBPUSD')).toMatchObject({ bid: '1.50000', held: true })
  expect(fork.accessToken).toBe(sandbox.accessToken)
  expect(fork.demo.protobufPort).not.toBe(sandbox.demo.protobufPort)
  // The same seed and the same time: the same prices.
  await Promise.all([fork.time.advance(60_000), sandbox.time.advance(60_000)])
  expect(fork.control.market.price('EURUSD')).toEqual(sandbox.control.market.price('EURUSD'))
  const { balance } = sandbox.control.accounts.get(account)
  fork.control.accounts.withdraw(account, 100)
  expect(sandbox.control.accounts.get(account).balance).toBe(balance)
  expect(fork.control.accounts.get(account).balance).not.toBe(balance)
})

test('a reset is a new beginning', async () => {
  const sandbox = await startSandbox(owned)
  const start = seen(sandbox)
  const { client } = await openAccount(sandbox)
  sandbox.control.faults.add({ fault: 'ignore' })
  sandbox.control.maintenance.begin()
  await buy(sandbox).catch(() => {})
  await sandbox.control.reset()
  await client.closed
  expect(sandbox.control.faults.list()).toEqual([])
  expect(sandbox.control.maintenance.state).toBeUndefined()
  expect(sandbox.control.journal.entries()).toEqual([])
  expect(seen(sandbox)).toEqual(start)
})

describe('accounts', () => {
  test('are opened for a person, and shared with an application by a new grant', async () => {
    const sandbox = await startSandbox(owned)
    const { accounts } = sandbox.control
    const opened = accounts.create({
      depositAsset: 'EUR',
      accountType: 'NETTED',
      deposit: '750.50',
    })
    expect(opened).toMatchObject({ account: 1006, depositAsset: 'EUR', balance: '750.50' })
    const { accessToken } = sandbox.issueTokens({ accountIds: [opened.account] })
    const { client } = await openAccount(sandbox, { id: opened.account, token: accessToken })
    const { payload } = await client.request('ProtoOATraderReq', {
      ctidTraderAccountId: opened.account,
    })
    expect(payload['trader']).toMatchObject({ balance: 75_050, accountType: 'NETTED' })
  })

  test('get and lose money, and clients are told', async () => {
    const sandbox = await startSandbox(owned)
    const { client } = await openAccount(sandbox)
    const { accounts } = sandbox.control
    expect(accounts.deposit(account, '12.34').balance).toBe('10012.34')
    const event = await client.next('ProtoOAExecutionEvent')
    expect(event.payload).toMatchObject({
      executionType: 'DEPOSIT_WITHDRAW',
      depositWithdraw: { balance: 1_001_234 },
    })
    expect(accounts.withdraw(account, 12.34).balance).toBe('10000.00')
    expect(() => accounts.deposit(account, '1.234')).toThrow('at most 2 decimals')
    expect(() => accounts.deposit(account, -1)).toThrow('cannot be -1')
    expect(() => accounts.deposit(7, 1)).toThrow('no account 7')
    expect(() => accounts.create({ depositAsset: 'XYZ' })).toThrow('no asset "XYZ"')
    expect(() => accounts.create({ leverage: 0 })).toThrow('1 to 500')
    expect(() => accounts.createTrader('trader')).toThrow('a name that nobody has')
  })
})

describe('another terminal', () => {
  test('trades, and clients hear of it under an id that is not theirs', async () => {
    const sandbox = await startSandbox(owned)
    const { client } = await openAccount(sandbox)
    const terminal = sandbox.control.terminal(account)
    const ticket = terminal.open({
      symbol: 'EURUSD',
      side: 'sell',
      lots: 0.02,
      stopLossPoints: 500,
    })
    await sandbox.time.advance(1_000)
    const { position } = await ticket.filled
    const ids = client.waiting('ProtoOAExecutionEvent').map(({ id }) => id)
    expect(ids.slice(0, 2)).toEqual([ticket.clientMsgId, ticket.clientMsgId])
    const positionId = position?.positionId ?? 0
    terminal.amend(positionId, {})
    await sandbox.time.advance(1_000)
    expect(terminal.positions()[0]?.stopLoss).toBeUndefined()
    terminal.close(positionId, '0.01')
    await sandbox.time.advance(1_000)
    expect(terminal.positions()[0]?.tradeData.volume).toBe(100_000)
    terminal.close(positionId)
    await sandbox.time.advance(1_000)
    expect(terminal.positions()).toEqual([])
    // What a test does itself is not what the client under test did.
    sandbox.control.journal.expectNone({ message: 'newOrder' })
    expect(sandbox.control.connections.list()).toHaveLength(1)
  })

  test('is refused like everybody else', async () => {
    const sandbox = await startSandbox(owned)
    const terminal = sandbox.control.terminal(account)
    sandbox.control.market.close('EURUSD')
    const order = { symbol: 'EURUSD', side: 'buy', lots: '0.10' } as const
    expect(() => terminal.open(order)).toThrow('MARKET_CLOSED')
    expect(() => terminal.open({ ...order, symbol: 'NOPE' })).toThrow('no symbol "NOPE"')
    expect(() => terminal.open({ ...order, lots: 'many' })).toThrow(
      'cannot be traded in "many" lots',
    )
    expect(() => terminal.close(5)).toThrow('no open position 5')
    expect(() => sandbox.control.terminal(5)).toThrow('no account 5')
  })
})

test('a position wants its price to move in a fork too, where nobody subscribes', async () => {
  const sandbox = await startSandbox(owned)
  const terminal = sandbox.control.terminal(account)
  const bought = terminal.open({ symbol: 'EURUSD', side: 'buy', lots: '0.10', stopLossPoints: 20 })
  await sandbox.time.advance(1_000)
  await bought.filled
  await using fork = await sandbox.control.fork()
  const there = fork.control.terminal(account)
  expect(there.positions()).toHaveLength(1)
  await Promise.all([sandbox.time.advance(86_400_000), fork.time.advance(86_400_000)])
  expect(terminal.positions()).toEqual([])
  expect(there.positions()).toEqual([])
  expect(fork.control.accounts.get(account)).toEqual(sandbox.control.accounts.get(account))
})

test('a sandbox whose recording plays is not forked, and its snapshots say what they leave out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snapshot-'))
  const file = join(folder, 'EURUSD.csv')
  const rows = ['timestamp,bid,ask', '1000,1.10000,1.10010', '2000,1.10020,1.10030']
  writeFileSync(file, `${rows.join('\n')}\n`)
  const sandbox = await startSandbox({ ...owned, replay: { EURUSD: file } })
  const { snapshots, control } = { ...sandbox.control, control: sandbox.control }
  const before = snapshots.take()
  await using early = await control.fork()
  expect(early.control.market.price('EURUSD').bid).toBe('1.10000')
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] })
  const after = snapshots.take()
  expect(snapshots.list().map(({ id, recordings }) => [id, recordings])).toEqual([
    [before, []],
    [after, ['EURUSD']],
  ])
  await expect(control.fork()).rejects.toThrow('recordings play cannot be forked: EURUSD')
  await expect(control.fork(after)).rejects.toThrow('recordings play cannot be forked: EURUSD')
  await using late = await control.fork(before)
  expect(late.control.market.price('EURUSD').bid).toBe('1.10000')
  rmSync(folder, { recursive: true })
})

test('reset puts faults and switches of the authorization server back, a snapshot leaves them', async () => {
  const sandbox = await startSandbox(owned)
  const { auth, control } = sandbox
  const before = auth.behaviour.current
  const id = control.snapshots.take()
  auth.faults.add({ endpoint: 'token', action: { kind: 'cut' } })
  auth.behaviour.use('rfc')
  expect(auth.behaviour.current).not.toEqual(before)
  control.snapshots.revert(id)
  expect(auth.faults.list()).toHaveLength(1)
  await control.reset()
  expect(auth.faults.list()).toEqual([])
  expect(auth.behaviour.current).toEqual(before)
})
