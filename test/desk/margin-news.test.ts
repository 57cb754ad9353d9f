import { expect, test } from 'vitest'
import {
  ProtoOALimitedRiskMarginCalculationStrategy as Strategy,
  ProtoOATradingMode as TradingMode,
} from '../../src/protocol/index.ts'
import { openDesk as openPlainDesk, type Setting } from './fixture.ts'

function openDesk(setting: Setting = {}) {
  const plain = openPlainDesk(setting)
  const { desk, events } = plain
  const open = (terms: object = {}) => plain.open({ volume: 80_000_000, ...terms })
  const margins = () =>
    events
      .splice(0)
      .flatMap(({ name, event }) =>
        name === 'ProtoOAMarginChangedEvent' ? [event.usedMargin] : [],
      )
  const shown = () => desk.reconcile(1001, false).position.map(({ usedMargin }) => usedMargin)
  return { ...plain, open, margins, shown }
}

test('a stop-out that closes a part tells the margin of the rest', () => {
  const { market, open, margins, shown } = openDesk()
  open()
  expect(shown()).toEqual([900_528n])
  margins()
  market.set('EURUSD', '1.11700', '1.11706')
  const [left] = shown()
  expect(left).toBeLessThan(900_528n)
  expect(margins()).toEqual([left])
})

test('margins that follow every change do so after a stop loss was hit', () => {
  const { clock, market, open, margins, shown } = openDesk({
    behaviour: { marginUpdates: 'every-change' },
  })
  open({ volume: 10_000_000, relativeStopLoss: 100 })
  open({ volume: 20_000_000 })
  expect(shown()).toEqual([112_566n, 225_132n])
  margins()
  market.set('EURUSD', '1.12400', '1.12406')
  clock.advance(1000)
  expect(shown()).toEqual([224_812n])
  expect(margins()).toEqual([224_812n])
})

test('margins that follow every change go by the guarantee where the account does', () => {
  const { desk, open, shown } = openDesk({ behaviour: { marginUpdates: 'every-change' } })
  desk.changeInstrument(1, { guaranteedStopLoss: true, guaranteedDistance: 0 })
  desk.changeAccount(1001, {
    isLimitedRisk: true,
    limitedRiskStrategy: Strategy.ACCORDING_TO_GSL,
  })
  const guaranteed = { volume: 10_000_000, relativeStopLoss: 200, guaranteedStopLoss: true }
  open(guaranteed)
  // 100,000 units of 0.00200 dollars.
  expect(shown()).toEqual([20_000n])
  open(guaranteed)
  expect(shown()).toEqual([20_000n, 20_000n])
})

test('a symbol that trades again is looked at before its next quote', () => {
  const { desk, market, open, events } = openDesk()
  open()
  desk.changeInstrument(1, { tradingMode: TradingMode.DISABLED_WITHOUT_PENDINGS_EXECUTION })
  market.set('EURUSD', '1.11700', '1.11706')
  events.splice(0)
  desk.changeInstrument(1, { tradingMode: TradingMode.ENABLED })
  const orders = events.flatMap(({ name, event }) =>
    name === 'ProtoOAExecutionEvent' ? [event.order?.isStopOut] : [],
  )
  expect(orders).toEqual([true, true])
})

test('a desk that was put back later charges swap when it is due, and not later than that', () => {
  const { clock, desk, open, events } = openDesk()
  open({ volume: 10_000_000 })
  const state = desk.capture()
  clock.advance(3 * 3_600_000)
  desk.restore(state)
  const swaps = () =>
    events.splice(0).filter(({ event }) => 'executionType' in event && event.executionType === 9)
  clock.advanceTo(Date.parse('2026-01-07T21:58:59.999Z'))
  expect(swaps()).toEqual([])
  clock.advance(1)
  expect(swaps()).toHaveLength(1)
  clock.advanceTo(Date.parse('2026-01-08T21:58:59.999Z'))
  expect(swaps()).toEqual([])
})
