import { expect, test } from 'vitest'
import {
  ProtoOAExecutionType as ExecutionType,
  ProtoOAOrderStatus as OrderStatus,
  ProtoOAOrderType as OrderType,
  ProtoOAPositionStatus as PositionStatus,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
} from '../../src/protocol/index.ts'
import { accountId, instrumentOf, limitBuy, openDesk } from './fixture.ts'

// Values of this file were recorded at a real server: a hedged account in USD, 1:100.

test('trace A.1: two amends of the protection, then the closing', () => {
  const { market, executions, open, amend, close } = openDesk({ account: { deposit: 1_000_464n } })
  market.set('EURUSD', '1.12568', '1.12569')
  const { events, positionId } = open({ relativeStopLoss: 100, relativeTakeProfit: 100 })
  const protection = events[2]?.order
  expect(protection).toMatchObject({ stopPrice: 1.12469, limitPrice: 1.12669 })

  expect(amend(positionId, { stopLoss: 1.1247, takeProfit: 1.1267 })).toBeUndefined()
  const [both, ...noMore] = executions()
  expect(noMore).toEqual([])
  expect(both).toMatchObject({
    executionType: ExecutionType.ORDER_REPLACED,
    isServerEvent: false,
    order: { orderId: protection?.orderId, stopPrice: 1.1247, limitPrice: 1.1267 },
    position: { stopLoss: 1.1247, takeProfit: 1.1267 },
  })

  expect(amend(positionId, { stopLoss: 1.1247 })).toBeUndefined()
  const [one] = executions()
  expect(one).toMatchObject({
    executionType: ExecutionType.ORDER_REPLACED,
    order: { orderId: protection?.orderId, stopPrice: 1.1247 },
    position: { stopLoss: 1.1247 },
  })
  expect(one?.order?.limitPrice).toBeUndefined()
  expect(one?.position?.takeProfit).toBeUndefined()

  expect(close(positionId, 100_000)).toBeUndefined()
  const [, filled, cancelled] = executions()
  expect(filled).toMatchObject({
    position: {
      positionStatus: PositionStatus.POSITION_STATUS_CREATED,
      stopLoss: 1.1247,
      usedMargin: 0n,
      price: 0,
    },
    deal: { commission: -3n, closePositionDetail: { grossProfit: -1n, balance: 1_000_457n } },
  })
  expect(cancelled).toMatchObject({
    executionType: ExecutionType.ORDER_CANCELLED,
    isServerEvent: true,
    order: { orderId: protection?.orderId, clientOrderId: protection?.clientOrderId },
    position: { positionStatus: PositionStatus.POSITION_STATUS_CLOSED },
  })
})

test('trace A.2: the stop loss is moved from another client', () => {
  const { market, executions, open, amend } = openDesk()
  market.set('EURUSD', '1.12567', '1.12568')
  const { positionId } = open({ volume: 200_000, relativeStopLoss: 100, relativeTakeProfit: 100 })
  amend(positionId, { stopLoss: 1.12384, takeProfit: 1.12668 })
  const [moved] = executions()
  expect(moved).toMatchObject({
    executionType: ExecutionType.ORDER_REPLACED,
    isServerEvent: false,
    order: { stopPrice: 1.12384, limitPrice: 1.12668, tradeData: { volume: 200_000 } },
  })
})

const bitcoin = { symbolId: 10_026, volume: 100 }

test('trace A.3: a CFD with percentage commission and dynamic leverage, one point better than quoted', () => {
  const { market, executions, open, close, amend } = openDesk({
    account: { deposit: 50_000_000n },
    fills: { slippage: -1 },
  })
  market.set('BTCUSD', '85272.20', '85287.22')
  const levels = { relativeStopLoss: 9_001_000, relativeTakeProfit: 10_001_000 }
  const { events, positionId } = open({ ...bitcoin, ...levels })
  expect(events[1]).toMatchObject({
    order: { executionPrice: 85287.21 },
    position: { commission: -2772n, marginRate: 85287.22, usedMargin: 2_561_178n },
    deal: { commission: -2772n, marginRate: 85287.22, baseToUsdConversionRate: 85287.22 },
  })
  expect(events[2]).toMatchObject({ order: { stopPrice: 85197.2, limitPrice: 85387.22 } })

  market.set('BTCUSD', '85219.05', '85234.05')
  expect(close(positionId, 1)).toBeUndefined()
  const [, part, shrunk] = executions()
  expect(part).toMatchObject({
    order: { executionPrice: 85219.06 },
    position: { commission: -2744n, usedMargin: 2_535_566n, tradeData: { volume: 99 } },
    deal: {
      commission: -28n,
      closePositionDetail: { grossProfit: -68n, commission: -56n, balance: 50_000_000n - 124n },
    },
  })
  expect(shrunk).toMatchObject({
    executionType: ExecutionType.ORDER_REPLACED,
    order: { tradeData: { volume: 99 } },
  })

  // The other position of the recording: its take profit was moved below the entry and hit there.
  market.set('BTCUSD', '85194.09', '85209.11')
  executions()
  const other = open({ ...bitcoin, relativeTakeProfit: 10_001_000 })
  expect(other.events[1]?.order?.executionPrice).toBe(85209.1)
  market.set('BTCUSD', '85150.00', '85165.00')
  expect(amend(other.positionId, { takeProfit: 85179.3 })).toBeUndefined()
  executions()
  market.set('BTCUSD', '85187.88', '85202.88')
  const hits = executions().filter(({ position }) => position?.positionId === other.positionId)
  expect(hits).toHaveLength(1)
  expect(hits[0]).toMatchObject({
    executionType: ExecutionType.ORDER_FILLED,
    isServerEvent: true,
    order: {
      orderType: OrderType.STOP_LOSS_TAKE_PROFIT,
      orderStatus: OrderStatus.ORDER_STATUS_FILLED,
      executionPrice: 85187.89,
      limitPrice: 85179.3,
      closingOrder: true,
    },
    position: { positionStatus: PositionStatus.POSITION_STATUS_CLOSED, tradeData: { volume: 0 } },
    deal: { commission: -2769n, closePositionDetail: { grossProfit: -2121n, commission: -5538n } },
  })
})

test('trace A.3: a pending order and its cancellation', () => {
  const { clock, market, executions, order, cancel } = openDesk()
  market.set('BTCUSD', '85272.20', '85287.22')
  expect(order({ ...limitBuy, ...bitcoin, limitPrice: 85100 })).toBeUndefined()
  const [accepted, ...noMore] = executions()
  expect(noMore).toEqual([])
  expect(accepted).toMatchObject({
    executionType: ExecutionType.ORDER_ACCEPTED,
    isServerEvent: false,
    order: {
      orderType: OrderType.LIMIT,
      orderStatus: OrderStatus.ORDER_STATUS_ACCEPTED,
      timeInForce: TimeInForce.GOOD_TILL_CANCEL,
      limitPrice: 85100,
      executedVolume: 0,
    },
    position: { positionStatus: PositionStatus.POSITION_STATUS_CREATED, tradeData: { volume: 0 } },
  })
  clock.advance(64_000)
  expect(cancel(accepted?.order?.orderId ?? 0)).toBeUndefined()
  const [cancelled] = executions()
  expect(cancelled).toMatchObject({
    executionType: ExecutionType.ORDER_CANCELLED,
    order: { orderStatus: OrderStatus.ORDER_STATUS_CANCELLED, orderId: accepted?.order?.orderId },
    position: {
      positionId: accepted?.position?.positionId,
      positionStatus: PositionStatus.POSITION_STATUS_CLOSED,
      tradeData: { volume: 0 },
    },
  })
  expect(cancelled?.position?.tradeData.closeTimestamp).toBe(clock.now() - 995)
})

test('trace A.4: a pending order keeps what an amend leaves out', () => {
  const { executions, order, amendOrder } = openDesk()
  const terms = { relativeStopLoss: 200, relativeTakeProfit: 1001, trailingStopLoss: true }
  expect(order({ ...limitBuy, ...terms, volume: 200_000 })).toBeUndefined()
  const orderId = executions()[0]?.order?.orderId ?? 0
  for (const change of [{ limitPrice: 1.1245 }, { volume: 100_000 }]) {
    expect(amendOrder(orderId, change)).toBeUndefined()
    const [replaced, ...others] = executions()
    expect(others).toEqual([])
    expect(replaced).toMatchObject({
      executionType: ExecutionType.ORDER_REPLACED,
      order: {
        ...{ orderId, ...terms, limitPrice: 1.1245 },
        orderStatus: OrderStatus.ORDER_STATUS_ACCEPTED,
      },
      position: { positionStatus: PositionStatus.POSITION_STATUS_CREATED },
    })
  }
})

test('trace A.4: a trailing stop loss moves in step with the bid, by events of its own', () => {
  const { clock, market, settle, open, amend, position } = openDesk()
  market.set('EURUSD', '1.11828', '1.11834')
  const { positionId } = open()
  expect(amend(positionId, { stopLoss: 1.11778, trailingStopLoss: true })).toBeUndefined()
  settle()
  const amendedAt = position()?.utcLastUpdateTimestamp
  for (const [bid, ask, stop] of [
    ['1.11829', '1.11835', 1.11779],
    ['1.11830', '1.11836', 1.1178],
    ['1.11834', '1.11840', 1.11784],
  ] as const) {
    clock.advance(250)
    market.set('EURUSD', bid, ask)
    const events = settle(0)
    expect(events).toMatchObject([
      {
        name: 'ProtoOATrailingSLChangedEvent',
        event: { positionId, stopPrice: stop, utcLastUpdateTimestamp: clock.now() },
      },
    ])
  }
  market.set('EURUSD', '1.11810', '1.11816')
  expect(settle(0)).toEqual([])
  expect(position()).toMatchObject({
    stopLoss: 1.11784,
    trailingStopLoss: true,
    utcLastUpdateTimestamp: amendedAt,
  })
})

test('trace A.4: error answers, and what lists report differently from events', () => {
  const { desk, open, cancel } = openDesk()
  expect(cancel(6_000_008)).toEqual({
    channel: 'order-error',
    errorCode: 'ORDER_NOT_FOUND',
    orderId: 6_000_008,
    description: 'Order not found with id 6000008',
  })
  const { events, positionId } = open()
  const deal = events[1]?.deal
  expect(deal?.utcLastUpdateTimestamp).toBe(deal?.executionTimestamp)
  const query = { from: 0, to: 2_147_483_646_000, most: 10 }
  const [listed] = desk.dealsOfPosition(accountId, positionId, query).rows
  expect(listed?.utcLastUpdateTimestamp).toBe(deal?.createTimestamp)
  expect(desk.dealsOfPosition(accountId, 77, query)).toEqual({ rows: [], hasMore: false })
  const [paid] = desk.cashFlows(accountId, 0, 2_147_483_646_000)
  expect(paid).toMatchObject({
    ...{ operationType: 0, delta: 1_000_000n, balance: 1_000_000n, equity: 1_000_000n },
    balanceVersion: 2,
  })
})

test('trace A.4: an index quoted in euros, with swap and conversion fee', () => {
  const { market, executions, open, close, desk } = openDesk({
    account: { deposit: 10_000_000n },
    now: '2026-07-07T19:00:00Z',
    // 4.53 euros a night, at the rate of the recording.
    instruments: { GER40: { swap: { ...instrumentOf('GER40').swap, long: -453 } } },
  })
  market.set('EURUSD', '1.13666', '1.13670')
  market.set('GER40', '25493.30', '25494.30')
  const { positionId } = open({ symbolId: 10_021, volume: 100 })
  // The night: 453 points of 0.01 euros.
  const [charged] = executions(3 * 3_600_000)
  expect(charged).toMatchObject({ executionType: ExecutionType.SWAP, position: { swap: -515n } })
  market.set('GER40', '25471.24', '25472.24')
  const before = desk.trader(accountId).balance
  close(positionId, 100)
  const [, closed] = executions()
  expect(closed?.deal?.closePositionDetail).toMatchObject({
    entryPrice: 25494.3,
    grossProfit: -2621n,
    swap: -515n,
    commission: 0n,
    pnlConversionFee: -19n,
    quoteToDepositConversionRate: 1.13666,
    balance: before - 3155n,
  })
  expect(closed?.deal?.tradeSide).toBe(TradeSide.SELL)
})
