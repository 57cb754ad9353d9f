import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import {
  ProtoOAAccessRights as AccessRights,
  ProtoOAOrderType as OrderType,
  type ProtoOANewOrderReq,
  ProtoOATradeSide as TradeSide,
  ProtoOATradingMode as TradingMode,
} from '../../protocol/index.ts'
import { createScriptedMarket } from '../market/index.ts'
import { Random } from '../random.ts'
import { createWorld, type Instrument, type SandboxAccount } from '../world/index.ts'
import { createDesk, type DeskEvent } from './index.ts'

type Execution = Extract<DeskEvent, { readonly name: 'ProtoOAExecutionEvent' }>

const saturday = '2026-01-10T12:00:00Z'

interface Setting {
  readonly marketHours?: 'always' | 'real'
  readonly now?: string
  readonly account?: Partial<SandboxAccount>
  readonly eurusd?: Partial<Instrument>
}

function openDesk(setting: Setting = {}) {
  const clock = new ManualClock(setting.now ?? '2026-01-07T12:00:00Z')
  const made = createWorld({ seed: 1, marketHours: setting.marketHours ?? 'always' })
  const accounts = made.accounts.map((account) => ({ ...account, ...setting.account }))
  const instruments = new Map(made.instruments)
  const eurusd = instruments.get(1)
  if (eurusd !== undefined) instruments.set(1, { ...eurusd, ...setting.eurusd })
  const [first] = accounts
  if (first === undefined) throw new Error('a world has accounts')
  const world = { ...made, accounts: [first], instruments }
  const market = createScriptedMarket({ world, clock })
  market.set('EURUSD', '1.12560', '1.12566')
  const desk = createDesk({ world, market, clock, random: new Random(1) })
  const events: Execution[] = []
  desk.onEvent((event) => {
    if (event.name === 'ProtoOAExecutionEvent') events.push(event)
  })
  return { clock, market, desk, events }
}

const order: ProtoOANewOrderReq = {
  ctidTraderAccountId: 1001,
  symbolId: 1,
  orderType: OrderType.MARKET,
  tradeSide: TradeSide.BUY,
  volume: 100_000,
}

const refusedOrder = (change: Partial<ProtoOANewOrderReq>, setting: Setting = {}) => {
  const { clock, desk, events } = openDesk(setting)
  const refusal = desk.newOrder({ ...order, ...change }, 'x')
  clock.advance(1000)
  expect(events).toEqual([])
  return refusal
}

function openPosition(setting: Setting = {}) {
  const opened = openDesk(setting)
  opened.desk.newOrder(order, 'open')
  opened.clock.advance(1000)
  const positionId = opened.events.splice(0)[1]?.event.position?.positionId ?? 0
  return { ...opened, positionId, close: { ctidTraderAccountId: 1001, positionId } }
}

describe('a new order is refused as the original refuses it', () => {
  it.each<[string, Partial<ProtoOANewOrderReq>, object]>([
    [
      'an absolute stop loss on a market order',
      { stopLoss: 1.12 },
      {
        channel: 'error',
        errorCode: 'INVALID_REQUEST',
        description:
          'SL/TP in absolute values are allowed only for order types: [LIMIT, STOP, STOP_LIMIT]',
      },
    ],
    [
      'a volume below the least one',
      { volume: 1600 },
      {
        channel: 'order-error',
        errorCode: 'TRADING_BAD_VOLUME',
        description: 'Order volume = 16.00 is smaller than minimum allowed volume = 1000.00.',
      },
    ],
    [
      'a volume above the greatest one',
      { volume: 1_000_100_000 },
      {
        errorCode: 'TRADING_BAD_VOLUME',
        description:
          'Order volume = 10001000.00 is bigger than maximum allowed volume = 10000000.00.',
      },
    ],
    ['a volume off the step', { volume: 150_000 }, { errorCode: 'TRADING_BAD_VOLUME' }],
    ['no volume', { volume: 0 }, { errorCode: 'TRADING_BAD_VOLUME' }],
    ['a volume below zero', { volume: -100_000 }, { errorCode: 'TRADING_BAD_VOLUME' }],
    [
      'an unknown symbol',
      { symbolId: 77 },
      { channel: 'error', errorCode: 'SYMBOL_NOT_FOUND', description: /77/ },
    ],
    [
      'an unknown position',
      { positionId: 77 },
      {
        channel: 'order-error',
        errorCode: 'POSITION_NOT_FOUND',
        description: 'Position not found with id 77',
        orderId: 0,
        positionId: 0,
      },
    ],
    ['a label too long', { label: 'l'.repeat(101) }, { description: /label has 101 .* 100/ }],
    ['a comment too long', { comment: 'c'.repeat(513) }, { description: /comment has 513 .* 512/ }],
    [
      'a clientOrderId too long',
      { clientOrderId: 'i'.repeat(51) },
      { errorCode: 'INVALID_REQUEST', description: /clientOrderId has 51 .* 50/ },
    ],
    ['a trade side that does not exist', { tradeSide: 3 }, { errorCode: 'INVALID_REQUEST' }],
    [
      "the server's own order type",
      { orderType: OrderType.STOP_LOSS_TAKE_PROFIT },
      { channel: 'error', errorCode: 'INVALID_REQUEST' },
    ],
    ['an order type that does not exist', { orderType: 9 }, { errorCode: 'INVALID_REQUEST' }],
    ['a relative stop loss of zero', { relativeStopLoss: 0 }, { errorCode: 'INVALID_REQUEST' }],
    [
      'a stop loss inside the spread',
      { relativeStopLoss: 5 },
      {
        channel: 'order-error',
        errorCode: 'TRADING_BAD_STOPS',
        description:
          'New SL for BUY position should be <= current BID price. current BID: 1.12560, SL: 1.12561',
      },
    ],
    [
      'more than the money allows',
      { volume: 1_000_000_000 },
      { channel: 'order-error', errorCode: 'NOT_ENOUGH_MONEY', description: /Not enough funds/ },
    ],
  ])('%s', (_, change, expected) => {
    const wanted = Object.fromEntries(
      Object.entries(expected).map(([key, value]) => [
        key,
        value instanceof RegExp ? expect.stringMatching(value) : value,
      ]),
    )
    expect(refusedOrder(change)).toMatchObject(wanted)
  })

  it('a relative level off the price grid', () => {
    const { desk, market } = openDesk()
    market.set('USDJPY', '147.250', '147.258')
    const yen = { ...order, symbolId: 4 }
    expect(desk.newOrder({ ...yen, relativeStopLoss: 20_050 }, undefined)).toMatchObject({
      channel: 'error',
      errorCode: 'INVALID_REQUEST',
      description: 'Relative stop loss has invalid precision',
    })
    expect(desk.newOrder({ ...yen, relativeTakeProfit: 20_001 }, undefined)).toMatchObject({
      description: 'Relative take profit has invalid precision',
    })
    expect(desk.newOrder({ ...yen, relativeStopLoss: 20_100 }, undefined)).toBeUndefined()
  })

  it('a level nearer to the market than the instrument allows', () => {
    const eurusd = { stopLossDistance: 20, takeProfitDistance: 30 }
    // The stop loss of a long is measured from the bid, which is the spread of 6 below the entry.
    const tooClose = { errorCode: 'PROTECTION_IS_TOO_CLOSE_TO_MARKET' }
    expect(refusedOrder({ relativeStopLoss: 25 }, { eurusd })).toMatchObject(tooClose)
    expect(refusedOrder({ relativeTakeProfit: 23 }, { eurusd })).toMatchObject(tooClose)
    const { desk } = openDesk({ eurusd })
    const kept = { ...order, relativeStopLoss: 26, relativeTakeProfit: 24 }
    expect(desk.newOrder(kept, undefined)).toBeUndefined()
  })

  it('while the market is closed', () => {
    expect(refusedOrder({}, { marketHours: 'real', now: saturday })).toMatchObject({
      channel: 'order-error',
      errorCode: 'MARKET_CLOSED',
    })
    expect(openDesk({ now: saturday }).desk.newOrder(order, undefined)).toBeUndefined()
  })

  it('without a price, or without the price that the deposit needs', () => {
    expect(refusedOrder({ symbolId: 2 })).toMatchObject({ errorCode: 'NO_QUOTES' })
    const { desk, market } = openDesk()
    market.set('EURJPY', '165.700', '165.714')
    expect(desk.newOrder({ ...order, symbolId: 3 }, undefined)).toMatchObject({
      errorCode: 'NO_QUOTES',
    })
  })

  it('for an account or an instrument that may not trade', () => {
    const noTrading = { account: { accessRights: AccessRights.NO_TRADING } }
    expect(refusedOrder({}, noTrading)).toMatchObject({ errorCode: 'TRADING_NOT_ALLOWED' })
    const closeOnly = { account: { accessRights: AccessRights.CLOSE_ONLY } }
    expect(refusedOrder({}, closeOnly)).toMatchObject({ errorCode: 'TRADING_NOT_ALLOWED' })
    const halted = { eurusd: { tradingMode: TradingMode.CLOSE_ONLY_MODE } }
    expect(refusedOrder({}, halted)).toMatchObject({ errorCode: 'TRADING_DISABLED' })
    const longOnly = { eurusd: { shortSelling: false } }
    expect(refusedOrder({ tradeSide: TradeSide.SELL }, longOnly)).toMatchObject({
      errorCode: 'SHORT_SELLING_NOT_ALLOWED',
    })
  })
})

describe('a closing is refused', () => {
  it('for a position that there is not', () => {
    const { desk } = openDesk()
    const close = { ctidTraderAccountId: 1001, positionId: 4711, volume: 100_000 }
    expect(desk.closePosition(close, undefined)).toEqual({
      channel: 'order-error',
      errorCode: 'POSITION_NOT_FOUND',
      description: 'Position not found with id 4711',
      orderId: 0,
      positionId: 0,
    })
  })

  it('for more than there is, less than the least, or a volume off the step', () => {
    const { desk, close } = openPosition()
    for (const volume of [200_000, 50_000, 0, -100_000, 100_001]) {
      expect(desk.closePosition({ ...close, volume }, undefined)).toMatchObject({
        channel: 'order-error',
        errorCode: 'TRADING_BAD_VOLUME',
      })
    }
    expect(desk.closePosition({ ...close, volume: 200_000 }, undefined)?.description).toBe(
      'Order volume = 2000.00 is bigger than position volume = 1000.00.',
    )
  })

  it('while another closing of it is on its way, and after it is done', () => {
    const { clock, desk, events, close } = openPosition()
    const whole = { ...close, volume: 100_000 }
    expect(desk.closePosition(whole, 'first')).toBeUndefined()
    expect(desk.closePosition(whole, 'second')?.errorCode).toBe('POSITION_LOCKED')
    clock.advance(1000)
    expect(desk.closePosition(whole, 'third')?.errorCode).toBe('POSITION_NOT_FOUND')
    expect(new Set(events.map(({ clientMsgId }) => clientMsgId))).toEqual(new Set(['first']))
  })

  it('while the market is closed', () => {
    const setting = { marketHours: 'real', now: '2026-01-09T21:54:58Z' } as const
    const { clock, desk, close } = openPosition(setting)
    clock.advanceTo(new Date('2026-01-09T21:55:00Z'))
    const refusal = desk.closePosition({ ...close, volume: 100_000 }, undefined)
    expect(refusal?.errorCode).toBe('MARKET_CLOSED')
  })

  it('not for an account or an instrument that may only close', () => {
    const { clock, desk, events, close } = openPosition()
    desk.changeAccount(1001, { accessRights: AccessRights.CLOSE_ONLY })
    desk.changeInstrument(1, { tradingMode: TradingMode.CLOSE_ONLY_MODE })
    expect(desk.newOrder(order, undefined)?.errorCode).toBe('TRADING_NOT_ALLOWED')
    expect(desk.closePosition({ ...close, volume: 100_000 }, undefined)).toBeUndefined()
    clock.advance(1000)
    expect(events.at(-1)?.event).toMatchObject({ executionType: 3, order: { closingOrder: true } })
  })

  it('for an account or an instrument that may do nothing at all', () => {
    const { desk, close } = openPosition()
    const all = { ...close, volume: 100_000 }
    desk.changeInstrument(1, { tradingMode: TradingMode.DISABLED_WITH_PENDINGS_EXECUTION })
    expect(desk.closePosition(all, undefined)?.errorCode).toBe('TRADING_DISABLED')
    desk.changeAccount(1001, { accessRights: AccessRights.NO_TRADING })
    expect(desk.closePosition(all, undefined)?.errorCode).toBe('TRADING_NOT_ALLOWED')
  })
})
