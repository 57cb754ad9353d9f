import {
  ProtoOADealStatus as DealStatus,
  ProtoOANotificationType as NotificationType,
  ProtoOAOrderStatus as OrderStatus,
  ProtoOAOrderType as OrderType,
  ProtoOAPositionStatus as PositionStatus,
  type ProtoOABonusDepositWithdraw,
  type ProtoOAClosePositionDetail,
  type ProtoOADeal,
  type ProtoOADepositWithdraw,
  type ProtoOAMarginCall,
  type ProtoOAOrder,
  type ProtoOAPosition,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
  ProtoOAOrderTriggerMethod as TriggerMethod,
} from '../../protocol/index.ts'
import {
  type AccountBook,
  type BonusChange,
  type CashFlow,
  type Deal,
  entryScale,
  type Levels,
  type MarginCall,
  type Order,
  type Position,
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
  expired: OrderStatus.ORDER_STATUS_EXPIRED,
} as const

const orderType = {
  market: OrderType.MARKET,
  'market-range': OrderType.MARKET_RANGE,
  limit: OrderType.LIMIT,
  stop: OrderType.STOP,
  'stop-limit': OrderType.STOP_LIMIT,
  protection: OrderType.STOP_LOSS_TAKE_PROFIT,
} as const

const timeInForce = {
  'good-till-cancel': TimeInForce.GOOD_TILL_CANCEL,
  'good-till-date': TimeInForce.GOOD_TILL_DATE,
  'immediate-or-cancel': TimeInForce.IMMEDIATE_OR_CANCEL,
  'fill-or-kill': TimeInForce.FILL_OR_KILL,
  'market-on-open': TimeInForce.MARKET_ON_OPEN,
} as const

const trigger = {
  trade: TriggerMethod.TRADE,
  opposite: TriggerMethod.OPPOSITE,
  'double-trade': TriggerMethod.DOUBLE_TRADE,
  'double-opposite': TriggerMethod.DOUBLE_OPPOSITE,
} as const

/** A position as it is sent. Without volume it shows no price, no margin and no rate. */
export function positionToWire(
  position: Position,
  book: AccountBook,
  instrument: Instrument,
): ProtoOAPosition {
  const { protection } = position
  const held = position.volume > 0
  const guaranteed = protection?.guaranteed ?? false
  return {
    positionId: position.positionId,
    tradeData: {
      symbolId: position.symbolId,
      volume: position.volume,
      tradeSide: sideToWire(position.side),
      openTimestamp: position.openedAt,
      label: position.label,
      guaranteedStopLoss: guaranteed,
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
    guaranteedStopLoss: guaranteed,
    usedMargin: book.marginOf(position),
    stopLossTriggerMethod:
      protection?.stopLoss === undefined ? undefined : trigger[protection.trigger],
    moneyDigits: book.account.moneyDigits,
    ...(protection?.trailing === true ? { trailingStopLoss: true } : {}),
  }
}

/** An order as events show it: a closing one without the levels of its position, which it carries for the lists. */
export function orderToWire(order: Order, instrument: Instrument): ProtoOAOrder {
  return showOrder(order, instrument, order.closing ? undefined : order)
}

/** An order in a list: a closing one shows the levels that its position had. */
export function orderToListed(order: Order, instrument: Instrument): ProtoOAOrder {
  return showOrder(order, instrument, order)
}

function showOrder(order: Order, instrument: Instrument, levels: Levels | undefined): ProtoOAOrder {
  const stops = order.stopPrice !== undefined
  const executed = order.executedVolume > 0
  return {
    orderId: order.orderId,
    tradeData: {
      symbolId: order.symbolId,
      volume: order.volume,
      tradeSide: sideToWire(order.side),
      openTimestamp: order.openedAt,
      label: order.label,
      guaranteedStopLoss: order.guaranteed,
      comment: order.comment,
      measurementUnits: instrument.measurementUnits,
      closeTimestamp: order.closedAt,
    },
    orderType: orderType[order.type],
    orderStatus: orderStatus[order.status],
    expirationTimestamp: order.expiresAt,
    executionPrice: executed
      ? toDouble({ num: order.executedValue, den: BigInt(order.executedVolume) * 100_000n })
      : undefined,
    executedVolume: order.executedVolume,
    utcLastUpdateTimestamp: order.updatedAt,
    baseSlippagePrice: priceToWire(order.baseSlippagePrice),
    slippageInPoints: order.slippageInPoints,
    closingOrder: order.closing,
    limitPrice: priceToWire(order.limitPrice),
    stopPrice: priceToWire(order.stopPrice),
    stopLoss: priceToWire(levels?.stopLoss),
    takeProfit: priceToWire(levels?.takeProfit),
    clientOrderId: order.clientOrderId,
    timeInForce: timeInForce[order.timeInForce],
    positionId: order.positionId,
    relativeStopLoss: order.relativeStopLoss,
    relativeTakeProfit: order.relativeTakeProfit,
    isStopOut: order.stopOut,
    trailingStopLoss: order.trailing,
    stopTriggerMethod: stops ? trigger[order.trigger] : undefined,
  }
}

export function dealToWire(deal: Deal, moneyDigits: number): ProtoOADeal {
  return showDeal(deal, moneyDigits, deal.executedAt)
}

/** A deal in a list: there its last update is when its order was placed, as captured. */
export function dealToListed(deal: Deal, moneyDigits: number): ProtoOADeal {
  return showDeal(deal, moneyDigits, deal.createdAt)
}

function showDeal(deal: Deal, moneyDigits: number, updatedAt: number): ProtoOADeal {
  return {
    dealId: deal.dealId,
    orderId: deal.orderId,
    positionId: deal.positionId,
    volume: deal.requested,
    filledVolume: deal.volume,
    symbolId: deal.symbolId,
    createTimestamp: deal.createdAt,
    executionTimestamp: deal.executedAt,
    utcLastUpdateTimestamp: updatedAt,
    executionPrice: priceToWire(deal.price),
    tradeSide: sideToWire(deal.side),
    dealStatus: deal.volume < deal.requested ? DealStatus.PARTIALLY_FILLED : DealStatus.FILLED,
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

export function cashFlowToWire(flow: CashFlow, moneyDigits: number): ProtoOADepositWithdraw {
  return {
    operationType: flow.type,
    balanceHistoryId: flow.cashFlowId,
    balance: flow.balance,
    delta: flow.delta,
    changeBalanceTimestamp: flow.at,
    externalNote: flow.note,
    balanceVersion: flow.balanceVersion,
    equity: flow.equity,
    moneyDigits,
  }
}

export function bonusToWire(change: BonusChange, moneyDigits: number): ProtoOABonusDepositWithdraw {
  return {
    operationType: change.type,
    bonusHistoryId: change.bonusId,
    managerBonus: change.managerBonus,
    managerDelta: change.managerDelta,
    ibBonus: change.ibBonus,
    ibDelta: change.ibDelta,
    changeBonusTimestamp: change.at,
    externalNote: change.note,
    moneyDigits,
  }
}

const notification = {
  1: NotificationType.MARGIN_LEVEL_THRESHOLD_1,
  2: NotificationType.MARGIN_LEVEL_THRESHOLD_2,
  3: NotificationType.MARGIN_LEVEL_THRESHOLD_3,
} as const

export function marginCallToWire({ threshold, level, updatedAt }: MarginCall): ProtoOAMarginCall {
  return {
    marginCallType: notification[threshold],
    marginLevelThreshold: level,
    utcLastUpdateTimestamp: updatedAt,
  }
}

function sideToWire(side: Side): TradeSide {
  return side === 'buy' ? TradeSide.BUY : TradeSide.SELL
}

/** Units of 1e-5 to the double that the protocol has for prices of orders, deals and positions. */
export function priceToWire(price: number): number
export function priceToWire(price: number | undefined): number | undefined
export function priceToWire(price: number | undefined): number | undefined {
  return price === undefined ? undefined : price / 100_000
}

const entriesPerOne = entryScale * 100_000n

function entryToWire(entry: bigint): number {
  return toDouble({ num: entry, den: entriesPerOne })
}
