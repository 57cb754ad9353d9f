import type { Instrument } from './instrument.ts'

/** Step of an instrument's price grid, one point, in units of 1e-5. */
export function gridOf(instrument: Pick<Instrument, 'digits'>): number {
  let step = 100_000
  for (let digit = 0; digit < instrument.digits; digit++) step /= 10
  return step
}
