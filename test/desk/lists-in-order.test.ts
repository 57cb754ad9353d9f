import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { ProtoOAOrderType as OrderType } from '../../src/protocol/index.ts'
import { openDesk as openPlainDesk, marketBuy as order } from './fixture.ts'

const latency = { acceptance: 0, execution: 0, protection: 0, amendment: 0 }
const own = { ctidTraderAccountId: 1001 }
const all = { from: 0, to: Number.POSITIVE_INFINITY, most: 1_000 }

function openDesk() {
  const { clock, desk, another } = openPlainDesk({ latency })
  const open = (terms: object): number => {
    expect(desk.newOrder({ ...order, ...terms }, undefined)).toBeUndefined()
    clock.advance(1)
    return desk.orders(1001, { ...all, most: 1 }).rows[0]?.orderId ?? 0
  }
  const ids = (): (number | undefined)[] => desk.orders(1001, all).rows.map((row) => row.orderId)
  return { clock, desk, another, open, ids }
}

describe('orders in a list', () => {
  it('stand by their last changes, newest first, however often they changed', () => {
    const { clock, desk, another, open, ids } = openDesk()
    const limit = { orderType: OrderType.LIMIT, limitPrice: 1.1 }
    const waiting = Array.from({ length: 5 }, () => open(limit))
    const expected = [...waiting]
    for (let round = 0; round < 300; round++) {
      const orderId = waiting[(round * round) % 5] ?? 0
      const limitPrice = 1.1 + (round % 7) / 1000
      expect(desk.amendOrder({ ...own, orderId, limitPrice }, undefined)).toBeUndefined()
      clock.advance(1)
      expected.splice(expected.indexOf(orderId), 1)
      expected.push(orderId)
      expect(ids()).toEqual(expected.toReversed())
    }
    const again = another()
    again.restore(desk.capture())
    expect(again.orders(1001, all)).toEqual(desk.orders(1001, all))
  })

  it('come in pages that end where the next one begins', () => {
    const { desk, open, ids } = openDesk()
    for (let count = 0; count < 7; count++) open({})
    const first = desk.orders(1001, { ...all, most: 4 })
    expect(first.hasMore).toBe(true)
    const to = (first.rows.at(-1)?.utcLastUpdateTimestamp ?? 0) - 1
    const second = desk.orders(1001, { ...all, to, most: 4 })
    expect(second.hasMore).toBe(false)
    expect([...first.rows, ...second.rows].map((row) => row.orderId)).toEqual(ids())
  })

  it('stand in one order, those of one position too, also in a desk that was put back', () => {
    const { clock, desk, another } = openDesk()
    desk.newOrder(order, undefined)
    clock.advance(1)
    const [{ positionId = 0 } = {}] = desk.reconcile(1001, false).position
    // Four more of the position, all of one moment; the one taken first changes last.
    const limit = { ...order, positionId, orderType: OrderType.LIMIT, limitPrice: 1.1 }
    for (let count = 0; count < 4; count++) desk.newOrder(limit, undefined)
    const taken = desk.orders(1001, all).rows.map(({ orderId }) => orderId)
    clock.advance(1)
    for (const orderId of taken) desk.amendOrder({ ...own, orderId, limitPrice: 1.09 }, undefined)
    clock.advance(1)
    const again = another()
    again.restore(desk.capture())
    const ofPosition = desk.ordersOfPosition(1001, positionId, all)
    expect(ofPosition.rows).toHaveLength(5)
    expect(ofPosition.rows).toEqual(desk.orders(1001, all).rows)
    expect(again.ordersOfPosition(1001, positionId, all)).toEqual(ofPosition)
  })
})

it('deals of one moment stand on one page', () => {
  const { clock, desk } = openDesk()
  for (const count of [1, 2, 3, 1, 4]) {
    for (let made = 0; made < count; made++) desk.newOrder(order, undefined)
    clock.advance(1)
  }
  const whole = desk.deals(1001, all).rows
  expect(whole).toHaveLength(11)
  for (const most of [1, 2, 3, 5]) {
    const paged: (typeof whole)[number][] = []
    for (let to = all.to, more = true; more; ) {
      const { rows, hasMore } = desk.deals(1001, { from: 0, to, most })
      paged.push(...rows)
      more = hasMore
      to = (rows.at(-1)?.executionTimestamp ?? 0) - 1
    }
    expect(paged).toEqual(whole)
  }
})

it('what is kept of every deal and order shares its hidden classes', () => {
  const { clock, desk, open } = openDesk()
  for (let round = 0; round < 200; round++) {
    open({})
    const { position } = desk.reconcile(1001, false)
    const positionId = position.at(-1)?.positionId ?? 0
    desk.closePosition({ ...own, positionId, volume: 100_000 }, undefined)
    clock.advance(1)
  }
  const [book] = desk.capture().books
  const { deals = [], orders = [] } = book ?? {}
  const settlements = deals.flatMap(({ settlement }) => settlement ?? [])
  expect([deals.length, orders.length, settlements.length]).toEqual([400, 400, 200])
  // Openings and closings may differ, and the first of each come before the engine has seen any.
  expect(classesOf(deals)).toBeLessThan(12)
  expect(classesOf(orders)).toBeLessThan(12)
  expect(classesOf(settlements)).toBeLessThan(12)
})

/** How many hidden classes objects have: what reads many of them is slow where each has its own. */
function classesOf(objects: readonly object[]): number {
  setFlagsFromString('--allow-natives-syntax')
  const haveSame = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (
    one: object,
    other: object,
  ) => boolean
  const kinds: object[] = []
  for (const each of objects) if (!kinds.some((kind) => haveSame(kind, each))) kinds.push(each)
  return kinds.length
}
