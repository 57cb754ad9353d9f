import { levelsAround, type Side } from '../engine/index.ts'
import type { Quote } from '../market/index.ts'
import { gridOf, type Instrument } from '../world/index.ts'
import { invalid, refused, shownPrice } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** Distances of stop loss and take profit from the entry, units of 1e-5. */
export interface Distances {
  readonly relativeStopLoss?: number | undefined
  readonly relativeTakeProfit?: number | undefined
}

/** Checks that relative levels sit on the symbol's price grid. */
export function checkPrecision(
  { relativeStopLoss, relativeTakeProfit }: Distances,
  instrument: Instrument,
): DeskRefusal | undefined {
  const grid = gridOf(instrument)
  const given = { 'stop loss': relativeStopLoss, 'take profit': relativeTakeProfit }
  for (const [name, distance] of Object.entries(given)) {
    if (distance === undefined) continue
    if (distance <= 0) return invalid(`Relative ${name} should be greater than zero`)
    if (distance % grid !== 0) return invalid(`Relative ${name} has invalid precision`)
  }
  return undefined
}

/** Checks relative levels against the least distances and against the market of now. */
export function checkDistances(
  { relativeStopLoss, relativeTakeProfit }: Distances,
  side: Side,
  instrument: Instrument,
  quote: Quote,
): DeskRefusal | undefined {
  const buys = side === 'buy'
  const entry = buys ? quote.ask : quote.bid
  // What decides about closing: a long is sold at the bid.
  const now = buys ? quote.bid : quote.ask
  const levels = levelsAround(side, entry, { relativeStopLoss, relativeTakeProfit })
  const away = buys ? 1 : -1
  const given = [
    { short: 'SL', level: levels.stopLoss, least: instrument.stopLossDistance, away: -away },
    { short: 'TP', level: levels.takeProfit, least: instrument.takeProfitDistance, away },
  ]
  for (const { short, level, least, away } of given) {
    if (level === undefined) continue
    const distance = (level - now) * away
    const current = buys ? 'BID' : 'ASK'
    const facts = `current ${current}: ${shownPrice(now, instrument)}, ${short}: ${shownPrice(level, instrument)}`
    if (distance < 0) {
      const relation = away > 0 ? '>=' : '<='
      const position = `${buys ? 'BUY' : 'SELL'} position`
      return refused(
        'TRADING_BAD_STOPS',
        `New ${short} for ${position} should be ${relation} current ${current} price. ${facts}`,
      )
    }
    if (distance < least * gridOf(instrument)) {
      return refused(
        'PROTECTION_IS_TOO_CLOSE_TO_MARKET',
        `${short} should be at least ${least} points from the market. ${facts}`,
      )
    }
  }
  return undefined
}
