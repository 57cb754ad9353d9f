import type { toPosition } from '../trading/index.ts'

/** A position as the server says it. */
type SaidPosition = Parameters<typeof toPosition>[0]

/** The furthest moment from 1970 that a `Date` can hold, in milliseconds. */
const furthestMs = 8_640_000_000_000_000

/** Leaves out of a position what is no number or no moment, so that the rest of it, and all others, can be shown. */
export function readablePosition(position: SaidPosition): SaidPosition {
  const { price, stopLoss, takeProfit, tradeData } = position
  const { openTimestamp } = tradeData
  const finite = (value: number | undefined): number | undefined =>
    Number.isFinite(value) ? value : undefined
  const isMoment = openTimestamp !== undefined && Math.abs(openTimestamp) <= furthestMs
  return {
    ...position,
    price: finite(price),
    stopLoss: finite(stopLoss),
    takeProfit: finite(takeProfit),
    tradeData: { ...tradeData, openTimestamp: isMoment ? openTimestamp : undefined },
  }
}
