import {
  DecodeError,
  type ProtoOAClosePositionDetail,
  type ProtoOADeal,
  type ProtoOAOrder,
  ProtoOATradeSide,
} from '../protocol/index.ts'
import { Decimal, type Instrument, Money, priceFromDouble, unitsFromCents } from '../units/index.ts'

export type Side = 'buy' | 'sell'

/** One execution against the market. */
export interface Deal {
  readonly dealId: number
  readonly side: Side
  /** Units of the base asset that were executed. */
  readonly volume: Decimal
  /** The price of the execution. Exact. */
  readonly price: Decimal
  /** This deal's commission in the deposit currency; negative when it costs. */
  readonly commission: Money
  readonly executedAt: Date
  /** What it settled, if it closed something. */
  readonly closed: ClosedPart | undefined
}

/** The money of a closing deal, in the deposit currency. */
export interface ClosedPart {
  readonly entryPrice: Decimal
  /** Units of the base asset that were closed. */
  readonly volume: Decimal
  /** Profit or loss of the price alone. */
  readonly grossProfit: Money
  readonly swap: Money
  /** Commission of opening and closing together. */
  readonly commission: Money
  readonly conversionFee: Money
  /** What the balance changed by: the sum of the four. */
  readonly netProfit: Money
  /** The balance afterwards. */
  readonly balance: Money
}

/** What an order did to the market: nearly always one deal, several when it was filled in parts. */
export interface Fill {
  readonly orderId: number
  readonly positionId: number
  readonly symbol: string
  readonly side: Side
  /** Units of the base asset that were executed. */
  readonly volume: Decimal
  /**
   * The price of the whole order. Exact as the server states it; where it states none for several deals, their average
   * by volume, rounded to the symbol's digits.
   */
  readonly price: Decimal
  /** Commission of all deals. */
  readonly commission: Money
  /** When the last deal was executed. */
  readonly executedAt: Date
  readonly deals: readonly Deal[]
  /** What it settled, if it closed something; the parts of several deals added up. */
  readonly closed: ClosedPart | undefined
}

/** What is needed to say a deal in exact numbers. */
export interface FillContext {
  readonly instrument: Instrument
  /** The deposit currency's name. */
  readonly currency: string
}

/** The digits of amounts when the server names none. */
const defaultMoneyDigits = 2

/** Puts the deals of an order together. The list holds at least one. */
export function toFill(
  wire: readonly [ProtoOADeal, ...ProtoOADeal[]],
  order: ProtoOAOrder | undefined,
  context: FillContext,
): Fill {
  const deals = wire.map((deal) => toDeal(deal, context))
  const last = wire.at(-1) ?? wire[0]
  const [first] = deals as [Deal]
  const closed = deals.flatMap((deal) => deal.closed ?? [])
  return {
    orderId: last.orderId,
    positionId: last.positionId,
    symbol: context.instrument.name,
    side: first.side,
    volume: deals.reduce((sum, deal) => sum.plus(deal.volume), new Decimal(0n)),
    price: priceOf(deals, order?.executionPrice, context.instrument.digits),
    commission: total(deals, (deal) => deal.commission),
    executedAt: new Date(last.executionTimestamp),
    deals,
    closed: closed.length === 0 ? undefined : addParts(closed as [ClosedPart, ...ClosedPart[]]),
  }
}

function priceOf(deals: readonly Deal[], stated: number | undefined, digits: number): Decimal {
  const [first] = deals as readonly [Deal]
  if (deals.length === 1) return first.price
  if (stated !== undefined) return priceFromDouble(stated, digits)
  // One digit more than is kept decides about rounding; volumes have two.
  const scale = digits + 1
  const coefficient = (value: Decimal, places: number): bigint => value.round(places).coefficient
  const volume = deals.reduce((sum, deal) => sum + coefficient(deal.volume, 2), 0n)
  const weighted = deals.reduce(
    (sum, deal) => sum + coefficient(deal.price, scale) * coefficient(deal.volume, 2),
    0n,
  )
  return new Decimal(weighted / volume, scale).round(digits)
}

function toDeal(deal: ProtoOADeal, context: FillContext): Deal {
  if (deal.executionPrice === undefined) {
    throw new DecodeError('ProtoOADeal', 'executionPrice', 'a deal that was executed has no price')
  }
  const { digits } = context.instrument
  const moneyDigits = deal.moneyDigits ?? defaultMoneyDigits
  return {
    dealId: deal.dealId,
    side: deal.tradeSide === ProtoOATradeSide.BUY ? 'buy' : 'sell',
    volume: unitsFromCents(deal.filledVolume),
    price: priceFromDouble(deal.executionPrice, digits),
    commission: Money.fromMinor(deal.commission ?? 0n, moneyDigits, context.currency),
    executedAt: new Date(deal.executionTimestamp),
    closed:
      deal.closePositionDetail === undefined
        ? undefined
        : toClosedPart(deal.closePositionDetail, deal, context),
  }
}

function toClosedPart(
  detail: ProtoOAClosePositionDetail,
  deal: ProtoOADeal,
  context: FillContext,
): ClosedPart {
  const moneyDigits = detail.moneyDigits ?? deal.moneyDigits ?? defaultMoneyDigits
  const money = (minor: bigint): Money => Money.fromMinor(minor, moneyDigits, context.currency)
  const fee = detail.pnlConversionFee ?? 0n
  return {
    entryPrice: priceFromDouble(detail.entryPrice, context.instrument.digits),
    volume: unitsFromCents(detail.closedVolume ?? deal.filledVolume),
    grossProfit: money(detail.grossProfit),
    swap: money(detail.swap),
    commission: money(detail.commission),
    conversionFee: money(fee),
    netProfit: money(detail.grossProfit + detail.swap + detail.commission + fee),
    balance: money(detail.balance),
  }
}

function addParts(parts: readonly [ClosedPart, ...ClosedPart[]]): ClosedPart {
  const [first] = parts
  return {
    entryPrice: first.entryPrice,
    volume: parts.reduce((sum, part) => sum.plus(part.volume), new Decimal(0n)),
    grossProfit: total(parts, (part) => part.grossProfit),
    swap: total(parts, (part) => part.swap),
    commission: total(parts, (part) => part.commission),
    conversionFee: total(parts, (part) => part.conversionFee),
    netProfit: total(parts, (part) => part.netProfit),
    balance: (parts.at(-1) ?? first).balance,
  }
}

function total<T>(items: readonly T[], amount: (item: T) => Money): Money {
  const amounts = items.map(amount)
  return amounts.reduce((sum, item) => sum.plus(item))
}
