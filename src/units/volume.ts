import { InvalidArgumentError } from '../errors.ts'
import { say } from '../say.ts'
import { Decimal, type DecimalInput } from './decimal.ts'
import type { Instrument } from './instrument.ts'

/** A volume as people say it. What it is in the protocol's hundredths of a unit depends on the symbol's lot size. */
export type Volume =
  | { readonly kind: 'lots'; readonly value: Decimal }
  | { readonly kind: 'units'; readonly value: Decimal }

/** A volume in lots: `lots('0.10')`. How much a lot is, is the symbol's matter (100,000 EUR, 100 oz, 1 BTC ...). */
export function lots(value: DecimalInput): Volume {
  return { kind: 'lots', value: positive(value, 'lots') }
}

/** A volume in units of the base asset: `units(10_000)` of EURUSD is 10,000 EUR. */
export function units(value: DecimalInput): Volume {
  return { kind: 'units', value: positive(value, 'units') }
}

/**
 * Whoever writes JavaScript gives `0.1` at first, and cannot know whether it would be taken for lots or units.
 *
 * @throws {@link InvalidArgumentError} for what `lots` and `units` do not make
 */
export function checkVolume(volume: unknown): asserts volume is Volume {
  const { kind, value } = Object(volume) as Partial<Volume>
  if ((kind === 'lots' || kind === 'units') && value instanceof Decimal) return
  throw new InvalidArgumentError(`A volume cannot be ${say(volume)}.`, {
    remedy: "Say in what it is counted: lots('0.10') or units(10_000).",
  })
}

/** The protocol's scale of volumes: hundredths of a unit. */
const volumeScale = 2

/**
 * A volume in hundredths of a unit, or undefined when it is not a whole number of them, or is in lots of unknown size.
 *
 * @param lotSize units of the base asset in one lot, where that is known
 */
export function toVolumeCents(volume: Volume, lotSize: Decimal | undefined): bigint | undefined {
  const exact = volume.kind === 'lots' ? lotSize && volume.value.times(lotSize) : volume.value
  return exact?.rescaled(volumeScale)?.coefficient
}

/** Units of the base asset, from hundredths of a unit. Trailing zeros are left out. */
export function unitsFromCents(cents: number | bigint): Decimal {
  const exact = new Decimal(BigInt(cents), volumeScale)
  return exact.rescaled(0) ?? exact.rescaled(1) ?? exact
}

/** Says a volume as its author did: `"0.10 lots"`. */
export function formatVolume(volume: Volume): string {
  return `${volume.value} ${volume.kind}`
}

/**
 * A number of units in the words of whoever speaks of lots: `"0.1 lots (10000 EUR)"`, or `"10000 EUR"` for others and
 * where it is not a short number of lots.
 */
export function describeVolume(
  value: Decimal,
  kind: Volume['kind'],
  { baseAsset, lotSize }: Pick<Instrument, 'baseAsset' | 'lotSize'>,
): string {
  const inUnits = `${value} ${baseAsset}`
  const inLots = kind === 'lots' ? toLots(value, lotSize) : undefined
  return inLots === undefined ? inUnits : `${inLots} lots (${inUnits})`
}

/** The fewest digits that say it exactly, if six are enough. */
function toLots(value: Decimal, lotSize: Decimal | undefined): Decimal | undefined {
  if (lotSize === undefined || lotSize.coefficient <= 0n) return undefined
  for (let digits = 0; digits <= 6; digits++) {
    const dividend = value.coefficient * 10n ** BigInt(lotSize.scale + digits)
    const divisor = lotSize.coefficient * 10n ** BigInt(value.scale)
    if (dividend % divisor === 0n) return new Decimal(dividend / divisor, digits)
  }
  return undefined
}

function positive(value: DecimalInput, what: string): Decimal {
  const exact = Decimal.from(value)
  if (exact.coefficient <= 0n) {
    throw new InvalidArgumentError(`A volume of ${exact} ${what} cannot be traded.`, {
      remedy: 'Give a number above zero; the side says whether it is bought or sold.',
    })
  }
  return exact
}
