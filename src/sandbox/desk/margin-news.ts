import { type AccountBook, limitedRiskMargin, marginOf, type Position } from '../engine/index.ts'
import type { Floor } from './floor.ts'

/**
 * Tells when the margin of a position that stays open has changed: because it was added to or closed in part, or because
 * the margins of its symbol are worked out again after every change.
 */
export class MarginNews {
  readonly #floor: Floor
  readonly #known = new Map<number, Position>()

  constructor(floor: Floor) {
    this.#floor = floor
  }

  /** Takes down the positions of the symbol before a change. */
  before(book: AccountBook, symbolId: number): void {
    this.#known.clear()
    for (const position of book.positionsOf(symbolId)) {
      if (position.volume > 0) this.#known.set(position.positionId, position)
    }
  }

  /** Works out and tells what is different now. */
  after(book: AccountBook, symbolId: number): void {
    if (this.#floor.behaviour.marginUpdates === 'every-change') this.#workOut(book, symbolId)
    for (const position of book.positionsOf(symbolId)) {
      const before = this.#known.get(position.positionId)
      if (before !== undefined) this.tell(book, before, position)
    }
  }

  /** Tells of one position. */
  tell(book: AccountBook, before: Position, after: Position): void {
    // Positions never change in place: most are the same object, and nothing has to be worked out about them.
    if (before === after) return
    const { accountId, moneyDigits } = book.account
    const { positionId, volume } = after
    const usedMargin = book.marginOf(after)
    if (book.marginOf(before) === usedMargin || volume === 0) return
    this.#floor.tell({
      accountId,
      name: 'ProtoOAMarginChangedEvent',
      event: { ctidTraderAccountId: accountId, positionId, usedMargin, moneyDigits },
      clientMsgId: undefined,
    })
  }

  /** Margins of all positions of a symbol at the prices of now, the oldest in the lowest tiers. */
  #workOut(book: AccountBook, symbolId: number): void {
    const { terms } = this.#floor
    const instrument = terms.instruments.get(symbolId)
    if (instrument === undefined) return
    const { depositAsset, leverageInCents: accountLeverage } = book.account
    const tiers = terms.leverages.get(instrument.leverageId)?.tiers ?? []
    const held = { buy: 0, sell: 0 }
    const fresh: Position[] = []
    for (const position of book.positionsOf(symbolId)) {
      const { side, volume, entry, protection } = position
      const rates = terms.conversion.rates(terms.priceOf, side)
      const marginRate = rates(instrument.base, depositAsset)
      const baseToUsd = rates(instrument.base, 'USD')
      if (marginRate === undefined || baseToUsd === undefined || volume === 0) continue
      const quoteRate = rates(instrument.quote, depositAsset)
      const each = { marginRate, baseToUsd, accountLeverage, tiers }
      const byLeverage = marginOf(volume, held[side], each)
      held[side] += volume
      const { stopLoss, guaranteed } = protection ?? {}
      const risk =
        guaranteed !== true || stopLoss === undefined || quoteRate === undefined
          ? undefined
          : { entry, stopLoss, volume, quoteRate }
      // The guarantee that its margin goes by is set a moment after the fill.
      if (book.account.isLimitedRisk && risk === undefined) continue
      fresh.push({
        ...position,
        margin: limitedRiskMargin(book.account, byLeverage, risk),
        marginRate,
      })
    }
    for (const position of fresh) book.putPosition(position)
  }
}
