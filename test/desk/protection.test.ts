import { describe, expect, it } from 'vitest'
import {
  ProtoOASymbolDistanceType as Distance,
  ProtoOAExecutionType as ExecutionType,
  ProtoOALimitedRiskMarginCalculationStrategy as LimitedRisk,
  ProtoOATradeSide as TradeSide,
  ProtoOAOrderTriggerMethod as Trigger,
} from '../../src/protocol/index.ts'
import { accountId, limitBuy, openDesk } from './fixture.ts'

const sell = { tradeSide: TradeSide.SELL }

describe('amending the protection of a position', () => {
  it('begins with an accepted order, goes on with replaced ones, and ends with a cancelled one', () => {
    const { open, amend, executions, position } = openDesk()
    const { positionId } = open()
    amend(positionId, { takeProfit: 1.13 })
    const [accepted] = executions()
    expect(accepted).toMatchObject({
      executionType: ExecutionType.ORDER_ACCEPTED,
      isServerEvent: false,
      order: { orderType: 4, limitPrice: 1.13, closingOrder: true, timeInForce: 2 },
      position: { takeProfit: 1.13 },
    })
    amend(positionId, { stopLoss: 1.12, takeProfit: 1.13 })
    const orderId = accepted?.order?.orderId
    expect(executions()).toMatchObject([{ executionType: 4, order: { orderId, stopPrice: 1.12 } }])
    amend(positionId, {})
    const [cancelled, ...others] = executions()
    expect(others).toEqual([])
    expect(cancelled).toMatchObject({
      executionType: ExecutionType.ORDER_CANCELLED,
      order: { orderId, orderStatus: 5 },
      position: { positionId, positionStatus: 1, tradeData: { volume: 100_000 } },
    })
    expect(position()?.stopLoss).toBeUndefined()
    expect(amend(positionId, {})).toMatchObject({
      ...{ channel: 'error', errorCode: 'INVALID_REQUEST', description: 'Nothing to amend.' },
    })
  })

  it.each([
    [
      'a take profit below the bid',
      { takeProfit: 1.1255 },
      'TRADING_BAD_STOPS',
      'New TP for BUY position should be >= current BID price. current BID: 1.12560, TP: 1.12550',
    ],
    [
      'a stop loss above the bid',
      { stopLoss: 1.1257 },
      'TRADING_BAD_STOPS',
      'New SL for BUY position should be <= current BID price. current BID: 1.12560, SL: 1.12570',
    ],
    [
      'a level with too many decimals',
      { stopLoss: 1.123456 },
      'INVALID_REQUEST',
      'Order protection = 1.123456 has more digits than symbol allows. Allowed 5 digits',
    ],
    [
      'trailing without a stop loss',
      { takeProfit: 1.13, trailingStopLoss: false },
      'INVALID_REQUEST',
      "Can't set Trailing Stop Loss parameter without specified Stop Loss",
    ],
    [
      'a guarantee without a stop loss',
      { takeProfit: 1.13, guaranteedStopLoss: true },
      'INVALID_REQUEST',
      "Can't set Guaranteed Stop Loss parameter without specified Stop Loss",
    ],
    [
      'a guarantee that the symbol does not have',
      { stopLoss: 1.11, guaranteedStopLoss: true },
      'INVALID_REQUEST',
      'Guaranteed Stop Loss is not available for symbol EURUSD',
    ],
    [
      'a price that is none',
      { stopLoss: -1 },
      'TRADING_BAD_STOPS',
      'Order protection = -1 is not a price',
    ],
    [
      'no number',
      { stopLoss: Number.NaN },
      'TRADING_BAD_STOPS',
      'Order protection = NaN is not a price',
    ],
  ])('refuses %s and changes neither side', (_, change, errorCode, description) => {
    const { open, amend, position } = openDesk()
    const { positionId } = open({ relativeStopLoss: 100, relativeTakeProfit: 100 })
    const before = position()
    expect(amend(positionId, change)).toMatchObject({ errorCode, description })
    expect(position()).toEqual(before)
  })

  it('refuses what is not there, not filled yet, or being closed', () => {
    const { order, amend, close, executions, open } = openDesk()
    expect(amend(77, { stopLoss: 1 })).toMatchObject({
      ...{ errorCode: 'POSITION_NOT_FOUND', orderId: 0, positionId: 0 },
    })
    order()
    const [accepted] = executions(5)
    expect(amend(accepted?.position?.positionId ?? 0, { stopLoss: 1.12 })?.errorCode).toBe(
      'POSITION_NOT_FOUND',
    )
    executions()
    const { positionId } = open()
    close(positionId, 100_000)
    expect(amend(positionId, { stopLoss: 1.12 })?.errorCode).toBe('POSITION_LOCKED')
  })

  it('is looked at again when its time has come', () => {
    const { open, amend, market, settle } = openDesk()
    const { positionId } = open()
    expect(amend(positionId, { stopLoss: 1.125 })).toBeUndefined()
    market.set('EURUSD', '1.12400', '1.12406')
    expect(settle()).toMatchObject([
      {
        ...{ name: 'ProtoOAOrderErrorEvent', clientMsgId: 'amend' },
        event: { errorCode: 'TRADING_BAD_STOPS', ctidTraderAccountId: accountId },
      },
    ])
  })

  it('keeps its distance in points or in hundredths of a percent', () => {
    const points = openDesk({ instruments: { EURUSD: { stopLossDistance: 20 } } })
    const near = 'PROTECTION_IS_TOO_CLOSE_TO_MARKET'
    const one = points.open().positionId
    expect(points.amend(one, { stopLoss: 1.12541 })?.errorCode).toBe(near)
    expect(points.amend(one, { stopLoss: 1.1254 })).toBeUndefined()
    const percent = openDesk({
      instruments: {
        EURUSD: {
          takeProfitDistance: 10,
          distanceType: Distance.SYMBOL_DISTANCE_IN_PERCENTAGE,
        },
      },
    })
    // A tenth of a percent of 1.12560 is 0.0011256, which is 113 points.
    const other = percent.open().positionId
    expect(percent.amend(other, { takeProfit: 1.12672 })?.errorCode).toBe(near)
    expect(percent.amend(other, { takeProfit: 1.12673 })).toBeUndefined()
  })
})

describe('a stop loss', () => {
  it('of a pending order is absolute, and hit at once where the fill is beyond it', () => {
    const { order, market, executions } = openDesk()
    order({ ...limitBuy, stopLoss: 1.1244 })
    executions()
    market.set('EURUSD', '1.12430', '1.12436')
    const events = executions()
    expect(events.map(({ executionType }) => executionType)).toEqual([3, 2, 3])
    expect(events[2]).toMatchObject({ order: { orderType: 4, executionPrice: 1.1243 } })
  })

  it('may watch the other side, or want two quotes in a row', () => {
    const hits = (stopLossTriggerMethod: Trigger, quotes: readonly [string, string][]) => {
      const { open, amend, market, executions } = openDesk()
      const { positionId } = open()
      amend(positionId, { stopLoss: 1.125, stopLossTriggerMethod })
      expect(executions()[0]?.position).toMatchObject({ stopLossTriggerMethod })
      return quotes.map(([bid, ask]) => {
        market.set('EURUSD', bid, ask)
        return executions().length
      })
    }
    const at: [string, string] = ['1.12498', '1.12504']
    const under: [string, string] = ['1.12490', '1.12496']
    const over: [string, string] = ['1.12550', '1.12556']
    expect(hits(Trigger.TRADE, [at])).toEqual([1])
    expect(hits(Trigger.OPPOSITE, [at, under])).toEqual([0, 1])
    expect(hits(Trigger.DOUBLE_TRADE, [at, over, at, at])).toEqual([0, 0, 0, 1])
    expect(hits(Trigger.DOUBLE_OPPOSITE, [under, under])).toEqual([0, 1])
  })

  it('that wants two quotes does not count one of them twice when something else is protected', () => {
    const { open, amend, market, executions } = openDesk()
    const { positionId } = open()
    amend(positionId, { stopLoss: 1.125, stopLossTriggerMethod: Trigger.DOUBLE_TRADE })
    executions()
    market.set('EURUSD', '1.12498', '1.12504')
    open({ relativeStopLoss: 500 })
    expect(executions()).toEqual([])
    market.set('EURUSD', '1.12499', '1.12505')
    expect(executions()).toMatchObject([{ executionType: 3, position: { positionId } }])
  })

  it('that trails follows a short down, from a pending order on', () => {
    const { order, market, settle, position } = openDesk()
    order({ ...limitBuy, ...sell, limitPrice: 1.126, relativeStopLoss: 50, trailingStopLoss: true })
    market.set('EURUSD', '1.12605', '1.12611')
    settle()
    // Filled at 1.12605: the stop loss at 1.12655 is 44 points behind the ask.
    expect(position()).toMatchObject({ stopLoss: 1.12655, trailingStopLoss: true })
    market.set('EURUSD', '1.12500', '1.12506')
    expect(settle()).toMatchObject([{ event: { stopPrice: 1.1255 } }])
    market.set('EURUSD', '1.12545', '1.12551')
    expect(settle()).toMatchObject([{ event: { executionType: 3, isServerEvent: true } }])
  })

  it('shrinks and grows with its position', () => {
    const { open, order, close, executions } = openDesk()
    const { positionId } = open({ volume: 200_000, relativeStopLoss: 100 })
    order({ volume: 300_000, positionId })
    expect(executions().at(-1)).toMatchObject({
      ...{ executionType: ExecutionType.ORDER_REPLACED, isServerEvent: true },
      order: { orderType: 4, stopPrice: 1.12466, tradeData: { volume: 500_000 } },
    })
    close(positionId, 400_000)
    expect(executions().at(-1)?.order?.tradeData.volume).toBe(100_000)
  })
})

describe('a guaranteed stop loss', () => {
  const index = { symbolId: 10_021, volume: 100 }
  const openIndex = (account = {}) => {
    const desk = openDesk({ account: { deposit: 10_000_000n, ...account } })
    desk.market.set('EURUSD', '1.10000', '1.10000')
    desk.market.set('GER40', '25000.00', '25001.00')
    return desk
  }

  it('costs its charge at once and is filled at its price through a gap', () => {
    const { open, market, executions, desk } = openIndex()
    const before = desk.trader(accountId).balance
    const { events } = open({
      ...{ ...index, relativeStopLoss: 10_000_000, guaranteedStopLoss: true },
    })
    expect(events[2]).toMatchObject({
      order: { stopPrice: 24901, tradeData: { guaranteedStopLoss: true } },
      position: { guaranteedStopLoss: true },
    })
    // 120 US cents for one lot.
    expect(events[3]).toMatchObject({
      executionType: ExecutionType.DEPOSIT_WITHDRAW,
      depositWithdraw: { operationType: 17, delta: -120n, balance: before - 120n },
    })
    market.set('GER40', '24000.00', '24001.00')
    expect(executions()).toMatchObject([
      { executionType: 3, order: { executionPrice: 24901 }, position: { positionStatus: 2 } },
    ])
  })

  it('has its own least distance, and gets no worse', () => {
    const { open, order, amend } = openIndex()
    const close = { ...index, relativeStopLoss: 5_000_000, guaranteedStopLoss: true }
    expect(order(close)?.errorCode).toBe('PROTECTION_IS_TOO_CLOSE_TO_MARKET')
    const { positionId } = open({ ...close, relativeStopLoss: 10_000_000 })
    const worse = [{ stopLoss: 24900 }, { takeProfit: 26000 }, {}]
    for (const change of [...worse, { stopLoss: 24920, guaranteedStopLoss: false }]) {
      expect(amend(positionId, change)?.errorCode).toBe('WORSE_GSL_NOT_ALLOWED')
    }
    expect(amend(positionId, { stopLoss: 24920 })).toBeUndefined()
  })

  it('is a must on limited risk accounts, and not to be had together with trailing', () => {
    const { order } = openIndex({ isLimitedRisk: true })
    const stop = { relativeStopLoss: 10_000_000 }
    for (const change of [{}, stop, { ...stop, guaranteedStopLoss: false }]) {
      expect(order({ ...index, ...change })?.errorCode).toBe('TRADING_BAD_STOPS')
    }
    const both = { ...stop, guaranteedStopLoss: true, trailingStopLoss: true }
    expect(order({ ...index, ...both })?.errorCode).toBe('INVALID_REQUEST')
    expect(order({ ...index, ...stop, guaranteedStopLoss: true })).toBeUndefined()
  })

  it('decides the margin where the account goes by what it can lose', () => {
    const used = (limitedRiskStrategy: LimitedRisk, points: number) => {
      const { open, desk, amend, settle, position } = openIndex({
        ...{ isLimitedRisk: true, limitedRiskStrategy, depositAsset: 'USD' },
      })
      const stop = { relativeStopLoss: points * 1000, guaranteedStopLoss: true }
      const { positionId } = open({ ...index, ...stop })
      const first = position()?.usedMargin
      expect(amend(positionId, { stopLoss: 24901 })).toBeUndefined()
      const told = settle().flatMap((event) =>
        event.name === 'ProtoOAMarginChangedEvent' ? event.event.usedMargin : [],
      )
      expect(desk.unrealizedPnL(accountId).positionUnrealizedPnL).toHaveLength(1)
      return [first, told]
    }
    // 25,001 euros at 1:100 are 250.01, or 275.01 dollars; 200 points of loss are 220 dollars, 100 are 110.
    expect(used(LimitedRisk.ACCORDING_TO_LEVERAGE, 20_000)).toEqual([27_501n, []])
    expect(used(LimitedRisk.ACCORDING_TO_GSL, 20_000)).toEqual([22_000n, [11_000n]])
    expect(used(LimitedRisk.ACCORDING_TO_GSL_AND_LEVERAGE, 20_000)).toEqual([27_501n, []])
    expect(used(LimitedRisk.ACCORDING_TO_GSL_AND_LEVERAGE, 30_000)).toEqual([33_000n, [27_501n]])
  })
})
