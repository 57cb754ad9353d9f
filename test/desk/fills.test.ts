import { describe, expect, it } from 'vitest'
import {
  ProtoOADealStatus as DealStatus,
  ProtoOAExecutionType as ExecutionType,
  ProtoOATimeInForce as TimeInForce,
} from '../../src/protocol/index.ts'
import type { Market } from '../../src/sandbox/market/index.ts'
import { accountId, limitBuy, marketBuy, openDesk } from './fixture.ts'

/** A book of two levels on each side: 0.01 lot at the quote, 0.02 lots two points behind. */
const shallow = (market: Market): Market => ({
  ...market,
  depth(symbolId) {
    const quote = market.quote(symbolId)
    if (quote === undefined) return undefined
    const { bid, ask, timestamp } = quote
    const level = (price: number, size: number) => ({ price, size })
    return {
      ...{ symbolId, timestamp },
      bids: [level(bid, 100_000), level(bid - 2, 200_000)],
      asks: [level(ask, 100_000), level(ask + 2, 200_000)],
    }
  },
})

const through = { around: shallow, fills: { liquidity: 'depth' } } as const

describe('an order through the depth of market', () => {
  it('is filled level by level, a deal for each', () => {
    const { open, position } = openDesk(through)
    const { events } = open({ volume: 300_000, relativeStopLoss: 100 })
    expect(events.map(({ executionType }) => executionType)).toEqual([2, 11, 3, 2])
    const [, first, second, protecting] = events
    expect(first).toMatchObject({
      executionType: ExecutionType.ORDER_PARTIAL_FILL,
      order: { orderStatus: 1, executedVolume: 100_000, executionPrice: 1.12566 },
      position: { positionStatus: 1, tradeData: { volume: 100_000 } },
      deal: {
        dealStatus: DealStatus.PARTIALLY_FILLED,
        ...{ volume: 300_000, filledVolume: 100_000, executionPrice: 1.12566 },
      },
    })
    expect(second).toMatchObject({
      order: { orderStatus: 2, executedVolume: 300_000 },
      deal: { dealStatus: DealStatus.FILLED, filledVolume: 200_000, executionPrice: 1.12568 },
    })
    expect(second?.order?.executionPrice).toBeCloseTo(1.125673333, 9)
    // The stop loss counts from the first part and protects the whole.
    expect(protecting?.order).toMatchObject({ stopPrice: 1.12466, tradeData: { volume: 300_000 } })
    expect(position()?.price).toBeCloseTo(1.125673333, 9)
  })

  it('is cancelled for what the market does not have', () => {
    const { open, desk, position } = openDesk(through)
    const { events, orderId } = open({ volume: 500_000 })
    expect(events.map(({ executionType }) => executionType)).toEqual([2, 11, 11, 5])
    expect(events[3]).toMatchObject({
      executionType: ExecutionType.ORDER_CANCELLED,
      order: { orderStatus: 5, executedVolume: 300_000, tradeData: { volume: 500_000 } },
      position: { positionStatus: 1, tradeData: { volume: 300_000 } },
    })
    expect(position()?.tradeData.volume).toBe(300_000)
    expect(desk.orderDetails(accountId, orderId)?.deal).toHaveLength(2)
  })

  it('that wants all or nothing gets nothing where there is not all', () => {
    const { open, position } = openDesk(through)
    const all = { timeInForce: TimeInForce.FILL_OR_KILL }
    const { events } = open({ ...all, volume: 400_000 })
    expect(events).toMatchObject([
      { executionType: 2, order: { timeInForce: TimeInForce.FILL_OR_KILL } },
      { executionType: 5, order: { executedVolume: 0 }, position: { positionStatus: 2 } },
    ])
    expect(position()).toBeUndefined()
    expect(open({ ...all, volume: 300_000 }).events.at(-1)?.executionType).toBe(3)
  })

  it('with a limit goes no further than that, and works on with the rest', () => {
    const { order, market, executions, position } = openDesk(through)
    order({ ...limitBuy, volume: 300_000, limitPrice: 1.12567 })
    expect(executions().map(({ executionType }) => executionType)).toEqual([2, 11])
    market.set('EURUSD', '1.12559', '1.12565')
    // The level at 1.12565 has a third of it, the one behind at 1.12567 the rest.
    expect(executions()).toMatchObject([
      { executionType: ExecutionType.ORDER_PARTIAL_FILL, deal: { volume: 200_000 } },
      { executionType: ExecutionType.ORDER_FILLED, deal: { volume: 100_000 } },
    ])
    expect(position()?.tradeData.volume).toBe(300_000)
  })

  it('closes level by level too, and the server closes whole at one price', () => {
    const { open, close, executions, market } = openDesk(through)
    const { positionId } = open({ volume: 300_000 })
    close(positionId, 200_000)
    const [, first, second] = executions()
    expect(first?.deal?.closePositionDetail).toMatchObject({ closedVolume: 100_000 })
    expect(second?.deal?.closePositionDetail).toMatchObject({ closedVolume: 100_000 })
    const other = open({ volume: 300_000, relativeStopLoss: 100 })
    market.set('EURUSD', '1.12400', '1.12406')
    const hit = executions().find(({ order }) => order?.orderType === 4)
    // 0.01 lot at 1.12400 and 0.02 lots at 1.12398, rounded against the account.
    expect(hit).toMatchObject({
      ...{ executionType: 3, order: { executionPrice: 1.12398 } },
      position: { positionId: other.positionId, positionStatus: 2 },
    })
  })
})

describe('slippage', () => {
  it('makes market orders worse or better, within what is set and the same for the same seed', () => {
    const prices = (seed: number) => {
      const { open } = openDesk({ seed, fills: { slippage: [-2, 5] } })
      return Array.from({ length: 12 }, () => open().events[1]?.order?.executionPrice)
    }
    const first = prices(1)
    expect(prices(1)).toEqual(first)
    expect(prices(2)).not.toEqual(first)
    expect(new Set(first).size).toBeGreaterThan(2)
    for (const price of first) {
      expect(price).toBeGreaterThanOrEqual(1.12564)
      expect(price).toBeLessThanOrEqual(1.12571)
    }
  })

  it('leaves limits alone', () => {
    const { order, executions } = openDesk({ fills: { slippage: 3 } })
    order({ ...limitBuy, limitPrice: 1.1257 })
    expect(executions()[1]?.order?.executionPrice).toBe(1.12566)
  })

  it('that is no whole number of points, or turned round, is refused', () => {
    for (const slippage of [0.5, [3, 1], [Number.NaN, 1]] as const) {
      expect(() => openDesk({ fills: { slippage } })).toThrow(/[Ss]lippage/)
    }
  })
})

it('an order that cannot be filled for want of money after its first part keeps that part', () => {
  const { order, executions, position, desk } = openDesk({
    ...through,
    account: { deposit: 1_300n },
  })
  // The first level needs 11.26 dollars; both together 33.77.
  expect(order({ ...marketBuy, volume: 300_000 })?.errorCode).toBe('NOT_ENOUGH_MONEY')
  desk.changeBalance(accountId, 2_200n)
  executions()
  expect(order({ ...marketBuy, volume: 300_000 })).toBeUndefined()
  desk.changeBalance(accountId, -2_000n)
  const events = executions().filter(({ order: own }) => own !== undefined)
  expect(events.map(({ executionType }) => executionType)).toEqual([2, 11, 5])
  expect(events[2]?.errorCode).toBe('NOT_ENOUGH_MONEY')
  expect(position()?.tradeData.volume).toBe(100_000)
})
