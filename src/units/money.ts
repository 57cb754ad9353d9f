import { CTraderError } from '../errors.ts'
import { Decimal, toPrimitive } from './decimal.ts'

/** Two amounts of different currencies were put together. */
export class CurrencyMismatchError extends CTraderError {
  constructor(left: string, right: string) {
    super('CURRENCY_MISMATCH', `An amount in ${left} and one in ${right} do not add up.`, {
      facts: { left, right },
      remedy: 'Convert one of them first.',
    })
  }
}

/** An exact amount in a currency (the name of a cTrader asset, such as `USD` or `BTC`). */
export class Money {
  readonly amount: Decimal
  /** The asset's name. */
  readonly currency: string

  constructor(amount: Decimal, currency: string) {
    this.amount = amount
    this.currency = currency
  }

  /** An amount as the server counts it: `minor * 10^-digits`. */
  static fromMinor(minor: bigint, digits: number, currency: string): Money {
    return new Money(new Decimal(minor, digits), currency)
  }

  plus(other: Money): Money {
    if (other.currency !== this.currency)
      throw new CurrencyMismatchError(this.currency, other.currency)
    return new Money(this.amount.plus(other.amount), this.currency)
  }

  minus(other: Money): Money {
    return this.plus(new Money(other.amount.negated(), other.currency))
  }

  /**
   * -1, 0 or 1 as this is less than, equal to or more than the other.
   *
   * @throws {@link CurrencyMismatchError}
   */
  compare(other: Money): -1 | 0 | 1 {
    if (other.currency !== this.currency)
      throw new CurrencyMismatchError(this.currency, other.currency)
    return this.amount.compare(other.amount)
  }

  /** `"-0.03 USD"`. */
  toString(): string {
    return `${this.amount} ${this.currency}`
  }

  toJSON(): { amount: string; currency: string } {
    return { amount: this.amount.toString(), currency: this.currency }
  }

  /** As with {@link Decimal}, operators throw. */
  [Symbol.toPrimitive](hint: string): string {
    return toPrimitive(this, hint)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
