import {
  ProtoOAOrderType as OrderType,
  type ProtoOANewOrderReq,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import { invalid, notYet } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Most characters of what a client may write on an order. */
const lengths = { label: 100, comment: 512, clientOrderId: 50 } as const

/** Checks what can be told from a new order alone. */
export function checkRequest(request: ProtoOANewOrderReq): DeskRefusal | undefined {
  const { tradeSide, timeInForce } = request
  if (tradeSide !== TradeSide.BUY && tradeSide !== TradeSide.SELL) {
    return invalid(`Unknown trade side ${tradeSide}`)
  }
  const refusal = checkType(request)
  if (refusal !== undefined) return refusal
  if (timeInForce === TimeInForce.MARKET_ON_OPEN)
    return notYet('hold orders for the market opening')
  if (request.trailingStopLoss === true) return notYet('trail stop losses')
  if (request.guaranteedStopLoss === true) return notYet('guarantee stop losses')
  for (const [field, most] of Object.entries(lengths)) {
    const length = request[field as keyof typeof lengths]?.length ?? 0
    if (length > most) return invalid(`Field ${field} has ${length} characters. Allowed ${most}`)
  }
  return undefined
}

function checkType({
  orderType,
  stopLoss,
  takeProfit,
}: ProtoOANewOrderReq): DeskRefusal | undefined {
  if (orderType === OrderType.STOP_LOSS_TAKE_PROFIT) {
    return invalid('Order type STOP_LOSS_TAKE_PROFIT is not accepted from clients')
  }
  if (orderType !== OrderType.MARKET) {
    const name = Object.entries(OrderType).find(([, value]) => value === orderType)?.[0]
    if (name === undefined) return invalid(`Unknown order type ${orderType}`)
    return notYet(`take ${name} orders`)
  }
  if (stopLoss !== undefined || takeProfit !== undefined) {
    const types = '[LIMIT, STOP, STOP_LIMIT]'
    return invalid(`SL/TP in absolute values are allowed only for order types: ${types}`)
  }
  return undefined
}
