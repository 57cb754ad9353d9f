import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  ProtoOANotificationType as NotificationType,
  ProtoOAOrderType as OrderType,
  type ProtoOAExecutionEvent,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
  ProtoOAOrderTriggerMethod as Trigger,
} from '../../src/protocol/index.ts'
// The books themselves are looked into, not only what is told of them.
import { Desk } from '../../src/sandbox/desk/desk.ts'
import { createScriptedMarket } from '../../src/sandbox/market/index.ts'
import { Random } from '../../src/sandbox/random.ts'
import { createWorld, gridOf, type Instrument } from '../../src/sandbox/world/index.ts'

const flowsOfEachAccount = 2_500
const stepsOfAFlow = 24
const names = ['EURUSD', 'EURJPY', 'GER40', 'XAUUSD']

const { MARKET, LIMIT, STOP, STOP_LIMIT, MARKET_RANGE } = OrderType
const orderTypes = [MARKET, MARKET, MARKET, LIMIT, STOP, STOP_LIMIT, MARKET_RANGE] as const

type Book = ReturnType<Desk['book']>

/** A desk that many flows are tried on, each from the same beginning. */
class Floor {
  readonly clock = new ManualClock('2026-01-07T12:00:00Z')
  readonly world = createWorld({ seed: 1, marketHours: 'always' })
  readonly market = createScriptedMarket(this)
  readonly instruments = [...this.world.instruments.values()]
  readonly traded = names.map((name) => this.named(name))
  readonly desk: Desk
  readonly accountId: number
  readonly beginning: ReturnType<Desk['capture']>
  readonly levels = new Map<string, number>()
  events: ProtoOAExecutionEvent[] = []
  counts = { deals: 0, stopOuts: 0, partial: 0, expired: 0, swaps: 0, rejected: 0, trailed: 0 }

  constructor(accountId: number, account: object) {
    this.accountId = accountId
    for (const instrument of this.instruments) this.quote(instrument, 0)
    const accounts = this.world.accounts.map((known) => ({ ...known, ...account }))
    this.desk = new Desk({
      ...{ world: { ...this.world, accounts }, market: this.market, clock: this.clock },
      random: new Random(3),
      fills: { slippage: [-1, 2], liquidity: 'depth' },
      latency: { trigger: [0, 3] },
    })
    this.desk.onEvent(({ name, event }) => {
      if (name === 'ProtoOAExecutionEvent') this.events.push(event as ProtoOAExecutionEvent)
      if (name === 'ProtoOATrailingSLChangedEvent') this.counts.trailed++
    })
    this.beginning = this.desk.capture()
  }

  named(name: string): Instrument {
    const found = this.instruments.find((instrument) => instrument.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }

  quote(instrument: Instrument, move: number): void {
    const grid = gridOf(instrument)
    const start = Math.round(instrument.quoting.level / grid) * grid
    const bid = Math.max(grid, (this.levels.get(instrument.name) ?? start) + move * grid)
    this.levels.set(instrument.name, bid)
    const spread = Math.max(1, Math.round(instrument.quoting.spread / grid)) * grid
    this.market.set(instrument.name, show(bid), show(bid + spread))
  }

  /** One flow; returns the book as it ended. */
  play(random: Random): Book {
    this.desk.restore(this.beginning)
    this.events = []
    for (let step = 0; step < stepsOfAFlow; step++) this.step(random)
    this.clock.advance(1_000)
    return this.desk.book(this.accountId)
  }

  step(random: Random): void {
    const kind = random.integer(20)
    const instrument = pick(random, this.traded) ?? this.named('EURUSD')
    if (kind < 5) this.quote(instrument, random.integer(601) - 300)
    else if (kind < 8) this.clock.advance(random.integer(120))
    else if (kind < 13) this.order(random, instrument)
    else if (kind < 15) this.close(random)
    else if (kind < 17) this.amendPosition(random)
    else if (kind === 17) this.amendOrder(random)
    else if (kind === 18) this.cancel(random)
    else this.rare(random)
  }

  order(random: Random, instrument: Instrument): void {
    const orderType = pick(random, orderTypes)
    const grid = gridOf(instrument)
    const bid = this.levels.get(instrument.name) ?? 0
    const price = (): number => (bid + (random.integer(401) - 200) * grid) / 100_000
    const distance = (): number | undefined =>
      random.integer(3) === 0 ? (random.integer(300) + 1) * grid : undefined
    const pending = orderType !== OrderType.MARKET && orderType !== OrderType.MARKET_RANGE
    const held = [...this.desk.book(this.accountId).positions.keys()]
    const relativeStopLoss = distance()
    this.desk.newOrder(
      {
        ctidTraderAccountId: this.accountId,
        ...{ symbolId: instrument.symbolId, orderType },
        tradeSide: random.integer(2) === 0 ? TradeSide.BUY : TradeSide.SELL,
        volume: random.integer(80) * instrument.stepVolume,
        limitPrice: orderType === OrderType.LIMIT ? price() : undefined,
        stopPrice: pending && orderType !== OrderType.LIMIT ? price() : undefined,
        baseSlippagePrice: price(),
        slippageInPoints: random.integer(40),
        timeInForce: pick(random, [
          ...[undefined, undefined, undefined, TimeInForce.GOOD_TILL_CANCEL],
          ...[TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL],
        ]),
        expirationTimestamp:
          random.integer(4) === 0 ? this.clock.now() + random.integer(500) : undefined,
        relativeStopLoss,
        relativeTakeProfit: distance(),
        trailingStopLoss: relativeStopLoss !== undefined && random.integer(2) === 0,
        stopTriggerMethod: pick(random, Object.values(Trigger)),
        positionId: random.integer(6) === 0 && held.length > 0 ? pick(random, held) : undefined,
      },
      undefined,
    )
  }

  close(random: Random): void {
    const position = pick(random, [...this.desk.book(this.accountId).positions.values()])
    if (position === undefined) return
    const step = this.world.instruments.get(position.symbolId)?.stepVolume ?? 1
    const part = Math.ceil((position.volume * (random.integer(10) + 1)) / 10 / step) * step
    const { positionId } = position
    this.desk.closePosition({ ...this.account(), positionId, volume: part }, undefined)
  }

  amendPosition(random: Random): void {
    const position = pick(random, [...this.desk.book(this.accountId).positions.values()])
    if (position === undefined) return
    const instrument = this.world.instruments.get(position.symbolId) ?? this.traded[0]
    if (instrument === undefined) return
    const grid = gridOf(instrument)
    const bid = this.levels.get(instrument.name) ?? 0
    const away = (): number | undefined =>
      random.integer(3) === 0 ? undefined : (random.integer(200) + 20) * grid
    const sign = position.side === 'buy' ? 1 : -1
    const [stop, profit] = [away(), away()]
    this.desk.amendPosition(
      {
        ...this.account(),
        positionId: position.positionId,
        stopLoss: stop === undefined ? undefined : (bid - sign * stop) / 100_000,
        takeProfit: profit === undefined ? undefined : (bid + sign * profit) / 100_000,
        trailingStopLoss: random.integer(2) === 0 ? true : undefined,
        stopLossTriggerMethod: pick(random, Object.values(Trigger)),
      },
      undefined,
    )
  }

  amendOrder(random: Random): void {
    const order = pick(random, this.desk.book(this.accountId).workingOrders())
    const instrument = this.world.instruments.get(order?.symbolId ?? 0)
    if (order === undefined || instrument === undefined) return
    const price =
      (order.limitPrice ?? order.stopPrice ?? 0) + random.integer(60) * gridOf(instrument)
    const field = order.type === 'limit' ? 'limitPrice' : 'stopPrice'
    const volume = random.integer(50) * instrument.stepVolume
    const change = { [field]: price / 100_000, volume }
    this.desk.amendOrder({ ...this.account(), orderId: order.orderId, ...change }, undefined)
  }

  cancel(random: Random): void {
    const order = pick(random, [...this.desk.book(this.accountId).orders.values()])
    if (order === undefined) return
    this.desk.cancelOrder({ ...this.account(), orderId: order.orderId }, undefined)
  }

  rare(random: Random): void {
    const kind = random.integer(6)
    if (kind === 0) this.clock.advance(86_400_000)
    else if (kind === 1) this.desk.changeBonus(this.accountId, BigInt(random.integer(50_000)))
    else if (kind === 2) {
      const marginLevelThreshold = 51 + random.integer(500)
      const marginCallType = pick(random, Object.values(NotificationType)) ?? 61
      this.desk.updateMarginCall(this.accountId, { marginCallType, marginLevelThreshold })
    } else if (kind === 3) {
      for (const instrument of this.traded) this.quote(instrument, random.integer(8_001) - 4_000)
    } else this.desk.changeBalance(this.accountId, BigInt(random.integer(300_001) - 200_000))
  }

  account(): { readonly ctidTraderAccountId: number } {
    return { ctidTraderAccountId: this.accountId }
  }
}

/** What is wrong with a book and what was told of it; empty when nothing is. */
function faultsOf(book: Book, events: readonly ProtoOAExecutionEvent[]): readonly string[] {
  return [
    ...moneyFaults(book),
    ...positionFaults(book),
    ...orderFaults(book),
    ...storyFaults(events),
  ]
}

function moneyFaults(book: Book): readonly string[] {
  const faults: string[] = []
  let sum = 0n
  for (const { delta } of book.cashFlows) sum += delta
  let carried = 0n
  let charged = 0n
  for (const { settlement, commission } of book.deals) {
    charged += commission - (settlement?.commission ?? 0n)
    if (settlement === undefined) continue
    const { gross, swap, commission: costs, conversionFee } = settlement
    sum += gross + swap + costs + conversionFee
  }
  if (sum !== book.balance) faults.push(`the balance is ${book.balance}, its parts are ${sum}`)
  // Every step is booked at once, in one of the two lists: the versions count them.
  const booked = [...book.cashFlows, ...book.deals.flatMap(({ settlement }) => settlement ?? [])]
  if (book.balanceVersion !== booked.length + 1) faults.push('a change of the balance is nowhere')
  for (const { commission } of book.positions.values()) carried += commission
  if (carried !== charged) faults.push(`commission: ${carried} carried, ${charged} charged`)
  return faults
}

function positionFaults(book: Book): readonly string[] {
  const faults: string[] = []
  const sums = new Map<number, number>()
  for (const { positionId, side, volume } of book.deals) {
    sums.set(positionId, (sums.get(positionId) ?? 0) + (side === 'buy' ? volume : -volume))
  }
  for (const [positionId, sum] of sums) {
    const position = book.positions.get(positionId)
    const signed = (position?.volume ?? 0) * (position?.side === 'sell' ? -1 : 1)
    if (signed !== sum) faults.push(`position ${positionId} holds ${signed}, its deals ${sum}`)
  }
  const symbols = new Set<number>()
  for (const position of book.positions.values()) {
    const { positionId, status, volume, margin, protection, symbolId } = position
    const name = `position ${positionId}`
    if (margin < 0n) faults.push(`${name} has a margin below zero`)
    if (status === 'open' ? volume <= 0 : volume !== 0)
      faults.push(`${name} is ${status} with ${volume}`)
    if (status === 'closed') faults.push(`${name} is closed and still there`)
    if (volume === 0 && !book.isAwaited(positionId, 0)) faults.push(`${name} waits for nothing`)
    const guard = book.orders.get(protection?.orderId ?? 0)
    if (protection !== undefined && guard?.status !== 'accepted')
      faults.push(`${name} has a dead guard`)
    if (guard !== undefined && guard.volume !== volume) faults.push(`${name} is guarded in part`)
    if (book.account.accountType === 'NETTED' && volume > 0) {
      if (symbols.has(symbolId)) faults.push(`symbol ${symbolId} has two positions`)
      symbols.add(symbolId)
    }
  }
  if (book.usedMargin() < 0n) faults.push('the used margin is below zero')
  return faults
}

function orderFaults(book: Book): readonly string[] {
  const faults: string[] = []
  for (const order of book.orders.values()) {
    const { orderId, status, stage, type, executedVolume, volume, closedAt } = order
    const name = `order ${orderId} (${type}, ${status}, ${stage})`
    if ((status === 'accepted') !== (stage !== 'ended')) faults.push(`${name} is in two minds`)
    if ((status === 'accepted') !== (closedAt === undefined)) faults.push(`${name} ended when?`)
    if ((status === 'filled') !== (executedVolume === volume))
      faults.push(`${name}: ${executedVolume}`)
    if (stage === 'arriving' || stage === 'executing') faults.push(`${name} is stuck`)
    const works =
      type === 'limit' || type === 'stop' || type === 'stop-limit' || type === 'protection'
    if (stage === 'working' && !works) faults.push(`${name} waits for nothing`)
    let executed = 0
    for (const deal of book.dealsOfOrder(orderId)) executed += deal.volume
    if (executed !== executedVolume)
      faults.push(`${name} says ${executedVolume}, deals ${executed}`)
  }
  return faults
}

/** The legal moves: accepted first, then changes and parts, one end and nothing after it. */
function storyFaults(events: readonly ProtoOAExecutionEvent[]): readonly string[] {
  const faults: string[] = []
  const told = new Map<number, { ended: boolean; executed: number }>()
  for (const { order, executionType, position, deal } of events) {
    if (position?.positionStatus === 2 && position.tradeData.volume !== 0)
      faults.push('closed, yet held')
    if (deal !== undefined && executionType !== 3 && executionType !== 11)
      faults.push('a deal without fill')
    if (order === undefined) continue
    const { orderId, orderStatus, executedVolume = 0 } = order
    const known = told.get(orderId)
    const name = `order ${orderId}, event ${executionType}`
    if (known === undefined && executionType !== 2) faults.push(`${name}: not accepted first`)
    if (known !== undefined && executionType === 2) faults.push(`${name}: accepted twice`)
    if (known?.ended === true && executionType !== 8) faults.push(`${name}: after its end`)
    if (executedVolume < (known?.executed ?? 0)) faults.push(`${name}: executed less than before`)
    told.set(orderId, { ended: orderStatus !== 1, executed: executedVolume })
  }
  return faults
}

function show(points: number): string {
  const text = String(points).padStart(6, '0')
  return `${text.slice(0, -5)}.${text.slice(-5)}`
}

/** One of several, or of none. */
function pick<T>(random: Random, from: readonly [T, ...T[]]): T
function pick<T>(random: Random, from: readonly T[]): T | undefined
function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : from[random.integer(from.length)]
}

describe.each([
  ['a hedged account in dollars', 1001, { deposit: 120_000n }],
  ['a hedged account in euros, fair stop-out', 1002, { fairStopOut: true, deposit: 300_000n }],
  ['a netted account in dollars', 1003, { deposit: 100_000n }],
  [
    'a netted account in euros, swap-free',
    1005,
    { swapFree: true, deposit: 200_000n, leverageInCents: 20_000 },
  ],
])('%s', (_, accountId, account) => {
  it(`keeps its books in order over ${flowsOfEachAccount} random flows`, {
    timeout: 120_000,
  }, () => {
    const floor = new Floor(accountId, account)
    const { counts } = floor
    for (let flow = 0; flow < flowsOfEachAccount; flow++) {
      const seed = accountId * 1_000_000 + flow
      const book = floor.play(new Random(seed))
      const faults = faultsOf(book, floor.events)
      if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}`)
      counts.deals += book.deals.length
      for (const { executionType, order } of floor.events) {
        if (executionType === 11) counts.partial++
        if (executionType === 9) counts.swaps++
        if (executionType === 6) counts.expired++
        if (executionType === 7) counts.rejected++
        if (order?.isStopOut === true && executionType === 3) counts.stopOuts++
      }
    }
    // The flows went through everything that can go wrong.
    const { swaps, ...always } = counts
    for (const [what, count] of Object.entries(always)) expect(count, what).toBeGreaterThan(20)
    expect(swaps > 20).toBe(accountId !== 1005)
    expect(counts.deals).toBeGreaterThan(flowsOfEachAccount)
  })
})
