import { describe, expect, it, test } from 'vitest'
import {
  ProtoOAExecutionType as ExecutionType,
  type Messages,
  ProtoOAStopOutStrategy as Strategy,
  ProtoOATotalMarginCalculationType as TotalMargin,
  ProtoOATradeSide as TradeSide,
} from '../../src/protocol/index.ts'
import type { DeskEvent } from '../../src/sandbox/desk/index.ts'
import { accountId, instrumentOf, openDesk } from './fixture.ts'

const free = { ...instrumentOf('USDJPY').commission, rate: 0n }
const usdjpy = 4

function named<N extends DeskEvent['name']>(
  events: readonly DeskEvent[],
  name: N,
): readonly Messages[N][] {
  return events.flatMap((event) => (event.name === name ? (event.event as Messages[N]) : []))
}

/** 500 dollars at 1:500, 200,000 and 50,000 dollars bought against yen: the published example. */
function publishedExample(account: object = {}) {
  const desk = openDesk({
    account: { deposit: 50_000n, leverageInCents: 50_000, ...account },
    instruments: {
      USDJPY: { commission: free, conversionFeeRate: 0, stepVolume: 100_000 },
      EURUSD: { commission: free },
    },
  })
  desk.market.set('USDJPY', '101.500', '101.500')
  const large = desk.open({ symbolId: usdjpy, volume: 20_000_000 })
  const small = desk.open({ symbolId: usdjpy, volume: 5_000_000 })
  desk.settle()
  return { ...desk, large: large.positionId, small: small.positionId }
}

describe('stop-out', () => {
  it('closes as little of the largest position as is enough, as published', () => {
    const { market, settle, desk, large } = publishedExample()
    // 10.2 pips: 248.52 dollars left of 500, a margin level of 49.7 %.
    market.set('USDJPY', '101.398', '101.398')
    const executions = named(settle(), 'ProtoOAExecutionEvent')
    expect(executions).toHaveLength(2)
    expect(executions[0]).toMatchObject({
      executionType: ExecutionType.ORDER_ACCEPTED,
      isServerEvent: true,
      order: { isStopOut: true, closingOrder: true, tradeData: { volume: 200_000 } },
    })
    expect(executions[1]).toMatchObject({
      executionType: ExecutionType.ORDER_FILLED,
      isServerEvent: true,
      order: { isStopOut: true },
      position: { positionId: large, tradeData: { volume: 19_800_000 } },
      deal: { closePositionDetail: { balance: 49_799n, closedVolume: 200_000 } },
    })
    expect(desk.trader(accountId).balance).toBe(49_799n)
    const used = desk.reconcile(accountId, false).position.map(({ usedMargin }) => usedMargin)
    expect(used).toEqual([39_600n, 10_000n])
  })

  it('when fair, closes the position with the largest margin whole', () => {
    const { market, settle, desk, large, small } = publishedExample({ fairStopOut: true })
    market.set('USDJPY', '101.398', '101.398')
    const [, filled, ...others] = named(settle(), 'ProtoOAExecutionEvent')
    expect(others).toEqual([])
    expect(filled).toMatchObject({ position: { positionId: large, positionStatus: 2 } })
    expect(desk.reconcile(accountId, false).position).toMatchObject([{ positionId: small }])
  })

  it('begins with the greatest loss where the account says so', () => {
    const { market, settle, open, desk } = openDesk({
      account: {
        ...{ deposit: 120_000n, fairStopOut: true },
        stopOutStrategy: Strategy.MOST_LOSING_FIRST,
      },
    })
    market.set('GBPUSD', '1.32480', '1.32489')
    const winner = open({ symbolId: 2, volume: 5_000_000 }).positionId
    const loser = open({ volume: 4_000_000 }).positionId
    settle()
    // 40,000 euros lose 800 dollars.
    market.set('EURUSD', '1.10560', '1.10566')
    const closed = named(settle(), 'ProtoOAExecutionEvent').filter(({ deal }) => deal)
    expect(closed).toMatchObject([{ position: { positionId: loser, positionStatus: 2 } }])
    expect(desk.reconcile(accountId, false).position).toMatchObject([{ positionId: winner }])
  })

  it('ends protection with the position, and waits for the market to open', () => {
    const { clock, market, settle, open } = openDesk({
      account: { deposit: 60_000n },
      marketHours: 'real',
      now: '2026-01-09T21:54:00Z',
    })
    open({ volume: 5_000_000, relativeTakeProfit: 5_000 })
    settle()
    clock.advanceTo(Date.parse('2026-01-09T21:55:00Z'))
    market.set('EURUSD', '1.11560', '1.11566')
    expect(named(settle(), 'ProtoOAExecutionEvent')).toEqual([])
    clock.advanceTo(Date.parse('2026-01-11T22:05:00Z'))
    settle()
    market.set('EURUSD', '1.11500', '1.11506')
    const [, filled, replaced] = named(settle(), 'ProtoOAExecutionEvent')
    expect(filled).toMatchObject({ executionType: 3, order: { isStopOut: true } })
    expect(replaced?.order).toMatchObject({ orderType: 4 })
  })

  it('leaves no debt on a protected account, and shows what it took', () => {
    const crash = (negativeBalanceProtection: boolean) => {
      const desk = openDesk({ account: { deposit: 60_000n, negativeBalanceProtection } })
      desk.open({ volume: 5_000_000 })
      desk.settle()
      desk.market.set('EURUSD', '1.09000', '1.09006')
      return { desk: desk.desk, events: named(desk.settle(), 'ProtoOAExecutionEvent') }
    }
    const { desk, events } = crash(true)
    const debt = events.find(({ deal }) => deal)?.deal?.closePositionDetail?.balance ?? 0n
    expect(debt).toBeLessThan(0n)
    expect(events.at(-1)).toMatchObject({
      executionType: ExecutionType.DEPOSIT_WITHDRAW,
      depositWithdraw: { operationType: 39, delta: -debt, balance: 0n },
    })
    expect(desk.trader(accountId).balance).toBe(0n)
    expect(crash(false).desk.trader(accountId).balance).toBe(debt)
  })
})

describe('margin calls', () => {
  it('are told at three levels, each at most once in ten minutes', () => {
    const { clock, market, settle, open } = openDesk({ account: { deposit: 200_000n } })
    open({ volume: 10_000_000 })
    settle()
    // 1,125.66 dollars are used; 100 % is 874 lower than the start, 75 % 1,156, 60 % 1,325.
    const levels = (bid: string, ask: string) => {
      market.set('EURUSD', bid, ask)
      const told = named(settle(0), 'ProtoOAMarginCallTriggerEvent')
      return told.map(({ marginCall }) => marginCall)
    }
    expect(levels('1.11800', '1.11806')).toEqual([])
    expect(levels('1.11680', '1.11686')).toMatchObject([
      { marginCallType: 61, marginLevelThreshold: 100 },
    ])
    expect(levels('1.11800', '1.11806')).toEqual([])
    expect(levels('1.11680', '1.11686')).toEqual([])
    expect(levels('1.11380', '1.11386')).toMatchObject([{ marginCallType: 62 }])
    expect(levels('1.11230', '1.11236')).toMatchObject([{ marginCallType: 63 }])
    clock.advance(600_000)
    const again = levels('1.11231', '1.11237').map(({ marginCallType }) => marginCallType)
    expect(again).toEqual([61, 62, 63])
  })

  it('can be moved by their owner, who is told, and is called at once where that fits', () => {
    const { desk, settle, open, clock } = openDesk({ account: { deposit: 200_000n } })
    open({ volume: 10_000_000 })
    settle()
    expect(desk.marginCalls(accountId)).toMatchObject([
      { marginCallType: 61, marginLevelThreshold: 100 },
      { marginCallType: 62, marginLevelThreshold: 75 },
      { marginCallType: 63, marginLevelThreshold: 60 },
    ])
    const wanted = { marginCallType: 62, marginLevelThreshold: 250.5 } as const
    expect(desk.updateMarginCall(accountId, wanted)).toBeUndefined()
    const call = { ...wanted, utcLastUpdateTimestamp: clock.now() }
    expect(settle(0)).toMatchObject([
      { name: 'ProtoOAMarginCallUpdateEvent', event: { marginCall: call } },
      { name: 'ProtoOAMarginCallTriggerEvent', event: { marginCall: call } },
    ])
    for (const marginLevelThreshold of [50, 0, -1, Number.NaN, 1e9]) {
      const refused = desk.updateMarginCall(accountId, { ...wanted, marginLevelThreshold })
      expect(refused?.errorCode).toBe('INVALID_REQUEST')
    }
    const unknown = { marginCallType: 7, marginLevelThreshold: 90 }
    expect(desk.updateMarginCall(accountId, unknown as never)?.errorCode).toBe('INVALID_REQUEST')
  })
})

describe('used margin', () => {
  const both = (totalMargin: TotalMargin) => {
    // Enough for a third position only where the two sides do not add up.
    const { open, order } = openDesk({ account: { deposit: 300_000n, totalMargin } })
    open({ volume: 10_000_000 })
    open({ volume: 10_000_000, tradeSide: TradeSide.SELL })
    return order({ volume: 10_000_000 })?.errorCode
  }

  test('of two sides is their sum, the larger one or the difference, as the account has it', () => {
    expect(both(TotalMargin.SUM)).toBe('NOT_ENOUGH_MONEY')
    expect(both(TotalMargin.MAX)).toBeUndefined()
    expect(both(TotalMargin.NET)).toBeUndefined()
  })

  test('of a position that was closed in part is told by an event of its own', () => {
    const { settle, open, close } = openDesk()
    const { positionId } = open({ volume: 200_000 })
    close(positionId, 100_000)
    const changed = named(settle(), 'ProtoOAMarginChangedEvent')
    expect(changed).toEqual([
      { ctidTraderAccountId: accountId, positionId, usedMargin: 1126n, moneyDigits: 2 },
    ])
  })

  test('is worked out anew for the whole symbol where the broker does that', () => {
    const { market, settle, open, order } = openDesk({
      behaviour: { marginUpdates: 'every-change' },
    })
    const { positionId } = open({ volume: 200_000 })
    market.set('EURUSD', '1.20000', '1.20006')
    expect(settle()).toEqual([])
    order({ volume: 100_000 })
    const changed = named(settle(), 'ProtoOAMarginChangedEvent')
    expect(changed).toMatchObject([{ positionId, usedMargin: 2400n }])
  })

  test('expected of new positions begins where the tiers stand', () => {
    const { desk, market, open } = openDesk({ account: { deposit: 50_000_000n } })
    market.set('BTCUSD', '48000.00', '48000.00')
    const ask = () => desk.expectedMargin(accountId, 10_026, [100, 50])
    expect(ask()).toEqual({
      moneyDigits: 2,
      margin: [
        { volume: 100, buyMargin: 1_441_441n, sellMargin: 1_441_441n },
        { volume: 50, buyMargin: 720_721n, sellMargin: 720_721n },
      ],
    })
    open({ symbolId: 10_026, volume: 1000 })
    // 20,000 dollars of the first 500,000 are left at 1:3.33, the rest is at 1:1.
    expect(ask()).toMatchObject({ margin: [{ buyMargin: 3_400_601n, sellMargin: 1_441_441n }, {}] })
    expect(desk.expectedMargin(accountId, 2, [100])).toMatchObject({ errorCode: 'NO_QUOTES' })
    expect(desk.expectedMargin(accountId, 77, [100])).toMatchObject({
      errorCode: 'SYMBOL_NOT_FOUND',
    })
    expect(desk.expectedMargin(accountId, 1, [-1])).toMatchObject({
      errorCode: 'TRADING_BAD_VOLUME',
    })
  })
})

test('unrealized profit leaves out the commission of a future closing', () => {
  const { desk, market, open } = openDesk()
  const { positionId } = open({ volume: 1_000_000 })
  market.set('EURUSD', '1.12660', '1.12666')
  expect(desk.unrealizedPnL(accountId)).toEqual({
    moneyDigits: 2,
    positionUnrealizedPnL: [{ positionId, grossUnrealizedPnL: 940n, netUnrealizedPnL: 915n }],
  })
})
