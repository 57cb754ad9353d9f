import type { ProtoOADynamicLeverage } from '../../protocol/index.ts'
import type { AccountBook } from './account-book.ts'
import { commissionOf } from './commission.ts'
import { marginOf } from './margin.ts'
import { enter, leave, type Outcome } from './position.ts'
import { type Ratio, ratio, roundHalfAway } from './ratio.ts'
import type { Deal, Order, Position, Side } from './trade.ts'
import { equityOf, type Valuation } from './valuation.ts'

/** What the engine must know besides the book. */
export interface ExecutionTerms extends Valuation {
  /** By leverage id. */
  readonly leverages: ReadonlyMap<number, ProtoOADynamicLeverage>
}

/** Why something cannot be executed, as the protocol names it. */
export type ExecutionFailure = 'NO_QUOTES' | 'NOT_ENOUGH_MONEY' | 'SYMBOL_NOT_FOUND'

/** What an execution would do. Nothing is changed yet. */
export interface Plan {
  readonly price: number
  /** The position afterwards. */
  readonly position: Position
  readonly commission: bigint
  readonly marginRate: Ratio
  readonly baseToUsd: Ratio
  /** What it would close, if anything. */
  readonly outcome: Outcome | undefined
  /** Whether the position would end up on the other side. */
  readonly reverses: boolean
}

/**
 * Works out what a trade would do to a position: opposite to it, it first closes as much as there is; what is left over
 * opens or adds. A trade that raises the account's used margin above its equity is refused.
 */
export function planExecution(
  book: AccountBook,
  position: Position,
  trade: { readonly side: Side; readonly volume: number; readonly at: number },
  terms: ExecutionTerms,
): Plan | ExecutionFailure {
  const { account } = book
  const { side, volume, at } = trade
  const instrument = terms.instruments.get(position.symbolId)
  if (instrument === undefined) return 'SYMBOL_NOT_FOUND'
  const price = terms.priceOf(instrument.symbolId, side)
  const rates = terms.conversion.rates(terms.priceOf, side)
  const marginRate = rates(instrument.base, account.depositAsset)
  const baseToUsd = rates(instrument.base, 'USD')
  const quoteRate = rates(instrument.quote, account.depositAsset)
  const deposit = { asset: account.depositAsset, digits: account.moneyDigits }
  if (price === undefined || marginRate === undefined) return 'NO_QUOTES'
  if (baseToUsd === undefined || quoteRate === undefined) return 'NO_QUOTES'
  const commission = commissionOf(instrument, volume, price, rates, deposit)
  if (commission === undefined) return 'NO_QUOTES'

  const closes = position.side === side ? 0 : Math.min(volume, position.volume)
  const opens = volume - closes
  const costOfClosing = roundHalfAway(ratio(commission * BigInt(closes), volume))
  let outcome: Outcome | undefined
  let next = position
  if (closes > 0) {
    const exit = { volume: closes, price, commission: costOfClosing, instrument, deposit, at }
    const left = leave(position, { ...exit, rate: quoteRate })
    outcome = left.outcome
    next = left.position
  }
  const reverses = closes > 0 && opens > 0
  if (opens > 0) {
    const tiers = terms.leverages.get(instrument.leverageId)?.tiers ?? []
    const accountLeverage = account.leverageInCents
    const margin = marginOf(opens, book.volumeHeld(instrument.symbolId, side), {
      ...{ marginRate, baseToUsd, accountLeverage, tiers },
    })
    // What has turned round is a new position in all but its number.
    if (reverses) next = { ...next, protection: undefined, openedAt: undefined }
    const entry = { side, volume: opens, price, margin, marginRate, at }
    next = enter(next, { ...entry, commission: commission - costOfClosing })
    const needed = book.usedMargin([next])
    if (needed > book.usedMargin() && equityOf(book, terms) + commission < needed) {
      return 'NOT_ENOUGH_MONEY'
    }
  }
  return { price, position: next, commission, marginRate, baseToUsd, outcome, reverses }
}

/** An execution that has happened. */
export interface Execution {
  readonly order: Order
  readonly position: Position
  readonly deal: Deal
}

/** Carries out a plan: the order is filled, the deal written down, and what it closed is booked. */
export function execute(book: AccountBook, order: Order, plan: Plan, at: number): Execution {
  const { outcome, position, price, commission, marginRate, baseToUsd } = plan
  const { volume, side, symbolId, orderId } = order
  const { positionId } = position
  const filled: Order = {
    ...order,
    positionId,
    status: 'filled',
    executedVolume: volume,
    executionPrice: price,
    updatedAt: at,
    closedAt: at,
  }
  const booked =
    outcome === undefined
      ? undefined
      : book.settle(outcome.gross + outcome.swap + outcome.commission + outcome.conversionFee, at)
  const settlement =
    outcome === undefined || booked === undefined ? undefined : { ...outcome, ...booked }
  const times = { createdAt: order.openedAt, executedAt: at }
  const deal = book.record(
    filled,
    {
      ...{ orderId, positionId, symbolId, side, volume, price, commission, marginRate, baseToUsd },
      ...{ ...times, settlement },
    },
    position,
  )
  return { order: filled, position, deal }
}
