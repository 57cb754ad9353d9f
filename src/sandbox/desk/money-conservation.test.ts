import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import {
  ProtoOAOrderType as OrderType,
  ProtoOAPositionStatus as PositionStatus,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import { createScriptedMarket } from '../market/index.ts'
import { Random } from '../random.ts'
import { createWorld, gridOf } from '../world/index.ts'
import { Desk } from './desk.ts'
import type { DeskEvent } from './index.ts'

const symbols = ['EURUSD', 'GBPUSD', 'EURJPY', 'GER40', 'BTCUSD', 'XAUUSD'] as const

type Step =
  | { readonly kind: 'price'; readonly symbol: number; readonly move: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: 'open'
      readonly symbol: number
      readonly buy: boolean
      readonly steps: number
      readonly stop: number
      readonly profit: number
    }
  | { readonly kind: 'close'; readonly which: number; readonly tenths: number }

const symbol = fc.nat(symbols.length - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('price'), symbol, move: fc.integer({ min: -300, max: 300 }) }),
  fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 0, max: 120 }) }),
  fc.record({
    kind: fc.constant('open'),
    symbol,
    buy: fc.boolean(),
    steps: fc.integer({ min: 0, max: 12 }),
    stop: fc.integer({ min: -50, max: 400 }),
    profit: fc.integer({ min: -50, max: 400 }),
  }),
  fc.record({
    kind: fc.constant('close'),
    which: fc.nat(20),
    tenths: fc.integer({ min: 1, max: 10 }),
  }),
)

/** Carries out the steps on one account and gives back everything there is to check. */
function carryOut(accountId: number, steps: readonly Step[]) {
  const clock = new ManualClock('2026-01-07T12:00:00Z')
  const world = createWorld({ seed: 1, marketHours: 'always' })
  const market = createScriptedMarket({ world, clock })
  const instruments = [...world.instruments.values()]
  const level = new Map<string, number>()
  const show = (points: number): string => {
    const text = String(points).padStart(6, '0')
    return `${text.slice(0, -5)}.${text.slice(-5)}`
  }
  const quote = (name: string, move: number): void => {
    const instrument = instruments.find((one) => one.name === name)
    if (instrument === undefined) throw new Error(`there is no ${name}`)
    const grid = gridOf(instrument)
    const start = Math.round(instrument.quoting.level / grid) * grid
    const bid = Math.max(grid, (level.get(name) ?? start) + move * grid)
    level.set(name, bid)
    const spread = Math.max(1, Math.round(instrument.quoting.spread / grid)) * grid
    market.set(name, show(bid), show(bid + spread))
  }
  for (const { name } of instruments) quote(name, 0)
  const desk = new Desk({ world, market, clock, random: new Random(3) })
  const events: DeskEvent[] = []
  desk.onEvent((event) => events.push(event))
  for (const action of steps) {
    if (action.kind === 'wait') clock.advance(action.ms)
    else if (action.kind === 'price') quote(symbols[action.symbol] ?? 'EURUSD', action.move)
    else if (action.kind === 'open') {
      const instrument = instruments.find(({ name }) => name === symbols[action.symbol])
      if (instrument === undefined) continue
      const distance = (points: number): number | undefined =>
        points > 0 ? points * gridOf(instrument) : undefined
      desk.newOrder(
        {
          ctidTraderAccountId: accountId,
          symbolId: instrument.symbolId,
          orderType: OrderType.MARKET,
          tradeSide: action.buy ? TradeSide.BUY : TradeSide.SELL,
          volume: action.steps * instrument.stepVolume,
          relativeStopLoss: distance(action.stop),
          relativeTakeProfit: distance(action.profit),
        },
        undefined,
      )
    } else {
      const open = desk.reconcile(accountId, false).position
      const chosen = open[action.which % Math.max(1, open.length)]
      const { stepVolume = 1 } = world.symbols.get(chosen?.tradeData.symbolId ?? 0) ?? {}
      const part = Math.ceil(((chosen?.tradeData.volume ?? 0) * action.tenths) / 10 / stepVolume)
      desk.closePosition(
        {
          ctidTraderAccountId: accountId,
          positionId: chosen?.positionId ?? 1,
          volume: part * stepVolume,
        },
        undefined,
      )
    }
  }
  clock.advance(1000)
  return { desk, book: desk.book(accountId), events, clock }
}

describe.each([
  ['a hedged account in dollars', 1001],
  ['a hedged account in euros', 1002],
  ['a netted account in dollars', 1003],
  ['a netted account in euros', 1005],
])('%s', (_, accountId) => {
  const flows = fc.array(step, { minLength: 30, maxLength: 90, size: 'max' })

  it('has a balance of its deposits and what its deals settled, to the last digit', () => {
    let settled = 0
    fc.assert(
      fc.property(flows, (steps) => {
        const { book, events } = carryOut(accountId, steps)
        let balance = 0n
        for (const { delta } of book.deposits) balance += delta
        for (const { settlement } of book.deals) {
          if (settlement === undefined) continue
          const { gross, swap, commission, conversionFee } = settlement
          balance += gross + swap + commission + conversionFee
          expect(settlement.balance).toBe(balance)
          settled++
        }
        expect(book.balance).toBe(balance)
        // What clients were told is what the book holds.
        const told = events.flatMap(({ event }) => event.deal?.closePositionDetail ?? [])
        expect(told.at(-1)?.balance ?? balance).toBe(balance)
        // Every commission of a deal is settled or still on its position: nothing is lost on the way.
        let charged = 0n
        for (const deal of book.deals)
          charged += deal.commission - (deal.settlement?.commission ?? 0n)
        let carried = 0n
        for (const position of book.positions.values()) carried += position.commission
        expect(carried).toBe(charged)
      }),
      { numRuns: 120, seed: accountId },
    )
    expect(settled).toBeGreaterThan(500)
  })

  it('holds what its deals add up to, with no position, margin or order out of order', () => {
    fc.assert(
      fc.property(flows, (steps) => {
        const { book, events, clock } = carryOut(accountId, steps)
        const sums = new Map<number, number>()
        for (const { positionId, side, volume } of book.deals) {
          sums.set(positionId, (sums.get(positionId) ?? 0) + (side === 'buy' ? volume : -volume))
        }
        for (const [positionId, sum] of sums) {
          const position = book.positions.get(positionId)
          expect(Math.abs(sum)).toBe(position?.volume ?? 0)
          if (sum !== 0) expect(position?.side).toBe(sum > 0 ? 'buy' : 'sell')
        }
        for (const position of book.positions.values()) {
          expect(position.status).toBe('open')
          expect(position.margin).toBeGreaterThanOrEqual(0n)
          const guard = book.orders.get(position.protection?.orderId ?? 0)
          if (position.protection !== undefined) {
            expect(guard).toMatchObject({ status: 'accepted', volume: position.volume })
          }
        }
        expect(book.usedMargin()).toBeGreaterThanOrEqual(0n)
        // An order's story: accepted first (but for a fill of protection), one end, nothing after it.
        const ended = new Set<number>()
        for (const { event } of events) {
          const orderId = event.order?.orderId ?? 0
          expect(ended.has(orderId)).toBe(false)
          if (event.order?.orderStatus !== 1) ended.add(orderId)
        }
        for (const order of book.orders.values()) {
          if (order.type === 'market') expect(order.status).not.toBe('accepted')
          else expect(ended.has(order.orderId)).toBe(order.status !== 'accepted')
        }
        // A position says closed once, and only when it has no volume.
        const closed = events.filter(
          ({ event }) => event.position?.positionStatus === PositionStatus.POSITION_STATUS_CLOSED,
        )
        for (const { event } of closed) expect(event.position?.tradeData.volume).toBe(0)
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 120, seed: accountId + 1 },
    )
  })
})
