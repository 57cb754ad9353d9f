import type { Instrument } from '../world/index.ts'
import type { AccountBook } from './account-book.ts'
import type { Conversion, PriceOf } from './conversion.ts'
import { grossInQuote } from './position.ts'
import { ratio, roundHalfAway, times } from './ratio.ts'
import { opposite, type Position } from './trade.ts'

/** What it takes to put a value on things: the instruments, the ways between assets, and the prices of the moment. */
export interface Valuation {
  readonly instruments: ReadonlyMap<number, Instrument>
  readonly conversion: Conversion
  readonly priceOf: PriceOf
}

/** Profit or loss of a position if it were closed now, before costs; undefined without a price. */
export function unrealizedGross(
  position: Position,
  book: AccountBook,
  { instruments, conversion, priceOf }: Valuation,
): bigint | undefined {
  const { depositAsset, moneyDigits } = book.account
  const instrument = instruments.get(position.symbolId)
  const closingSide = opposite(position.side)
  const price = priceOf(position.symbolId, closingSide)
  if (instrument === undefined || price === undefined) return undefined
  const rate = conversion.rates(priceOf, closingSide)(instrument.quote, depositAsset)
  if (rate === undefined) return undefined
  const money = times(grossInQuote(position, position.volume, price), rate)
  return roundHalfAway(times(money, ratio(10n ** BigInt(moneyDigits))))
}

/**
 * Balance and bonus, plus what the open positions would add: profit or loss, swap, and the commission of their entries,
 * which the balance does not hold yet. A position without a price counts without its profit or loss.
 */
export function equityOf(book: AccountBook, valuation: Valuation): bigint {
  let equity = book.balance + book.bonus
  for (const position of book.openPositions()) {
    const gross = unrealizedGross(position, book, valuation) ?? 0n
    equity += gross + position.swap + position.commission
  }
  return equity
}

/** Whether equity is at or below so many percent of the used margin; never without used margin. */
export function isMarginLevelAtMost(equity: bigint, used: bigint, percent: number): boolean {
  if (used <= 0n) return false
  // Thresholds are doubles on the wire; two decimals of a percent are plenty.
  return equity * 10_000n <= used * BigInt(Math.round(percent * 100))
}
