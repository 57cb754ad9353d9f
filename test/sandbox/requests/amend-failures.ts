import type { FailureRow, Scene } from './row.ts'
import {
  allow,
  executionMs,
  limit,
  market,
  openPosition,
  openProtected,
  placeOrder,
  stop,
} from './trades.ts'

const ctidTraderAccountId = 1001
const invalid = { channel: 'error', code: 'INVALID_REQUEST', own: {} } as const
const orderError = { channel: 'order-error', own: {} } as const
const cancel = { request: 'cancelOrder', ...orderError } as const
const amend = { request: 'amendOrder', ...orderError } as const
const protect = { request: 'amendPositionSltp', ...orderError } as const
const close = { request: 'closePosition', ...orderError } as const
const noOrder = { code: 'ORDER_NOT_FOUND', text: 'Order not found with id 77' } as const
const noPosition = { code: 'POSITION_NOT_FOUND', text: 'Position not found with id 77' } as const
const trailing = "Can't set Trailing Stop Loss parameter without specified Stop Loss"
const notAllowed = {
  failure: 'an account that may not trade',
  code: 'TRADING_NOT_ALLOWED',
  text: /not allowed/,
} as const

/** Changes to an order that is there. */
const ofOrder =
  (change: object, order: object = limit) =>
  async (scene: Scene) => {
    const orderId = await placeOrder(scene, order)
    return { ctidTraderAccountId, orderId, ...change }
  }

/** Changes to a long position that is there, or to a short one. */
const ofPosition =
  (change: object, side: 'long' | 'short' = 'long') =>
  async (scene: Scene) => {
    const positionId = await openPosition(scene, { tradeSide: side === 'long' ? 1 : 2 })
    return { ctidTraderAccountId, positionId, ...change }
  }

/** The id of an order on its way to the market. */
async function onItsWay(scene: Scene) {
  return { ctidTraderAccountId, orderId: await placeOrder(scene, market) }
}

async function protection(scene: Scene) {
  return { ctidTraderAccountId, orderId: await openProtected(scene) }
}

/** A position of which a closing is on its way. */
const beingClosed = (change: object) => async (scene: Scene) => {
  const positionId = await openPosition(scene)
  await scene.askAccount('ProtoOAClosePositionReq', { positionId, volume: 100_000 })
  return { ctidTraderAccountId, positionId, ...change }
}

const withoutRights = (fields: (scene: Scene) => Promise<object>) => async (scene: Scene) => {
  const request = await fields(scene)
  allow(scene, 'no-trading')
  return request
}

/** What goes wrong with changes to orders and positions. */
export const amendFailures: readonly FailureRow[] = [
  {
    ...{ ...cancel, failure: 'an unknown order', ...noOrder },
    fields: { ctidTraderAccountId, orderId: 77 },
  },
  {
    ...{ ...cancel, failure: 'a cancelled order', code: 'ORDER_NOT_FOUND' },
    text: /Order not found with id \d+/,
    async fields(scene) {
      const orderId = await placeOrder(scene)
      await scene.askAccount('ProtoOACancelOrderReq', { orderId })
      return { ctidTraderAccountId, orderId }
    },
  },
  {
    ...{ ...cancel, failure: 'an order that is being executed', channel: 'event' },
    ...{ code: 'PENDING_EXECUTION', fields: onItsWay },
  },
  {
    ...{ ...cancel, failure: 'a protection order', code: 'UNABLE_TO_CANCEL_ORDER' },
    ...{ text: /protects a position/, fields: protection },
  },
  { ...cancel, ...notAllowed, fields: withoutRights(ofOrder({})) },

  {
    ...{ ...amend, failure: 'an unknown order', ...noOrder },
    fields: { ctidTraderAccountId, orderId: 77, volume: 100_000 },
  },
  {
    ...{ ...amend, ...invalid, failure: 'a price with too many decimals' },
    text: 'Order price = 1.0740002441 has more digits than symbol allows. Allowed 5 digits',
    fields: ofOrder({ limitPrice: 1.0740002441 }),
  },
  {
    ...{ ...amend, ...invalid, failure: 'a level with too many decimals' },
    text: 'Order protection = 1.0000001 has more digits than symbol allows. Allowed 5 digits',
    fields: ofOrder({ stopLoss: 1.0000001 }),
  },
  {
    ...{ ...amend, ...invalid, failure: 'a relative level off the grid' },
    text: 'Relative take profit has invalid precision',
    fields: ofOrder({ relativeTakeProfit: 150 }, { ...limit, symbolId: 4, limitPrice: 100 }),
  },
  {
    ...{ ...amend, failure: 'a level on the wrong side', code: 'TRADING_BAD_STOPS' },
    ...{
      text: /New SL for BUY order should be <= order price/,
      fields: ofOrder({ stopLoss: 1.2 }),
    },
  },
  {
    ...{ ...amend, ...invalid, failure: 'the price of another type' },
    ...{ text: /only for order types: \[STOP, STOP_LIMIT\]/, fields: ofOrder({ stopPrice: 1.3 }) },
  },
  {
    ...{ ...amend, failure: 'a volume too small', code: 'TRADING_BAD_VOLUME' },
    text: 'Order volume = 16.00 is smaller than minimum allowed volume = 1000.00.',
    fields: ofOrder({ volume: 1600 }),
  },
  {
    ...{ ...amend, failure: 'a stop beyond the market', code: 'TRADING_BAD_PRICES' },
    ...{ text: /should be >= current ASK price/, fields: ofOrder({ stopPrice: 0.9 }, stop) },
  },
  {
    ...{ ...amend, failure: 'an expiration in the past', code: 'TRADING_BAD_EXPIRATION_DATE' },
    ...{ text: /in the future/, fields: ofOrder({ expirationTimestamp: 9 }) },
  },
  {
    ...{ ...amend, failure: 'a protection order', code: 'UNABLE_TO_AMEND_ORDER' },
    ...{ text: /protects a position/, fields: protection },
  },
  {
    ...{ ...amend, failure: 'an order that is being executed', code: 'PENDING_EXECUTION' },
    ...{ text: /being executed/, fields: onItsWay },
  },
  { ...amend, ...notAllowed, fields: withoutRights(ofOrder({ volume: 200_000 })) },

  {
    ...{ ...protect, failure: 'an unknown position', ...noPosition },
    fields: { ctidTraderAccountId, positionId: 77, stopLoss: 1 },
  },
  {
    ...{ ...protect, failure: 'a stop loss of a long above the bid', code: 'TRADING_BAD_STOPS' },
    text: 'New SL for BUY position should be <= current BID price. current BID: 1.12560, SL: 1.12561',
    fields: ofPosition({ stopLoss: 1.12561 }),
  },
  {
    ...{ ...protect, failure: 'a take profit of a long below the bid', code: 'TRADING_BAD_STOPS' },
    text: 'New TP for BUY position should be >= current BID price. current BID: 1.12560, TP: 1.12559',
    fields: ofPosition({ takeProfit: 1.12559 }),
  },
  {
    ...{ ...protect, failure: 'a stop loss of a short below the ask', code: 'TRADING_BAD_STOPS' },
    text: 'New SL for SELL position should be >= current ASK price. current ASK: 1.12566, SL: 1.12565',
    fields: ofPosition({ stopLoss: 1.12565 }, 'short'),
  },
  {
    ...{ ...protect, failure: 'a take profit of a short above the ask', code: 'TRADING_BAD_STOPS' },
    text: 'New TP for SELL position should be <= current ASK price. current ASK: 1.12566, TP: 1.12567',
    fields: ofPosition({ takeProfit: 1.12567 }, 'short'),
  },
  {
    ...{ ...protect, ...invalid, failure: 'a level with too many decimals' },
    text: 'Order protection = 1.0000001 has more digits than symbol allows. Allowed 5 digits',
    fields: ofPosition({ stopLoss: 1.0000001 }),
  },
  {
    ...{ ...protect, failure: 'a level too close', code: 'PROTECTION_IS_TOO_CLOSE_TO_MARKET' },
    text: /SL should be at least 50 points from the market/,
    async fields(scene) {
      scene.sandbox.control.market.setPrice('XAUUSD', { bid: '3312.400', ask: '3312.500' })
      const gold = { symbolId: 41, volume: 100 }
      const positionId = await openPosition(scene, gold)
      return { ctidTraderAccountId, positionId, stopLoss: 3312.351 }
    },
  },
  {
    ...{ ...protect, ...invalid, failure: 'nothing to amend', text: 'Nothing to amend.' },
    fields: ofPosition({}),
  },
  {
    ...{ ...protect, ...invalid, failure: 'trailing without stop loss', text: trailing },
    // Even to switch it off.
    fields: ofPosition({ takeProfit: 1.2, trailingStopLoss: false }),
  },
  {
    ...{ ...protect, failure: 'a position that is being closed', code: 'POSITION_LOCKED' },
    ...{ text: /being closed/, fields: beingClosed({ stopLoss: 1 }) },
  },
  { ...protect, ...notAllowed, fields: withoutRights(ofPosition({ stopLoss: 1 })) },

  {
    ...{ ...close, failure: 'an unknown position', ...noPosition },
    fields: { ctidTraderAccountId, positionId: 77, volume: 100_000 },
  },
  {
    ...{ ...close, failure: 'a closed position', code: 'POSITION_NOT_FOUND' },
    text: /Position not found with id \d+/,
    async fields(scene) {
      const request = await beingClosed({ volume: 100_000 })(scene)
      scene.clock.advance(executionMs)
      return request
    },
  },
  {
    ...{ ...close, failure: 'a volume too small', code: 'TRADING_BAD_VOLUME' },
    text: 'Order volume = 16.00 is smaller than minimum allowed volume = 1000.00.',
    fields: ofPosition({ volume: 1600 }),
  },
  {
    ...{ ...close, failure: 'a volume off the step', code: 'TRADING_BAD_VOLUME' },
    text: /1000\.01 is not a multiple of step volume = 1000\.00/,
    async fields(scene) {
      const positionId = await openPosition(scene, { volume: 200_000 })
      return { ctidTraderAccountId, positionId, volume: 100_001 }
    },
  },
  {
    ...{ ...close, failure: 'more than there is', code: 'TRADING_BAD_VOLUME' },
    text: 'Order volume = 2000.00 is bigger than position volume = 1000.00.',
    fields: ofPosition({ volume: 200_000 }),
  },
  {
    ...{ ...close, failure: 'a closed market', code: 'MARKET_CLOSED' },
    text: 'Market is closed for symbol EURUSD',
    async fields(scene) {
      const request = await ofPosition({ volume: 100_000 })(scene)
      scene.sandbox.control.market.close('EURUSD')
      return request
    },
  },
  {
    ...{ ...close, failure: 'a position that is being closed', code: 'POSITION_LOCKED' },
    ...{ text: /being closed/, fields: beingClosed({ volume: 100_000 }) },
  },
  { ...close, ...notAllowed, fields: withoutRights(ofPosition({ volume: 100_000 })) },
]
