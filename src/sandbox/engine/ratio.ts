/** An exact fraction. The denominator is always above zero. */
export interface Ratio {
  readonly num: bigint
  readonly den: bigint
}

/** Prices come in units of this. */
export const pointsPerOne = 100_000n

export const one: Ratio = { num: 1n, den: 1n }
export const nil: Ratio = { num: 0n, den: 1n }

export function ratio(num: bigint | number, den: bigint | number = 1n): Ratio {
  const under = BigInt(den)
  return under < 0n ? { num: -BigInt(num), den: -under } : { num: BigInt(num), den: under }
}

export function times(left: Ratio, right: Ratio): Ratio {
  return { num: left.num * right.num, den: left.den * right.den }
}

export function over(left: Ratio, right: Ratio): Ratio {
  return ratio(left.num * right.den, left.den * right.num)
}

export function plus(left: Ratio, right: Ratio): Ratio {
  return { num: left.num * right.den + right.num * left.den, den: left.den * right.den }
}

export function minus(left: Ratio, right: Ratio): Ratio {
  return plus(left, { num: -right.num, den: right.den })
}

/** Below zero, zero or above, as left is less than, equal to or more than right. */
export function compare(left: Ratio, right: Ratio): number {
  const difference = left.num * right.den - right.num * left.den
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function lesser(left: Ratio, right: Ratio): Ratio {
  return compare(left, right) <= 0 ? left : right
}

export function greater(left: Ratio, right: Ratio): Ratio {
  return compare(left, right) >= 0 ? left : right
}

/** To a whole number, halves away from zero: how the original books commission, profit and margin. */
export function roundHalfAway({ num, den }: Ratio): bigint {
  const half = (abs(num) * 2n + den) / (den * 2n)
  return num < 0n ? -half : half
}

/** To a whole number, anything left over away from zero: how the original books the conversion fee. */
export function roundAway({ num, den }: Ratio): bigint {
  const up = (abs(num) + den - 1n) / den
  return num < 0n ? -up : up
}

/** The nearest double, for the fields that the protocol has as double. */
export function toDouble(value: Ratio): number {
  const near = quotient(value.num, value.den)
  if (near !== undefined) return near
  const shared = divisor(abs(value.num), value.den)
  const num = value.num / shared
  const den = value.den / shared
  const reduced = quotient(num, den)
  if (reduced !== undefined) return reduced
  // Beyond what doubles hold: twenty-five decimals of the quotient, read as text, which rounds correctly.
  const scaled = (num * 10n ** 25n) / den
  const digits = abs(scaled).toString().padStart(26, '0')
  return Number(`${scaled < 0n ? '-' : ''}${digits.slice(0, -25)}.${digits.slice(-25)}`)
}

/** Where both are exact as doubles the division rounds correctly by itself; undefined elsewhere. */
function quotient(num: bigint, den: bigint): number | undefined {
  const [over, under] = [Number(num), Number(den)]
  return Number.isSafeInteger(over) && Number.isSafeInteger(under) ? over / under : undefined
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value
}

function divisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right]
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? 1n : a
}
