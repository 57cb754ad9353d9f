import type { ProtoOAClosePositionReq } from '../../protocol/index.ts'
import {
  type AccountBook,
  type Order,
  opposite,
  type Position,
  plainMarketOrder,
} from '../engine/index.ts'
import { checkMarket, checkMode, checkRights } from './check-trading.ts'
import { checkPartialVolume } from './check-volume.ts'
import type { Floor } from './floor.ts'
import { isRefusal, positionNotFound, refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Takes a closing into the book as a market order, or says why not. */
export function takeClosing(
  floor: Floor,
  book: AccountBook,
  { positionId, volume }: ProtoOAClosePositionReq,
): Order | DeskRefusal {
  const position = book.positions.get(positionId)
  const instrument = floor.instrument(position?.symbolId ?? 0)
  if (position === undefined || position.volume === 0 || instrument === undefined) {
    return positionNotFound(positionId)
  }
  const now = floor.now()
  const bad =
    checkRights(book.account, true) ??
    checkPartialVolume(volume, position.volume, instrument) ??
    checkMode(instrument, true)
  if (bad !== undefined) return bad
  if (isBeingClosed(book, positionId)) {
    return refused('POSITION_LOCKED', `Position ${positionId} is being closed`)
  }
  const closed = checkMarket(instrument, floor, now)
  if (isRefusal(closed)) return closed
  return book.accept(closingOrder(position, volume), { positionId }, now)
}

/** The market order that closes so much of a position. History lists it with the levels that the position had. */
export function closingOrder({ symbolId, side, protection }: Position, volume: number) {
  const { stopLoss, takeProfit } = protection ?? {}
  return {
    symbolId,
    ...plainMarketOrder,
    ...{ side: opposite(side), volume, stopLoss, takeProfit, closing: true },
  }
}

/** Whether a market order that closes the position, or a part of it, is on its way. */
export function isBeingClosed(book: AccountBook, positionId: number): boolean {
  return book
    .ordersOf(positionId)
    .some(({ closing, status, type }) => closing && type === 'market' && status === 'accepted')
}
