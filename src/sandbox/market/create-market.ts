import type { Clock } from '../../async/clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { type Logger, silentLogger } from '../../log.ts'
import type { Random } from '../random.ts'
import type { World } from '../world/index.ts'
import { SymbolHours } from './calendar/symbol-hours.ts'
import { CrossFeed, findCrosses } from './cross-feed.ts'
import { depthBehind } from './depth.ts'
import { ReplaySymbolError } from './errors.ts'
import type { ControlledMarket } from './market.ts'
import { PriceControl } from './price-control.ts'
import { QuoteBoard } from './quote-board.ts'
import { ReplayFeed } from './replay-feed.ts'
import { SeededFeed } from './seeded-feed.ts'

export interface MarketOptions {
  readonly world: World
  readonly clock: Clock
  /** Each instrument draws from a fork of its own, so what one does never depends on another. */
  readonly random: Random
  /** Recordings by symbol name; see `TickFile` for the format. @default none: all prices are seeded */
  readonly replay?: ReadonlyMap<string, string>
  /** How many times faster than recorded the recordings play; seeded prices keep their pace. @default 1 */
  readonly speed?: number
  /** Hears where a recording ends or breaks off. @default silent */
  readonly logger?: Logger
}

/**
 * Makes the market: recordings where they are given, crosses from their legs, seeded prices for the rest. Every symbol
 * has a price at once; prices move after `start`. A recording is delivered whatever the symbol's sessions say, because
 * it is the truth about when it traded.
 *
 * @throws ReplayError for an unknown symbol, a file that cannot be read, or one with a bad row among its first 8,192.
 * @throws InvalidArgumentError for a speed that is not a positive number.
 */
export async function createMarket(options: MarketOptions): Promise<ControlledMarket> {
  const { world, clock, random, logger = silentLogger, speed = 1 } = options
  if (!(Number.isFinite(speed) && speed > 0)) {
    throw new InvalidArgumentError(`A recording cannot play at ${speed} times its pace.`, {
      facts: { speed },
      remedy: 'Give a positive number: 1 is the recorded pace, 10 is ten times as fast.',
    })
  }
  const hours = new SymbolHours(world)
  const control = new PriceControl(world.instruments, clock)
  const board = new QuoteBoard(hours.newYork, control)
  control.connect((symbolId, { bid, ask }) => board.put(symbolId, bid, ask, clock.now(), true))
  const replays = await openReplays({ ...options, board, logger, speed })
  const crosses = findCrosses(world.instruments.values()).filter(
    ({ instrument }) => !replays.has(instrument.symbolId),
  )
  const derived = new Set(crosses.map(({ instrument }) => instrument.symbolId))
  const seeded: SeededFeed[] = []
  for (const instrument of world.instruments.values()) {
    if (replays.has(instrument.symbolId) || derived.has(instrument.symbolId)) continue
    const own = random.fork(`quotes:${instrument.name}`)
    seeded.push(new SeededFeed({ instrument, hours, board, clock, random: own }))
  }
  for (const cross of crosses) {
    const feed = new CrossFeed(cross, hours, board, clock.now())
    board.onChange(({ symbolId, timestamp }) => feed.legChanged(symbolId, timestamp))
  }
  return {
    control,
    quote: (symbolId) => board.quote(symbolId),
    onChange: (listener) => board.onChange(listener),
    depth(symbolId) {
      const quote = board.quote(symbolId)
      const instrument = world.instruments.get(symbolId)
      return quote && instrument && depthBehind(quote, instrument)
    },
    isOpen: (symbolId, at) => control.trades(symbolId) ?? hours.isOpen(symbolId, at),
    hours: (symbolId, at) => hours.at(symbolId, at),
    subscribed: (symbolId) => replays.get(symbolId)?.begin(),
    replayProgress: (symbolId) => replays.get(symbolId)?.progress,
    start() {
      for (const feed of seeded) feed.start()
    },
    close() {
      for (const feed of seeded) feed.close()
      for (const feed of replays.values()) feed.close()
      board.close()
    },
  }
}

async function openReplays(
  options: MarketOptions & { board: QuoteBoard; logger: Logger; speed: number },
): Promise<ReadonlyMap<number, ReplayFeed>> {
  const { world, board, clock, speed, logger } = options
  const byName = new Map([...world.instruments.values()].map((own) => [own.name, own]))
  const feeds = new Map<number, ReplayFeed>()
  try {
    for (const [symbol, file] of options.replay ?? []) {
      const instrument = byName.get(symbol)
      if (instrument === undefined) throw new ReplaySymbolError(symbol, file, [...byName.keys()])
      const feed = await ReplayFeed.open({ instrument, file, board, clock, speed, logger })
      feeds.set(instrument.symbolId, feed)
    }
  } catch (error) {
    for (const feed of feeds.values()) feed.close()
    throw error
  }
  return feeds
}
