import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import {
  ProtoOAExecutionType as ExecutionType,
  ProtoOAOrderStatus as OrderStatus,
  ProtoOAOrderType as OrderType,
  ProtoOAPositionStatus as PositionStatus,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import { createScriptedMarket } from '../market/index.ts'
import { Random } from '../random.ts'
import { createWorld } from '../world/index.ts'
import { createDesk, type DeskEvent } from './index.ts'

type Execution = Extract<DeskEvent, { readonly name: 'ProtoOAExecutionEvent' }>

// Recorded at a real server: a hedged account in USD, leverage 1:100.
const accountId = 1001
const eurusd = 1
const start = Date.parse('2026-03-11T10:20:54.190Z')

function openDesk(deposit: bigint) {
  const clock = new ManualClock(start)
  const made = createWorld({ seed: 1, marketHours: 'always' })
  const [first, ...rest] = made.accounts
  if (first === undefined) throw new Error('a world has accounts')
  const world = { ...made, accounts: [{ ...first, deposit }, ...rest] }
  const market = createScriptedMarket({ world, clock })
  const latency = { acceptance: 0, execution: 141, protection: 19 }
  const desk = createDesk({ world, market, clock, random: new Random(1), latency })
  const events: Execution[] = []
  desk.onEvent((event) => {
    if (event.name === 'ProtoOAExecutionEvent') events.push(event)
  })
  const settle = (): readonly Execution[] => {
    clock.advance(500)
    return events.splice(0)
  }
  return { clock, market, desk, settle }
}

function buy(volume: number, levels: object = {}) {
  return {
    ctidTraderAccountId: accountId,
    symbolId: eurusd,
    orderType: OrderType.MARKET,
    tradeSide: TradeSide.BUY,
    volume,
    ...levels,
  }
}

describe('trace A.1: EURUSD with relative stop loss and take profit, closed whole', () => {
  it('opens in three events with the values of the recording', () => {
    const { market, desk, settle } = openDesk(1_000_464n)
    market.set('EURUSD', '1.12568', '1.12569')
    const levels = { relativeStopLoss: 100, relativeTakeProfit: 100 }
    expect(desk.newOrder(buy(100_000, levels), 'order-1')).toBeUndefined()
    const [accepted, filled, protecting, ...others] = settle()
    expect(others).toEqual([])

    expect(accepted).toMatchObject({
      accountId,
      clientMsgId: 'order-1',
      event: {
        executionType: ExecutionType.ORDER_ACCEPTED,
        isServerEvent: false,
        order: {
          orderType: OrderType.MARKET,
          orderStatus: OrderStatus.ORDER_STATUS_ACCEPTED,
          timeInForce: TimeInForce.IMMEDIATE_OR_CANCEL,
          tradeData: { tradeSide: TradeSide.BUY, volume: 100_000, openTimestamp: start },
          relativeStopLoss: 100,
          relativeTakeProfit: 100,
          executedVolume: 0,
          closingOrder: false,
        },
        position: { positionStatus: PositionStatus.POSITION_STATUS_CREATED, price: 0 },
      },
    })
    expect(accepted?.event.deal).toBeUndefined()
    expect(accepted?.event.position?.tradeData.volume).toBe(0)
    expect(accepted?.event.position?.tradeData.openTimestamp).toBeUndefined()
    expect(accepted?.event.position?.utcLastUpdateTimestamp).toBeUndefined()
    expect(accepted?.event.order?.positionId).toBe(accepted?.event.position?.positionId)

    expect(filled).toMatchObject({
      clientMsgId: 'order-1',
      event: {
        executionType: ExecutionType.ORDER_FILLED,
        isServerEvent: false,
        order: {
          orderId: accepted?.event.order?.orderId,
          clientOrderId: accepted?.event.order?.clientOrderId,
          orderStatus: OrderStatus.ORDER_STATUS_FILLED,
          executionPrice: 1.12569,
          executedVolume: 100_000,
          tradeData: { closeTimestamp: start + 141 },
        },
        position: {
          positionId: accepted?.event.position?.positionId,
          positionStatus: PositionStatus.POSITION_STATUS_OPEN,
          price: 1.12569,
          commission: -3n,
          usedMargin: 1126n,
          marginRate: 1.12569,
          moneyDigits: 2,
        },
        deal: {
          tradeSide: TradeSide.BUY,
          volume: 100_000,
          filledVolume: 100_000,
          executionPrice: 1.12569,
          commission: -3n,
          createTimestamp: start,
          executionTimestamp: start + 141,
          baseToUsdConversionRate: 1.12569,
          moneyDigits: 2,
        },
      },
    })
    expect(filled?.event.position?.stopLoss).toBeUndefined()
    expect(filled?.event.position?.takeProfit).toBeUndefined()
    expect(filled?.event.position?.stopLossTriggerMethod).toBeUndefined()
    expect(filled?.event.deal?.closePositionDetail).toBeUndefined()

    expect(protecting).toMatchObject({
      clientMsgId: undefined,
      event: {
        executionType: ExecutionType.ORDER_ACCEPTED,
        isServerEvent: true,
        order: {
          orderType: OrderType.STOP_LOSS_TAKE_PROFIT,
          orderStatus: OrderStatus.ORDER_STATUS_ACCEPTED,
          timeInForce: TimeInForce.GOOD_TILL_CANCEL,
          tradeData: { tradeSide: TradeSide.SELL, volume: 100_000, openTimestamp: start + 160 },
          stopPrice: 1.12469,
          limitPrice: 1.12669,
          closingOrder: true,
        },
        position: { stopLoss: 1.12469, takeProfit: 1.12669, stopLossTriggerMethod: 1 },
      },
    })
    expect(protecting?.event.order?.orderId).not.toBe(filled?.event.order?.orderId)
    for (const { event } of [accepted, filled, protecting].filter((one) => one !== undefined)) {
      expect(event.order?.clientOrderId).toMatch(/^\d+$/)
    }
  })

  it('closes in three events, of which only the last says closed', () => {
    const { market, desk, settle } = openDesk(1_000_464n)
    market.set('EURUSD', '1.12568', '1.12569')
    desk.newOrder(buy(100_000, { relativeStopLoss: 99, relativeTakeProfit: 101 }), undefined)
    const positionId = settle()[0]?.event.position?.positionId ?? 0
    const before = desk.trader(accountId)

    const close = { ctidTraderAccountId: accountId, positionId, volume: 100_000 }
    expect(desk.closePosition(close, 'close-1')).toBeUndefined()
    const [accepted, filled, cancelled, ...others] = settle()
    expect(others).toEqual([])

    expect(accepted).toMatchObject({
      clientMsgId: 'close-1',
      event: {
        executionType: ExecutionType.ORDER_ACCEPTED,
        isServerEvent: false,
        order: {
          orderType: OrderType.MARKET,
          timeInForce: TimeInForce.IMMEDIATE_OR_CANCEL,
          tradeData: { tradeSide: TradeSide.SELL, volume: 100_000 },
          closingOrder: true,
        },
        position: {
          positionStatus: PositionStatus.POSITION_STATUS_OPEN,
          price: 1.12569,
          stopLoss: 1.1247,
          takeProfit: 1.1267,
          tradeData: { volume: 100_000 },
        },
      },
    })
    expect(accepted?.event.order?.relativeStopLoss).toBeUndefined()

    expect(filled).toMatchObject({
      clientMsgId: 'close-1',
      event: {
        executionType: ExecutionType.ORDER_FILLED,
        isServerEvent: false,
        order: { executionPrice: 1.12568, executedVolume: 100_000, closingOrder: true },
        position: {
          positionStatus: PositionStatus.POSITION_STATUS_CREATED,
          price: 0,
          usedMargin: 0n,
          stopLoss: 1.1247,
          tradeData: { volume: 0 },
        },
        deal: {
          commission: -3n,
          closePositionDetail: {
            entryPrice: 1.12569,
            grossProfit: -1n,
            commission: -6n,
            swap: 0n,
            pnlConversionFee: 0n,
            closedVolume: 100_000,
            balance: 1_000_457n,
            balanceVersion: (before.balanceVersion ?? 0) + 1,
            quoteToDepositConversionRate: 1,
            moneyDigits: 2,
          },
        },
      },
    })
    expect(before.balance).toBe(1_000_464n)

    expect(cancelled).toMatchObject({
      clientMsgId: undefined,
      event: {
        executionType: ExecutionType.ORDER_CANCELLED,
        isServerEvent: true,
        order: {
          orderType: OrderType.STOP_LOSS_TAKE_PROFIT,
          orderStatus: OrderStatus.ORDER_STATUS_CANCELLED,
        },
        position: {
          positionId,
          positionStatus: PositionStatus.POSITION_STATUS_CLOSED,
          tradeData: { volume: 0, closeTimestamp: start + 500 + 160 },
        },
      },
    })
    expect(cancelled?.event.position?.stopLoss).toBeUndefined()
    expect(cancelled?.event.position?.takeProfit).toBeUndefined()
    expect(desk.trader(accountId).balance).toBe(1_000_457n)
    expect(desk.reconcile(accountId, true)).toEqual({ position: [], order: [] })
  })
})

describe('trace A.2: EURUSD 0.02 lot, half closed, then the rest', () => {
  it('books every step with the values of the recording', () => {
    const { market, desk, settle } = openDesk(1_000_457n)
    market.set('EURUSD', '1.12567', '1.12568')
    desk.newOrder(buy(200_000, { relativeStopLoss: 184, relativeTakeProfit: 184 }), undefined)
    const [, opened, protecting] = settle()
    expect(opened?.event.deal?.commission).toBe(-5n)
    expect(opened?.event.position).toMatchObject({ price: 1.12568, usedMargin: 2251n })
    expect(protecting?.event.position?.stopLoss).toBe(1.12384)
    const positionId = opened?.event.position?.positionId ?? 0

    desk.closePosition({ ctidTraderAccountId: accountId, positionId, volume: 100_000 }, 'half')
    const [, half, shrunk, ...noMore] = settle()
    expect(noMore).toEqual([])
    expect(half?.event).toMatchObject({
      executionType: ExecutionType.ORDER_FILLED,
      position: {
        positionStatus: PositionStatus.POSITION_STATUS_OPEN,
        tradeData: { volume: 100_000 },
        commission: -2n,
        usedMargin: 1126n,
        price: 1.12568,
      },
      deal: {
        executionPrice: 1.12567,
        commission: -3n,
        closePositionDetail: { grossProfit: -1n, commission: -6n, balance: 1_000_450n },
      },
    })
    expect(shrunk).toMatchObject({
      clientMsgId: undefined,
      event: {
        executionType: ExecutionType.ORDER_REPLACED,
        isServerEvent: true,
        order: {
          orderId: protecting?.event.order?.orderId,
          tradeData: { volume: 100_000 },
          stopPrice: 1.12384,
        },
      },
    })

    market.set('EURUSD', '1.12564', '1.12565')
    desk.closePosition({ ctidTraderAccountId: accountId, positionId, volume: 100_000 }, 'rest')
    const [, rest, cancelled] = settle()
    expect(rest?.event).toMatchObject({
      position: { positionStatus: PositionStatus.POSITION_STATUS_CREATED, usedMargin: 0n },
      deal: {
        executionPrice: 1.12564,
        closePositionDetail: { grossProfit: -4n, commission: -5n, balance: 1_000_441n },
      },
    })
    expect(cancelled?.event).toMatchObject({
      executionType: ExecutionType.ORDER_CANCELLED,
      position: { positionStatus: PositionStatus.POSITION_STATUS_CLOSED },
    })
  })
})

describe('what a stop loss or take profit does when the market reaches it', () => {
  it('is one fill by the server, with both levels on the order and the position closed', () => {
    const { market, desk, settle } = openDesk(1_000_000n)
    market.set('EURUSD', '1.12568', '1.12569')
    desk.newOrder(buy(100_000, { relativeStopLoss: 100, relativeTakeProfit: 100 }), 'order-1')
    const protection = settle()[2]?.event.order
    market.set('EURUSD', '1.12668', '1.12669')
    expect(settle()).toEqual([])
    market.set('EURUSD', '1.12671', '1.12672')
    const [hit, ...others] = settle()
    expect(others).toEqual([])
    expect(hit).toMatchObject({
      clientMsgId: undefined,
      event: {
        executionType: ExecutionType.ORDER_FILLED,
        isServerEvent: true,
        order: {
          orderId: protection?.orderId,
          orderType: OrderType.STOP_LOSS_TAKE_PROFIT,
          orderStatus: OrderStatus.ORDER_STATUS_FILLED,
          stopPrice: 1.12469,
          limitPrice: 1.12669,
          executionPrice: 1.12671,
          closingOrder: true,
        },
        position: {
          positionStatus: PositionStatus.POSITION_STATUS_CLOSED,
          tradeData: { volume: 0 },
        },
        deal: { closePositionDetail: { grossProfit: 102n, commission: -6n, balance: 1_000_096n } },
      },
    })
    expect(hit?.event.position?.stopLoss).toBeUndefined()
    expect(hit?.event.position?.tradeData.closeTimestamp).toBeDefined()
  })

  it('fills a gap through the stop loss of a short at the price there is', () => {
    const { market, desk, settle } = openDesk(1_000_000n)
    market.set('EURUSD', '1.12568', '1.12569')
    const order = { ...buy(100_000, { relativeStopLoss: 100 }), tradeSide: TradeSide.SELL }
    desk.newOrder(order, undefined)
    settle()
    market.set('EURUSD', '1.13010', '1.13012')
    const [hit] = settle()
    expect(hit?.event.order?.stopPrice).toBe(1.12668)
    expect(hit?.event.deal?.executionPrice).toBe(1.13012)
    expect(hit?.event.deal?.closePositionDetail?.grossProfit).toBe(-444n)
  })
})
