import { describe, expect, it } from 'vitest'
import {
  ProtoOADayOfWeek as Day,
  ProtoOAExecutionType as ExecutionType,
  ProtoOASwapCalculationType as SwapType,
  ProtoOATradeSide as TradeSide,
} from '../../src/protocol/index.ts'
import { accountId, instrumentOf, openDesk } from './fixture.ts'

const hour = 3_600_000
const swap = instrumentOf('EURUSD').swap

/** Opens a lot of EURUSD on a Monday in summer and tells what each night costs. */
function nights(count: number, setting: Parameters<typeof openDesk>[0] = {}, side: object = {}) {
  const { open, clock, settle } = openDesk({
    ...{ now: '2026-07-06T12:00:00Z', account: { deposit: 10_000_000n } },
    ...setting,
  })
  open({ volume: 10_000_000, ...side })
  settle()
  return Array.from({ length: count }, () => {
    const day = clock.now()
    const events = settle(24 * hour).flatMap((event) =>
      event.name === 'ProtoOAExecutionEvent' ? event.event : [],
    )
    return events.map(({ executionType, position, depositWithdraw, isServerEvent, order }) => {
      expect(isServerEvent).toBe(true)
      expect(order).toBeUndefined()
      const at = position?.utcLastUpdateTimestamp ?? depositWithdraw?.changeBalanceTimestamp ?? day
      return [
        new Date(at).toISOString().slice(11, 16),
        executionType === ExecutionType.SWAP ? position?.swap : depositWithdraw?.delta,
      ]
    })
  })
}

describe('swap', () => {
  it('in pips is charged every weekday at the end of the trading day, three times on one of them', () => {
    // -0.941 pips of 100,000 units are -9.41 dollars.
    expect(nights(7)).toEqual([
      [['20:59', -941n]],
      [['20:59', -1882n]],
      [['20:59', -4705n]],
      [['20:59', -5646n]],
      [['20:59', -6587n]],
      [],
      [],
    ])
    expect(nights(1, {}, { tradeSide: TradeSide.SELL })).toEqual([[['20:59', 10n]]])
  })

  it('goes by the clock of New York, summer and winter, and says so in the symbol', () => {
    expect(nights(1, { now: '2026-01-05T12:00:00Z' })).toEqual([[['21:59', -941n]]])
    expect(openDesk({ now: '2026-01-05T12:00:00Z' }).desk.symbol(1)?.swapTime).toBe(1319)
    expect(openDesk({ now: '2026-07-05T12:00:00Z' }).desk.symbol(1)?.swapTime).toBe(1259)
    // The night from the 6th to the 7th of March is the last of winter, the 8th is a Sunday.
    const { open, settle } = openDesk({ now: '2026-03-06T12:00:00Z' })
    open()
    const moments = settle(5 * 24 * hour).flatMap((event) =>
      event.name === 'ProtoOAExecutionEvent' ? [event.event.position?.utcLastUpdateTimestamp] : [],
    )
    expect(moments.map((at) => new Date(at ?? 0).toISOString())).toEqual([
      '2026-03-06T21:59:00.000Z',
      '2026-03-09T20:59:00.000Z',
      '2026-03-10T20:59:00.000Z',
    ])
  })

  it('in points, and as a percentage of the value a year', () => {
    const terms = (change: object) => ({
      instruments: { EURUSD: { swap: { ...swap, ...change } } },
    })
    const points = terms({ type: SwapType.POINTS, long: -12.5 })
    expect(nights(1, points)).toEqual([[['20:59', -1250n]]])
    // 3.6 % of 112,560 dollars are 4,052.16 a year of 360 days, 11.256 a day.
    const percent = terms({ type: SwapType.PERCENTAGE, long: -3.6 })
    expect(nights(1, percent)).toEqual([[['20:59', -1126n]]])
  })

  it('may be charged more often, at weekends, or not at first', () => {
    const terms = (change: object) => ({
      instruments: { EURUSD: { swap: { ...swap, ...change } } },
    })
    const often = nights(1, terms({ periodHours: 8 }))
    expect(often[0]?.map(([at]) => at)).toEqual(['12:59', '20:59', '04:59'])
    const always = { atWeekends: true, tripleDay: Day.NONE }
    expect(nights(7, terms(always)).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1, 1])
    expect(nights(3, terms({ skipPeriods: 2 })).map(({ length }) => length)).toEqual([0, 0, 1])
  })

  it('is settled by the closing, in parts when it closes in parts', () => {
    const { open, close, settle, executions, desk } = openDesk({ now: '2026-07-06T12:00:00Z' })
    const { positionId } = open({ volume: 300_000 })
    const before = desk.trader(accountId).balance
    // Three hundredths of -9.41 dollars.
    settle(24 * hour)
    expect(desk.reconcile(accountId, false).position[0]?.swap).toBe(-28n)
    expect(desk.trader(accountId).balance).toBe(before)
    close(positionId, 100_000)
    const first = executions()[1]
    expect(first?.deal?.closePositionDetail?.swap).toBe(-9n)
    expect(first?.position?.swap).toBe(-19n)
    close(positionId, 200_000)
    expect(executions()[1]?.deal?.closePositionDetail?.swap).toBe(-19n)
  })

  it('counts for the margin level', () => {
    const { open, settle } = openDesk({
      ...{ now: '2026-07-06T12:00:00Z', account: { deposit: 120_000n } },
      instruments: { EURUSD: { swap: { ...swap, long: -50 } } },
    })
    open({ volume: 10_000_000 })
    settle()
    const names = settle(24 * hour).map(({ name }) => name)
    expect(names).toContain('ProtoOAMarginCallTriggerEvent')
  })
})

describe('a swap-free account', () => {
  it('pays by the lot and day instead, from the balance, after the first days', () => {
    const setting = { account: { deposit: 10_000_000n, swapFree: true } }
    // Two days are spared; then 5 dollars for the lot, three times on Wednesday.
    expect(nights(7, setting)).toEqual([
      [],
      [],
      [['20:59', -1500n]],
      [['20:59', -500n]],
      [['20:59', -500n]],
      [],
      [],
    ])
  })

  it('shows it as cash flow', () => {
    const { open, settle, desk, clock } = openDesk({
      ...{ now: '2026-07-07T12:00:00Z', account: { swapFree: true } },
      instruments: { EURUSD: { rollover: { perLot: 5, skipDays: 0, tripleDay: Day.FRIDAY } } },
    })
    open({ volume: 1_000_000 })
    settle(24 * hour)
    expect(desk.cashFlows(accountId, 0, clock.now()).at(-1)).toMatchObject({
      ...{ operationType: 18, delta: -50n, balance: 999_950n },
    })
  })
})

it('nothing waits for the night when nothing is open', () => {
  const { clock, open, close, settle } = openDesk()
  expect(clock.pending).toBe(0)
  const { positionId } = open()
  expect(clock.pending).toBe(1)
  close(positionId, 100_000)
  settle(24 * hour)
  expect(clock.pending).toBe(0)
})
