import { type ProtoOAPosition, ProtoOATradeSide } from '../protocol/index.ts'
import type { CallOptions, Session } from '../session/index.ts'
import {
  type Decimal,
  type Instrument,
  Money,
  priceFromDouble,
  unitsFromCents,
} from '../units/index.ts'
import type { Side } from './fill.ts'

/** An open position. Amounts are in the deposit currency. */
export interface Position {
  readonly positionId: number
  readonly symbol: string
  readonly symbolId: number
  readonly side: Side
  /** Units of the base asset. */
  readonly volume: Decimal
  /** The average price of its opening; undefined where the server gives none. */
  readonly entryPrice: Decimal | undefined
  readonly stopLoss: Decimal | undefined
  readonly takeProfit: Decimal | undefined
  /** Margin that it binds. */
  readonly usedMargin: Money
  /** Swap charged so far, settled when it is closed. */
  readonly swap: Money
  /** Commission of its opening, settled when it is closed. */
  readonly commission: Money
  readonly openedAt: Date | undefined
  readonly label: string | undefined
  readonly comment: string | undefined
}

const defaultMoneyDigits = 2

/**
 * The open positions as the server holds them, in the protocol's own form.
 *
 * - Wire: `ProtoOAReconcileReq`
 */
export async function fetchPositions(
  session: Session,
  accountId: number,
  options: CallOptions = {},
): Promise<readonly ProtoOAPosition[]> {
  const answer = await session.call.reconcile({ ctidTraderAccountId: accountId }, options)
  return answer.position
}

/** A position in exact numbers. */
export function toPosition(
  position: ProtoOAPosition,
  instrument: Instrument,
  currency: string,
): Position {
  const { tradeData } = position
  const price = (value: number | undefined): Decimal | undefined =>
    value === undefined ? undefined : priceFromDouble(value, instrument.digits)
  const money = (minor: bigint | undefined): Money =>
    Money.fromMinor(minor ?? 0n, position.moneyDigits ?? defaultMoneyDigits, currency)
  return {
    positionId: position.positionId,
    symbol: instrument.name,
    symbolId: instrument.symbolId,
    side: tradeData.tradeSide === ProtoOATradeSide.BUY ? 'buy' : 'sell',
    volume: unitsFromCents(tradeData.volume),
    entryPrice: price(position.price),
    stopLoss: price(position.stopLoss),
    takeProfit: price(position.takeProfit),
    usedMargin: money(position.usedMargin),
    swap: money(position.swap),
    commission: money(position.commission),
    openedAt: tradeData.openTimestamp === undefined ? undefined : new Date(tradeData.openTimestamp),
    label: tradeData.label,
    comment: tradeData.comment,
  }
}
