import { describe, expect, it } from 'vitest'
import {
  ProtoOAExecutionType as ExecutionType,
  ProtoOAOrderType as OrderType,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
  ProtoOATradingMode as TradingMode,
  ProtoOAOrderTriggerMethod as Trigger,
} from '../../src/protocol/index.ts'
import { accountId, limitBuy, marketBuy, openDesk, stopBuy } from './fixture.ts'

const sell = { tradeSide: TradeSide.SELL }
const stopLimitBuy = { ...stopBuy, orderType: OrderType.STOP_LIMIT, slippageInPoints: 5 }

/** A desk with one pending order; gives its id and position. */
function place(request: object, setting: Parameters<typeof openDesk>[0] = {}) {
  const opened = openDesk(setting)
  expect(opened.order(request)).toBeUndefined()
  const [accepted, ...others] = opened.executions()
  expect(others).toEqual([])
  expect(accepted).toMatchObject({
    executionType: ExecutionType.ORDER_ACCEPTED,
    isServerEvent: false,
    order: { orderStatus: 1, executedVolume: 0 },
    position: { positionStatus: 3, tradeData: { volume: 0 } },
  })
  return { ...opened, orderId: accepted?.order?.orderId ?? 0, accepted }
}

describe('a limit order', () => {
  it('is filled at its price or better, by the server, and then protected', () => {
    const levels = { stopLoss: 1.1236, relativeTakeProfit: 300, label: 'dip', comment: 'buy' }
    const { market, executions, orderId, accepted } = place({ ...limitBuy, ...levels })
    market.set('EURUSD', '1.12455', '1.12461')
    expect(executions()).toEqual([])
    market.set('EURUSD', '1.12440', '1.12446')
    const [filled, protecting, ...others] = executions()
    expect(others).toEqual([])
    expect(filled).toMatchObject({
      executionType: ExecutionType.ORDER_FILLED,
      isServerEvent: true,
      order: { orderId, executionPrice: 1.12446, limitPrice: 1.1246, orderStatus: 2 },
      position: {
        positionId: accepted?.position?.positionId,
        tradeData: { label: 'dip', comment: 'buy', volume: 100_000 },
      },
    })
    expect(protecting).toMatchObject({
      executionType: ExecutionType.ORDER_ACCEPTED,
      // The take profit counts from the fill.
      order: { orderType: 4, stopPrice: 1.1236, limitPrice: 1.12746 },
    })
  })

  it('beyond the market is filled at once, as an answer to its request', () => {
    const { settle, order } = openDesk()
    expect(order({ ...limitBuy, limitPrice: 1.1266 })).toBeUndefined()
    const events = settle()
    expect(events.map(({ clientMsgId }) => clientMsgId)).toEqual(['req', 'req'])
    expect(events[1]).toMatchObject({
      event: { executionType: 3, isServerEvent: false, order: { executionPrice: 1.12566 } },
    })
  })

  it('to sell looks at the bid', () => {
    const { market, executions } = place({ ...limitBuy, ...sell, limitPrice: 1.1266 })
    market.set('EURUSD', '1.12659', '1.12665')
    expect(executions()).toEqual([])
    market.set('EURUSD', '1.12661', '1.12667')
    expect(executions()).toMatchObject([{ order: { executionPrice: 1.12661 } }])
  })

  it('is filled after an amend through the market', () => {
    const { executions, amendOrder, orderId } = place(limitBuy)
    expect(amendOrder(orderId, { limitPrice: 1.1257 })).toBeUndefined()
    expect(executions()).toMatchObject([
      { executionType: ExecutionType.ORDER_REPLACED, order: { limitPrice: 1.1257 } },
      { executionType: ExecutionType.ORDER_FILLED, order: { executionPrice: 1.12566 } },
    ])
  })

  it('is rejected when the money has gone meanwhile', () => {
    const { market, executions, desk, orderId } = place({ ...limitBuy, volume: 80_000_000 })
    desk.changeBalance(accountId, -900_000n)
    executions()
    market.set('EURUSD', '1.12440', '1.12446')
    expect(executions()).toMatchObject([
      {
        executionType: ExecutionType.ORDER_REJECTED,
        errorCode: 'NOT_ENOUGH_MONEY',
        order: { orderId, orderStatus: 3 },
        position: { positionStatus: 2 },
      },
    ])
    expect(desk.reconcile(accountId, true)).toEqual({ position: [], order: [] })
  })
})

describe('a stop order', () => {
  it('becomes a market order where its price is reached, slippage included', () => {
    const { market, executions } = place(stopBuy, { fills: { slippage: 2 } })
    market.set('EURUSD', '1.12653', '1.12659')
    expect(executions()).toEqual([])
    market.set('EURUSD', '1.12660', '1.12666')
    expect(executions()).toMatchObject([
      { executionType: 3, isServerEvent: true, order: { executionPrice: 1.12668 } },
    ])
  })

  it('may watch the other side, or want two quotes in a row', () => {
    const reach = (stopTriggerMethod: Trigger, quotes: readonly [string, string][]) => {
      const { market, executions } = place({ ...stopBuy, stopTriggerMethod })
      return quotes.map(([bid, ask]) => {
        market.set('EURUSD', bid, ask)
        return executions().length
      })
    }
    const at: [string, string] = ['1.12655', '1.12661']
    const above: [string, string] = ['1.12661', '1.12667']
    const below: [string, string] = ['1.12600', '1.12606']
    expect(reach(Trigger.TRADE, [at])).toEqual([1])
    expect(reach(Trigger.OPPOSITE, [at, above])).toEqual([0, 1])
    expect(reach(Trigger.DOUBLE_TRADE, [at, below, at, above])).toEqual([0, 0, 0, 1])
    expect(reach(Trigger.DOUBLE_OPPOSITE, [above, at, above, above])).toEqual([0, 0, 0, 1])
  })

  it('takes the desk as long to trigger as it is told', () => {
    const latency = { trigger: 100 }
    const { market, executions, cancel, orderId } = place(stopBuy, { latency })
    market.set('EURUSD', '1.12660', '1.12666')
    expect(executions(99)).toEqual([])
    expect(cancel(orderId)).toBeUndefined()
    market.set('EURUSD', '1.12670', '1.12676')
    const [filled, rejected] = executions()
    expect(filled?.order?.executionPrice).toBe(1.12676)
    // The cancellation came when nothing was left to cancel.
    expect(rejected).toBeUndefined()
  })
})

describe('a stop limit order', () => {
  it('works as a limit order once its stop is reached', () => {
    const { market, executions, desk } = place(stopLimitBuy)
    market.set('EURUSD', '1.12664', '1.12670')
    expect(executions()).toEqual([])
    expect(desk.reconcile(accountId, false).order).toMatchObject([
      { orderType: OrderType.STOP_LIMIT, stopPrice: 1.1266, limitPrice: 1.12665 },
    ])
    market.set('EURUSD', '1.12658', '1.12664')
    expect(executions()).toMatchObject([{ executionType: 3, order: { executionPrice: 1.12664 } }])
  })

  it('is filled by the quote that reaches the stop when that is within the limit', () => {
    const { market, executions } = place(stopLimitBuy)
    market.set('EURUSD', '1.12656', '1.12662')
    expect(executions()).toMatchObject([{ executionType: 3, order: { executionPrice: 1.12662 } }])
  })
})

describe('a market range order', () => {
  const range = { ...marketBuy, orderType: OrderType.MARKET_RANGE, baseSlippagePrice: 1.12566 }

  it('is filled within its range of the moment of execution', () => {
    const { order, market, executions } = openDesk()
    order({ ...range, slippageInPoints: 3 })
    executions(10)
    market.set('EURUSD', '1.12563', '1.12569')
    expect(executions()).toMatchObject([{ executionType: 3, order: { executionPrice: 1.12569 } }])
  })

  it('is cancelled outside of it', () => {
    const { order, market, executions } = openDesk()
    order({ ...range, slippageInPoints: 3 })
    executions(10)
    market.set('EURUSD', '1.12564', '1.12570')
    expect(executions()).toMatchObject([
      {
        executionType: ExecutionType.ORDER_CANCELLED,
        order: { orderStatus: 5, executedVolume: 0, baseSlippagePrice: 1.12566, timeInForce: 3 },
        position: { positionStatus: 2 },
      },
    ])
  })
})

describe('time in force', () => {
  it('expires an order at its date, also at a new one', () => {
    const { clock, executions, amendOrder, orderId } = place({
      ...limitBuy,
      expirationTimestamp: Date.parse('2026-01-07T13:00:00Z'),
    })
    const later = Date.parse('2026-01-07T14:00:00Z')
    amendOrder(orderId, { expirationTimestamp: later })
    expect(executions()).toMatchObject([
      { executionType: 4, order: { timeInForce: TimeInForce.GOOD_TILL_DATE } },
    ])
    expect(executions(later - clock.now() - 1)).toEqual([])
    expect(executions(1)).toMatchObject([
      {
        executionType: ExecutionType.ORDER_EXPIRED,
        order: { orderId, orderStatus: 4, expirationTimestamp: later },
        position: { positionStatus: 2 },
      },
    ])
  })

  it('immediate or cancel, fill or kill: a limit away from the market is cancelled', () => {
    for (const timeInForce of [TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL]) {
      const { order, executions } = openDesk()
      expect(order({ ...limitBuy, timeInForce })).toBeUndefined()
      expect(executions()).toMatchObject([
        { executionType: 2, order: { timeInForce } },
        { executionType: ExecutionType.ORDER_CANCELLED, order: { executedVolume: 0 } },
      ])
    }
  })

  it('immediate or cancel: the rest of a limit goes on working where the broker does that', () => {
    const ioc = { ...limitBuy, timeInForce: TimeInForce.IMMEDIATE_OR_CANCEL }
    const { market, executions } = place(ioc, { behaviour: { limitRest: 'working' } })
    market.set('EURUSD', '1.12440', '1.12446')
    expect(executions()).toMatchObject([{ executionType: 3 }])
  })

  it('market on open: waits for the opening, and goes at once while the market is open', () => {
    const onOpen = { ...marketBuy, timeInForce: TimeInForce.MARKET_ON_OPEN }
    const { clock, executions, market } = place(onOpen, {
      marketHours: 'real',
      now: '2026-01-10T12:00:00Z',
    })
    clock.advanceTo(Date.parse('2026-01-11T22:05:00Z'))
    expect(executions(0)).toEqual([])
    market.set('EURUSD', '1.13000', '1.13006')
    expect(executions()).toMatchObject([
      { executionType: 3, order: { executionPrice: 1.13006, timeInForce: 5 } },
    ])
    const now = openDesk()
    now.order(onOpen)
    expect(now.executions()).toMatchObject([{ executionType: 2 }, { executionType: 3 }])
  })
})

describe('cancelling and amending', () => {
  it('come too late for an order that is being executed', () => {
    const { order, executions, cancel, amendOrder } = openDesk()
    order()
    const [accepted] = executions(5)
    const orderId = accepted?.order?.orderId ?? 0
    expect(amendOrder(orderId, { volume: 200_000 })).toMatchObject({
      errorCode: 'PENDING_EXECUTION',
      orderId,
    })
    expect(cancel(orderId)).toBeUndefined()
    expect(executions()).toMatchObject([
      {
        executionType: ExecutionType.ORDER_CANCEL_REJECTED,
        errorCode: 'PENDING_EXECUTION',
        isServerEvent: false,
        order: { orderId, orderStatus: 1 },
      },
      { executionType: 3 },
    ])
    expect(cancel(orderId)?.errorCode).toBe('ORDER_NOT_FOUND')
    expect(amendOrder(orderId, {})?.errorCode).toBe('ORDER_NOT_FOUND')
  })

  it('when the market was faster, are answered by an order error with their id', () => {
    const { market, settle, cancel, amendOrder, orderId } = place(limitBuy)
    expect(cancel(orderId)).toBeUndefined()
    expect(amendOrder(orderId, { limitPrice: 1.124 })).toBeUndefined()
    market.set('EURUSD', '1.12440', '1.12446')
    const errors = settle().filter(({ name }) => name === 'ProtoOAOrderErrorEvent')
    expect(errors).toMatchObject([
      { clientMsgId: 'cancel', event: { errorCode: 'ORDER_NOT_FOUND', orderId } },
      { clientMsgId: 'amend', event: { errorCode: 'ORDER_NOT_FOUND', orderId } },
    ])
  })

  it('are not for protection orders', () => {
    const { open, cancel, amendOrder } = openDesk()
    const orderId = open({ relativeStopLoss: 100 }).events[2]?.order?.orderId ?? 0
    expect(cancel(orderId)).toMatchObject({ errorCode: 'UNABLE_TO_CANCEL_ORDER', orderId })
    const amended = amendOrder(orderId, { stopPrice: 1.12 })
    expect(amended).toMatchObject({ errorCode: 'UNABLE_TO_AMEND_ORDER', orderId })
  })

  it('change volume, price, levels, trigger and trailing', () => {
    const { executions, amendOrder, orderId } = place({ ...stopBuy, stopLoss: 1.12 })
    const change = {
      ...{ volume: 300_000, stopPrice: 1.127, relativeStopLoss: 400, takeProfit: 1.14 },
      ...{ stopTriggerMethod: Trigger.OPPOSITE, trailingStopLoss: true },
    }
    expect(amendOrder(orderId, change)).toBeUndefined()
    const [replaced] = executions()
    const { volume, ...rest } = change
    expect(replaced?.order).toMatchObject({ ...rest, tradeData: { volume } })
    // The distance took the place of the price.
    expect(replaced?.order?.stopLoss).toBeUndefined()
  })

  it.each([
    ['a price of another type', { limitPrice: 1.12 }, 'INVALID_REQUEST'],
    ['a price off the grid', { stopPrice: 1.126601 }, 'INVALID_REQUEST'],
    ['a stop the market has passed', { stopPrice: 1.1255 }, 'TRADING_BAD_PRICES'],
    ['a volume below the least', { volume: 1 }, 'TRADING_BAD_VOLUME'],
    ['no volume', { volume: 0 }, 'TRADING_BAD_VOLUME'],
    ['a stop loss above its order', { stopLoss: 1.13 }, 'TRADING_BAD_STOPS'],
    ['an expiration that has passed', { expirationTimestamp: 5 }, 'TRADING_BAD_EXPIRATION_DATE'],
    ['trailing without a stop loss', { trailingStopLoss: true }, 'INVALID_REQUEST'],
    ['both kinds of a level', { stopLoss: 1.12, relativeStopLoss: 9 }, 'INVALID_REQUEST'],
    ['slippage below zero', { slippageInPoints: -1 }, 'INVALID_REQUEST'],
    ['an unknown trigger', { stopTriggerMethod: 9 as Trigger }, 'INVALID_REQUEST'],
  ])('%s is refused, and the order stays as it was', (_, change, errorCode) => {
    const { desk, amendOrder, orderId } = place(stopBuy)
    const before = desk.reconcile(accountId, true)
    expect(amendOrder(orderId, change)?.errorCode).toBe(errorCode)
    expect(desk.reconcile(accountId, true)).toEqual(before)
  })
})

describe('a day without trading', () => {
  it('is a holiday or simply closed, and the error says which', () => {
    const at = (now: string) => {
      const { order, open } = openDesk({ marketHours: 'real', now })
      return order()?.errorCode ?? (open().events.length > 0 ? 'open' : undefined)
    }
    // A Thursday: New Year's Day in New York until five o'clock.
    expect(at('2026-01-01T15:00:00Z')).toBe('SYMBOL_HAS_HOLIDAY')
    expect(at('2026-01-03T15:00:00Z')).toBe('MARKET_CLOSED')
    expect(at('2026-01-06T15:00:00Z')).toBe('open')
  })
})

describe('pending orders and positions', () => {
  it('add to the position that they name, or have nothing to do once it has gone', () => {
    const { open, order, close, executions, market } = openDesk()
    const { positionId } = open()
    expect(order({ ...limitBuy, positionId })).toBeUndefined()
    expect(order({ ...limitBuy, limitPrice: 1.1243, positionId })).toBeUndefined()
    executions()
    market.set('EURUSD', '1.12440', '1.12446')
    expect(executions()[0]?.position).toMatchObject({ positionId, tradeData: { volume: 200_000 } })
    close(positionId, 200_000)
    executions()
    market.set('EURUSD', '1.12400', '1.12406')
    expect(executions()).toMatchObject([
      { executionType: 7, errorCode: 'POSITION_NOT_FOUND', order: { orderStatus: 3 } },
    ])
  })

  it('reduce it when they are against it, on a hedged account too', () => {
    const { open, order, executions, market } = openDesk()
    const { positionId } = open({ volume: 200_000 })
    const exit = { ...limitBuy, ...sell, limitPrice: 1.1266, positionId }
    expect(order(exit)).toBeUndefined()
    expect(executions()[0]?.order).toMatchObject({ closingOrder: true })
    market.set('EURUSD', '1.12661', '1.12667')
    expect(executions()[0]).toMatchObject({
      position: { positionId, tradeData: { volume: 100_000 } },
      deal: { closePositionDetail: { closedVolume: 100_000, grossProfit: 95n } },
    })
  })

  it('share the one position of the symbol on a netted account', () => {
    const { order, executions, cancel, market, position } = openDesk({
      account: { accountType: 'NETTED' },
    })
    order(limitBuy)
    order({ ...limitBuy, ...sell, limitPrice: 1.1266, volume: 300_000 })
    const [first, second] = executions()
    expect(first?.position?.positionId).toBe(second?.position?.positionId)
    cancel(first?.order?.orderId ?? 0)
    // The other order still waits for it.
    expect(executions()).toMatchObject([{ executionType: 5, position: { positionStatus: 3 } }])
    market.set('EURUSD', '1.12661', '1.12667')
    executions()
    expect(position()).toMatchObject({ tradeData: { tradeSide: TradeSide.SELL, volume: 300_000 } })
  })

  it('are listed while they work, and can be placed while the market is closed', () => {
    const { desk, orderId, market, executions } = place(limitBuy, {
      marketHours: 'real',
      now: '2026-01-10T12:00:00Z',
    })
    expect(desk.reconcile(accountId, false).order).toMatchObject([{ orderId }])
    market.set('EURUSD', '1.12000', '1.12006')
    expect(executions()).toEqual([])
  })

  it('are left alone or executed as the trading mode says', () => {
    const hit = (tradingMode: TradingMode) => {
      const { desk, market, settle } = place(limitBuy)
      desk.changeInstrument(1, { tradingMode })
      settle()
      market.set('EURUSD', '1.12440', '1.12446')
      return settle().length
    }
    expect(hit(TradingMode.DISABLED_WITHOUT_PENDINGS_EXECUTION)).toBe(0)
    expect(hit(TradingMode.CLOSE_ONLY_MODE)).toBe(0)
    expect(hit(TradingMode.DISABLED_WITH_PENDINGS_EXECUTION)).toBe(1)
  })
})
