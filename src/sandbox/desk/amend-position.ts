import type { ProtoOAAmendPositionSLTPReq } from '../../protocol/index.ts'
import {
  type AccountBook,
  closingPrice,
  type Position,
  type ProtectionTerms,
} from '../engine/index.ts'
import { checkGuarantee } from './check-guarantee.ts'
import { checkLevels, marketReference } from './check-levels.ts'
import { readPrices } from './check-prices.ts'
import { checkProtection, checkStopTerms } from './check-request.ts'
import { checkRights } from './check-trading.ts'
import { isBeingClosed } from './close-position.ts'
import type { Floor } from './floor.ts'
import { invalid, isRefusal, noQuotes, positionNotFound, refused } from './refusals.ts'
import { triggerFromWire } from './terms-from-wire.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** What a request makes of a position's protection; without terms it is to go. */
export interface ProtectionChange {
  readonly position: Position
  readonly terms: ProtectionTerms | undefined
}

/**
 * How a request wants a position protected, or why that cannot be. Both levels are replaced as one set: what is left out
 * goes.
 */
export function protectionChange(
  floor: Floor,
  book: AccountBook,
  request: ProtoOAAmendPositionSLTPReq,
): ProtectionChange | DeskRefusal {
  const { positionId } = request
  const position = book.positions.get(positionId)
  const instrument = floor.instrument(position?.symbolId ?? 0)
  if (position === undefined || position.volume === 0 || instrument === undefined) {
    return positionNotFound(positionId)
  }
  const rights = checkRights(book.account, true)
  if (rights !== undefined) return rights
  const guard = book.orders.get(position.protection?.orderId ?? 0)
  if (isBeingClosed(book, positionId) || guard?.stage === 'executing') {
    return refused('POSITION_LOCKED', `Position ${positionId} is being closed`)
  }
  const given = readPrices(
    { stopLoss: request.stopLoss, takeProfit: request.takeProfit },
    instrument,
  )
  if (isRefusal(given)) return given
  const { stopLoss, takeProfit } = given
  const before = position.protection
  const hasStop = stopLoss !== undefined
  const bare = before === undefined && !hasStop && takeProfit === undefined
  if (request.trailingStopLoss !== undefined && !hasStop) {
    return invalid("Can't set Trailing Stop Loss parameter without specified Stop Loss")
  }
  if (bare) return invalid('Nothing to amend.')
  const trailing = hasStop && (request.trailingStopLoss ?? before?.trailing ?? false)
  const guaranteed = hasStop && (request.guaranteedStopLoss ?? before?.guaranteed ?? false)
  const malformed =
    checkProtection({ stopTriggerMethod: request.stopLossTriggerMethod }, true) ??
    checkStopTerms(trailing, request.guaranteedStopLoss ?? guaranteed, hasStop) ??
    checkGuarantee(book, instrument, guaranteed, hasStop)
  if (malformed !== undefined) return malformed
  const quote = floor.market.quote(position.symbolId)
  if (quote === undefined) return noQuotes(instrument)
  const { side } = position
  const reference = marketReference(side, quote)
  const refusal =
    checkWorse(position, stopLoss, guaranteed) ??
    checkLevels({ stopLoss, takeProfit }, side, guaranteed, reference, instrument)
  if (refusal !== undefined) return refusal
  if (!hasStop && takeProfit === undefined) return { position, terms: undefined }
  const distance = trailing && hasStop ? Math.abs(closingPrice(side, quote) - stopLoss) : undefined
  const trigger =
    request.stopLossTriggerMethod === undefined
      ? (before?.trigger ?? 'trade')
      : triggerFromWire(request.stopLossTriggerMethod)
  return { position, terms: { stopLoss, takeProfit, trailing, guaranteed, trigger, distance } }
}

/** A guarantee that was given is kept, and its price gets no worse for whoever gave it. */
function checkWorse(
  { protection, side }: Position,
  stopLoss: number | undefined,
  guaranteed: boolean,
): DeskRefusal | undefined {
  if (protection === undefined || !protection.guaranteed) return undefined
  const { stopLoss: before = 0 } = protection
  const away = side === 'buy' ? -1 : 1
  const farther = stopLoss !== undefined && (stopLoss - before) * away > 0
  if (guaranteed && !farther) return undefined
  return refused(
    'WORSE_GSL_NOT_ALLOWED',
    'A Guaranteed Stop Loss can only be moved towards the market',
  )
}
