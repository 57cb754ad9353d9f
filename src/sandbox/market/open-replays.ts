import type { Logger } from '../../log.ts'
import { ReplaySymbolError } from './errors.ts'
import type { MarketCore } from './market-core.ts'
import { RecordedSource } from './recorded-source.ts'
import { ReplayFeed } from './replay-feed.ts'

/** Opens recordings by symbol name. @throws ReplayError; nothing stays open then. */
export async function openReplays(
  core: MarketCore,
  files: ReadonlyMap<string, string>,
  options: { readonly speed: number; readonly logger: Logger },
): Promise<ReadonlyMap<number, ReplayFeed>> {
  const { world, board, clock } = core
  const byName = new Map([...world.instruments.values()].map((own) => [own.name, own]))
  const feeds = new Map<number, ReplayFeed>()
  try {
    for (const [symbol, file] of files) {
      const instrument = byName.get(symbol)
      if (instrument === undefined) throw new ReplaySymbolError(symbol, file, [...byName.keys()])
      const past = new RecordedSource(clock.now())
      const feed = await ReplayFeed.open({ ...options, instrument, file, board, clock, past })
      feeds.set(instrument.symbolId, feed)
      core.addSource(instrument.symbolId, past)
    }
  } catch (error) {
    for (const feed of feeds.values()) feed.close()
    throw error
  }
  return feeds
}
