import { Decimal } from './decimal.ts'

/** How many digits the quote side of the protocol carries, whatever the symbol: prices there are integers x 100,000. */
export const quoteScale = 5

/**
 * A price from the quote side (spots, bars, ticks, depth): an integer x 100,000.
 *
 * It is shown with the symbol's digits when that loses nothing, and with all five otherwise: a server that sends more
 * than the symbol allows is not corrected silently.
 */
export function priceFromQuote(points: number, digits: number): Decimal {
  const exact = new Decimal(BigInt(points), quoteScale)
  return exact.rescaled(digits) ?? exact
}

/** A price from the order side (orders, positions, deals), where the protocol carries doubles. */
export function priceFromDouble(value: number, digits: number): Decimal {
  const exact = Decimal.from(value)
  return exact.rescaled(digits) ?? exact
}
