import type { ProtoOATrendbarPeriod as Period, ProtoOATrendbar } from '../../protocol/index.ts'
import type { Market, QuoteChange } from '../market/market.ts'

interface LiveBar {
  readonly symbolId: number
  readonly period: Period
  readers: number
  /** What has been counted in: updates up to this moment. */
  until: number
  /** When the bar begins and ends, ms. */
  start: number
  end: number
  open: number
  high: number
  low: number
  volume: number
}

/** The bars that are being formed, for as long as somebody reads them. */
export class LiveBars {
  readonly #market: Market
  readonly #bars = new Map<string, LiveBar>()

  constructor(market: Market) {
    this.#market = market
  }

  /** Begins with the bar as history tells it. */
  open(symbolId: number, period: Period, now: number): void {
    const key = keyOf(symbolId, period)
    const known = this.#bars.get(key)
    if (known !== undefined) {
      known.readers++
      return
    }
    const { start, end } = this.#market.barSpan(period, now)
    const bar = this.#market.formingBar(symbolId, period)
    const { open = 0, high = 0, low = 0, volume = 0 } = bar ?? {}
    const counted = { open, high, low, volume, until: now }
    this.#bars.set(key, { symbolId, period, readers: 1, start, end, ...counted })
  }

  close(symbolId: number, period: Period): void {
    const key = keyOf(symbolId, period)
    const bar = this.#bars.get(key)
    if (bar !== undefined && --bar.readers === 0) this.#bars.delete(key)
  }

  /** Counts an update of the bid in. */
  count({ symbolId, bid, timestamp }: QuoteChange): void {
    if (bid === undefined || this.#bars.size === 0) return
    for (const bar of this.#bars.values()) {
      // A late timer may deliver what history has told already.
      if (bar.symbolId !== symbolId || timestamp <= bar.until) continue
      if (timestamp >= bar.end || bar.volume === 0) this.#begin(bar, bid, timestamp)
      bar.high = Math.max(bar.high, bid)
      bar.low = Math.min(bar.low, bid)
      bar.volume++
    }
  }

  /** The bar as it is sent: it has no close, which is the bid of the same event. */
  read(symbolId: number, period: Period): ProtoOATrendbar | undefined {
    const bar = this.#bars.get(keyOf(symbolId, period))
    if (bar === undefined || bar.volume === 0) return undefined
    return {
      volume: bar.volume,
      period,
      low: bar.low,
      deltaOpen: bar.open - bar.low,
      deltaHigh: bar.high - bar.low,
      utcTimestampInMinutes: bar.start / 60_000,
    }
  }

  #begin(bar: LiveBar, bid: number, timestamp: number): void {
    const { start, end } = this.#market.barSpan(bar.period, timestamp)
    bar.start = start
    bar.end = end
    bar.open = bid
    bar.high = bid
    bar.low = bid
    bar.volume = 0
  }
}

function keyOf(symbolId: number, period: Period): string {
  return `${symbolId}/${period}`
}
