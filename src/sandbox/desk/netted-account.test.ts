import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import {
  ProtoOAOrderType as OrderType,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import { createScriptedMarket } from '../market/index.ts'
import { Random } from '../random.ts'
import { createWorld } from '../world/index.ts'
import { createDesk, type DeskEvent } from './index.ts'

type Execution = Extract<DeskEvent, { readonly name: 'ProtoOAExecutionEvent' }>

const accountId = 1003

function openDesk() {
  const clock = new ManualClock('2026-01-07T12:00:00Z')
  const world = createWorld({ seed: 1, marketHours: 'always' })
  const market = createScriptedMarket({ world, clock })
  market.set('EURUSD', '1.12560', '1.12566')
  const latency = { execution: 50 }
  const desk = createDesk({ world, market, clock, random: new Random(1), latency })
  const events: Execution[] = []
  desk.onEvent((event) => {
    if (event.name === 'ProtoOAExecutionEvent') events.push(event)
  })
  const trade = (side: 'BUY' | 'SELL', volume: number, rest: object = {}) => {
    const tradeSide = TradeSide[side]
    const order = { ctidTraderAccountId: accountId, symbolId: 1, orderType: OrderType.MARKET }
    expect(desk.newOrder({ ...order, tradeSide, volume, ...rest }, 'id')).toBeUndefined()
    clock.advance(1000)
    return events.splice(0).map(({ event }) => event)
  }
  const position = () => {
    const { position: open } = desk.reconcile(accountId, true)
    expect(open.length).toBeLessThanOrEqual(1)
    return open[0]
  }
  return { clock, desk, events, market, trade, position }
}

describe('a netted account', () => {
  it('adds orders of the same side to the one position of the symbol', () => {
    const { trade, position, market } = openDesk()
    const [, first] = trade('BUY', 100_000)
    market.set('EURUSD', '1.12570', '1.12576')
    const [, second] = trade('BUY', 300_000)
    expect(second?.position?.positionId).toBe(first?.position?.positionId)
    expect(second?.deal?.closePositionDetail).toBeUndefined()
    expect(position()).toMatchObject({ price: 1.125735, tradeData: { volume: 400_000 } })
  })

  it('reduces it by an order of the other side', () => {
    const { trade, position } = openDesk()
    trade('BUY', 300_000, { relativeStopLoss: 100 })
    const [accepted, filled, replaced] = trade('SELL', 100_000)
    expect(accepted).toMatchObject({ executionType: 2, order: { closingOrder: false } })
    expect(filled?.deal?.closePositionDetail).toMatchObject({
      closedVolume: 100_000,
      grossProfit: -6n,
    })
    expect(replaced).toMatchObject({
      executionType: 4,
      isServerEvent: true,
      order: { tradeData: { volume: 200_000 } },
    })
    expect(position()).toMatchObject({ tradeData: { volume: 200_000, tradeSide: TradeSide.BUY } })
  })

  it('closes it by as much of the other side, and begins anew after that', () => {
    const { trade, position } = openDesk()
    const [, opened] = trade('BUY', 200_000)
    const [, closed, ...others] = trade('SELL', 200_000)
    expect(others).toEqual([])
    expect(closed?.position).toMatchObject({ positionStatus: 2, tradeData: { volume: 0 } })
    expect(position()).toBeUndefined()
    const [, again] = trade('SELL', 100_000)
    expect(again?.position?.positionId).not.toBe(opened?.position?.positionId)
    expect(position()?.tradeData.tradeSide).toBe(TradeSide.SELL)
  })

  it('turns round by more of the other side: one deal closes and opens', () => {
    const { trade, position, desk } = openDesk()
    const [, opened] = trade('BUY', 200_000, { relativeStopLoss: 100 })
    const before = desk.trader(accountId).balance
    const [, filled, cancelled, protecting] = trade('SELL', 500_000, { relativeTakeProfit: 200 })
    expect(filled).toMatchObject({
      executionType: 3,
      position: {
        positionId: opened?.position?.positionId,
        price: 1.1256,
        tradeData: { volume: 300_000, tradeSide: TradeSide.SELL },
      },
      deal: {
        filledVolume: 500_000,
        // 12.5 cents booked as 13: two fifths of it, 5, belong to the part that closed.
        commission: -13n,
        closePositionDetail: { closedVolume: 200_000, grossProfit: -12n, commission: -10n },
      },
    })
    expect(filled?.position?.stopLoss).toBeUndefined()
    expect(filled?.position?.commission).toBe(-8n)
    expect(desk.trader(accountId).balance).toBe(before - 22n)
    expect(cancelled).toMatchObject({ executionType: 5, isServerEvent: true })
    expect(cancelled?.position).toMatchObject({ positionStatus: 1 })
    expect(protecting).toMatchObject({
      executionType: 2,
      isServerEvent: true,
      order: { limitPrice: 1.1236, tradeData: { tradeSide: TradeSide.BUY, volume: 300_000 } },
    })
    expect(position()).toMatchObject({ takeProfit: 1.1236 })
  })

  it('lets orders that are on their way together share one position', () => {
    const { clock, desk, events, position } = openDesk()
    const order = { ctidTraderAccountId: accountId, symbolId: 1, orderType: OrderType.MARKET }
    const buy = { ...order, tradeSide: TradeSide.BUY, volume: 100_000 }
    desk.newOrder(buy, 'a')
    desk.newOrder(buy, 'b')
    desk.newOrder({ ...buy, tradeSide: TradeSide.SELL, volume: 500_000 }, 'c')
    clock.advance(1000)
    expect(events).toHaveLength(6)
    expect(new Set(events.map(({ event }) => event.position?.positionId)).size).toBe(1)
    expect(position()).toMatchObject({ tradeData: { volume: 300_000, tradeSide: TradeSide.SELL } })
  })

  it('gives an order a position of its own when the one it was meant for has ended', () => {
    const { clock, desk, trade, events, position } = openDesk()
    const [, opened] = trade('BUY', 100_000)
    const positionId = opened?.position?.positionId ?? 0
    desk.closePosition({ ctidTraderAccountId: accountId, positionId, volume: 100_000 }, 'close')
    clock.advance(29)
    const order = { ctidTraderAccountId: accountId, symbolId: 1, orderType: OrderType.MARKET }
    desk.newOrder({ ...order, tradeSide: TradeSide.BUY, volume: 200_000 }, 'add')
    clock.advance(1000)
    const fills = events.filter(({ event }) => event.executionType === 3)
    expect(fills.map(({ clientMsgId }) => clientMsgId)).toEqual(['close', 'add'])
    expect(position()?.tradeData.volume).toBe(200_000)
    expect(position()?.positionId).not.toBe(positionId)
  })
})
