import { InvalidArgumentError } from '../errors.ts'
import { say } from '../say.ts'
import { Decimal, type DecimalInput } from './decimal.ts'
import { quoteScale } from './price.ts'

/** How far a protection level is from the price, as people say it. What it is in price depends on the symbol. */
export interface Distance {
  readonly kind: 'pips' | 'points' | 'price'
  readonly value: Decimal
}

/** A distance in pips (10^-pipPosition of the price): `pips(20)` of EURUSD is 0.0020. */
export function pips(value: DecimalInput): Distance {
  return { kind: 'pips', value: positive(value, 'pips') }
}

/** A distance in points (10^-digits, the smallest step of the symbol's price): `points(20)` of EURUSD is 0.00020. */
export function points(value: DecimalInput): Distance {
  return { kind: 'points', value: positive(value, 'points') }
}

/** A distance in price: `priceDistance('0.0020')`. */
export function priceDistance(value: DecimalInput): Distance {
  return { kind: 'price', value: positive(value, 'in price') }
}

/**
 * @param what the option it was given to
 * @throws {@link InvalidArgumentError} for what `pips`, `points` and `priceDistance` do not make
 */
export function checkDistance(what: string, distance: unknown): asserts distance is Distance {
  const { kind, value } = Object(distance) as Partial<Distance>
  const isKnown = kind === 'pips' || kind === 'points' || kind === 'price'
  if (isKnown && value instanceof Decimal) return
  throw new InvalidArgumentError(
    `The ${what} is a distance from the price, not ${say(distance)}.`,
    {
      remedy: "Say in what it is counted: pips(20), points(200) or priceDistance('0.0020').",
    },
  )
}

/** The digits of a symbol, as far as distances need them. */
export interface DistanceScale {
  /** Digits of the symbol's price behind the point. */
  readonly digits: number
  /** Which of them is the pip. */
  readonly pipPosition: number
}

/**
 * A distance as the protocol wants it: a whole number of 1/100,000 of the price that sits on the symbol's digit grid.
 * Undefined when it does not.
 */
export function toRelativePoints(distance: Distance, scale: DistanceScale): bigint | undefined {
  const digitsOf = { pips: scale.pipPosition, points: scale.digits, price: 0 }[distance.kind]
  const price =
    digitsOf >= 0
      ? distance.value.times(new Decimal(1n, digitsOf))
      : distance.value.times(10n ** BigInt(-digitsOf))
  const onGrid = price.rescaled(Math.min(scale.digits, quoteScale))
  return onGrid?.rescaled(quoteScale)?.coefficient
}

/** Says a distance as its author did: `"20 pips"`. */
export function formatDistance(distance: Distance): string {
  return distance.kind === 'price' ? `${distance.value}` : `${distance.value} ${distance.kind}`
}

function positive(value: DecimalInput, what: string): Decimal {
  const exact = Decimal.from(value)
  if (exact.coefficient <= 0n) {
    throw new InvalidArgumentError(`A distance of ${exact} ${what} is not one.`, {
      remedy:
        'Give a number above zero; whether it lies above or below the price follows from the side.',
    })
  }
  return exact
}
