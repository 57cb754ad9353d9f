import type { ProtoOAChangeBalanceType, ProtoOAChangeBonusType } from '../../protocol/index.ts'
import { nil, type Ratio } from './ratio.ts'

export type Side = 'buy' | 'sell'

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

/** Decimals of an entry price beyond those of a quoted one, so that an average of several entries loses nothing that shows. */
export const entryScale = 100_000_000n

export type OrderType = 'market' | 'market-range' | 'limit' | 'stop' | 'stop-limit' | 'protection'

export type TimeInForce =
  | 'good-till-cancel'
  | 'good-till-date'
  | 'immediate-or-cancel'
  | 'fill-or-kill'
  | 'market-on-open'

/**
 * Which quotes trigger a stop. `trade`: the side that the order would trade at. `opposite`: the other side. The double
 * ones need two such quotes in a row.
 */
export type TriggerMethod = 'trade' | 'opposite' | 'double-trade' | 'double-opposite'

/** Prices of a stop loss and a take profit, units of 1e-5. */
export interface Levels {
  readonly stopLoss: number | undefined
  readonly takeProfit: number | undefined
}

/** How a stop loss behaves. */
export interface StopLossTerms {
  readonly trailing: boolean
  readonly guaranteed: boolean
  readonly trigger: TriggerMethod
}

/** Where a position is protected. */
export interface Protection extends Levels, StopLossTerms {
  /** The protection order that the account shows. */
  readonly orderId: number
  /** How far behind the market a trailing stop loss stays, units of 1e-5. */
  readonly distance: number | undefined
  /** Whether the quote before reached the stop loss: a double trigger waits for the next one. */
  readonly armed: boolean
}

/**
 * A position. `created` with volume 0 is one whose order is not filled yet, or whose closing is done but for the removal
 * of its protection. Volumes are in hundredths of a unit, money in units of 10^-moneyDigits of the deposit asset.
 */
export interface Position {
  readonly positionId: number
  readonly symbolId: number
  readonly side: Side
  readonly volume: number
  readonly status: 'created' | 'open' | 'closed'
  /** Average entry price, units of 1e-13. */
  readonly entry: bigint
  /** Commission of the entries that has not been settled by a closing; zero or negative. */
  readonly commission: bigint
  readonly swap: bigint
  /** Used margin, units of 1e-12 of the deposit asset. */
  readonly margin: bigint
  /** Base to deposit at the entry. */
  readonly marginRate: Ratio
  readonly protection: Protection | undefined
  readonly label: string | undefined
  readonly comment: string | undefined
  readonly openedAt: number | undefined
  readonly updatedAt: number | undefined
  readonly closedAt: number | undefined
}

/** A position that nothing has been executed for. */
export function newPosition(
  positionId: number,
  terms: Pick<Position, 'symbolId' | 'side' | 'label' | 'comment'>,
): Position {
  const { symbolId, side, label, comment } = terms
  return {
    positionId,
    ...{ symbolId, side, volume: 0, status: 'created', entry: 0n },
    ...{ commission: 0n, swap: 0n, margin: 0n, marginRate: nil, protection: undefined },
    ...{ label, comment, openedAt: undefined, updatedAt: undefined, closedAt: undefined },
  }
}

/** What a client says about an order. Prices in units of 1e-5. */
export interface OrderTerms extends Levels, StopLossTerms {
  readonly symbolId: number
  readonly type: OrderType
  readonly side: Side
  readonly volume: number
  readonly timeInForce: TimeInForce
  /** When a good-till-date order expires, ms. */
  readonly expiresAt: number | undefined
  /** Of a limit order, and of a stop limit order once its stop is reached; of a protection order its take profit. */
  readonly limitPrice: number | undefined
  /** Of a stop or stop limit order; of a protection order its stop loss. */
  readonly stopPrice: number | undefined
  /** What a market range is counted from. */
  readonly baseSlippagePrice: number | undefined
  /** In points of the symbol: reach of a market range, distance of a stop limit order's limit from its stop. */
  readonly slippageInPoints: number | undefined
  /** Distances from the entry price, units of 1e-5. */
  readonly relativeStopLoss: number | undefined
  readonly relativeTakeProfit: number | undefined
  /** Whether it only reduces a position. */
  readonly closing: boolean
  /** Whether the server closes because the margin does not last. */
  readonly stopOut: boolean
  readonly label: string | undefined
  readonly comment: string | undefined
}

/** A market order with nothing special about it. */
export const plainMarketOrder = {
  type: 'market',
  timeInForce: 'immediate-or-cancel',
  ...{ expiresAt: undefined, limitPrice: undefined, stopPrice: undefined },
  ...{ baseSlippagePrice: undefined, slippageInPoints: undefined },
  ...{ relativeStopLoss: undefined, relativeTakeProfit: undefined },
  ...{ stopLoss: undefined, takeProfit: undefined },
  ...{ trailing: false, guaranteed: false, trigger: 'trade' },
  ...{ closing: false, stopOut: false, label: undefined, comment: undefined },
} as const satisfies Partial<OrderTerms>

/** An order. Prices in units of 1e-5. */
export interface Order extends OrderTerms {
  readonly orderId: number
  readonly positionId: number
  readonly status: 'accepted' | 'filled' | 'rejected' | 'cancelled' | 'expired'
  /**
   * Where an accepted order stands: `arriving` before its acceptance is told, `working` while it waits for its price,
   * `executing` from its trigger to its fill.
   */
  readonly stage: 'arriving' | 'working' | 'executing' | 'ended'
  /** A stop limit order: whether its stop has been reached and its limit works. */
  readonly activated: boolean
  /** Whether the quote before reached the stop: a double trigger waits for the next one. */
  readonly armed: boolean
  readonly clientOrderId: string
  readonly executedVolume: number
  /** Price times volume of every execution, summed up. */
  readonly executedValue: bigint
  readonly openedAt: number
  readonly updatedAt: number
  readonly closedAt: number | undefined
}

/** What a deal settled of the position it reduced. */
export interface Settlement {
  readonly entry: bigint
  readonly closedVolume: number
  readonly gross: bigint
  readonly swap: bigint
  /** The entry's share and the closing's share together. */
  readonly commission: bigint
  readonly conversionFee: bigint
  /** Quote to deposit. */
  readonly rate: Ratio
  readonly balance: bigint
  readonly balanceVersion: number
}

/** One execution of an order. */
export interface Deal {
  readonly dealId: number
  readonly orderId: number
  readonly positionId: number
  readonly symbolId: number
  readonly side: Side
  /** What was executed. */
  readonly volume: number
  /** What was to be executed. */
  readonly requested: number
  /** Units of 1e-5. */
  readonly price: number
  readonly createdAt: number
  readonly executedAt: number
  /** Of this deal alone; zero or negative. */
  readonly commission: bigint
  /** Base to deposit. */
  readonly marginRate: Ratio
  readonly baseToUsd: Ratio
  /** There when the deal reduced, closed or reversed a position. */
  readonly settlement: Settlement | undefined
}

/** A change of the balance by anything but a deal. */
export interface CashFlow {
  readonly cashFlowId: number
  readonly type: ProtoOAChangeBalanceType
  readonly delta: bigint
  readonly balance: bigint
  readonly balanceVersion: number
  readonly equity: bigint
  readonly note: string | undefined
  readonly at: number
}

/** A change of the bonus: money that counts for margin and is not the owner's. */
export interface BonusChange {
  readonly bonusId: number
  readonly type: ProtoOAChangeBonusType
  readonly managerBonus: bigint
  readonly managerDelta: bigint
  readonly ibBonus: bigint
  readonly ibDelta: bigint
  readonly note: string | undefined
  readonly at: number
}

/** A margin level at which the owner wants to hear. */
export interface MarginCall {
  /** 1, 2 or 3. */
  readonly threshold: 1 | 2 | 3
  /** Percent of the used margin. */
  readonly level: number
  readonly updatedAt: number | undefined
  /** When it was last reached and told. */
  readonly triggeredAt: number | undefined
}
