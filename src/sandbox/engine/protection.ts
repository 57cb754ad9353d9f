import type { Levels, Position, Side } from './trade.ts'

/** Both sides of a price, units of 1e-5. */
export interface Prices {
  readonly bid: number
  readonly ask: number
}

/** Levels at distances from an entry price, all in units of 1e-5. */
export function levelsAround(
  side: Side,
  price: number,
  distances: {
    readonly relativeStopLoss?: number | undefined
    readonly relativeTakeProfit?: number | undefined
  },
): Levels {
  const { relativeStopLoss: stop, relativeTakeProfit: profit } = distances
  const sign = side === 'buy' ? 1 : -1
  return {
    stopLoss: stop === undefined ? undefined : price - sign * stop,
    takeProfit: profit === undefined ? undefined : price + sign * profit,
  }
}

/** The price that closes a position: a long is sold at the bid, a short is bought back at the ask. */
export function closingPrice(side: Side, { bid, ask }: Prices): number {
  return side === 'buy' ? bid : ask
}

/** What a quote does to a position's protection. */
export type ProtectionVerdict = 'rest' | 'stop-loss' | 'take-profit' | 'arm' | 'disarm'

/**
 * Whether a quote reaches a stop loss or take profit. The take profit and, unless its trigger method says otherwise, the
 * stop loss look at the price that closes.
 */
export function judgeProtection(position: Position, quote: Prices): ProtectionVerdict {
  const { protection, side, volume } = position
  if (protection === undefined || volume === 0) return 'rest'
  const { stopLoss, takeProfit, trigger, armed } = protection
  const sign = side === 'buy' ? 1 : -1
  const closes = closingPrice(side, quote)
  if (takeProfit !== undefined && (closes - takeProfit) * sign >= 0) return 'take-profit'
  if (stopLoss === undefined) return 'rest'
  const opposed = trigger === 'opposite' || trigger === 'double-opposite'
  const watched = opposed ? closingPrice(side === 'buy' ? 'sell' : 'buy', quote) : closes
  const reached = (watched - stopLoss) * sign <= 0
  const double = trigger === 'double-trade' || trigger === 'double-opposite'
  if (!reached) return armed ? 'disarm' : 'rest'
  return !double || armed ? 'stop-loss' : 'arm'
}

/** Where a trailing stop loss moves to; undefined when it stays. It never moves away from the market. */
export function trailedTo(position: Position, quote: Prices): number | undefined {
  const { protection, side } = position
  if (protection === undefined || !protection.trailing) return undefined
  const { stopLoss, distance } = protection
  if (stopLoss === undefined || distance === undefined) return undefined
  const sign = side === 'buy' ? 1 : -1
  const wanted = closingPrice(side, quote) - sign * distance
  return (wanted - stopLoss) * sign > 0 ? wanted : undefined
}
