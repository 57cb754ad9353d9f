import { ProtoOATrendbarPeriod as Period } from '../../protocol/index.ts'

/**
 * The longest stretch, in ms, that one request may ask bars of a period for, as the schema had it until 2024: five
 * weeks, 35 weeks, a year, five years.
 */
export function longestWindow(period: Period): number {
  if (period <= Period.M5) return 3_024_000_000
  if (period <= Period.H1) return 21_168_000_000
  if (period <= Period.D1) return 31_622_400_000
  return 158_112_000_000
}
