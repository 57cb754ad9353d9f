import type { ProtoOAAmendOrderReq } from '../../protocol/index.ts'
import type { AccountBook, Order, OrderTerms } from '../engine/index.ts'
import type { Instrument } from '../world/index.ts'
import { isBeyondRecall } from './cancel-order.ts'
import { checkGuarantee } from './check-guarantee.ts'
import { checkPrecision, readPrices } from './check-prices.ts'
import { checkExpiration, checkProtection, checkStopTerms } from './check-request.ts'
import { checkMode, checkRights } from './check-trading.ts'
import { checkLimits, checkVolume } from './check-volume.ts'
import type { Floor } from './floor.ts'
import { checkOrderLevels, checkStopPrice } from './new-order.ts'
import { invalid, isRefusal, orderNotFound, refused, symbolNotFound } from './refusals.ts'
import { triggerFromWire } from './terms-from-wire.ts'
import type { DeskRefusal } from './trading-desk.ts'

/**
 * A pending order as a request wants it, or why it cannot be had. What the request leaves out stays as it is; a price in
 * the place of a distance, or the other way round, replaces it.
 */
export function amendedOrder(
  floor: Floor,
  book: AccountBook,
  request: ProtoOAAmendOrderReq,
): Order | DeskRefusal {
  const { orderId } = request
  const order = book.orders.get(orderId)
  if (order === undefined || order.status !== 'accepted') return orderNotFound(orderId)
  const instrument = floor.instrument(order.symbolId)
  if (instrument === undefined) return symbolNotFound(order.symbolId)
  if (order.type === 'protection') {
    const description = `Order ${orderId} protects a position: amend the position instead`
    return { ...refused('UNABLE_TO_AMEND_ORDER', description), orderId }
  }
  if (isBeyondRecall(order)) {
    return { ...refused('PENDING_EXECUTION', `Order ${orderId} is being executed`), orderId }
  }
  const prices = readPrices(request, instrument)
  if (isRefusal(prices)) return prices
  const malformed =
    checkRights(book.account, false) ??
    checkMode(instrument, false) ??
    checkPrecision(request, instrument) ??
    checkFields(request, order, floor.now())
  if (malformed !== undefined) return malformed
  const amended: Order = { ...order, ...change(order, request, prices), updatedAt: floor.now() }
  return checkAmended(floor, book, order, amended, instrument) ?? amended
}

/** Which fields may be there at all. */
function checkFields(
  request: ProtoOAAmendOrderReq,
  order: Order,
  now: number,
): DeskRefusal | undefined {
  const { limitPrice, stopPrice, slippageInPoints = 0 } = request
  if (limitPrice !== undefined && order.type !== 'limit') {
    return invalid('Limit price is allowed only for order types: [LIMIT]')
  }
  if (stopPrice !== undefined && order.type !== 'stop' && order.type !== 'stop-limit') {
    return invalid('Stop price is allowed only for order types: [STOP, STOP_LIMIT]')
  }
  if (stopPrice !== undefined && order.activated) {
    return invalid('The stop of this order has been reached already')
  }
  if (slippageInPoints < 0) return invalid('Slippage should not be below zero')
  const { trailingStopLoss, guaranteedStopLoss, expirationTimestamp, ...rest } = request
  // A market order that waits for the opening has no price of its own, and ends there.
  const hasPrice = order.type !== 'market'
  if (expirationTimestamp !== undefined && !hasPrice) {
    const types = '[LIMIT, STOP, STOP_LIMIT]'
    return invalid(`Expiration time is allowed only for order types: ${types}`)
  }
  return checkProtection(rest, hasPrice) ?? checkExpiration(expirationTimestamp, now)
}

function change(
  order: Order,
  request: ProtoOAAmendOrderReq,
  prices: Pick<OrderTerms, 'limitPrice' | 'stopPrice' | 'stopLoss' | 'takeProfit'>,
): Partial<Order> {
  const { volume = order.volume, slippageInPoints = order.slippageInPoints } = request
  const { expirationTimestamp: expiresAt = order.expiresAt } = request
  const { relativeStopLoss, relativeTakeProfit } = request
  const stopIsNew = prices.stopLoss !== undefined || relativeStopLoss !== undefined
  const profitIsNew = prices.takeProfit !== undefined || relativeTakeProfit !== undefined
  return {
    ...{ volume, slippageInPoints, expiresAt },
    timeInForce: request.expirationTimestamp === undefined ? order.timeInForce : 'good-till-date',
    limitPrice: prices.limitPrice ?? order.limitPrice,
    stopPrice: prices.stopPrice ?? order.stopPrice,
    ...(stopIsNew ? { stopLoss: prices.stopLoss, relativeStopLoss } : {}),
    ...(profitIsNew ? { takeProfit: prices.takeProfit, relativeTakeProfit } : {}),
    trailing: request.trailingStopLoss ?? order.trailing,
    guaranteed: request.guaranteedStopLoss ?? order.guaranteed,
    trigger:
      request.stopTriggerMethod === undefined
        ? order.trigger
        : triggerFromWire(request.stopTriggerMethod),
    armed: false,
  }
}

/** Checks what the account would hold if all of the order were filled. */
function checkExposure(
  book: AccountBook,
  { symbolId, side, volume, closing }: Order,
  instrument: Instrument,
): DeskRefusal | undefined {
  if (closing) return undefined
  const held = book.account.accountType === 'NETTED' ? book.positionOf(symbolId) : undefined
  // What closes the other side first adds nothing to this one.
  const turned = held !== undefined && held.side !== side ? held.volume : 0
  return checkLimits(book, instrument, side, volume - turned, false)
}

/** Checks the order as it would be. */
function checkAmended(
  { market }: Floor,
  book: AccountBook,
  before: Order,
  order: Order,
  instrument: Instrument,
): DeskRefusal | undefined {
  const { side, volume, stopPrice, guaranteed, trailing } = order
  if (volume <= before.executedVolume) {
    return refused('TRADING_BAD_VOLUME', 'Order volume should be greater than its filled volume')
  }
  const hasStop = order.stopLoss !== undefined || order.relativeStopLoss !== undefined
  const quote = market.quote(order.symbolId)
  const stopMoved = stopPrice !== before.stopPrice
  return (
    (volume === before.volume ? undefined : checkVolume(volume, instrument)) ??
    (volume > before.volume ? checkExposure(book, order, instrument) : undefined) ??
    checkStopTerms(trailing, guaranteed, hasStop) ??
    checkGuarantee(book, instrument, guaranteed, hasStop) ??
    (stopMoved && quote !== undefined
      ? checkStopPrice(side, stopPrice, quote, instrument)
      : undefined) ??
    checkOrderLevels(order, quote, instrument)
  )
}
