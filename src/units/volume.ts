import { InvalidArgumentError } from '../errors.ts'
import { Decimal, type DecimalInput } from './decimal.ts'

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

/** The protocol's scale of volumes: hundredths of a unit. */
const volumeScale = 2

/**
 * A volume in hundredths of a unit, or undefined when it is not a whole number of them.
 *
 * @param lotSize units of the base asset in one lot
 */
export function toVolumeCents(volume: Volume, lotSize: Decimal): bigint | undefined {
  const exact = volume.kind === 'lots' ? volume.value.times(lotSize) : volume.value
  return exact.rescaled(volumeScale)?.coefficient
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

function positive(value: DecimalInput, what: string): Decimal {
  const exact = Decimal.from(value)
  if (exact.coefficient <= 0n) {
    throw new InvalidArgumentError(`A volume of ${exact} ${what} cannot be traded.`, {
      remedy: 'Give a number above zero; the side says whether it is bought or sold.',
    })
  }
  return exact
}
