import { describe, expect, it } from 'vitest'
import {
  ProtoOAOrderType as OrderType,
  ProtoOATradeSide as TradeSide,
} from '../../src/protocol/index.ts'
import { accountId, limitBuy, openDesk } from './fixture.ts'

const everything = { from: 0, to: 2_147_483_646_000, most: 1000 }

describe('lists', () => {
  it('begin with the newest, stop at what was asked for, and say whether there is more', () => {
    const { desk, clock, open } = openDesk()
    const times: number[] = []
    for (let count = 0; count < 5; count++) {
      open()
      times.push(desk.deals(accountId, everything).rows[0]?.executionTimestamp ?? 0)
      clock.advance(60_000)
    }
    const [first = 0, second = 0, , fourth = 0] = times
    const all = desk.deals(accountId, everything)
    expect(all.rows.map(({ executionTimestamp }) => executionTimestamp)).toEqual(times.toReversed())
    expect(all.hasMore).toBe(false)
    const page = desk.deals(accountId, { ...everything, most: 2 })
    expect(page).toMatchObject({ hasMore: true, rows: [{ executionTimestamp: times[4] }, {}] })
    // Both ends are included.
    const middle = desk.deals(accountId, { from: second, to: fourth, most: 10 })
    expect(middle).toMatchObject({ hasMore: false })
    expect(middle.rows).toHaveLength(3)
    expect(desk.deals(accountId, { from: second, to: fourth, most: 3 }).hasMore).toBe(false)
    expect(desk.deals(accountId, { from: 0, to: first - 1, most: 3 }).rows).toEqual([])
  })

  it('of orders go by their last change, and hold ended protection and the levels of closings', () => {
    const { desk, open, close, order, settle, cancel, executions } = openDesk()
    order(limitBuy)
    const pending = executions()[0]?.order?.orderId ?? 0
    const { positionId, orderId } = open({ relativeStopLoss: 100, relativeTakeProfit: 300 })
    close(positionId, 100_000)
    settle()
    cancel(pending)
    settle()
    const orders = desk.orders(accountId, everything).rows
    expect(orders.map(({ orderType, orderStatus }) => [orderType, orderStatus])).toEqual([
      [OrderType.LIMIT, 5],
      [OrderType.STOP_LOSS_TAKE_PROFIT, 5],
      [OrderType.MARKET, 2],
      [OrderType.MARKET, 2],
    ])
    const changed = orders.map(({ utcLastUpdateTimestamp = 0 }) => utcLastUpdateTimestamp)
    expect(changed).toEqual(changed.toSorted((left, right) => right - left))
    expect(orders[2]).toMatchObject({ closingOrder: true, stopLoss: 1.12466, takeProfit: 1.12866 })
    const own = desk.ordersOfPosition(accountId, positionId, everything).rows
    expect(own.map((one) => one.orderId)).toEqual(
      [orders[1], orders[2], orders[3]].map((one) => one?.orderId),
    )
    expect(own.at(-1)?.orderId).toBe(orderId)
    expect(desk.ordersOfPosition(accountId, 77, everything)).toEqual({ rows: [], hasMore: false })
  })

  it('give an order with its deals, also after its end', () => {
    const { desk, open } = openDesk()
    const { orderId, positionId } = open()
    expect(desk.orderDetails(accountId, orderId)).toMatchObject({
      order: { orderId, orderStatus: 2 },
      deal: [{ orderId, positionId, filledVolume: 100_000 }],
    })
    expect(desk.orderDetails(accountId, 77)).toBeUndefined()
  })
})

describe('offsets', () => {
  it('pair the oldest entry with each closing, in parts', () => {
    const { desk, open, order, close, settle, market } = openDesk()
    const { positionId } = open({ volume: 200_000 })
    market.set('EURUSD', '1.12570', '1.12576')
    order({ volume: 300_000, positionId })
    settle()
    close(positionId, 300_000)
    settle()
    close(positionId, 200_000)
    settle()
    const [last, third, second, first] = desk.dealsOfPosition(
      accountId,
      positionId,
      everything,
    ).rows
    const pairs = (dealId: number | undefined) => {
      const found = desk.dealOffsets(accountId, dealId ?? 0)
      const short = (rows: readonly { dealId: number; volume: number }[] = []) =>
        rows.map((row) => [row.dealId, row.volume])
      return { by: short(found?.offsetBy), of: short(found?.offsetting) }
    }
    expect(pairs(first?.dealId)).toEqual({ by: [[third?.dealId, 200_000]], of: [] })
    expect(pairs(second?.dealId)).toEqual({
      by: [
        [third?.dealId, 100_000],
        [last?.dealId, 200_000],
      ],
      of: [],
    })
    expect(pairs(third?.dealId)).toEqual({
      by: [],
      of: [
        [first?.dealId, 200_000],
        [second?.dealId, 100_000],
      ],
    })
    expect(desk.dealOffsets(accountId, last?.dealId ?? 0)?.offsetting).toEqual([
      {
        ...{ dealId: second?.dealId, volume: 200_000, executionPrice: 1.12576 },
        executionTimestamp: second?.executionTimestamp,
      },
    ])
    expect(desk.dealOffsets(accountId, 77)).toBeUndefined()
  })

  it('of a position that turned round: one deal closes and opens', () => {
    const { desk, open, order, settle } = openDesk({ account: { accountType: 'NETTED' } })
    const { positionId } = open({ volume: 200_000 })
    order({ volume: 500_000, tradeSide: TradeSide.SELL })
    settle()
    order({ volume: 300_000 })
    settle()
    const [end, turn, start] = desk.dealsOfPosition(accountId, positionId, everything).rows
    expect(desk.dealOffsets(accountId, turn?.dealId ?? 0)).toMatchObject({
      offsetting: [{ dealId: start?.dealId, volume: 200_000 }],
      offsetBy: [{ dealId: end?.dealId, volume: 300_000 }],
    })
  })
})

describe('money that comes and goes', () => {
  it('is told and listed: deposits, withdrawals, dividends, and bonuses apart', () => {
    const { desk, settle, clock } = openDesk()
    desk.changeBalance(accountId, 5_000n, { note: 'gift' })
    desk.changeBalance(accountId, -2_000n)
    desk.changeBalance(accountId, 300n, { type: 15 })
    desk.changeBonus(accountId, 700n, { note: 'welcome' })
    desk.changeBonus(accountId, -200n, { from: 'introducing broker' })
    const events = settle()
    expect(events).toMatchObject([
      {
        event: {
          ...{ executionType: 10, isServerEvent: true },
          depositWithdraw: {
            operationType: 0,
            delta: 5_000n,
            externalNote: 'gift',
            balanceVersion: 3,
          },
        },
      },
      { event: { depositWithdraw: { operationType: 1, delta: -2_000n, balance: 1_003_000n } } },
      { event: { depositWithdraw: { operationType: 15, equity: 1_003_300n } } },
      {
        event: {
          executionType: 12,
          bonusDepositWithdraw: { operationType: 0, managerBonus: 700n, managerDelta: 700n },
        },
      },
      { event: { bonusDepositWithdraw: { operationType: 1, ibBonus: -200n, ibDelta: -200n } } },
    ])
    const flows = desk.cashFlows(accountId, clock.now() - 1000, clock.now())
    expect(flows.map(({ delta }) => delta)).toEqual([5_000n, -2_000n, 300n])
    expect(desk.trader(accountId)).toMatchObject({
      ...{ balance: 1_003_300n, balanceVersion: 5, managerBonus: 700n, ibBonus: -200n },
    })
  })

  it('of a bonus counts for margin', () => {
    const { desk, order } = openDesk({ account: { deposit: 1_000n } })
    expect(order()?.errorCode).toBe('NOT_ENOUGH_MONEY')
    desk.changeBonus(accountId, 1_000n)
    expect(order()).toBeUndefined()
  })
})

describe('terms that change', () => {
  it('of an account are told whole', () => {
    const { desk, settle, order } = openDesk()
    desk.changeAccount(accountId, { leverageInCents: 100 })
    expect(settle()).toMatchObject([
      { name: 'ProtoOATraderUpdatedEvent', event: { trader: { leverageInCents: 100 } } },
    ])
    expect(order({ volume: 1_000_000 })?.errorCode).toBe('NOT_ENOUGH_MONEY')
  })

  it('of a symbol are told by its id alone, and shown when asked for', () => {
    const { desk, settle } = openDesk()
    desk.changeInstrument(1, { minVolume: 500_000 })
    expect(settle()).toMatchObject([
      {
        name: 'ProtoOASymbolChangedEvent',
        event: { symbolId: [1], ctidTraderAccountId: accountId },
      },
    ])
    expect(desk.symbol(1)).toMatchObject({ minVolume: 500_000, digits: 5 })
    expect(() => desk.changeInstrument(77, {})).toThrow('no symbol 77')
  })

  it('of more accounts: one can be opened, once', () => {
    const { desk } = openDesk()
    const account = { ...desk.account(accountId), accountId: 9001, deposit: 5n }
    desk.openAccount(account)
    expect(desk.trader(9001).balance).toBe(5n)
    expect(() => desk.openAccount(account)).toThrow('account 9001 already')
  })
})
