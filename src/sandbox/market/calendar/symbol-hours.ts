import type { World } from '../../world/index.ts'
import { type ZoneOffset, ZoneOffsets } from '../../zones/zone-offset.ts'
import type { MarketHours } from '../market.ts'
import { TradingHours } from './trading-hours.ts'

const never: MarketHours = { open: false, nextOpen: undefined, nextClose: undefined }

/** When every instrument of a world trades, by symbol id, and the zone in which trading days end. */
export class SymbolHours {
  readonly newYork: ZoneOffset
  readonly #hours = new Map<number, TradingHours>()

  constructor(world: World) {
    const zones = new ZoneOffsets()
    this.newYork = zones.of('America/New_York')
    for (const { symbolId, tradingWeek, holidays } of world.instruments.values()) {
      const offset = zones.of(tradingWeek.timeZone)
      this.#hours.set(symbolId, new TradingHours(tradingWeek, offset, holidays))
    }
  }

  isOpen(symbolId: number, moment: number): boolean {
    return this.#hours.get(symbolId)?.isOpen(moment) ?? false
  }

  at(symbolId: number, moment: number): MarketHours {
    return this.#hours.get(symbolId)?.at(moment) ?? never
  }

  /** The trading hours of one symbol; undefined for one that nobody knows. */
  of(symbolId: number): TradingHours | undefined {
    return this.#hours.get(symbolId)
  }
}
