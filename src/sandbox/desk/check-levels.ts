import { ProtoOASymbolDistanceType as DistanceType } from '../../protocol/index.ts'
import type { Levels, Side } from '../engine/index.ts'
import { gridOf, type Instrument } from '../world/index.ts'
import { badStops, refused, shownPrice } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** What levels are measured from: the market of now for a position, its own price for a pending order. */
export interface LevelReference {
  /** Units of 1e-5. */
  readonly price: number
  /** How the texts speak of it: `current BID`, `order price`. */
  readonly name: string
  /** `BUY position`, `SELL order`. */
  readonly what: string
}

/** The market as what a position's levels are measured from: the price that closes it. */
export function marketReference(
  side: Side,
  quote: { readonly bid: number; readonly ask: number },
): LevelReference {
  return side === 'buy'
    ? { price: quote.bid, name: 'current BID', what: 'BUY position' }
    : { price: quote.ask, name: 'current ASK', what: 'SELL position' }
}

/** Checks that levels are on their side of the reference, and as far from it as the instrument wants. */
export function checkLevels(
  levels: Levels,
  side: Side,
  guaranteed: boolean,
  reference: LevelReference,
  instrument: Instrument,
): DeskRefusal | undefined {
  const up = side === 'buy' ? 1 : -1
  const stopDistance = guaranteed
    ? Math.max(instrument.guaranteedDistance, instrument.stopLossDistance)
    : instrument.stopLossDistance
  const given = [
    { short: 'SL', level: levels.stopLoss, least: stopDistance, away: -up },
    { short: 'TP', level: levels.takeProfit, least: instrument.takeProfitDistance, away: up },
  ]
  const { price, name, what } = reference
  for (const { short, level, least, away } of given) {
    if (level === undefined) continue
    const facts = `${name}: ${shownPrice(price, instrument)}, ${short}: ${shownPrice(level, instrument)}`
    if (level <= 0 || (level - price) * away < 0) {
      const relation = away > 0 ? '>=' : '<='
      const wanted = name === 'order price' ? name : `${name} price`
      return badStops(`New ${short} for ${what} should be ${relation} ${wanted}. ${facts}`)
    }
    if ((level - price) * away < distanceOf(least, price, instrument)) {
      const unit =
        instrument.distanceType === DistanceType.SYMBOL_DISTANCE_IN_PERCENTAGE
          ? 'hundredths of a percent'
          : 'points'
      return refused(
        'PROTECTION_IS_TOO_CLOSE_TO_MARKET',
        `${short} should be at least ${least} ${unit} from the market. ${facts}`,
      )
    }
  }
  return undefined
}

/** A least distance in units of 1e-5. */
function distanceOf(distance: number, price: number, instrument: Instrument): number {
  if (instrument.distanceType !== DistanceType.SYMBOL_DISTANCE_IN_PERCENTAGE) {
    return distance * gridOf(instrument)
  }
  return Math.ceil((price * distance) / 10_000)
}
