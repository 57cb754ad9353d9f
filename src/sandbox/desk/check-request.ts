import {
  ProtoOAOrderType as OrderType,
  type ProtoOANewOrderReq,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
  ProtoOAOrderTriggerMethod as TriggerMethod,
} from '../../protocol/index.ts'
import { invalid, refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Most characters of what a client may write on an order. */
const lengths = { label: 100, comment: 512, clientOrderId: 50 } as const

/** What each type of order cannot be without. */
const needed = new Map<OrderType, readonly (keyof ProtoOANewOrderReq)[]>([
  [OrderType.MARKET, []],
  [OrderType.LIMIT, ['limitPrice']],
  [OrderType.STOP, ['stopPrice']],
  [OrderType.MARKET_RANGE, ['baseSlippagePrice', 'slippageInPoints']],
  [OrderType.STOP_LIMIT, ['stopPrice', 'slippageInPoints']],
])

/** Checks what can be told from a new order alone. */
export function checkRequest(request: ProtoOANewOrderReq, now: number): DeskRefusal | undefined {
  const { tradeSide, orderType, slippageInPoints = 0 } = request
  if (!isOneOf(TradeSide, tradeSide)) return invalid(`Unknown trade side ${tradeSide}`)
  const fields = needed.get(orderType)
  if (orderType === OrderType.STOP_LOSS_TAKE_PROFIT) {
    return invalid('Order type STOP_LOSS_TAKE_PROFIT is not accepted from clients')
  }
  if (fields === undefined) return invalid(`Unknown order type ${orderType}`)
  const missing = fields.filter((field) => request[field] === undefined)
  if (missing.length > 0) {
    return invalid(`Message missing required fields: ${missing.join(', ')}`)
  }
  if (slippageInPoints < 0) return invalid('Slippage should not be below zero')
  for (const [field, most] of Object.entries(lengths)) {
    const length = request[field as keyof typeof lengths]?.length ?? 0
    if (length > most) return invalid(`Field ${field} has ${length} characters. Allowed ${most}`)
  }
  return checkTime(request, now) ?? checkProtection(request, isPending(orderType))
}

/** Whether orders of a type wait for their price. */
export function isPending(type: OrderType): boolean {
  return type === OrderType.LIMIT || type === OrderType.STOP || type === OrderType.STOP_LIMIT
}

function checkTime(request: ProtoOANewOrderReq, now: number): DeskRefusal | undefined {
  const { orderType, timeInForce, expirationTimestamp } = request
  if (timeInForce !== undefined && !isOneOf(TimeInForce, timeInForce)) {
    return invalid(`Unknown time in force ${timeInForce}`)
  }
  if (timeInForce === TimeInForce.MARKET_ON_OPEN && orderType !== OrderType.MARKET) {
    return invalid('Time in force MARKET_ON_OPEN is allowed only for order types: [MARKET]')
  }
  if (!isPending(orderType)) return undefined
  if (timeInForce === TimeInForce.GOOD_TILL_DATE && expirationTimestamp === undefined) {
    return invalid('Message missing required fields: expirationTimestamp')
  }
  return checkExpiration(expirationTimestamp, now)
}

export function checkExpiration(
  expiration: number | undefined,
  now: number,
): DeskRefusal | undefined {
  if (expiration === undefined || expiration > now) return undefined
  return refused(
    'TRADING_BAD_EXPIRATION_DATE',
    `Expiration time = ${expiration} should be in the future. Server time = ${now}`,
  )
}

interface ProtectionFields {
  readonly stopLoss?: number | undefined
  readonly takeProfit?: number | undefined
  readonly relativeStopLoss?: number | undefined
  readonly relativeTakeProfit?: number | undefined
  readonly trailingStopLoss?: boolean | undefined
  readonly guaranteedStopLoss?: boolean | undefined
  readonly stopTriggerMethod?: TriggerMethod | undefined
}

/** Checks what can be told of stop loss and take profit without looking at the market. */
export function checkProtection(
  fields: ProtectionFields,
  takesAbsolute: boolean,
): DeskRefusal | undefined {
  const { stopLoss, takeProfit, relativeStopLoss, relativeTakeProfit } = fields
  const { trailingStopLoss = false, guaranteedStopLoss = false, stopTriggerMethod } = fields
  if (!takesAbsolute && (stopLoss !== undefined || takeProfit !== undefined)) {
    const types = '[LIMIT, STOP, STOP_LIMIT]'
    return invalid(`SL/TP in absolute values are allowed only for order types: ${types}`)
  }
  if (stopLoss !== undefined && relativeStopLoss !== undefined) {
    return invalid('Stop loss is given as a price and as a distance')
  }
  if (takeProfit !== undefined && relativeTakeProfit !== undefined) {
    return invalid('Take profit is given as a price and as a distance')
  }
  if (stopTriggerMethod !== undefined && !isOneOf(TriggerMethod, stopTriggerMethod)) {
    return invalid(`Unknown trigger method ${stopTriggerMethod}`)
  }
  const hasStop = stopLoss !== undefined || relativeStopLoss !== undefined
  return checkStopTerms(trailingStopLoss, guaranteedStopLoss, hasStop)
}

/** Trailing and guaranteed are properties of a stop loss, and exclude each other. */
export function checkStopTerms(
  trailing: boolean,
  guaranteed: boolean,
  hasStop: boolean,
): DeskRefusal | undefined {
  if (trailing && !hasStop) {
    return invalid("Can't set Trailing Stop Loss parameter without specified Stop Loss")
  }
  if (guaranteed && !hasStop) {
    return invalid("Can't set Guaranteed Stop Loss parameter without specified Stop Loss")
  }
  if (trailing && guaranteed) {
    return invalid('Stop Loss is either trailing or guaranteed')
  }
  return undefined
}

function isOneOf(values: Readonly<Record<string, number>>, value: number): boolean {
  return Object.values(values).includes(value)
}
