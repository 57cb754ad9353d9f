import {
  ProtoOAQuoteType,
  type ProtoOATickData,
  type ProtoOATrendbar,
} from '../../../protocol/index.ts'
import type { Bar, PastTick } from '../../market/market.ts'
import type { HandlersFor } from '../call.ts'
import type { Steps } from '../pacer.ts'
import { longestWindow } from '../price-window.ts'
import { Refusal } from '../refusal.ts'
import { refusePeriod, refuseSymbols } from './live-data.ts'

/** The latest moment that the protocol has, ms. */
const latest = 2_147_483_646_000
const week = 604_800_000

/** Questions about past prices. */
export const priceHistoryHandlers = {
  trendbars(request, { services }) {
    const { ctidTraderAccountId, symbolId, period, count } = request
    const { market, clock, limits, behaviour } = services
    const wrong = refuseSymbols([symbolId], services) ?? refusePeriod(period)
    if (wrong !== undefined) return wrong
    if (count !== undefined && count < 1) {
      return new Refusal('INVALID_REQUEST', `Count = ${count} should be at least 1`)
    }
    const { fromTimestamp, toTimestamp } = request
    const window = windowOf(fromTimestamp, toTimestamp, clock.now())
    if (window instanceof Refusal) return window
    const longest = longestWindow(period)
    const named = fromTimestamp !== undefined && window.to - window.from > longest
    if (behaviour.trendbarWindow === 'by-period' && named) return tooLong(window, longest)
    // With a count the beginning does not bound the answer: the newest bars up to the end are meant.
    const limit = Math.min(count ?? limits.trendbarsPerAnswer, limits.trendbarsPerAnswer)
    const from = count === undefined ? window.from : 0
    const low = behaviour.trendbarHigh === 'sometimes-zero'
    const steps = market.barsInSteps(symbolId, period, { from, to: window.to, limit })
    return afterSteps(steps, ({ items, more }) => {
      const trendbar = items.map((bar) => wireBar(bar, low))
      return { ctidTraderAccountId, period, symbolId, trendbar, hasMore: more }
    })
  },

  tickData(request, { services }) {
    const { ctidTraderAccountId, symbolId, type } = request
    const { market, clock, limits, behaviour } = services
    const wrong = refuseSymbols([symbolId], services)
    if (wrong !== undefined) return wrong
    if (type !== ProtoOAQuoteType.BID && type !== ProtoOAQuoteType.ASK) {
      return new Refusal('INVALID_REQUEST', `Unknown quote type ${type}`)
    }
    const { fromTimestamp, toTimestamp } = request
    const window = windowOf(fromTimestamp, toTimestamp, clock.now())
    if (window instanceof Refusal) return window
    const { to } = window
    const bounded = behaviour.tickWindow === 'week'
    if (bounded && fromTimestamp !== undefined && to - window.from > week) {
      return tooLong(window, week)
    }
    const from = bounded ? Math.max(window.from, to - week) : window.from
    const side = type === ProtoOAQuoteType.BID ? 'bid' : 'ask'
    const page = market.ticks(symbolId, side, { from, to, limit: limits.ticksPerAnswer })
    return { ctidTraderAccountId, tickData: deltas(page.items), hasMore: page.more }
  },
} satisfies HandlersFor<'trendbars' | 'tickData'>

interface Window {
  readonly from: number
  readonly to: number
}

/** Where no beginning is named the answer goes back as far as it has room. */
function windowOf(from = 0, to: number | undefined, now: number): Window | Refusal {
  const end = to ?? Math.max(now, from)
  if (from >= 0 && end <= latest && from <= end) return { from, to: end }
  const text = `From = ${from} and to = ${end} should be in 0..${latest}, and in this order`
  return new Refusal('INCORRECT_BOUNDARIES', text)
}

function tooLong({ from, to }: Window, longest: number): Refusal {
  const text = `From ${from} to ${to} is more than ${longest} milliseconds`
  return new Refusal('INCORRECT_BOUNDARIES', text)
}

/** The same steps with another result. */
function* afterSteps<T, R>(steps: Steps<T>, result: (value: T) => R): Generator<undefined, R> {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return result(value)
    yield
  }
}

/** A bar of the past. It leaves out its period, which the answer names once. */
function wireBar({ start, open, high, low, close, volume }: Bar, broken: boolean): ProtoOATrendbar {
  return {
    volume,
    low,
    deltaOpen: open - low,
    deltaClose: close - low,
    // Seen in the wild: no high where a bar fell from its open to its close.
    deltaHigh: broken && close === low && open > low ? 0 : high - low,
    utcTimestampInMinutes: start / 60_000,
  }
}

/** Newest first; the first in full, each other as its difference to the one before it. */
function deltas(ticks: readonly PastTick[]): readonly ProtoOATickData[] {
  return ticks.map(({ at, price }, index) => {
    const before = ticks[index - 1]
    if (before === undefined) return { timestamp: at, tick: price }
    return { timestamp: at - before.at, tick: price - before.price }
  })
}
