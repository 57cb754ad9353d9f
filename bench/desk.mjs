// The sandbox's desk by itself: what a quote costs when thousands of positions follow it, and what a request costs.
import {
  createDesk,
  createScriptedMarket,
  createWorld,
  ManualClock,
  Random,
} from '../.cache/bench/internals.js'
import { median, percentile, printReport, report } from './measure.mjs'

const eurusd = 1
const symbols = [1, 2, 5, 6, 8, 9, 12, 4, 3, 41]
const latency = { acceptance: 0, execution: 0, protection: 0, amendment: 0 }

function show(points) {
  const text = String(points).padStart(6, '0')
  return `${text.slice(0, -5)}.${text.slice(-5)}`
}

/** A desk with so many accounts, and a price for everything. */
function openDesk(count) {
  const clock = new ManualClock('2026-01-07T12:00:00Z')
  const made = createWorld({ seed: 1, marketHours: 'always' })
  const [first] = made.accounts
  const accounts = Array.from({ length: count }, (_, at) => ({
    ...first,
    ...{ accountId: at + 1, deposit: 100_000_000n, maxPositions: 100_000 },
  }))
  const world = { ...made, accounts }
  const market = createScriptedMarket({ world, clock })
  for (const { name, quoting, digits } of world.instruments.values()) {
    const grid = 10 ** (5 - digits)
    const bid = Math.round(quoting.level / grid) * grid
    market.set(name, show(bid), show(bid + grid))
  }
  const desk = createDesk({ world, market, clock, latency, random: new Random(1) })
  return { clock, market, desk, accounts }
}

function open({ desk, clock }, ctidTraderAccountId, symbolId, side, levels) {
  const order = { ctidTraderAccountId, symbolId, orderType: 1, tradeSide: side, volume: 100_000 }
  const refused = desk.newOrder({ ...order, ...levels }, undefined)
  if (refused !== undefined) throw new Error(refused.description)
  clock.advance(1)
}

/** Milliseconds for each of so many quotes of EURUSD. */
function quotes({ market }, count) {
  const times = []
  for (let at = 0; at < count; at++) {
    const bid = 112_560 + (at % 40)
    const start = process.hrtime.bigint()
    market.set('EURUSD', show(bid), show(bid + 6))
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  return times
}

const protectedBy = { relativeStopLoss: 20_000, relativeTakeProfit: 20_000 }

// Every position in the symbol that is quoted, and every one protected: the most that a quote can cost.
const same = openDesk(1000)
for (const { accountId } of same.accounts) {
  for (let at = 0; at < 10; at++) open(same, accountId, eurusd, 1 + (at % 2), protectedBy)
}
quotes(same, 200)
const all = quotes(same, 400)
report('1,000 accounts with 10 positions each in the symbol, ms a quote, p50', median(all), {
  atMost: 5,
})
report('the same, p90', percentile(all, 0.9))

const spread = openDesk(1000)
for (const { accountId } of spread.accounts) {
  for (const symbolId of symbols) open(spread, accountId, symbolId, 1, {})
}
quotes(spread, 200)
report('one position in each of 10 symbols, ms a quote, p50', median(quotes(spread, 400)), {
  atMost: 5,
})

// As many positions in the symbol, ten times the accounts.
const few = openDesk(500)
const many = openDesk(5000)
for (const floor of [few, many]) {
  for (let at = 0; at < 500; at++) open(floor, at + 1, eurusd, 1, protectedBy)
  for (const { accountId } of floor.accounts) open(floor, accountId, 2, 1, {})
  quotes(floor, 500)
}
const ratios = []
for (let round = 0; round < 15; round++)
  ratios.push(median(quotes(many, 200)) / median(quotes(few, 200)))
report('a quote with 10 times the accounts, and as many positions in the symbol', median(ratios), {
  atMost: 2,
  unit: 'x',
})

// Requests, with ten positions and a history behind the account.
const busy = openDesk(1)
for (let at = 0; at < 10; at++) open(busy, 1, eurusd, 1, protectedBy)
const own = { ctidTraderAccountId: 1 }
const query = { from: 0, to: 2_147_483_646_000, most: 100 }
const limit = {
  ...own,
  symbolId: eurusd,
  orderType: 2,
  tradeSide: 1,
  volume: 100_000,
  limitPrice: 1.01,
}
let pending = 0
busy.desk.onEvent(({ event }) => {
  pending = event.order?.orderType === 2 ? event.order.orderId : pending
})
const requests = {
  'new market order and its closing': () => {
    open(busy, 1, eurusd, 1, {})
    const { position } = busy.desk.reconcile(1, false)
    const { positionId } = position.at(-1)
    busy.desk.closePosition({ ...own, positionId, volume: 100_000 }, undefined)
    busy.clock.advance(1)
  },
  'new limit order, amended and cancelled': () => {
    busy.desk.newOrder(limit, undefined)
    busy.clock.advance(1)
    busy.desk.amendOrder({ ...own, orderId: pending, limitPrice: 1.02 }, undefined)
    busy.clock.advance(1)
    busy.desk.cancelOrder({ ...own, orderId: pending }, undefined)
    busy.clock.advance(1)
  },
  reconcile: () => busy.desk.reconcile(1, true),
  'unrealized profit of ten positions': () => busy.desk.unrealizedPnL(1),
  'the newest hundred deals of thousands': () => busy.desk.deals(1, query),
  'the newest hundred orders of thousands': () => busy.desk.orders(1, query),
}
const steps = { 'new market order and its closing': 2, 'new limit order, amended and cancelled': 3 }
for (const [name, call] of Object.entries(requests)) {
  for (let at = 0; at < 1000; at++) call()
  const times = []
  for (let at = 0; at < 1000; at++) {
    const start = process.hrtime.bigint()
    call()
    times.push(Number(process.hrtime.bigint() - start) / 1e6 / (steps[name] ?? 1))
  }
  report(`${name}, ms a request, p50`, median(times), { atMost: 0.1 })
}
printReport('The sandbox desk')
