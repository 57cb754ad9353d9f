import { CTraderError } from '../errors.ts'

/** A volume that the symbol does not allow. Nothing was sent. */
export class InvalidVolumeError extends CTraderError {
  constructor(symbol: string, volume: string, problem: string, remedy: string) {
    super('INVALID_VOLUME', `${volume} of ${symbol} ${problem}.`, {
      facts: { symbol, volume },
      remedy,
    })
  }
}

/** A stop-loss or take-profit distance that does not sit on the symbol's price grid. Nothing was sent. */
export class InvalidDistanceError extends CTraderError {
  constructor(symbol: string, what: string, distance: string, digits: number) {
    super(
      'INVALID_DISTANCE',
      `A ${what} of ${distance} is not a whole number of price steps of ${symbol}.`,
      {
        facts: { symbol, distance, digits },
        remedy: `Prices of ${symbol} have ${digits} digits; give a multiple of the smallest step.`,
      },
    )
  }
}

/** The account has no open position with this id. */
export class PositionNotFoundError extends CTraderError {
  constructor(positionId: number) {
    super('POSITION_NOT_FOUND', `The account has no open position ${positionId}.`, {
      facts: { positionId },
      remedy: 'It may have been closed meanwhile; list the positions.',
    })
  }
}

/** What is known about an order when its outcome is not. */
export interface UnknownOrder {
  readonly clientMsgId: string
  /** The id chosen for the order by this side; undefined for a close, which carries none. */
  readonly clientOrderId: string | undefined
  /** The server's id, when the order was at least accepted. */
  readonly orderId: number | undefined
}

/**
 * An order was sent and its outcome did not arrive. It may have been executed, and is never sent again by itself.
 */
export class OrderOutcomeUnknownError extends CTraderError {
  readonly clientMsgId: string
  readonly clientOrderId: string | undefined
  readonly orderId: number | undefined

  constructor(order: UnknownOrder, cause: unknown) {
    super(
      'ORDER_OUTCOME_UNKNOWN',
      'The order was sent, and whether it was executed is not known.',
      {
        facts: { ...order },
        remedy: 'Do not send it again: connect and compare the open positions and orders first.',
        cause,
      },
    )
    this.clientMsgId = order.clientMsgId
    this.clientOrderId = order.clientOrderId
    this.orderId = order.orderId
  }
}

/** An accepted order ended without being executed: cancelled, expired or rejected by the server. */
export class OrderNotFilledError extends CTraderError {
  readonly orderId: number
  /** How it ended. */
  readonly ending: 'cancelled' | 'expired' | 'rejected'
  /** The server's own code, where it gave one. */
  readonly serverCode: string | undefined

  constructor(
    orderId: number,
    ending: OrderNotFilledError['ending'],
    serverCode: string | undefined,
  ) {
    const reason = serverCode === undefined ? '' : ` (${serverCode})`
    super('ORDER_NOT_FILLED', `Order ${orderId} was ${ending} without being executed${reason}.`, {
      facts: { orderId, ending, serverCode },
      remedy: 'Nothing was traded. Check the market and the order, then decide anew.',
    })
    this.orderId = orderId
    this.ending = ending
    this.serverCode = serverCode
  }
}
