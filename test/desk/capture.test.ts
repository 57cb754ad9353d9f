import { expect, test } from 'vitest'
import { accountId, limitBuy, openDesk, stopBuy } from './fixture.ts'

/** A desk in the middle of everything: positions, pending orders, things on their way. */
function busy() {
  const desk = openDesk({ fills: { slippage: [-1, 3] } })
  desk.open({ volume: 300_000, relativeStopLoss: 200, relativeTakeProfit: 400 })
  desk.open({ relativeStopLoss: 100, trailingStopLoss: true })
  desk.order({ ...limitBuy, stopLoss: 1.12 })
  desk.order({ ...stopBuy, expirationTimestamp: desk.clock.now() + 5_000 })
  desk.settle()
  desk.order({ label: 'on its way' })
  desk.settle(3)
  return desk
}

/** Goes on with a desk for ten seconds, and tells everything that happens. */
function goOn({ market, settle, order, desk }: ReturnType<typeof busy>) {
  const moves = [1.12571, 1.12612, 1.1245, 1.1266, 1.1238, 1.1271]
  const told = moves.flatMap((price, at) => {
    market.set('EURUSD', price.toFixed(5), (price + 0.00006).toFixed(5))
    if (at % 2 === 0) order({ relativeStopLoss: 50 })
    return settle(1_500)
  })
  return { told, state: desk.capture() }
}

test('a desk that is put back goes on as if nothing had happened since', () => {
  const one = busy()
  const state = one.desk.capture()
  const before = structuredClone(state)
  const first = goOn(one)
  expect(first.told.length).toBeGreaterThan(15)
  // What was captured has not been touched by what came after.
  expect(state).toEqual(before)
  expect(one.desk.capture()).not.toEqual(before)

  // A desk of its own, at the same moment, takes over.
  const other = busy()
  goOn(other)
  const third = openDesk({ fills: { slippage: [-1, 3] }, now: state.jobs.capturedAt })
  third.market.set('EURUSD', '1.12560', '1.12566')
  third.desk.restore(before)
  expect(third.desk.capture()).toEqual(before)
  const again = goOn(third)
  expect(again.told).toEqual(first.told)
  expect(again.state).toEqual(first.state)
})

test('putting back undoes accounts, terms and money, and keeps the distance to what waits', () => {
  const desk = busy()
  const state = desk.desk.capture()
  const account = { ...desk.desk.account(accountId), accountId: 9001 }
  desk.desk.openAccount(account)
  desk.desk.changeInstrument(1, { minVolume: 7 })
  desk.desk.changeBalance(accountId, 5n)
  desk.clock.advance(60_000)
  desk.settle()
  desk.desk.restore(state)
  expect(() => desk.desk.trader(9001)).toThrow()
  expect(desk.desk.symbol(1)?.minVolume).toBe(100_000)
  expect(desk.desk.capture().books).toEqual(state.books)
  // The order that was on its way is filled as long after as it would have been.
  const [filled] = desk.executions(37)
  expect(filled).toMatchObject({
    executionType: 3,
    position: { tradeData: { label: 'on its way' } },
  })
})
