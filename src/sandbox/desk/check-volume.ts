import type { AccountBook, Side } from '../engine/index.ts'
import type { Instrument } from '../world/index.ts'
import { refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** A volume that the instrument does not take; undefined for one that it takes. The texts are in units. */
export function checkVolume(volume: number, instrument: Instrument): DeskRefusal | undefined {
  const { minVolume, maxVolume, stepVolume } = instrument
  const order = `Order volume = ${units(volume)}`
  if (volume < minVolume) {
    return badVolume(`${order} is smaller than minimum allowed volume = ${units(minVolume)}.`)
  }
  if (volume > maxVolume) {
    return badVolume(`${order} is bigger than maximum allowed volume = ${units(maxVolume)}.`)
  }
  return checkStep(volume, stepVolume)
}

/** A volume that cannot be closed of a position: what is left of one can always be closed whole. */
export function checkPartialVolume(
  volume: number,
  held: number,
  instrument: Instrument,
): DeskRefusal | undefined {
  const { minVolume, stepVolume } = instrument
  if (volume === held) return undefined
  const order = `Order volume = ${units(volume)}`
  if (volume > held) return badVolume(`${order} is bigger than position volume = ${units(held)}.`)
  if (volume < minVolume) {
    return badVolume(`${order} is smaller than minimum allowed volume = ${units(minVolume)}.`)
  }
  return checkStep(volume, stepVolume)
}

/** Whether the account would hold more of the symbol on one side than it may, or more positions. */
export function checkLimits(
  book: AccountBook,
  instrument: Instrument,
  side: Side,
  volume: number,
  opensPosition: boolean,
): DeskRefusal | undefined {
  const { maxExposure, symbolId, name } = instrument
  const { maxPositions } = book.account
  if (opensPosition && book.positions.size >= maxPositions) {
    return refused('TOO_MANY_POSITIONS', `Maximum number of positions = ${maxPositions} is reached`)
  }
  if (maxExposure === undefined) return undefined
  const exposure = book.volumeHeld(symbolId, side) + volume
  if (exposure <= maxExposure) return undefined
  const facts = `Exposure = ${units(exposure)}, maximum allowed exposure = ${units(maxExposure)}`
  return refused('MAX_EXPOSURE_REACHED', `Maximum exposure for ${name} is reached. ${facts}`)
}

function checkStep(volume: number, stepVolume: number): DeskRefusal | undefined {
  if (volume % stepVolume === 0) return undefined
  return badVolume(
    `Order volume = ${units(volume)} is not a multiple of step volume = ${units(stepVolume)}.`,
  )
}

function badVolume(description: string): DeskRefusal {
  return refused('TRADING_BAD_VOLUME', description)
}

/** Hundredths of a unit as units with two decimals, the way the original prints volumes. */
function units(volume: number): string {
  return (volume / 100).toFixed(2)
}
