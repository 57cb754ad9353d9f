import type { FailureRow } from './row.ts'
import { allow, executionMs, holdPrice, limit, market, openPosition, stop } from './trades.ts'

const error = { request: 'newOrder', channel: 'error', code: 'INVALID_REQUEST' } as const
const orderError = { request: 'newOrder', channel: 'order-error' } as const
const required = (names: string): string => `Message missing required fields: ${names}`
const digits = (what: string, price: number, digits: number): string =>
  `Order ${what} = ${price} has more digits than symbol allows. Allowed ${digits} digits`

const onlyPending =
  'SL/TP in absolute values are allowed only for order types: [LIMIT, STOP, STOP_LIMIT]'
const noDigits = 1.0740002441

/** What goes wrong with new orders. */
export const orderFailures: readonly FailureRow[] = [
  {
    ...{ ...error, failure: 'an unknown symbol', code: 'SYMBOL_NOT_FOUND', text: /77/ },
    fields: { ...market, symbolId: 77 },
  },
  {
    ...{ ...error, failure: "the server's own order type", text: /not accepted/ },
    fields: { ...market, orderType: 4 },
  },
  {
    ...{ ...error, failure: 'a limit order without limit', text: required('limitPrice') },
    fields: { ...market, orderType: 2 },
  },
  {
    ...{ ...error, failure: 'a stop order without stop', text: required('stopPrice') },
    fields: { ...market, orderType: 3 },
  },
  {
    ...{ ...error, failure: 'a stop limit order without slippage' },
    ...{ text: required('slippageInPoints'), fields: { ...stop, orderType: 6 } },
  },
  {
    ...{ ...error, failure: 'a market range without base' },
    ...{
      text: required('baseSlippagePrice, slippageInPoints'),
      fields: { ...market, orderType: 5 },
    },
  },
  {
    ...{ ...error, failure: 'absolute levels on a market order', text: onlyPending },
    fields: { ...market, stopLoss: 1 },
  },
  {
    ...{ ...error, failure: 'absolute levels on a market range order', text: onlyPending },
    fields: {
      ...market,
      orderType: 5,
      baseSlippagePrice: 1.1,
      slippageInPoints: 10,
      takeProfit: 2,
    },
  },
  {
    ...{ ...error, failure: 'a price with too many decimals', text: digits('price', noDigits, 5) },
    fields: { ...limit, limitPrice: noDigits },
  },
  {
    ...{ ...error, failure: 'a stop loss with too many decimals' },
    ...{ text: digits('protection', 1.0000001, 5), fields: { ...limit, stopLoss: 1.0000001 } },
  },
  {
    ...{ ...error, failure: 'a take profit with too many decimals' },
    ...{ text: digits('protection', 160.0001, 3) },
    fields: { ...limit, symbolId: 4, limitPrice: 100, takeProfit: 160.0001 },
  },
  {
    ...{ ...error, failure: 'a relative stop loss off the grid' },
    text: 'Relative stop loss has invalid precision',
    fields: { ...market, symbolId: 4, relativeStopLoss: 150 },
  },
  {
    ...{ ...error, failure: 'a relative take profit off the grid' },
    text: 'Relative take profit has invalid precision',
    fields: { ...market, symbolId: 4, relativeTakeProfit: 150 },
  },
  {
    ...{ ...error, failure: 'a level given twice', text: /price and as a distance/ },
    fields: { ...limit, stopLoss: 1, relativeStopLoss: 5 },
  },
  {
    ...{ ...orderError, failure: 'a price of zero', code: 'TRADING_BAD_PRICES', text: /= 0/ },
    fields: { ...limit, limitPrice: 0 },
  },
  {
    ...{ ...orderError, failure: 'a stop beyond the market', code: 'TRADING_BAD_PRICES' },
    ...{ text: /should be >= current ASK price/, fields: { ...stop, stopPrice: 0.9 } },
  },
  {
    ...{ ...orderError, failure: 'a stop loss on the wrong side', code: 'TRADING_BAD_STOPS' },
    ...{
      text: /New SL for BUY order should be <= order price/,
      fields: { ...limit, stopLoss: 1.2 },
    },
  },
  {
    ...{ ...orderError, failure: 'a take profit on the wrong side', code: 'TRADING_BAD_STOPS' },
    ...{
      text: /New TP for BUY order should be >= order price/,
      fields: { ...limit, takeProfit: 1 },
    },
  },
  {
    ...{ ...orderError, failure: 'a stop loss too close', text: /at least 100 points/ },
    code: 'PROTECTION_IS_TOO_CLOSE_TO_MARKET',
    fields: { ...limit, symbolId: 10_021, volume: 10, limitPrice: 20_000, stopLoss: 19_999.5 },
  },
  {
    ...{ ...orderError, failure: 'a volume too small', code: 'TRADING_BAD_VOLUME' },
    text: 'Order volume = 16.00 is smaller than minimum allowed volume = 1000.00.',
    fields: { ...market, volume: 1600 },
  },
  {
    ...{ ...orderError, failure: 'a volume too large', code: 'TRADING_BAD_VOLUME' },
    ...{ text: /bigger than maximum/, fields: { ...market, volume: 1_000_100_000 } },
  },
  {
    ...{ ...orderError, failure: 'a volume off the step', code: 'TRADING_BAD_VOLUME' },
    ...{ text: /not a multiple/, fields: { ...market, volume: 100_001 } },
  },
  {
    ...{ ...orderError, failure: 'an unknown position', code: 'POSITION_NOT_FOUND' },
    ...{ text: 'Position not found with id 77', fields: { ...market, positionId: 77 } },
  },
  {
    ...{
      ...error,
      failure: 'a position of another symbol',
      text: /of another symbol: 1$/,
      own: {},
    },
    async fields(scene) {
      const positionId = await openPosition(scene)
      return { ...market, symbolId: 2, positionId }
    },
  },
  {
    ...{ ...orderError, failure: 'an expiration in the past', text: /in the future/ },
    ...{ code: 'TRADING_BAD_EXPIRATION_DATE', fields: { ...limit, expirationTimestamp: 9 } },
  },
  {
    ...{ ...error, failure: 'a date that is missing', text: required('expirationTimestamp') },
    fields: { ...limit, timeInForce: 1 },
  },
  {
    ...{ ...error, failure: 'a limit for the opening', text: /MARKET_ON_OPEN/ },
    fields: { ...limit, timeInForce: 5 },
  },
  {
    ...{ ...error, failure: 'a label too long', text: /label has 101 .* 100/ },
    fields: { ...market, label: 'x'.repeat(101) },
  },
  {
    ...{ ...error, failure: 'a comment too long', text: /comment has 513 .* 512/ },
    fields: { ...market, comment: 'x'.repeat(513) },
  },
  {
    ...{ ...error, failure: 'a client order id too long', text: /clientOrderId has 51 .* 50/ },
    fields: { ...market, clientOrderId: 'x'.repeat(51) },
  },
  {
    ...{ ...error, failure: 'trailing without stop loss' },
    text: "Can't set Trailing Stop Loss parameter without specified Stop Loss",
    fields: { ...market, trailingStopLoss: true },
  },
  {
    ...{ ...error, failure: 'a guarantee that is not offered', text: /not available/ },
    fields: { ...market, relativeStopLoss: 500, guaranteedStopLoss: true },
  },
  {
    ...{ ...orderError, failure: 'not enough money', code: 'NOT_ENOUGH_MONEY' },
    ...{ text: /Not enough funds/, fields: { ...market, volume: 900_000_000 } },
  },
  {
    ...{ ...orderError, failure: 'a closed market', code: 'MARKET_CLOSED', own: {} },
    text: 'Market is closed for symbol EURUSD',
    fields({ sandbox }) {
      sandbox.control.market.close('EURUSD')
      return market
    },
  },
  {
    ...{ ...error, failure: 'a market that closes before the execution', own: {} },
    ...{ channel: 'event', code: 'MARKET_CLOSED' },
    fields(scene) {
      holdPrice(scene)
      return market
    },
    meanwhile({ sandbox, clock }) {
      sandbox.control.market.close('EURUSD')
      clock.advance(executionMs)
    },
  },
  {
    ...{ ...orderError, failure: 'an account that may only close', code: 'TRADING_NOT_ALLOWED' },
    ...{ own: {}, text: /not allowed/ },
    fields(scene) {
      allow(scene, 'close-only')
      return market
    },
  },
  {
    ...{ ...orderError, failure: 'an account that may not trade', code: 'TRADING_NOT_ALLOWED' },
    ...{ own: {}, text: /not allowed/ },
    fields(scene) {
      allow(scene, 'no-trading')
      return market
    },
  },
]
