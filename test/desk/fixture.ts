import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  ProtoOAOrderType as OrderType,
  type ProtoOANewOrderReq,
  ProtoOATradeSide as TradeSide,
} from '../../src/protocol/index.ts'
import {
  createDesk,
  type DeskEvent,
  type DeskOptions,
  type DeskRefusal,
} from '../../src/sandbox/desk/index.ts'
import { createScriptedMarket, type Market } from '../../src/sandbox/market/index.ts'
import { Random } from '../../src/sandbox/random.ts'
import { createWorld, type Instrument, type SandboxAccount } from '../../src/sandbox/world/index.ts'

/** An execution event of the desk. */
export type Execution = Extract<DeskEvent, { readonly name: 'ProtoOAExecutionEvent' }>

export const accountId = 1001
const eurusd = 1

export interface Setting
  extends Partial<Omit<DeskOptions, 'world' | 'market' | 'clock' | 'random'>> {
  readonly now?: string | number
  readonly marketHours?: 'always' | 'real'
  readonly seed?: number
  /** Changes of the first account, or which account there is instead. */
  readonly account?: Partial<SandboxAccount>
  /** Changes of instruments, by their names. */
  readonly instruments?: Readonly<Record<string, Partial<Instrument>>>
  /** Another market around the scripted one. */
  readonly around?: (market: Market) => Market
}

/** The only instrument of that name. */
export function instrumentOf(name: string): Instrument {
  for (const instrument of createWorld({ seed: 1, marketHours: 'always' }).instruments.values()) {
    if (instrument.name === name) return instrument
  }
  throw new Error(`there is no ${name}`)
}

/** A desk with one account in dollars, hedged, 1:100, over a market that stands still. EURUSD has a price. */
export function openDesk(setting: Setting = {}) {
  const { now, marketHours = 'always', seed = 1, account, instruments, around, ...rest } = setting
  const clock = new ManualClock(now ?? '2026-01-07T12:00:00Z')
  const made = createWorld({ seed: 1, marketHours })
  const [first] = made.accounts
  if (first === undefined) throw new Error('a world has accounts')
  const changed = new Map(made.instruments)
  for (const [symbolId, instrument] of made.instruments) {
    changed.set(symbolId, { ...instrument, ...instruments?.[instrument.name] })
  }
  const world = { ...made, accounts: [{ ...first, ...account }], instruments: changed }
  const market = createScriptedMarket({ world, clock })
  market.set('EURUSD', '1.12560', '1.12566')
  /** Another desk of the same kind, to put a state back into. */
  const another = () =>
    createDesk({
      latency: { acceptance: 1, execution: 40, protection: 4, amendment: 5, trigger: 0 },
      ...rest,
      world,
      clock,
      market: around?.(market) ?? market,
      random: new Random(seed),
    })
  const desk = another()
  /** What happened since `settle` was called last. */
  const events: DeskEvent[] = []
  desk.onEvent((event) => events.push(event))
  /** Lets a second pass; gives what happened since the last time. */
  const settle = (ms = 1000): readonly DeskEvent[] => {
    clock.advance(ms)
    return events.splice(0)
  }
  const executions = (ms?: number): readonly Execution['event'][] => {
    const happened = settle(ms)
    return happened.flatMap((event) => (event.name === 'ProtoOAExecutionEvent' ? event.event : []))
  }
  const order = (change: Partial<ProtoOANewOrderReq> = {}): DeskRefusal | undefined =>
    desk.newOrder({ ...marketBuy, ...change }, 'req')
  /** Opens a position at the market and gives its events; the second one is the fill. */
  const open = (change: Partial<ProtoOANewOrderReq> = {}) => {
    const refused = order(change)
    if (refused !== undefined) throw new Error(refused.description)
    const opening = executions()
    const [{ position, order: first } = {}] = opening
    return {
      ...{ events: opening, positionId: position?.positionId ?? 0 },
      orderId: first?.orderId ?? 0,
    }
  }
  const close = (positionId: number, volume: number): DeskRefusal | undefined =>
    desk.closePosition({ ctidTraderAccountId: accountId, positionId, volume }, 'close')
  const amend = (positionId: number, change: object): DeskRefusal | undefined =>
    desk.amendPosition({ ctidTraderAccountId: accountId, positionId, ...change }, 'amend')
  const amendOrder = (orderId: number, change: object): DeskRefusal | undefined =>
    desk.amendOrder({ ctidTraderAccountId: accountId, orderId, ...change }, 'amend')
  const cancel = (orderId: number): DeskRefusal | undefined =>
    desk.cancelOrder({ ctidTraderAccountId: accountId, orderId }, 'cancel')
  const position = () => desk.reconcile(accountId, true).position[0]
  const requests = { order, open, close, amend, amendOrder, cancel }
  return { clock, desk, another, market, events, settle, executions, position, ...requests }
}

export const marketBuy: ProtoOANewOrderReq = {
  ctidTraderAccountId: accountId,
  symbolId: eurusd,
  orderType: OrderType.MARKET,
  tradeSide: TradeSide.BUY,
  volume: 100_000,
}

export const limitBuy: ProtoOANewOrderReq = {
  ...marketBuy,
  orderType: OrderType.LIMIT,
  limitPrice: 1.1246,
}

export const stopBuy: ProtoOANewOrderReq = {
  ...marketBuy,
  orderType: OrderType.STOP,
  stopPrice: 1.1266,
}
