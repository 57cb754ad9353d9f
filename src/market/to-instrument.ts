import type { ProtoOASymbol } from '../protocol/index.ts'
import { type Decimal, type Instrument, unitsFromCents } from '../units/index.ts'
import { UnusableSymbolError } from './errors.ts'

/** A symbol's names, without what its prices and volumes are. */
export type NamedSymbol = Pick<
  Instrument,
  'symbolId' | 'name' | 'description' | 'baseAsset' | 'quoteAsset'
>

/** More digits than this has no price that is a double. */
const mostDigits = 15

/**
 * A symbol in exact numbers.
 *
 * @throws {@link UnusableSymbolError} for digits that no price has, and volumes that are not above zero
 */
export function toInstrument(symbol: NamedSymbol, full: ProtoOASymbol): Instrument {
  const { symbolId, name, description, baseAsset, quoteAsset } = symbol
  const refuse = (field: string, value: number | bigint): never => {
    throw new UnusableSymbolError(name, symbolId, field, value)
  }
  const volume = (field: string, cents: number | bigint | undefined): Decimal | undefined => {
    if (cents === undefined) return undefined
    return cents > 0 ? unitsFromCents(cents) : refuse(field, cents)
  }
  const { digits, pipPosition } = full
  if (!(Number.isInteger(digits) && digits >= 0 && digits <= mostDigits)) refuse('digits', digits)
  // Pips of whole tens and more lie before the point.
  if (!(Number.isInteger(pipPosition) && Math.abs(pipPosition) <= mostDigits)) {
    refuse('pipPosition', pipPosition)
  }
  return {
    ...{ symbolId, name, description, baseAsset, quoteAsset, digits, pipPosition },
    lotSize: volume('lotSize', full.lotSize),
    minVolume: volume('minVolume', full.minVolume),
    // Nothing is what a server says that has no such rule.
    stepVolume: volume('stepVolume', full.stepVolume || undefined),
    maxVolume: volume('maxVolume', full.maxVolume || undefined),
  }
}

/** A symbol of which nothing but its names is known. Without digits, prices are shown with those they have. */
export function bareInstrument(symbol: NamedSymbol): Instrument {
  const { symbolId, name, description, baseAsset, quoteAsset } = symbol
  return {
    ...{ symbolId, name, description, baseAsset, quoteAsset, digits: 0, pipPosition: 0 },
    ...{ lotSize: undefined, minVolume: undefined, stepVolume: undefined, maxVolume: undefined },
  }
}
