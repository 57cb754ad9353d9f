import type { Clock } from '../../async/clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { type Logger, silentLogger } from '../../log.ts'
import type { Random } from '../random.ts'
import type { World } from '../world/index.ts'
import { CrossFeed, findCrosses } from './cross-feed.ts'
import type { ControlledMarket } from './market.ts'
import { MarketCore } from './market-core.ts'
import { openReplays } from './open-replays.ts'
import { PriceControl } from './price-control.ts'
import { RecordedSource } from './recorded-source.ts'
import { SeededMarket } from './seeded-market.ts'

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
 * Seeded prices follow from the seed and the time alone: whatever the clock says, years of history lie behind it, and
 * what was told live is what history tells later. Recorded symbols have a past only as far as it was played.
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
  const core = new MarketCore({ world, clock })
  const replays = await openReplays(core, options.replay ?? new Map(), { speed, logger })
  const seeded = new SeededMarket(core, random, new Set(replays.keys()))
  const control = new PriceControl(core, seeded)
  for (const feed of replays.values()) feed.connect(control)
  const followers = followRecordings(core, seeded, control, new Set(replays.keys()))
  const watched = new Set<number>()
  const { board } = core
  const begin = (symbolId: number): void => {
    replays.get(symbolId)?.begin()
    for (const leg of followers.get(symbolId)?.legs ?? []) begin(leg)
  }
  /** Makes the quote that of now, where nobody watches. */
  const refresh = (symbolId: number): void => {
    seeded.refresh(symbolId)
    followers.get(symbolId)?.refresh()
  }
  const watch = (symbolId: number): (() => void) => {
    begin(symbolId)
    refresh(symbolId)
    const legs = followers.get(symbolId)?.legs ?? []
    const stops = [symbolId, ...legs].map((id) => seeded.watch(id))
    return () => {
      for (const stop of stops) stop()
    }
  }
  return {
    control,
    quote(symbolId) {
      refresh(symbolId)
      return core.quote(symbolId)
    },
    lastQuote(symbolId) {
      refresh(symbolId)
      return board.quote(symbolId)
    },
    onChange: (listener) => board.onChange(listener),
    depth(symbolId) {
      refresh(symbolId)
      return core.depth(symbolId)
    },
    isOpen: (symbolId, at) => core.isOpen(symbolId, at),
    hours: (symbolId, at) => core.hours(symbolId, at),
    subscribed(symbolId) {
      if (watched.has(symbolId)) return
      watched.add(symbolId)
      watch(symbolId)
    },
    watch,
    replayProgress: (symbolId) => replays.get(symbolId)?.progress,
    bars: (symbolId, period, range) => core.bars(symbolId, period, range),
    barsInSteps: (symbolId, period, range) => core.barsInSteps(symbolId, period, range),
    barSpan: (period, at) => core.barSpan(period, at),
    formingBar: (symbolId, period) => core.formingBar(symbolId, period),
    ticks: (symbolId, side, range) => core.ticks(symbolId, side, range),
    start: () => seeded.stream.start(),
    close() {
      seeded.stream.close()
      for (const feed of replays.values()) feed.close()
      board.close()
    },
  }
}

/** A cross with a recorded leg. */
interface Follower {
  readonly legs: readonly number[]
  /** Catches up with legs that nobody watches and that have moved nevertheless. */
  refresh(): void
}

/** Crosses with a recorded leg, by symbol id: quoted as the legs change, with a past as far as that happened. */
function followRecordings(
  core: MarketCore,
  seeded: SeededMarket,
  control: PriceControl,
  recorded: ReadonlySet<number>,
): ReadonlyMap<number, Follower> {
  const { board, clock, sessions } = core
  const followed = new Map<number, Follower>()
  for (const cross of findCrosses(core.world.instruments.values())) {
    const { symbolId } = cross.instrument
    if (recorded.has(symbolId) || seeded.has(symbolId)) continue
    const legs = [cross.baseLeg.symbolId, cross.quoteLeg.symbolId]
    for (const leg of legs) seeded.refresh(leg)
    const feed = new CrossFeed({ cross, hours: sessions, board, control, now: clock.now() })
    followed.set(symbolId, {
      legs,
      refresh() {
        for (const leg of legs) {
          seeded.refresh(leg)
          feed.legChanged(leg, clock.now())
        }
      },
    })
    const past = new RecordedSource(clock.now())
    core.addSource(symbolId, past)
    board.onChange((change) => {
      feed.legChanged(change.symbolId, change.timestamp)
      if (change.symbolId === symbolId) past.take(change)
    })
  }
  return followed
}
