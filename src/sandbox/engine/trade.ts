import { nil, type Ratio } from './ratio.ts'

export type Side = 'buy' | 'sell'

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

/** Decimals of an entry price beyond those of a quoted one, so that an average of several entries loses nothing that shows. */
export const entryScale = 100_000_000n

/** Where a position is protected. Prices in units of 1e-5. */
export interface Protection {
  /** The protection order that the account shows. */
  readonly orderId: number
  readonly stopLoss: number | undefined
  readonly takeProfit: number | undefined
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
    ...{ positionId, symbolId, side, volume: 0, status: 'created', entry: 0n },
    ...{ commission: 0n, swap: 0n, margin: 0n, marginRate: nil, protection: undefined },
    ...{ label, comment, openedAt: undefined, updatedAt: undefined, closedAt: undefined },
  }
}

/** An order. Prices in units of 1e-5. */
export interface Order {
  readonly orderId: number
  readonly positionId: number
  readonly symbolId: number
  readonly type: 'market' | 'protection'
  readonly side: Side
  readonly volume: number
  readonly status: 'accepted' | 'filled' | 'rejected' | 'cancelled'
  /** Whether it only reduces a position. */
  readonly closing: boolean
  readonly clientOrderId: string
  readonly label: string | undefined
  readonly comment: string | undefined
  /** Distances from the entry price. */
  readonly relativeStopLoss: number | undefined
  readonly relativeTakeProfit: number | undefined
  /** A protection order's stop loss. */
  readonly stopPrice: number | undefined
  /** A protection order's take profit. */
  readonly limitPrice: number | undefined
  readonly executedVolume: number
  readonly executionPrice: number | undefined
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
  readonly volume: number
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

/** A payment into the account. */
export interface Deposit {
  readonly depositId: number
  readonly delta: bigint
  readonly balance: bigint
  readonly balanceVersion: number
  readonly at: number
}
