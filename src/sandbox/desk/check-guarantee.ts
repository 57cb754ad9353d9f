import type { AccountBook } from '../engine/index.ts'
import type { Instrument } from '../world/index.ts'
import { badStops, invalid } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Checks whether a stop loss may be guaranteed, and whether it has to be. */
export function checkGuarantee(
  book: AccountBook,
  instrument: Instrument,
  guaranteed: boolean,
  hasStop: boolean,
): DeskRefusal | undefined {
  if (guaranteed && !instrument.guaranteedStopLoss) {
    return invalid(`Guaranteed Stop Loss is not available for symbol ${instrument.name}`)
  }
  if (book.account.isLimitedRisk && !(guaranteed && hasStop)) {
    return badStops('A limited risk account needs a Guaranteed Stop Loss')
  }
  return undefined
}
