import type { Clock } from '../../async/clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import type { World } from '../world/index.ts'
import type { Market } from './market.ts'
import { MarketCore } from './market-core.ts'
import { RecordedSource } from './recorded-source.ts'

/** A market that stands still until somebody sets a price. */
export interface ScriptedMarket extends Market {
  /**
   * Sets both sides of a symbol's price, decimal text such as `'1.12569'`; at most five decimals. Listeners hear the
   * sides that changed, both when neither did.
   */
  set(symbolName: string, bid: string, ask: string): void
}

/** Makes a market without prices of its own, for tests that reproduce a trace. Its past is what was set. */
export function createScriptedMarket(options: { world: World; clock: Clock }): ScriptedMarket {
  const { world, clock } = options
  const core = new MarketCore({ world, clock })
  const { board } = core
  const symbolIds = new Map([...world.instruments.values()].map((own) => [own.name, own.symbolId]))
  const pasts = new Map<number, RecordedSource>()
  for (const symbolId of world.instruments.keys()) {
    const past = new RecordedSource(clock.now())
    pasts.set(symbolId, past)
    core.addSource(symbolId, past)
  }
  board.onChange((change) => pasts.get(change.symbolId)?.take(change))
  return {
    set(symbolName, bid, ask) {
      const symbolId = symbolIds.get(symbolName)
      if (symbolId === undefined) {
        throw new InvalidArgumentError(`There is no instrument "${symbolName}".`, {
          facts: { symbolName },
          remedy: `Name one of ${[...symbolIds.keys()].join(', ')}.`,
        })
      }
      board.set(symbolId, toPoints(bid), toPoints(ask), clock.now(), true)
    },
    quote: (symbolId) => board.quote(symbolId),
    lastQuote: (symbolId) => board.quote(symbolId),
    onChange: (listener) => board.onChange(listener),
    depth: (symbolId) => core.depth(symbolId),
    isOpen: (symbolId, at) => core.isOpen(symbolId, at),
    hours: (symbolId, at) => core.hours(symbolId, at),
    subscribed: () => {},
    watch: () => () => {},
    replayProgress: () => undefined,
    bars: (symbolId, period, range) => core.bars(symbolId, period, range),
    barsInSteps: (symbolId, period, range) => core.barsInSteps(symbolId, period, range),
    barSpan: (period, at) => core.barSpan(period, at),
    formingBar: (symbolId, period) => core.formingBar(symbolId, period),
    ticks: (symbolId, side, range) => core.ticks(symbolId, side, range),
    start: () => {},
    close: () => board.close(),
  }
}

function toPoints(text: string): number {
  const value = pointsOf(text)
  if (!(Number.isSafeInteger(value) && value > 0)) {
    throw new InvalidArgumentError(`"${text}" is not a price.`, {
      facts: { text },
      remedy: "Give decimal text of at most five decimals, such as '1.12569'.",
    })
  }
  return value
}

/** The digits of a price without its point, filled up to five decimals; not a number where it is none. */
function pointsOf(text: string): number {
  const { length } = text
  let value = 0
  let point = length
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (digit === -2 && point === length && at > 0 && at < length - 1) point = at
    else return Number.NaN
  }
  const decimals = point === length ? 0 : length - 1 - point
  if (length === 0 || decimals > 5) return Number.NaN
  for (let missing = 5 - decimals; missing > 0; missing--) value *= 10
  return value
}
