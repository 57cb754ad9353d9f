import { describe, expect, it } from 'vitest'
import {
  ProtoOAOrderType as OrderType,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
} from '../../src/protocol/index.ts'
import {
  type Execution,
  limitBuy,
  marketBuy,
  openDesk as openPlainDesk,
  type Setting,
} from './fixture.ts'

const own = { ctidTraderAccountId: 1001 }
const order = marketBuy
const limit = { ...limitBuy, limitPrice: 1.1257 }
const expired = { executionType: 6, isServerEvent: true, order: { orderStatus: 4 } }

function openDesk(setting: Setting = {}) {
  const { clock, market, desk } = openPlainDesk({ marketHours: 'real', ...setting })
  const events: Execution['event'][] = []
  desk.onEvent((event) => {
    if (event.name === 'ProtoOAExecutionEvent') events.push(event.event)
  })
  return { clock, market, desk, events }
}

describe('an order that expires', () => {
  it('does so too when it came back from the market, which had moved away', () => {
    const { clock, desk, events, market } = openDesk()
    const expirationTimestamp = clock.now() + 60_000
    expect(desk.newOrder({ ...limit, expirationTimestamp }, 'mine')).toBeUndefined()
    clock.advance(10)
    market.set('EURUSD', '1.12660', '1.12666')
    clock.advance(59_989)
    expect(desk.reconcile(1001, false).order).toHaveLength(1)
    clock.advance(1)
    expect(events).toMatchObject([{ executionType: 2 }, expired])
    expect(desk.reconcile(1001, false)).toEqual({ position: [], order: [] })
  })

  it('does so when its time comes while it is at the market, which does not fill it', () => {
    const { clock, desk, events, market } = openDesk({ latency: { trigger: 100 } })
    const expirationTimestamp = clock.now() + 60_000
    expect(desk.newOrder({ ...limit, limitPrice: 1.1, expirationTimestamp }, 'a')).toBeUndefined()
    clock.advance(59_950)
    market.set('EURUSD', '1.09000', '1.09006')
    market.set('EURUSD', '1.12000', '1.12006')
    clock.advance(600_000)
    expect(events).toMatchObject([{ executionType: 2 }, expired])
  })

  it('does so with what the depth left of it', () => {
    const { clock, desk, events, market } = openDesk({ fills: { liquidity: 'depth' } })
    const best = market.depth(1)?.asks[0]?.size ?? 0
    const expirationTimestamp = clock.now() + 60_000
    const large = { ...limit, limitPrice: 1.12566, volume: best + 100_000, expirationTimestamp }
    expect(desk.newOrder(large, 'a')).toBeUndefined()
    clock.advance(600_000)
    expect(events).toMatchObject([
      { executionType: 2 },
      { executionType: 11, deal: { filledVolume: best } },
      { ...expired, order: { orderStatus: 4, executedVolume: best } },
    ])
  })

  it('is not executed when its time is over before it is accepted', () => {
    const { clock, desk, events } = openDesk({ latency: { acceptance: 5 } })
    desk.newOrder({ ...limit, expirationTimestamp: clock.now() + 5 }, 'a')
    clock.advance(1000)
    expect(events).toMatchObject([{ executionType: 2 }, expired])
  })
})

describe('an order that waits for the opening', () => {
  const waiting = { ...order, timeInForce: TimeInForce.MARKET_ON_OPEN, relativeStopLoss: 100 }

  it('can be amended: its levels are measured from the market', () => {
    const { clock, desk, events } = openDesk({ now: '2026-01-10T12:00:00Z' })
    expect(desk.newOrder(waiting, 'a')).toBeUndefined()
    clock.advance(100)
    const orderId = events[0]?.order?.orderId ?? 0
    expect(desk.amendOrder({ ...own, orderId, volume: 200_000 }, 'b')).toBeUndefined()
    clock.advance(100)
    expect(events[1]).toMatchObject({
      executionType: 4,
      order: { relativeStopLoss: 100, tradeData: { volume: 200_000 } },
    })
    const refused = (fields: object) =>
      desk.amendOrder({ ...own, orderId, ...fields }, 'c')?.description
    expect(refused({ stopLoss: 1.1 })).toMatch('SL/TP in absolute values are allowed only for')
    expect(refused({ relativeStopLoss: 112_600 })).toMatch(
      'New SL for BUY position should be <= current BID price. current BID: 1.12560',
    )
    expect(refused({ expirationTimestamp: clock.now() + 1000 })).toMatch(
      'Expiration time is allowed only for order types: [LIMIT, STOP, STOP_LIMIT]',
    )
  })
})

describe('a fill-or-kill order', () => {
  it('is filled in no part when the money does not last for the whole', () => {
    const { clock, desk, events } = openDesk({ fills: { liquidity: 'depth' } })
    const timeInForce = TimeInForce.FILL_OR_KILL
    const large = { ...limit, limitPrice: 1.2, timeInForce, volume: 900_000_000 }
    expect(desk.newOrder(large, 'a')).toBeUndefined()
    clock.advance(1000)
    expect(events).toMatchObject([
      { executionType: 2 },
      { executionType: 7, errorCode: 'NOT_ENOUGH_MONEY', order: { executedVolume: 0 } },
    ])
    expect(desk.deals(1001, { from: 0, to: clock.now(), most: 9 }).rows).toEqual([])
  })
})

describe('an order that waits to make a netted position smaller', () => {
  it('has to be on the right side of the market, and its levels of it', () => {
    const { clock, desk } = openDesk({ account: { accountType: 'NETTED' } })
    desk.newOrder(order, 'open')
    clock.advance(1000)
    const sell = { ...order, tradeSide: TradeSide.SELL, orderType: OrderType.STOP }
    expect(desk.newOrder({ ...sell, stopPrice: 1.2 }, 'a')?.errorCode).toBe('TRADING_BAD_PRICES')
    expect(desk.newOrder({ ...sell, stopPrice: 1.1, stopLoss: 1.05 }, 'b')?.errorCode).toBe(
      'TRADING_BAD_STOPS',
    )
    expect(desk.newOrder({ ...sell, stopPrice: 1.1, stopLoss: 1.15 }, 'c')).toBeUndefined()
  })
})
