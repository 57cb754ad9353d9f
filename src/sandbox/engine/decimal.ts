import { pointsPerOne, type Ratio, ratio } from './ratio.ts'

/**
 * The shortest decimal text that reads back as the number, taken apart: digits and how many of them are decimals. That
 * text is what a person wrote before it became a double, so nothing is lost to binary fractions.
 */
function partsOf(value: number): { readonly digits: bigint; readonly decimals: number } {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (match === null) throw new RangeError(`${value} is no finite number.`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(sign + whole + fraction)
  const decimals = fraction.length - Number(exponent)
  return decimals < 0
    ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 }
    : { digits, decimals }
}

/** How many decimals a number is written with. */
export function decimalsOf(value: number): number {
  return partsOf(value).decimals
}

/** The number as the fraction that its decimal text says. */
export function exactly(value: number): Ratio {
  const { digits, decimals } = partsOf(value)
  return ratio(digits, 10n ** BigInt(decimals))
}

/** A price of at most five decimals in units of 1e-5. */
export function pointsOf(price: number): number {
  const { num, den } = exactly(price)
  return Number((num * pointsPerOne) / den)
}
