import type { World } from '../world/index.ts'
import { TradingHours } from './trading-hours.ts'
import { ZoneOffsets } from './zone-offset.ts'

/** When every instrument of a world trades, by symbol id, and the zone in which trading days end. */
export function symbolHours(world: World) {
  const zones = new ZoneOffsets()
  const hours = new Map<number, TradingHours>()
  for (const { symbolId, tradingWeek } of world.instruments.values()) {
    hours.set(symbolId, new TradingHours(tradingWeek, zones.of(tradingWeek.timeZone)))
  }
  return {
    newYork: zones.of('America/New_York'),
    isOpen: (symbolId: number, at: number): boolean => hours.get(symbolId)?.isOpen(at) ?? false,
    untilOpen: (symbolId: number, at: number): number | undefined =>
      hours.get(symbolId)?.untilOpen(at),
  }
}

/** What {@link symbolHours} gives. */
export type SymbolHours = ReturnType<typeof symbolHours>
