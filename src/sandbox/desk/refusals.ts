import type { Instrument } from '../world/index.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Refused before anybody looked at the market: travels as ProtoOAErrorRes. */
export function invalid(description: string): DeskRefusal {
  return { channel: 'error', errorCode: 'INVALID_REQUEST', description }
}

/** Refused by the trading side: travels as ProtoOAOrderErrorEvent. */
export function refused(errorCode: string, description: string): DeskRefusal {
  return { channel: 'order-error', errorCode, description }
}

export function isRefusal(value: object | undefined): value is DeskRefusal {
  return value !== undefined && 'errorCode' in value && 'channel' in value
}

export function positionNotFound(positionId: number): DeskRefusal {
  const refusal = refused('POSITION_NOT_FOUND', `Position not found with id ${positionId}`)
  // The original fills in zeros rather than the ids asked for.
  return { ...refusal, orderId: 0, positionId: 0 }
}

export function orderNotFound(orderId: number): DeskRefusal {
  return { ...refused('ORDER_NOT_FOUND', `Order not found with id ${orderId}`), orderId }
}

export function symbolNotFound(symbolId: number): DeskRefusal {
  const description = `Symbol not found with id ${symbolId}`
  return { channel: 'error', errorCode: 'SYMBOL_NOT_FOUND', description }
}

export function noQuotes({ name }: Instrument): DeskRefusal {
  return refused('NO_QUOTES', `No quotes for symbol ${name}`)
}

/** Stops that make no sense where the market is: the ids are zeros, as captured. */
export function badStops(description: string): DeskRefusal {
  return { ...refused('TRADING_BAD_STOPS', description), orderId: 0, positionId: 0 }
}

/** Units of 1e-5 as the symbol shows them. */
export function shownPrice(price: number, instrument: Instrument): string {
  return (price / 100_000).toFixed(instrument.digits)
}
