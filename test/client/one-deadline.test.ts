import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { lots } from '../../src/index.ts'
import { accounts, openBroker } from './broker.ts'

const order = { symbol: 'SYMBOL1', side: 'buy', type: 'market', volume: lots('0.1') } as const
const list = 'ProtoOASymbolsListRes'
const details = 'ProtoOASymbolByIdRes'
const [id] = accounts

describe('the deadline of an order is one for all of it', () => {
  test.each([
    ['given with the order', 2_000, {}],
    ['of the client', undefined, { requestTimeoutMs: 2_000 }],
  ])('%s', async (_name, timeoutMs, options) => {
    const clock = new ManualClock()
    const broker = await openBroker({ clock, client: options })
    const account = await broker.client.account(id)
    broker.hold(list)
    broker.hold(details)
    const placed = account.placeOrder({ ...order, ...(timeoutMs && { timeoutMs }) })
    const failed = expect(placed).rejects.toMatchObject({
      ...{ code: 'REQUEST_TIMEOUT', request: 'newOrder', outcome: 'not-sent' },
      facts: { timeoutMs: 2_000 },
    })
    await broker.held(list)
    clock.advance(1_900)
    broker.release(list)
    await broker.held(details)
    clock.advance(150)
    broker.release(details)
    await failed
    await account.trader()
    expect(broker.count('ProtoOANewOrderReq')).toBe(0)
  })

  test('of a close as well, and its own request gets what is left', async () => {
    const clock = new ManualClock()
    const position = { positionId: 7, positionStatus: 1, swap: 0 }
    const tradeData = { symbolId: 1, volume: 100_000, tradeSide: 1 }
    const broker = await openBroker({ clock, positions: [{ ...position, tradeData }] })
    const account = await broker.client.account(id)
    broker.hold('ProtoOAReconcileRes')
    broker.hold('ProtoOAErrorRes')
    const closed = account.closePosition({ positionId: 7, timeoutMs: 1_000 })
    const failed = expect(closed).rejects.toMatchObject({ code: 'ORDER_OUTCOME_UNKNOWN' })
    await broker.held('ProtoOAReconcileRes')
    clock.advance(900)
    broker.release('ProtoOAReconcileRes')
    await broker.held('ProtoOAErrorRes')
    clock.advance(100)
    await failed
  })

  test('the signal is heard while the list of somebody else is waited for', async () => {
    const broker = await openBroker()
    const account = await broker.client.account(id)
    broker.hold(list)
    const symbols = account.symbols()
    await broker.held(list)
    const stop = new AbortController()
    const placed = account.placeOrder({ ...order, signal: stop.signal })
    stop.abort(new Error('changed my mind'))
    await expect(placed).rejects.toMatchObject({
      ...{ code: 'REQUEST_ABORTED', request: 'newOrder', outcome: 'not-sent' },
      cause: { message: 'changed my mind' },
    })
    const before = account.placeOrder({ ...order, signal: stop.signal })
    await expect(before).rejects.toMatchObject({ outcome: 'not-sent', request: 'newOrder' })
    broker.release(list)
    expect(await symbols).toHaveLength(1)
    expect(broker.count('ProtoOANewOrderReq')).toBe(0)
  })

  test('a link lost during the look-up says that the order was not sent', async () => {
    const broker = await openBroker()
    const account = await broker.client.account(id)
    broker.hold(list)
    const placed = account.placeOrder(order)
    const failed = expect(placed).rejects.toMatchObject({
      ...{ code: 'ORDER_NOT_SENT', outcome: 'not-sent', request: 'newOrder' },
      cause: { code: 'CONNECTION_LOST', request: 'symbolsList' },
    })
    await broker.held(list)
    broker.connection.reset()
    await failed
  })
})

describe('who shares a look-up leaves alone', () => {
  test('the first who asked for the symbols', async () => {
    const clock = new ManualClock()
    const broker = await openBroker({ clock })
    const account = await broker.client.account(id)
    broker.hold(list)
    const stop = new AbortController()
    const first = account.symbols({ signal: stop.signal })
    const second = account.symbols({ timeoutMs: 20 })
    const third = account.symbols()
    await broker.held(list)
    stop.abort(new Error('gone'))
    await expect(first).rejects.toMatchObject({ code: 'REQUEST_ABORTED' })
    clock.advance(20)
    await expect(second).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      facts: { timeoutMs: 20 },
    })
    broker.release(list)
    expect(await third).toHaveLength(1)
    expect(broker.count('ProtoOASymbolsListReq')).toBe(1)
  })

  test('the first who asked for an account', async () => {
    const clock = new ManualClock()
    const broker = await openBroker({ clock })
    const answer = 'ProtoOAAccountAuthRes'
    broker.hold(answer)
    const stop = new AbortController()
    const first = broker.client.account(id, { signal: stop.signal })
    const second = broker.client.account(id, { timeoutMs: 20 })
    const third = broker.client.account(id)
    await broker.held(answer)
    stop.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    clock.advance(20)
    await expect(second).rejects.toMatchObject({ code: 'ACCOUNT_OPEN_TIMEOUT' })
    broker.release(answer)
    expect((await third).accountId).toBe(id)
    expect(broker.count('ProtoOAAccountAuthReq')).toBe(1)
  })

  test('who has more time than the question asks again', async () => {
    const clock = new ManualClock()
    const broker = await openBroker({ clock, client: { requestTimeoutMs: 1_000 } })
    const account = await broker.client.account(id)
    broker.hold(list)
    const patient = account.symbols({ timeoutMs: 5_000 })
    await broker.held(list)
    clock.advance(1_000)
    await broker.held(list, 2)
    broker.release(list)
    expect(await patient).toHaveLength(1)
  })
})

test('what is told of a symbol after it has changed is not taken from before', async () => {
  const broker = await openBroker()
  const account = await broker.client.account(id)
  broker.hold(details)
  const before = account.symbol('SYMBOL1')
  await broker.held(details)
  broker.connection.send('ProtoOASymbolChangedEvent', { ctidTraderAccountId: id, symbolId: [1] })
  broker.release(details)
  await before
  await account.symbol('SYMBOL1')
  expect(broker.count('ProtoOASymbolByIdReq')).toBe(2)
})
