import {
  ProtoOATimeInForce as WireTime,
  ProtoOAOrderTriggerMethod as WireTrigger,
  ProtoOAOrderType as WireType,
} from '../../protocol/index.ts'
import type { OrderType, TimeInForce, TriggerMethod } from '../engine/index.ts'

export function orderTypeFromWire(type: WireType): OrderType {
  switch (type) {
    case WireType.LIMIT:
      return 'limit'
    case WireType.STOP:
      return 'stop'
    case WireType.STOP_LIMIT:
      return 'stop-limit'
    case WireType.MARKET_RANGE:
      return 'market-range'
    default:
      return 'market'
  }
}

/** Orders that do not wait for a price live for a moment, whatever the request says, unless all or nothing is wanted. */
export function timeInForceFromWire(time: WireTime | undefined, pending: boolean): TimeInForce {
  if (time === WireTime.FILL_OR_KILL) return 'fill-or-kill'
  if (time === WireTime.MARKET_ON_OPEN) return 'market-on-open'
  if (!pending || time === WireTime.IMMEDIATE_OR_CANCEL) return 'immediate-or-cancel'
  return time === WireTime.GOOD_TILL_DATE ? 'good-till-date' : 'good-till-cancel'
}

export function triggerFromWire(method: WireTrigger | undefined): TriggerMethod {
  switch (method) {
    case WireTrigger.OPPOSITE:
      return 'opposite'
    case WireTrigger.DOUBLE_TRADE:
      return 'double-trade'
    case WireTrigger.DOUBLE_OPPOSITE:
      return 'double-opposite'
    default:
      return 'trade'
  }
}
