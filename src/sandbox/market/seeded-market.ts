import type { Random } from '../random.ts'
import type { Instrument } from '../world/index.ts'
import { ZoneOffsets } from '../zones/zone-offset.ts'
import { type Cross, findCrosses } from './cross-feed.ts'
import { CrossSource } from './cross-source.ts'
import { lastTick, sessionCloseOf } from './last-quote.ts'
import type { MarketCore } from './market-core.ts'
import { type DayProfile, profiles, steadyProfile } from './model/profiles.ts'
import type { PriceSource } from './price-source.ts'
import { SeededSource } from './seeded-source.ts'
import { TickStream } from './tick-stream.ts'

/** Makes and serves the symbols whose prices come from the seed. */
export class SeededMarket {
  readonly stream: TickStream
  readonly #core: MarketCore
  readonly #sources = new Map<number, SeededSource | CrossSource>()
  readonly #followers = new Map<number, readonly number[]>()
  /** The moment for which a symbol's quote was looked up last. */
  readonly #lookedUp = new Map<number, number>()
  /** The session close of a symbol, by the trading day it holds for. */
  readonly #closes = new Map<number, { readonly day: number; readonly bid: number | undefined }>()

  constructor(core: MarketCore, random: Random, recorded: ReadonlySet<number>) {
    this.#core = core
    this.stream = new TickStream({ clock: core.clock, board: core.board })
    const seededLegs = (cross: Cross): boolean =>
      !recorded.has(cross.baseLeg.symbolId) && !recorded.has(cross.quoteLeg.symbolId)
    const crosses = findCrosses(core.world.instruments.values()).filter(
      ({ instrument }) => !recorded.has(instrument.symbolId),
    )
    const derived = new Set(crosses.map(({ instrument }) => instrument.symbolId))
    const own = new Map<number, SeededSource>()
    for (const instrument of core.world.instruments.values()) {
      const { symbolId } = instrument
      if (recorded.has(symbolId) || derived.has(symbolId)) continue
      const source = this.#seeded(instrument, random)
      own.set(symbolId, source)
      this.#add(symbolId, source, false)
    }
    for (const cross of crosses) {
      if (!seededLegs(cross)) continue
      const baseLeg = own.get(cross.baseLeg.symbolId)
      const quoteLeg = own.get(cross.quoteLeg.symbolId)
      if (baseLeg === undefined || quoteLeg === undefined) continue
      const { instrument } = cross
      const shifts = core.shiftsOf(instrument.symbolId)
      const seed = seedOf(random, `cross:${instrument.name}`)
      const source = new CrossSource({ instrument, baseLeg, quoteLeg, seed, shifts })
      this.#add(instrument.symbolId, source, true)
      for (const leg of [baseLeg, quoteLeg]) {
        const id = leg.instrument.symbolId
        this.#followers.set(id, [...(this.#followers.get(id) ?? []), instrument.symbolId])
      }
    }
  }

  has(symbolId: number): boolean {
    return this.#sources.has(symbolId)
  }

  /** The fair price at a moment without what was done to this symbol by hand; undefined for one that is not seeded. */
  fairAt(symbolId: number, moment: number): number | undefined {
    return this.#sources.get(symbolId)?.fairAt(moment)
  }

  /** Makes the board's quote that of now, where nobody is told of changes. */
  refresh(symbolId: number): void {
    const source = this.#sources.get(symbolId)
    const now = this.#core.clock.now()
    if (source === undefined || this.stream.isWatched(symbolId)) return
    if (this.#lookedUp.get(symbolId) === now) return
    this.#lookedUp.set(symbolId, now)
    this.#look(symbolId, source, now)
  }

  /** Watches a symbol; its quote is that of now from the start. */
  watch(symbolId: number): () => void {
    this.refresh(symbolId)
    return this.stream.watch(symbolId)
  }

  /** Something has been done to a symbol's price at a moment: it and what follows from it change from there on. */
  changed(symbolId: number, from: number): void {
    for (const id of [symbolId, ...(this.#followers.get(symbolId) ?? [])]) {
      this.#sources.get(id)?.forget()
      this.#core.forget(id, from)
      this.#lookedUp.delete(id)
    }
    this.stream.reset()
  }

  /** The sources of what follows from a symbol. */
  followersOf(symbolId: number): readonly (readonly [number, PriceSource])[] {
    const ids = this.#followers.get(symbolId) ?? []
    return ids.flatMap((id) => {
      const source = this.#sources.get(id)
      return source === undefined ? [] : [[id, source] as const]
    })
  }

  /** Everything may have changed, the clock too. */
  reset(): void {
    for (const [symbolId, source] of this.#sources) {
      source.forget()
      this.#core.forget(symbolId, 0)
      this.#closes.delete(symbolId)
      this.#lookedUp.delete(symbolId)
      this.#look(symbolId, source, this.#core.clock.now())
    }
    this.stream.reset()
  }

  #look(symbolId: number, source: PriceSource, now: number): void {
    const { board, calendar, world } = this.#core
    const held = this.#core.shiftsOf(symbolId).heldAt(now)
    const found = held ?? lastTick(source, now)
    const quoting = world.instruments.get(symbolId)?.quoting
    const level = quoting?.level ?? 1
    const { bid, ask } = found ?? { bid: level, ask: level + (quoting?.spread ?? 1) }
    const day = calendar.dayOf(now)
    let close = this.#closes.get(symbolId)
    if (close?.day !== day) {
      close = { day, bid: sessionCloseOf(source, calendar, now) }
      this.#closes.set(symbolId, close)
    }
    board.open(symbolId, bid, ask, found?.at ?? now, close.bid ?? bid)
  }

  #add(symbolId: number, source: SeededSource | CrossSource, follows: boolean): void {
    this.#sources.set(symbolId, source)
    this.stream.add(symbolId, source, follows)
    this.#core.addSource(symbolId, source)
  }

  #seeded(instrument: Instrument, random: Random): SeededSource {
    const { sessions, world } = this.#core
    const profile: DayProfile =
      world.marketHours === 'always' ? steadyProfile : profiles[instrument.quoting.rhythm]
    const hours = sessions.of(instrument.symbolId)
    if (hours === undefined) throw new Error(`${instrument.name} has no trading hours.`)
    return new SeededSource({
      ...{ instrument, profile, hours },
      zone: new ZoneOffsets().of(profile.timeZone),
      newYork: sessions.newYork,
      own: seedOf(random, `quotes:${instrument.name}`),
      shared: seedOf(random, 'busy and quiet times'),
      dollar: seedOf(random, 'dollar'),
      shifts: this.#core.shiftsOf(instrument.symbolId),
    })
  }
}

function seedOf(random: Random, label: string): number {
  return random.fork(label).integer(0x1_0000_0000) | 0
}
