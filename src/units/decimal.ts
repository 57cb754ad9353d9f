import { InvalidArgumentError } from '../errors.ts'
import { say } from '../say.ts'

const pattern = /^([+-]?)(\d+)(?:\.(\d+))?$/
const exponential = /^([+-]?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/

/**
 * An exact decimal number: `coefficient * 10^-scale`.
 *
 * Sums, differences and products are exact. There is no division and no implicit conversion to a JavaScript number, so
 * nothing is rounded unless {@link Decimal.round} or {@link Decimal.toNumber} is asked for by name. Operators (`<`, `+`)
 * throw: they would work on texts or on binary fractions.
 */
export class Decimal {
  readonly coefficient: bigint
  /** Digits behind the point; zeros at the end count. */
  readonly scale: number

  /** @param scale digits behind the point, 0 or more. */
  constructor(coefficient: bigint, scale = 0) {
    if (typeof coefficient !== 'bigint') {
      throw new InvalidArgumentError('The coefficient of a decimal number is a bigint.', {
        remedy: 'Use Decimal.from to read numbers and texts.',
      })
    }
    checkScale(scale)
    this.coefficient = coefficient
    this.scale = scale
  }

  /**
   * Reads `"1.12569"`, `-3`, `25n`. A number is read as the shortest text that stands for it, which is what its author
   * wrote: `1.12569` is 1.12569 and not the binary fraction next to it.
   *
   * @throws {@link InvalidArgumentError} for anything that is not a finite decimal number
   */
  static from(value: DecimalInput): Decimal {
    if (value instanceof Decimal) return value
    if (typeof value === 'bigint') return new Decimal(value)
    const text = typeof value === 'number' ? String(value) : value
    const plain = typeof text === 'string' ? pattern.exec(text) : null
    if (plain !== null) return assemble(plain[1], plain[2] ?? '', plain[3] ?? '', 0)
    const scientific = typeof text === 'string' ? exponential.exec(text) : null
    const exponent = Number(scientific?.[4])
    if (scientific === null || Math.abs(exponent) > 400) {
      throw new InvalidArgumentError(`A decimal number cannot be ${say(value)}.`, {
        remedy: 'Give digits with an optional sign and point, such as "0.10".',
      })
    }
    return assemble(scientific[1], scientific[2] ?? '', scientific[3] ?? '', exponent)
  }

  plus(other: DecimalInput): Decimal {
    const right = Decimal.from(other)
    const scale = Math.max(this.scale, right.scale)
    return new Decimal(at(this, scale) + at(right, scale), scale)
  }

  minus(other: DecimalInput): Decimal {
    return this.plus(Decimal.from(other).negated())
  }

  times(other: DecimalInput): Decimal {
    const right = Decimal.from(other)
    return new Decimal(this.coefficient * right.coefficient, this.scale + right.scale)
  }

  negated(): Decimal {
    return new Decimal(-this.coefficient, this.scale)
  }

  /** -1, 0 or 1 as this is less than, equal to or greater than the other. `1.10` equals `1.1`. */
  compare(other: DecimalInput): -1 | 0 | 1 {
    const right = Decimal.from(other)
    const scale = Math.max(this.scale, right.scale)
    const a = at(this, scale)
    const b = at(right, scale)
    return a < b ? -1 : a > b ? 1 : 0
  }

  equals(other: DecimalInput): boolean {
    return this.compare(other) === 0
  }

  /** The same number with `scale` digits behind the point, or undefined when digits would be lost. */
  rescaled(scale: number): Decimal | undefined {
    checkScale(scale)
    if (scale >= this.scale) return new Decimal(at(this, scale), scale)
    const factor = tenTo(this.scale - scale)
    return this.coefficient % factor === 0n
      ? new Decimal(this.coefficient / factor, scale)
      : undefined
  }

  /** Rounded to `scale` digits behind the point, halves away from zero. */
  round(scale: number): Decimal {
    checkScale(scale)
    if (scale >= this.scale) return new Decimal(at(this, scale), scale)
    const factor = tenTo(this.scale - scale)
    const half: bigint = factor / 2n
    const shifted = this.coefficient < 0n ? this.coefficient - half : this.coefficient + half
    return new Decimal(shifted / factor, scale)
  }

  /** The nearest JavaScript number. The one place where exactness ends; meant for charts and statistics. */
  toNumber(): number {
    return Number(this.toString())
  }

  /** All digits, never in exponential form: `"1.12569"`, `"-0.30"`. */
  toString(): string {
    const negative = this.coefficient < 0n
    const digits = (negative ? -this.coefficient : this.coefficient)
      .toString()
      .padStart(this.scale + 1, '0')
    const whole = digits.slice(0, digits.length - this.scale)
    const sign = negative ? '-' : ''
    return this.scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-this.scale)}`
  }

  /** The text of {@link Decimal.toString}, so that JSON keeps every digit. */
  toJSON(): string {
    return this.toString()
  }

  /** `${price}` is its text; operators such as `<` and `+` throw an {@link InvalidArgumentError}. */
  [Symbol.toPrimitive](hint: string): string {
    return toPrimitive(this, hint)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * Lets `${price}` be its text, and refuses what would go wrong in silence: `<` would compare two texts, where "9" is more
 * than "10", and `+` would join them.
 *
 * @throws {@link InvalidArgumentError}
 */
export function toPrimitive(value: { toString(): string }, hint: string): string {
  if (hint === 'string') return value.toString()
  throw new InvalidArgumentError(
    `${value.toString()} is an exact number, which operators do not know.`,
    {
      remedy:
        'Use compare, equals, plus, minus and times; toNumber() for charts, String() for its text.',
    },
  )
}

function checkScale(scale: number): void {
  if (Number.isInteger(scale) && scale >= 0 && scale <= 400) return
  throw new InvalidArgumentError(`A decimal number cannot have ${scale} digits behind the point.`)
}

/** Anything that says a decimal number exactly. */
export type DecimalInput = Decimal | string | number | bigint

function assemble(
  sign: string | undefined,
  whole: string,
  fraction: string,
  exponent: number,
): Decimal {
  const coefficient = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`)
  const scale = fraction.length - exponent
  return scale >= 0 ? new Decimal(coefficient, scale) : new Decimal(coefficient * tenTo(-scale), 0)
}

/** 10^exponent, exactly. */
function tenTo(exponent: number): bigint {
  return 10n ** BigInt(exponent)
}

function at(value: Decimal, scale: number): bigint {
  return scale === value.scale ? value.coefficient : value.coefficient * tenTo(scale - value.scale)
}
