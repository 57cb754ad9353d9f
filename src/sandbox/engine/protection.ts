import type { Position, Protection, Side } from './trade.ts'

/** Levels at distances from an entry price, all in units of 1e-5. */
export function levelsAround(
  side: Side,
  price: number,
  distances: {
    readonly relativeStopLoss: number | undefined
    readonly relativeTakeProfit: number | undefined
  },
): Pick<Protection, 'stopLoss' | 'takeProfit'> {
  const { relativeStopLoss: stop, relativeTakeProfit: profit } = distances
  const sign = side === 'buy' ? 1 : -1
  return {
    stopLoss: stop === undefined ? undefined : price - sign * stop,
    takeProfit: profit === undefined ? undefined : price + sign * profit,
  }
}

/**
 * Whether a price reaches a position's stop loss or take profit. A long is closed by selling, so the bid decides; for a
 * short it is the ask.
 */
export function isReached(
  position: Position,
  quote: { readonly bid: number; readonly ask: number },
): boolean {
  const { protection, side, volume } = position
  if (protection === undefined || volume === 0) return false
  const { stopLoss, takeProfit } = protection
  if (side === 'buy') {
    return (
      (stopLoss !== undefined && quote.bid <= stopLoss) ||
      (takeProfit !== undefined && quote.bid >= takeProfit)
    )
  }
  return (
    (stopLoss !== undefined && quote.ask >= stopLoss) ||
    (takeProfit !== undefined && quote.ask <= takeProfit)
  )
}
