import type { ProtoOADynamicLeverage } from '../../protocol/index.ts'
import type { AccountBook } from './account-book.ts'
import { commissionOf } from './commission.ts'
import { limitedRiskMargin } from './limited-risk.ts'
import { marginOf } from './margin.ts'
import { enter, leave, type Outcome } from './position.ts'
import { type Ratio, ratio, roundHalfAway } from './ratio.ts'
import {
  type Deal,
  entryScale,
  type Order,
  type Position,
  type Protection,
  type Side,
} from './trade.ts'
import { equityOf, type Valuation } from './valuation.ts'

/** What the engine must know besides the book. */
export interface ExecutionTerms extends Valuation {
  /** By leverage id. */
  readonly leverages: ReadonlyMap<number, ProtoOADynamicLeverage>
}

/** Why something cannot be executed, as the protocol names it. */
export type ExecutionFailure = 'NO_QUOTES' | 'NOT_ENOUGH_MONEY' | 'SYMBOL_NOT_FOUND'

/** A trade to be carried out. Price in units of 1e-5; without one it is that of the market. */
export interface Trade {
  readonly side: Side
  readonly volume: number
  readonly price?: number
  /** Where a guaranteed stop loss would be, units of 1e-5. */
  readonly guaranteedStop?: number | undefined
  readonly at: number
}

/** What an execution would do. Nothing is changed yet. */
export interface Plan {
  readonly price: number
  readonly volume: number
  /** The position afterwards. */
  readonly position: Position
  readonly commission: bigint
  readonly marginRate: Ratio
  readonly baseToUsd: Ratio
  /** What it would close, if anything. */
  readonly outcome: Outcome | undefined
  /** The protection that ends because the position ends up on the other side. */
  readonly dropped: Protection | undefined
}

/**
 * Works out what a trade would do to a position: opposite to it, it first closes as much as there is; what is left over
 * opens or adds. A trade that raises the account's used margin above its equity is refused.
 *
 * Margin and conversions go by the quoted prices of the moment, also where the trade itself gets a better or worse one:
 * a capture shows a fill one point better than its margin rate.
 */
export function planExecution(
  book: AccountBook,
  position: Position,
  trade: Trade,
  terms: ExecutionTerms,
): Plan | ExecutionFailure {
  const { account } = book
  const { side, volume, at } = trade
  const instrument = terms.instruments.get(position.symbolId)
  if (instrument === undefined) return 'SYMBOL_NOT_FOUND'
  const price = trade.price ?? terms.priceOf(instrument.symbolId, side)
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
  let dropped: Protection | undefined
  if (closes > 0) {
    const exit = { volume: closes, price, commission: costOfClosing, instrument, deposit, at }
    const left = leave(position, { rate: quoteRate, ...exit })
    outcome = left.outcome
    next = left.position
  }
  if (opens > 0) {
    const tiers = terms.leverages.get(instrument.leverageId)?.tiers ?? []
    const accountLeverage = account.leverageInCents
    const byLeverage = marginOf(opens, book.volumeHeld(instrument.symbolId, side), {
      ...{ marginRate, baseToUsd, accountLeverage, tiers },
    })
    const { guaranteedStop: stopLoss } = trade
    const entryPrice = BigInt(price) * entryScale
    const risk =
      stopLoss === undefined ? undefined : { entry: entryPrice, stopLoss, volume: opens, quoteRate }
    const margin = limitedRiskMargin(account, byLeverage, risk)
    // What has turned round is a new position in all but its number.
    if (next.volume === 0 && next.openedAt !== undefined) {
      dropped = next.protection
      next = { ...next, protection: undefined, openedAt: undefined }
    }
    const entry = { side, volume: opens, price, margin, marginRate, at }
    next = enter(next, { commission: commission - costOfClosing, ...entry })
    const needed = book.usedMargin(next)
    if (needed > book.usedMargin() && equityOf(book, terms) + commission < needed) {
      return 'NOT_ENOUGH_MONEY'
    }
  }
  return { price, volume, position: next, commission, marginRate, baseToUsd, outcome, dropped }
}

/** An execution that has happened. */
export interface Execution {
  readonly order: Order
  readonly position: Position
  readonly deal: Deal
}

/**
 * Carries out a plan: the order is filled, wholly or in part, the deal is written down, and what it closed is booked.
 */
export function execute(book: AccountBook, order: Order, plan: Plan, at: number): Execution {
  const { outcome, position, price, volume, commission, marginRate, baseToUsd } = plan
  const { side, symbolId, orderId } = order
  const { positionId } = position
  const requested = order.volume - order.executedVolume
  const whole = volume >= requested
  const executed: Order = {
    ...order,
    positionId,
    status: whole ? 'filled' : order.status,
    stage: whole ? 'ended' : order.stage,
    executedVolume: order.executedVolume + volume,
    executedValue: order.executedValue + BigInt(price) * BigInt(volume),
    updatedAt: at,
    closedAt: whole ? at : undefined,
  }
  const booked =
    outcome === undefined
      ? undefined
      : book.settle(outcome.gross + outcome.swap + outcome.commission + outcome.conversionFee, at)
  const settlement =
    outcome === undefined || booked === undefined
      ? undefined
      : { balance: booked.balance, balanceVersion: booked.balanceVersion, ...outcome }
  const times = { createdAt: order.openedAt, executedAt: at }
  const deal = book.record(
    executed,
    {
      orderId,
      ...{ positionId, symbolId, side, volume, requested, price, commission },
      ...{ marginRate, baseToUsd, ...times, settlement },
    },
    position,
  )
  return { order: executed, position, deal }
}
