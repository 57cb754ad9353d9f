import type { Decimal } from './decimal.ts'

/** What can be traded: a symbol with everything needed to say volumes and prices of it exactly. */
export interface Instrument {
  /** The broker's id of the symbol. Differs from broker to broker. */
  readonly symbolId: number
  /** `EURUSD`, `XAUUSD`, `GER40` ... as the broker spells it. */
  readonly name: string
  readonly description: string | undefined
  /** Asset names, such as `EUR` and `USD`. */
  readonly baseAsset: string
  readonly quoteAsset: string
  /** Digits of a price behind the point. */
  readonly digits: number
  /** Which of these digits is the pip. */
  readonly pipPosition: number
  /** Units of the base asset in one lot. Undefined when the server names none: then volumes are said in units. */
  readonly lotSize: Decimal | undefined
  /** The smallest volume of an order, in units. Undefined when the server names none. */
  readonly minVolume: Decimal | undefined
  /** Volumes are whole multiples of this, in units. */
  readonly stepVolume: Decimal | undefined
  /** The largest volume of an order, in units. */
  readonly maxVolume: Decimal | undefined
}
