import type { Instrument } from '../world/index.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Refused before anybody looked at the market: travels as ProtoOAErrorRes. */
export function invalid(description: string): DeskRefusal {
  return { channel: 'error', errorCode: 'INVALID_REQUEST', description }
}

/** Refused by the trading side: travels as ProtoOAOrderErrorEvent. */
export function refused(errorCode: string, description: string): DeskRefusal {
  return { channel: 'order-error', errorCode, description }
}

/** What the original does and this sandbox does not do yet. */
export function notYet(what: string): DeskRefusal {
  return {
    channel: 'error',
    errorCode: 'UNSUPPORTED_MESSAGE',
    description: `The sandbox does not ${what} yet`,
  }
}

export function positionNotFound(positionId: number): DeskRefusal {
  const refusal = refused('POSITION_NOT_FOUND', `Position not found with id ${positionId}`)
  // The original fills in zeros rather than the ids asked for.
  return { ...refusal, orderId: 0, positionId: 0 }
}

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

/** Units of 1e-5 as the symbol shows them. */
export function shownPrice(price: number, instrument: Instrument): string {
  return (price / 100_000).toFixed(instrument.digits)
}
