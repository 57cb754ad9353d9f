import {
  ProtoOAAccountType as AccountType,
  ProtoOADealStatus as DealStatus,
  ProtoOALimitedRiskMarginCalculationStrategy as LimitedRisk,
  ProtoOAOrderStatus as OrderStatus,
  ProtoOAOrderType as OrderType,
  ProtoOAPositionStatus as PositionStatus,
  type ProtoOAClosePositionDetail,
  type ProtoOADeal,
  type ProtoOAOrder,
  type ProtoOAPosition,
  type ProtoOATrader,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
  ProtoOAOrderTriggerMethod as TriggerMethod,
} from '../../protocol/index.ts'
import {
  type AccountBook,
  type Deal,
  entryScale,
  type Order,
  type Position,
  ratio,
  type Settlement,
  type Side,
  toDouble,
} from '../engine/index.ts'
import type { Instrument } from '../world/index.ts'

const positionStatus = {
  created: PositionStatus.POSITION_STATUS_CREATED,
  open: PositionStatus.POSITION_STATUS_OPEN,
  closed: PositionStatus.POSITION_STATUS_CLOSED,
} as const

const orderStatus = {
  accepted: OrderStatus.ORDER_STATUS_ACCEPTED,
  filled: OrderStatus.ORDER_STATUS_FILLED,
  rejected: OrderStatus.ORDER_STATUS_REJECTED,
  cancelled: OrderStatus.ORDER_STATUS_CANCELLED,
} as const

/** A position as it is sent. Without volume it shows no price, no margin and no rate. */
export function positionToWire(
  position: Position,
  book: AccountBook,
  instrument: Instrument,
): ProtoOAPosition {
  const { protection } = position
  const held = position.volume > 0
  return {
    positionId: position.positionId,
    tradeData: {
      symbolId: position.symbolId,
      volume: position.volume,
      tradeSide: sideToWire(position.side),
      openTimestamp: position.openedAt,
      label: position.label,
      guaranteedStopLoss: false,
      comment: position.comment,
      measurementUnits: instrument.measurementUnits,
      closeTimestamp: position.closedAt,
    },
    positionStatus: positionStatus[position.status],
    swap: position.swap,
    price: held ? entryToWire(position.entry) : 0,
    stopLoss: priceToWire(protection?.stopLoss),
    takeProfit: priceToWire(protection?.takeProfit),
    utcLastUpdateTimestamp: position.updatedAt,
    commission: position.commission,
    marginRate: held ? toDouble(position.marginRate) : undefined,
    mirroringCommission: 0n,
    guaranteedStopLoss: false,
    usedMargin: book.marginOf(position),
    stopLossTriggerMethod: protection?.stopLoss === undefined ? undefined : TriggerMethod.TRADE,
    moneyDigits: book.account.moneyDigits,
  }
}

export function orderToWire(order: Order, instrument: Instrument): ProtoOAOrder {
  const protects = order.type === 'protection'
  return {
    orderId: order.orderId,
    tradeData: {
      symbolId: order.symbolId,
      volume: order.volume,
      tradeSide: sideToWire(order.side),
      openTimestamp: order.openedAt,
      label: order.label,
      guaranteedStopLoss: false,
      comment: order.comment,
      measurementUnits: instrument.measurementUnits,
      closeTimestamp: order.closedAt,
    },
    orderType: protects ? OrderType.STOP_LOSS_TAKE_PROFIT : OrderType.MARKET,
    orderStatus: orderStatus[order.status],
    executionPrice: priceToWire(order.executionPrice),
    executedVolume: order.executedVolume,
    utcLastUpdateTimestamp: order.updatedAt,
    closingOrder: order.closing,
    limitPrice: priceToWire(order.limitPrice),
    stopPrice: priceToWire(order.stopPrice),
    clientOrderId: order.clientOrderId,
    timeInForce: protects ? TimeInForce.GOOD_TILL_CANCEL : TimeInForce.IMMEDIATE_OR_CANCEL,
    positionId: order.positionId,
    relativeStopLoss: order.relativeStopLoss,
    relativeTakeProfit: order.relativeTakeProfit,
    isStopOut: false,
    trailingStopLoss: false,
    stopTriggerMethod: order.stopPrice === undefined ? undefined : TriggerMethod.TRADE,
  }
}

export function dealToWire(deal: Deal, book: AccountBook): ProtoOADeal {
  const { moneyDigits } = book.account
  return {
    dealId: deal.dealId,
    orderId: deal.orderId,
    positionId: deal.positionId,
    volume: deal.volume,
    filledVolume: deal.volume,
    symbolId: deal.symbolId,
    createTimestamp: deal.createdAt,
    executionTimestamp: deal.executedAt,
    utcLastUpdateTimestamp: deal.executedAt,
    executionPrice: priceToWire(deal.price),
    tradeSide: sideToWire(deal.side),
    dealStatus: DealStatus.FILLED,
    marginRate: toDouble(deal.marginRate),
    commission: deal.commission,
    baseToUsdConversionRate: toDouble(deal.baseToUsd),
    closePositionDetail:
      deal.settlement === undefined ? undefined : settlementToWire(deal.settlement, moneyDigits),
    moneyDigits,
  }
}

function settlementToWire(settled: Settlement, moneyDigits: number): ProtoOAClosePositionDetail {
  return {
    entryPrice: entryToWire(settled.entry),
    grossProfit: settled.gross,
    swap: settled.swap,
    commission: settled.commission,
    balance: settled.balance,
    quoteToDepositConversionRate: toDouble(settled.rate),
    closedVolume: settled.closedVolume,
    balanceVersion: settled.balanceVersion,
    moneyDigits,
    pnlConversionFee: settled.conversionFee,
  }
}

export function traderToWire(book: AccountBook, depositAssetId: number): ProtoOATrader {
  const { account } = book
  return {
    ctidTraderAccountId: account.accountId,
    balance: book.balance,
    balanceVersion: book.balanceVersion,
    managerBonus: 0n,
    ibBonus: 0n,
    nonWithdrawableBonus: 0n,
    accessRights: account.accessRights,
    depositAssetId,
    swapFree: account.swapFree,
    leverageInCents: account.leverageInCents,
    totalMarginCalculationType: account.totalMargin,
    maxLeverage: account.maxLeverage,
    traderLogin: account.traderLogin,
    accountType: account.accountType === 'HEDGED' ? AccountType.HEDGED : AccountType.NETTED,
    brokerName: account.brokerName,
    registrationTimestamp: account.registeredAt,
    isLimitedRisk: false,
    limitedRiskMarginCalculationStrategy: LimitedRisk.ACCORDING_TO_LEVERAGE,
    moneyDigits: account.moneyDigits,
    fairStopOut: account.fairStopOut,
    stopOutStrategy: account.stopOutStrategy,
  }
}

function sideToWire(side: Side): TradeSide {
  return side === 'buy' ? TradeSide.BUY : TradeSide.SELL
}

/** Units of 1e-5 to the double that the protocol has for prices of orders, deals and positions. */
function priceToWire(price: number): number
function priceToWire(price: number | undefined): number | undefined
function priceToWire(price: number | undefined): number | undefined {
  return price === undefined ? undefined : price / 100_000
}

function entryToWire(entry: bigint): number {
  return toDouble(ratio(entry, entryScale * 100_000n))
}
