import type { Decimal } from '../units/index.ts'

/** A quote of one symbol. Both sides are always there, also where the server only said what changed. */
export interface Quote {
  readonly symbol: string
  readonly symbolId: number
  /** What a seller gets. Exact. */
  readonly bid: Decimal
  /** What a buyer pays. Exact. */
  readonly ask: Decimal
  /** When the server stamped the update that led to this quote; undefined where it did not. */
  readonly at: Date | undefined
}
