import type { PeriodCalendar } from './history/periods.ts'
import { minute as minuteLength, type PriceSource } from './price-source.ts'

/** How far back a price is looked for, in minutes: longer than any holiday. */
const lookBack = 14 * 1440

export interface PastQuote {
  readonly bid: number
  readonly ask: number
  readonly at: number
}

/** The last tick of a source at a moment (ms); undefined where there was none within two weeks. */
export function lastTick(source: PriceSource, moment: number): PastQuote | undefined {
  const now = Math.floor(moment / minuteLength)
  for (let number = now; number > now - lookBack && number >= source.firstMinute; number--) {
    const run = source.ticks(number)
    let index = run.count - 1
    while (index >= 0 && (run.at[index] ?? 0) > moment) index--
    if (index < 0) continue
    return { bid: run.bid[index] ?? 0, ask: run.ask[index] ?? 0, at: run.at[index] ?? 0 }
  }
  return undefined
}

/** The last bid of the trading day before that of a moment. */
export function sessionCloseOf(
  source: PriceSource,
  calendar: PeriodCalendar,
  moment: number,
): number | undefined {
  return lastTick(source, calendar.startOfDay(calendar.dayOf(moment)) - 1)?.bid
}
