import { ProtoOAStopOutStrategy as Strategy } from '../../protocol/index.ts'
import type { AccountBook } from './account-book.ts'
import { type ExecutionTerms, planExecution } from './execution.ts'
import { opposite, type Position } from './trade.ts'
import { equityOf, isMarginLevelAtMost, unrealizedGross } from './valuation.ts'

/** What a stop-out closes next. */
export interface StopOutStep {
  readonly position: Position
  readonly volume: number
}

/**
 * What has to be closed first when the margin does not last: the position with the largest margin, or the one that loses
 * most. A fair stop-out closes it whole; a smart one as little of it as lifts the margin level above the threshold, in
 * steps of the instrument, and the whole of it when no part is enough. Undefined when there is nothing that can be closed.
 *
 * @param closable which positions can be traded now
 */
export function nextStopOut(
  book: AccountBook,
  terms: ExecutionTerms,
  at: number,
  closable: (position: Position) => boolean,
): StopOutStep | undefined {
  const position = firstToClose(book, terms, closable)
  if (position === undefined) return undefined
  if (book.account.fairStopOut) return { position, volume: position.volume }
  const step = terms.instruments.get(position.symbolId)?.stepVolume ?? position.volume
  const parts = Math.ceil(position.volume / step)
  const volumeOf = (count: number): number => Math.min(count * step, position.volume)
  if (!isEnough(book, position, volumeOf(parts), terms, at)) {
    return { position, volume: position.volume }
  }
  // The level rises with every part closed, so the least number that is enough can be searched for by halving.
  let few = 0
  let enough = parts
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2)
    if (isEnough(book, position, volumeOf(middle), terms, at)) enough = middle
    else few = middle
  }
  return { position, volume: volumeOf(enough) }
}

function firstToClose(
  book: AccountBook,
  terms: ExecutionTerms,
  closable: (position: Position) => boolean,
): Position | undefined {
  const byMargin = book.account.stopOutStrategy === Strategy.MOST_MARGIN_USED_FIRST
  let first: { readonly position: Position; readonly weight: bigint } | undefined
  for (const position of book.openPositions()) {
    if (!closable(position)) continue
    const weight = byMargin ? position.margin : -lossOf(position, book, terms)
    if (first === undefined || weight > first.weight) first = { position, weight }
  }
  return first?.position
}

function lossOf(position: Position, book: AccountBook, terms: ExecutionTerms): bigint {
  const gross = unrealizedGross(position, book, terms) ?? 0n
  return gross + position.swap + position.commission
}

/** Whether closing so much of a position leaves a margin level above the stop-out's. */
function isEnough(
  book: AccountBook,
  position: Position,
  volume: number,
  terms: ExecutionTerms,
  at: number,
): boolean {
  const trade = { side: opposite(position.side), volume, at }
  const plan = planExecution(book, position, trade, terms)
  if (typeof plan === 'string') return false
  // What is realised was in the equity before, but for the commission and the conversion fee of the closing.
  const cost = plan.commission + (plan.outcome?.conversionFee ?? 0n)
  const used = book.usedMargin(plan.position)
  return !isMarginLevelAtMost(equityOf(book, terms) + cost, used, book.account.stopOutLevel)
}
