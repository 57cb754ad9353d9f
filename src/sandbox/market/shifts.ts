import { told } from './minute-join.ts'
import type { PriceShift } from './model/minute-pins.ts'
import { emptyRun, pushTick, type TickRun } from './model/minute-ticks.ts'
import { minute as minuteLength } from './price-source.ts'

/** Something done to a symbol's price by hand, plain data that can be stored. Prices are units of 1e-5. */
export type Intervention =
  /** The price jumps there and moves on from there: what is seeded is multiplied by `factor` from now on. */
  | {
      readonly kind: 'price'
      readonly at: number
      readonly bid: number
      readonly ask: number
      readonly factor: number
    }
  /** The price jumps there and stands still. */
  | {
      readonly kind: 'hold'
      readonly at: number
      readonly bid: number
      readonly ask: number
    }
  /** It moves on from where it stood. */
  | { readonly kind: 'release'; readonly at: number; readonly factor: number }
  /**
   * A shock: the price jumps there, off by the part `move`, with a wide spread, and comes back by the share `retrace`
   * of that within `lastsMs`.
   */
  | {
      readonly kind: 'spike'
      readonly at: number
      readonly bid: number
      readonly ask: number
      readonly move: number
      readonly lastsMs: number
      readonly retrace: number
      readonly spread: number
    }
  /** Whether it trades, whatever its schedule says; undefined leaves that to the schedule again. */
  | { readonly kind: 'trading'; readonly at: number; readonly trades: boolean | undefined }
  /** Whether it has a price at all. What its price does meanwhile, nobody sees; a price that is set by hand gives it one. */
  | { readonly kind: 'quoting'; readonly at: number; readonly quotes: boolean }

/** A stretch of a minute during which nothing is done by hand. */
export interface Piece {
  readonly from: number
  readonly to: number
  /** Whether there are no ticks. */
  readonly silent: boolean
  readonly shift: PriceShift | undefined
  /** What the price jumps to at its end. */
  readonly jump: { readonly at: number; readonly bid: number; readonly ask: number } | undefined
}

/** What has been done to one symbol's price by hand, and what follows from that. */
export class Shifts {
  #entries: readonly Intervention[] = []
  /** Whether anybody ever took the price away: the question is asked with every look at the price. */
  #wasSilenced = false

  get entries(): readonly Intervention[] {
    return this.#entries
  }

  add(entry: Intervention): void {
    this.restore([...this.#entries, entry])
  }

  restore(entries: readonly Intervention[]): void {
    this.#entries = entries
    this.#wasSilenced = entries.some(({ kind }) => kind === 'quoting')
  }

  /** By what the seeded price is multiplied at a moment. */
  factorAt(moment: number): number {
    return this.#until(moment)?.factorAt(moment) ?? 1
  }

  /** The prices that a symbol is held at, if it is. */
  heldAt(
    moment: number,
  ): { readonly bid: number; readonly ask: number; readonly at: number } | undefined {
    const last = this.#entries.findLast(
      ({ kind, at }) => at <= moment && kind !== 'trading' && kind !== 'quoting',
    )
    return last?.kind === 'hold' ? last : undefined
  }

  /** By what the distance from bid to ask is multiplied at a moment. */
  spreadAt(moment: number): number {
    return this.#until(moment)?.spreadAt(moment) ?? 1
  }

  /** Whether it trades, as far as that was said by hand. */
  tradesAt(moment: number): boolean | undefined {
    if (this.#entries.length === 0) return undefined
    return silence(this.#entries.filter(({ at }) => at <= moment)).trades
  }

  /** Whether it has a price at a moment, as far as that was said by hand. */
  quotesAt(moment: number): boolean {
    if (!this.#wasSilenced) return true
    return silence(this.#entries.filter(({ at }) => at <= moment)).quotes
  }

  /** Whether no quotes come at a moment: the price is held, must not trade, or was taken away. */
  isSilentAt(moment: number): boolean {
    return isSilent(this.#entries.filter(({ at }) => at <= moment))
  }

  /** Whether a minute differs from the seeded one in more than a factor. */
  touches(minute: number): boolean {
    if (this.#entries.length === 0) return false
    const [from, to] = [minute * minuteLength, (minute + 1) * minuteLength]
    if (this.#entries.some(({ at }) => from <= at && at < to)) return true
    return isSilent(this.#entries.filter(({ at }) => at < from))
  }

  /** What holds during a minute in which nothing is done; undefined where nothing was done before either. */
  during(minute: number): PriceShift | undefined {
    return this.#until((minute + 1) * minuteLength - 1)
  }

  /**
   * The stretches of a minute that each keep to one shift: what came until something was done stays as it was, and after
   * that moment another shift holds. Each lies after `from` and goes up to and including `to`.
   */
  pieces(minute: number): readonly Piece[] {
    const [start, end] = [minute * minuteLength, (minute + 1) * minuteLength]
    const pieces: Piece[] = []
    let done = this.#entries.filter(({ at }) => at < start)
    let from = start - 1
    for (const entry of this.#entries.filter(({ at }) => start <= at && at < end)) {
      const { at: to } = entry
      const jump = 'bid' in entry ? entry : undefined
      pieces.push({ from, to, silent: isSilent(done), shift: shiftOf(done), jump })
      done = [...done, entry]
      from = to
    }
    pieces.push({ from, to: end, silent: isSilent(done), shift: shiftOf(done), jump: undefined })
    return pieces
  }

  /**
   * The ticks of a minute, each as it is under the shift that holds then.
   *
   * @param make gives the ticks of the minute under a shift
   */
  weave(minute: number, make: (shift: PriceShift | undefined) => TickRun): TickRun {
    if (!this.touches(minute)) return make(this.during(minute))
    const run = emptyRun()
    for (const { from, to, silent, shift, jump } of this.pieces(minute)) {
      if (!silent && to > from) copy(make(shift), from, to, run)
      if (jump === undefined) continue
      const sides = sidesAfter(run, jump.bid, jump.ask)
      // Told in any case: somebody has set it.
      const marked = run.count === 0 ? 3 | told : sides === 0 ? 3 : sides
      pushTick(run, jump.at, jump.bid, jump.ask, marked)
    }
    return run
  }

  #until(moment: number): PriceShift | undefined {
    if (this.#entries.length === 0) return undefined
    return shiftOf(this.#entries.filter(({ at }) => at <= moment))
  }
}

function copy(source: TickRun, from: number, to: number, run: TickRun): void {
  for (let index = 0; index < source.count; index++) {
    const at = source.at[index] ?? 0
    if (at <= from || at > to) continue
    const [bid, ask] = [source.bid[index] ?? 0, source.ask[index] ?? 0]
    const sides = sidesAfter(run, bid, ask)
    if (sides !== 0) pushTick(run, at, bid, ask, sides)
  }
}

/** What a quote changes after the last one of a run; both sides where it is the first. */
function sidesAfter(run: TickRun, bid: number, ask: number): number {
  if (run.count === 0) return 3
  return (run.bid[run.count - 1] === bid ? 0 : 1) | (run.ask[run.count - 1] === ask ? 0 : 2)
}

function silence(done: readonly Intervention[]) {
  let held = false
  let trades: boolean | undefined
  let quotes = true
  for (const entry of done) {
    if (entry.kind === 'trading') trades = entry.trades
    else if (entry.kind === 'quoting') quotes = entry.quotes
    else held = entry.kind === 'hold'
  }
  return { held, trades, quotes }
}

function isSilent(done: readonly Intervention[]): boolean {
  const { held, trades, quotes } = silence(done)
  return held || trades === false || !quotes
}

function shiftOf(done: readonly Intervention[]): PriceShift | undefined {
  if (done.length === 0) return undefined
  const lasting = done.findLastIndex(({ kind }) => kind === 'price' || kind === 'release')
  const entry = done[lasting]
  const factor = entry !== undefined && 'factor' in entry ? entry.factor : 1
  // A later jump counts from the price it found, shocks included.
  const spikes = done.slice(lasting + 1).filter((one) => one.kind === 'spike')
  const progress = (at: number, lasts: number, moment: number): number =>
    Math.min(1, Math.max(0, (moment - at) / lasts))
  return {
    factorAt: (moment) =>
      spikes.reduce((all, { at, lastsMs, move, retrace }) => {
        if (moment < at) return all
        return all * (1 + move * (1 - retrace * progress(at, lastsMs, moment)))
      }, factor),
    spreadAt: (moment) =>
      spikes.reduce((wide, { at, lastsMs, spread }) => {
        if (moment < at) return wide
        return Math.max(wide, 1 + (spread - 1) * (1 - progress(at, lastsMs, moment)))
      }, 1),
  }
}
