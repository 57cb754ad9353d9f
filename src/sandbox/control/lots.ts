import { say } from '../../say.ts'
import type { Instrument } from '../world/index.ts'
import { ControlArgumentError } from './errors.ts'

/** Lots as decimal text or a number, such as `'0.10'`. */
export type Lots = string | number

/** Lots as the protocol's volume, exactly; undefined for what is none. */
export function volumeIn(lots: unknown, { lotSize }: Pick<Instrument, 'lotSize'>) {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(String(lots))
  if (match === null) return undefined
  const [, whole = '', part = ''] = match
  const scaled = BigInt(whole + part) * BigInt(lotSize)
  const scale = 10n ** BigInt(part.length)
  const volume = Number(scaled / scale)
  return scaled % scale === 0n && Number.isSafeInteger(volume) ? volume : undefined
}

/** Lots as the protocol's volume, exactly. @throws ControlArgumentError */
export function volumeOf(lots: Lots, instrument: Instrument): number {
  const volume = volumeIn(lots, instrument)
  if (volume !== undefined) return volume
  const { name, lotSize } = instrument
  throw new ControlArgumentError(`${name} cannot be traded in ${say(lots)} lots.`, {
    facts: { symbol: name, lots: say(lots), lotSize },
    remedy: "Give lots as decimal text such as '0.10'.",
  })
}

/** A volume of the protocol as lots in decimal text. Lots are powers of ten of the volume. */
export function lotsText(volume: number, { lotSize }: Pick<Instrument, 'lotSize'>): string {
  const decimals = String(lotSize).length - 1
  const digits = String(volume).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const part = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return part === '' ? whole : `${whole}.${part}`
}
