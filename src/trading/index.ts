export { type ClosePositionOptions, checkClosePosition, closePosition } from './close-position.ts'
export {
  InvalidDistanceError,
  InvalidVolumeError,
  OrderNotFilledError,
  OrderOutcomeUnknownError,
  PositionNotFoundError,
  type UnknownOrder,
} from './errors.ts'
export type { ClosedPart, Deal, Fill, Side } from './fill.ts'
export type { Order } from './order.ts'
export { type PlaceOrderOptions, placeOrder, placeOrderOptionNames } from './place-order.ts'
export { fetchPositions, type Position, toPosition } from './positions.ts'
export type { TradingContext, TradingOptions } from './send-order.ts'
