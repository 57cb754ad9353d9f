import {
  ProtoOAChangeBalanceType as ChangeBalance,
  ProtoOAExecutionType as ExecutionType,
} from '../../protocol/index.ts'
import {
  type AccountBook,
  closingPrice,
  equityOf,
  type Levels,
  limitedRiskMargin,
  marginOf,
  type Order,
  type Plan,
  type Position,
  type Protection,
  type ProtectionTerms,
  ratio,
  roundHalfAway,
  times,
} from '../engine/index.ts'
import type { Floor } from './floor.ts'
import type { Cause } from './job.ts'
import { MarginNews } from './margin-news.ts'
import { levelsOf } from './new-order.ts'
import type { ProtectionWatch } from './protection-watch.ts'

/** What the server does about positions' stop losses and take profits. */
export class ProtectionFlow {
  readonly #floor: Floor
  readonly #watch: ProtectionWatch
  readonly #news: MarginNews

  constructor(floor: Floor, watch: ProtectionWatch) {
    this.#floor = floor
    this.#watch = watch
    this.#news = new MarginNews(floor)
  }

  /** Lets the protection follow a fill, a little later. */
  follow(book: AccountBook, order: Order, plan: Plan, cause: Cause): void {
    const { positionId, side, protection } = plan.position
    const wanted = levelsOf(order, plan.price)
    const hasLevels = wanted.stopLoss !== undefined || wanted.takeProfit !== undefined
    // Only an order that opens or adds brings levels; what it brought with a first part counts for the others.
    const opens = side === order.side && !order.closing
    const first = order.executedVolume === plan.volume
    const levels = opens && hasLevels && first ? wanted : undefined
    const entersProtected = opens && hasLevels && !first
    if (protection === undefined && levels === undefined && !entersProtected) return
    const { accountId } = book.account
    const { orderId } = order
    this.#floor.jobs.after(this.#floor.latencies.draw('protection'), {
      kind: 'protect',
      ...{ accountId, positionId, orderId, levels, cause },
    })
  }

  /** Protects a position as a fill wants it, adapts its protection to the volume, or ends it with the position. */
  protect(
    book: AccountBook,
    positionId: number,
    order: Order,
    levels: Levels | undefined,
    cause: Cause,
  ): void {
    const position = book.positions.get(positionId)
    if (position === undefined) return
    if (position.volume === 0) return this.#end(book, position, cause)
    const now = position.protection
    // Another fill may have come in between, and then the position's protection is that one's affair.
    if (levels !== undefined && position.side === order.side) {
      const { stopLoss = now?.stopLoss, takeProfit = now?.takeProfit } = levels
      const isNew = levels.stopLoss !== undefined
      const { trailing, guaranteed, trigger } = isNew || now === undefined ? order : now
      const distance = trailing ? this.#distanceOf(position, stopLoss) : now?.distance
      const terms = { stopLoss, takeProfit, trailing, guaranteed, trigger, distance }
      this.#set(book, position, terms, cause)
    } else if (now !== undefined && book.orders.get(now.orderId)?.volume !== position.volume) {
      this.#set(book, position, now, cause)
    }
  }

  /** Carries out what a request wants of a position's protection. */
  amend(
    book: AccountBook,
    position: Position,
    terms: ProtectionTerms | undefined,
    cause: Cause,
  ): void {
    if (terms !== undefined) return this.#set(book, position, terms, cause)
    const { protection } = position
    if (protection === undefined) return
    const bare = book.putPosition({
      ...position,
      protection: undefined,
      updatedAt: this.#floor.now(),
    })
    this.drop(book, protection, bare, cause)
  }

  /** Ends the protection order of a position that goes on without it, or ended. */
  drop(book: AccountBook, { orderId }: Protection, position: Position, cause: Cause): void {
    const order = book.orders.get(orderId)
    if (order?.status !== 'accepted') return
    const cancelled = book.end(order, 'cancelled', this.#floor.now())
    const { ORDER_CANCELLED: type } = ExecutionType
    this.#floor.publish(book, { type, order: cancelled, position }, cause)
  }

  #set(book: AccountBook, position: Position, terms: ProtectionTerms, cause: Cause): void {
    const { ORDER_ACCEPTED, ORDER_REPLACED } = ExecutionType
    const before = position.protection
    const type = before === undefined ? ORDER_ACCEPTED : ORDER_REPLACED
    const { stopLoss, takeProfit, trailing, guaranteed, trigger, distance } = terms
    const set = book.protect(
      position,
      { stopLoss, takeProfit, trailing, guaranteed, trigger, distance },
      this.#floor.now(),
    )
    const rated = this.#rate(book, set.position)
    this.#floor.publish(book, { type, order: set.order, position: rated }, cause)
    this.#news.tell(book, position, rated)
    if (guaranteed && before?.guaranteed !== true) this.#charge(book, rated)
    this.#floor.changed(book, position.symbolId)
    this.#watch.add(book, rated)
  }

  /** On a limited risk account the margin may go by what the guaranteed stop loss can lose. */
  #rate(book: AccountBook, position: Position): Position {
    const { protection, side, volume, entry, margin, marginRate } = position
    const { stopLoss, guaranteed } = protection ?? {}
    if (!book.account.isLimitedRisk || guaranteed !== true || stopLoss === undefined)
      return position
    const { conversion, priceOf, leverages } = this.#floor.terms
    const instrument = this.#floor.instrument(position.symbolId)
    const { depositAsset, leverageInCents: accountLeverage } = book.account
    const rates = conversion.rates(priceOf, side)
    const quoteRate = rates(instrument?.quote ?? '', depositAsset)
    const baseToUsd = rates(instrument?.base ?? '', 'USD')
    if (quoteRate === undefined || baseToUsd === undefined) return position
    const tiers = leverages.get(instrument?.leverageId ?? 0)?.tiers ?? []
    const byLeverage = marginOf(volume, 0, { marginRate, baseToUsd, accountLeverage, tiers })
    const rated = limitedRiskMargin(book.account, byLeverage, {
      entry,
      stopLoss,
      volume,
      quoteRate,
    })
    return rated === margin ? position : book.putPosition({ ...position, margin: rated })
  }

  /** Ends a position that has no volume left, by the end of its protection order. */
  #end(book: AccountBook, position: Position, cause: Cause): void {
    const ended = book.endPosition(position, this.#floor.now())
    if (position.protection !== undefined) this.drop(book, position.protection, ended, cause)
  }

  #distanceOf(position: Position, stopLoss: number | undefined): number | undefined {
    const quote = this.#floor.market.quote(position.symbolId)
    if (quote === undefined || stopLoss === undefined) return undefined
    return Math.abs(closingPrice(position.side, quote) - stopLoss)
  }

  /** A guarantee costs so many US cents per lot, at once. */
  #charge(book: AccountBook, { symbolId, side, volume }: Position): void {
    const instrument = this.#floor.instrument(symbolId)
    const { depositAsset, moneyDigits } = book.account
    const { conversion, priceOf } = this.#floor.terms
    const rate = conversion.rates(priceOf, side)('USD', depositAsset)
    if (instrument === undefined || rate === undefined || instrument.guaranteedCharge === 0) return
    const lots = ratio(volume, instrument.lotSize)
    const dollars = times(lots, ratio(instrument.guaranteedCharge, 100))
    const charge = roundHalfAway(times(times(dollars, rate), ratio(10n ** BigInt(moneyDigits))))
    if (charge === 0n) return
    const equity = equityOf(book, this.#floor.terms) - charge
    const { BALANCE_WITHDRAW_GSL_CHARGE: type } = ChangeBalance
    const cashFlow = book.changeBalance(type, -charge, equity, undefined, this.#floor.now())
    this.#floor.publish(
      book,
      { type: ExecutionType.DEPOSIT_WITHDRAW, cashFlow },
      { server: true, clientMsgId: undefined },
    )
    this.#floor.changed(book, undefined)
  }
}
