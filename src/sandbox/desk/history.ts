import type {
  ProtoOADeal,
  ProtoOADealOffset,
  ProtoOADepositWithdraw,
  ProtoOAOrder,
} from '../../protocol/index.ts'
import { type AccountBook, type Deal, type Order, offsetsOf } from '../engine/index.ts'
import { pageEnd } from '../page-end.ts'
import type { Floor } from './floor.ts'
import type { HistoryPage, HistoryQuery } from './trading-desk.ts'
import { cashFlowToWire, dealToListed, orderToListed, priceToWire } from './wire-forms.ts'

/** Answers what was, newest first. */
export class History {
  readonly #floor: Floor

  constructor(floor: Floor) {
    this.#floor = floor
  }

  deals(book: AccountBook, deals: readonly Deal[], query: HistoryQuery): HistoryPage<ProtoOADeal> {
    const page = newest(deals, ({ executedAt }) => executedAt, query)
    const { moneyDigits } = book.account
    return { ...page, rows: page.rows.map((deal) => dealToListed(deal, moneyDigits)) }
  }

  /** @param orders the one changed last at the end; there may be gaps */
  orders(orders: readonly (Order | undefined)[], query: HistoryQuery): HistoryPage<ProtoOAOrder> {
    const page = newest(orders, ({ updatedAt }) => updatedAt, query)
    const rows: ProtoOAOrder[] = []
    for (const order of page.rows) {
      const row = this.order(order)
      if (row !== undefined) rows.push(row)
    }
    return { ...page, rows }
  }

  order(order: Order): ProtoOAOrder | undefined {
    const instrument = this.#floor.instrument(order.symbolId)
    return instrument && orderToListed(order, instrument)
  }

  /** In the order in which the money moved. */
  cashFlows(book: AccountBook, from: number, to: number): readonly ProtoOADepositWithdraw[] {
    const { moneyDigits } = book.account
    return book.cashFlows
      .filter(({ at }) => from <= at && at <= to)
      .map((flow) => cashFlowToWire(flow, moneyDigits))
  }

  /** Which deals closed a deal, and which ones it closed. */
  offsets(
    book: AccountBook,
    deal: Deal,
  ): { readonly offsetBy: ProtoOADealOffset[]; readonly offsetting: ProtoOADealOffset[] } {
    const offsets = offsetsOf(book.dealsOf(deal.positionId))
    const { dealId } = deal
    const show = (other: Deal, volume: number): ProtoOADealOffset => ({
      dealId: other.dealId,
      volume,
      executionTimestamp: other.executedAt,
      executionPrice: priceToWire(other.price),
    })
    return {
      offsetBy: offsets
        .filter(({ opening }) => opening.dealId === dealId)
        .map(({ closing, volume }) => show(closing, volume)),
      offsetting: offsets
        .filter(({ closing }) => closing.dealId === dealId)
        .map(({ opening, volume }) => show(opening, volume)),
    }
  }
}

/** The newest rows of a stretch of time, of rows in order of their times; walks no further than it has to. */
function newest<Row>(
  rows: readonly (Row | undefined)[],
  timeOf: (row: Row) => number,
  { from, to, most }: HistoryQuery,
): HistoryPage<Row> {
  const found: Row[] = []
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index]
    if (row === undefined || timeOf(row) > to) continue
    if (timeOf(row) < from) break
    const end = pageEnd(found, timeOf, timeOf(row), most)
    if (end !== undefined) return { rows: found.slice(0, end), hasMore: true }
    found.push(row)
  }
  return { rows: found, hasMore: false }
}
