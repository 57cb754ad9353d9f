import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import {
  ProtoOAOrderType as OrderType,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import { createScriptedMarket } from '../market/index.ts'
import { Random } from '../random.ts'
import { createWorld } from '../world/index.ts'
import { createDesk, type DeskEvent, type DeskOptions, UnknownAccountError } from './index.ts'

type Execution = Extract<DeskEvent, { readonly name: 'ProtoOAExecutionEvent' }>

function openDesk({
  now = '2026-01-07T12:00:00Z',
  ...rest
}: Partial<DeskOptions> & { now?: string } = {}) {
  const clock = new ManualClock(now)
  const world = createWorld({ seed: 1, marketHours: 'real' })
  const market = createScriptedMarket({ world, clock })
  market.set('EURUSD', '1.12560', '1.12566')
  const desk = createDesk({ world, market, clock, random: new Random(1), ...rest })
  const events: Execution[] = []
  desk.onEvent((event) => {
    if (event.name === 'ProtoOAExecutionEvent') events.push(event)
  })
  return { clock, market, desk, events }
}

const order = {
  ctidTraderAccountId: 1001,
  symbolId: 1,
  orderType: OrderType.MARKET,
  tradeSide: TradeSide.BUY,
  volume: 100_000,
}

describe('an order that was taken is rejected by an event', () => {
  it('when the market closes before its execution', () => {
    const { clock, desk, events } = openDesk({ now: '2026-01-09T21:54:59.990Z' })
    expect(desk.newOrder(order, 'late')).toBeUndefined()
    clock.advance(1000)
    const [accepted, rejected] = events
    expect(rejected).toMatchObject({
      clientMsgId: 'late',
      event: {
        executionType: 7,
        errorCode: 'MARKET_CLOSED',
        isServerEvent: false,
        order: { orderId: accepted?.event.order?.orderId, orderStatus: 3, executedVolume: 0 },
        position: { positionStatus: 2, tradeData: { volume: 0 } },
      },
    })
    expect(desk.reconcile(1001, true).position).toEqual([])
  })

  it('when two orders that were checked one by one are too much together', () => {
    const { clock, desk, events } = openDesk()
    // Each needs 6,754 of 10,000 dollars.
    const large = { ...order, volume: 60_000_000 }
    expect(desk.newOrder(large, 'one')).toBeUndefined()
    expect(desk.newOrder(large, 'two')).toBeUndefined()
    clock.advance(1000)
    const rejected = events.filter(({ event }) => event.executionType === 7)
    expect(rejected).toHaveLength(1)
    expect(rejected[0]?.event.errorCode).toBe('NOT_ENOUGH_MONEY')
    expect(desk.reconcile(1001, true).position).toHaveLength(1)
  })

  it('when the stop loss was reached before the closing', () => {
    const { clock, desk, events, market } = openDesk()
    desk.newOrder({ ...order, relativeStopLoss: 100 }, 'open')
    clock.advance(1000)
    const positionId = events.splice(0)[1]?.event.position?.positionId ?? 0
    const close = { ctidTraderAccountId: 1001, positionId, volume: 100_000 }
    expect(desk.closePosition(close, 'close')).toBeUndefined()
    clock.advance(10)
    market.set('EURUSD', '1.12400', '1.12406')
    clock.advance(1000)
    const [accepted, hit, rejected, ...others] = events
    expect(others).toEqual([])
    expect(accepted?.event.executionType).toBe(2)
    expect(hit?.event).toMatchObject({ executionType: 3, isServerEvent: true })
    expect(rejected).toMatchObject({
      clientMsgId: 'close',
      event: { executionType: 7, errorCode: 'POSITION_NOT_FOUND' },
    })
  })
})

describe('the desk', () => {
  it('tells nothing before it has taken the order', () => {
    const { desk, events } = openDesk({ latency: { acceptance: 0, execution: 0, protection: 0 } })
    desk.newOrder(order, undefined)
    expect(events).toEqual([])
  })

  it('tags what the server does after a request only when told to', () => {
    const tags = (tagServerEvents: boolean): readonly (string | undefined)[] => {
      const { clock, desk, events } = openDesk({ behaviour: { tagServerEvents } })
      desk.newOrder({ ...order, relativeTakeProfit: 100 }, 'mine')
      clock.advance(1000)
      return events.map(({ clientMsgId }) => clientMsgId)
    }
    expect(tags(false)).toEqual(['mine', 'mine', undefined])
    expect(tags(true)).toEqual(['mine', 'mine', 'mine'])
  })

  it('keeps label, comment and client order id', () => {
    const { clock, desk, events } = openDesk()
    const noted = { ...order, label: 'bot', comment: 'first', clientOrderId: 'abc' }
    desk.newOrder(noted, undefined)
    clock.advance(1000)
    expect(events[1]?.event.order).toMatchObject({
      clientOrderId: 'abc',
      tradeData: { label: 'bot', comment: 'first' },
    })
    expect(desk.reconcile(1001, false).position[0]?.tradeData).toMatchObject({
      label: 'bot',
      comment: 'first',
    })
  })

  it('lists protection orders only when asked', () => {
    const { clock, desk } = openDesk()
    desk.newOrder({ ...order, relativeStopLoss: 100, relativeTakeProfit: 200 }, undefined)
    clock.advance(1000)
    expect(desk.reconcile(1001, false)).toMatchObject({
      position: [{ stopLoss: 1.12466, takeProfit: 1.12766 }],
      order: [],
    })
    expect(desk.reconcile(1001, true).order).toMatchObject([
      { orderType: 4, stopPrice: 1.12466, limitPrice: 1.12766, closingOrder: true },
    ])
  })

  it('adds to a position of a hedged account when the order names it', () => {
    const { clock, desk, events, market } = openDesk()
    desk.newOrder(order, undefined)
    clock.advance(1000)
    const positionId = events.splice(0)[1]?.event.position?.positionId ?? 0
    market.set('EURUSD', '1.12580', '1.12586')
    const add = { ...order, positionId, volume: 300_000 }
    expect(desk.newOrder(add, undefined)).toBeUndefined()
    clock.advance(1000)
    expect(events[1]?.event.position).toMatchObject({
      positionId,
      price: 1.12581,
      tradeData: { volume: 400_000 },
    })
    expect(desk.newOrder({ ...add, symbolId: 2 }, undefined)?.errorCode).toBe('INVALID_REQUEST')
    const against = { ...add, tradeSide: TradeSide.SELL }
    expect(desk.newOrder({ ...against, volume: 500_000 }, undefined)).toMatchObject({
      errorCode: 'TRADING_BAD_VOLUME',
    })
    expect(desk.newOrder(against, undefined)).toBeUndefined()
    clock.advance(1000)
    expect(events.at(-1)?.event).toMatchObject({
      order: { closingOrder: true },
      position: { positionId, tradeData: { volume: 100_000 } },
    })
  })

  it('knows no account but its own', () => {
    const { desk } = openDesk()
    expect(() => desk.trader(9)).toThrow(UnknownAccountError)
    expect(() => desk.newOrder({ ...order, ctidTraderAccountId: 9 }, undefined)).toThrow(
      'The sandbox has no account 9.',
    )
  })

  it('is silent and without timers once it is closed', () => {
    const { clock, desk, events } = openDesk()
    desk.newOrder(order, undefined)
    desk.close()
    desk.close()
    expect(clock.pending).toBe(0)
    clock.advance(1000)
    expect(events).toEqual([])
  })

  it('refuses delays that are no delays', () => {
    const bad = [-1, 0.5, [5, 3], [1, Number.POSITIVE_INFINITY]] as const
    for (const execution of bad) {
      expect(() => openDesk({ latency: { execution } })).toThrow(/execution latency/)
    }
  })
})
