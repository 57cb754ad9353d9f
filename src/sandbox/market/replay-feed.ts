import type { Clock, Timer } from '../../async/clock.ts'
import { CTraderError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { gridOf, type Instrument } from '../world/index.ts'
import { ReplayFileError, ReplayRowError } from './errors.ts'
import type { ReplayProgress } from './market.ts'
import type { PriceControl } from './price-control.ts'
import type { QuoteBoard } from './quote-board.ts'
import type { RecordedSource } from './recorded-source.ts'
import { TickFile } from './tick-file.ts'
import type { Tick } from './tick-row.ts'

/** Rows kept ready ahead of need, at most; a piece of the file may exceed it once. */
const readAhead = 32_768
/** Rows read before the market opens, so that mistakes near the beginning are told at once. */
const readFirst = 8_192
/** Rows delivered without letting anything else happen. */
const burst = 2_000

export interface ReplayFeedOptions {
  readonly instrument: Instrument
  readonly file: string
  readonly board: QuoteBoard
  readonly clock: Clock
  /** How many times faster than recorded. */
  readonly speed: number
  /** Where what was delivered is kept. */
  readonly past: RecordedSource
  readonly logger: Logger
}

/**
 * Plays a recording onto the quote board.
 *
 * The first row is the price from the start. With the first subscription it counts as delivered at that moment, and the
 * others follow at their recorded distance divided by `speed`. Every row is delivered, in order, none merged; the
 * timestamp of an update is the sandbox's time when the row was due, not the recorded one. Rows due together are
 * delivered together. After the last row, or at a bad one, the price stays where it is and the log says so.
 */
export class ReplayFeed {
  readonly #options: ReplayFeedOptions
  readonly #file: TickFile
  readonly #grid: number
  #waiting: Tick[]
  #taken = 0
  #state: ReplayProgress['state'] = 'waiting'
  #rows = 0
  #error: CTraderError | undefined
  #startedAt = 0
  #startedMonotonic = 0
  #firstAt = 0
  #reading = false
  #ended: boolean
  #closed = false
  #offGrid = false
  #timer: Timer | undefined
  #control: Pick<PriceControl, 'pass'> | undefined

  private constructor(options: ReplayFeedOptions, file: TickFile, rows: Tick[], ended: boolean) {
    this.#options = options
    this.#file = file
    this.#grid = gridOf(options.instrument)
    this.#waiting = rows
    this.#ended = ended
  }

  /** Opens the recording and checks its first 8,192 rows. @throws ReplayError */
  static async open(options: ReplayFeedOptions): Promise<ReplayFeed> {
    const file = await TickFile.open(options.file)
    try {
      const rows: Tick[] = []
      let ended = false
      while (!ended && rows.length < readFirst) {
        const more = await file.read()
        if (more === undefined) ended = true
        else rows.push(...more)
      }
      const [first] = rows
      if (first === undefined) {
        throw new ReplayRowError(options.file, 2, 'there is no row below the header')
      }
      const feed = new ReplayFeed(options, file, rows, ended)
      const { board, instrument, clock } = options
      board.open(instrument.symbolId, first.bid, first.ask, clock.now())
      feed.#read()
      return feed
    } catch (error) {
      file.close()
      throw error
    }
  }

  /** What is done by hand to the prices of the recording. */
  connect(control: Pick<PriceControl, 'pass'>): void {
    this.#control = control
  }

  get progress(): ReplayProgress {
    return {
      state: this.#state,
      file: this.#options.file,
      rows: this.#rows,
      oddities: { ...this.#file.oddities },
      error: this.#error,
    }
  }

  /** The first subscription has come. Harmless to repeat. */
  begin(): void {
    if (this.#state !== 'waiting' || this.#closed) return
    const first = this.#next()
    if (first === undefined) return
    this.#taken++
    this.#rows = 1
    this.#state = 'playing'
    this.#firstAt = first.at
    this.#startedAt = this.#options.clock.now()
    this.#startedMonotonic = this.#options.clock.monotonic()
    this.#options.past.append(this.#startedAt, first.bid, first.ask, 3)
    this.#play()
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#file.close()
    this.#waiting = []
    this.#taken = 0
  }

  #next(): Tick | undefined {
    return this.#waiting[this.#taken]
  }

  #play(): void {
    const { clock, speed } = this.#options
    const elapsed = clock.monotonic() - this.#startedMonotonic
    let delivered = 0
    for (let tick = this.#next(); tick !== undefined; tick = this.#next()) {
      const due = Math.floor((tick.at - this.#firstAt) / speed)
      const wait = delivered === burst ? 0 : due - elapsed
      if (wait > 0 || delivered === burst) {
        this.#timer = clock.after(wait, () => this.#play(), { keepAlive: false })
        break
      }
      this.#taken++
      delivered++
      this.#deliver(tick, this.#startedAt + due)
      if (this.#closed) return
    }
    this.#drop()
    if (this.#next() === undefined && this.#ended) this.#stop()
    else this.#read()
  }

  #deliver(tick: Tick, timestamp: number): void {
    const { board, instrument, logger, file } = this.#options
    this.#rows++
    if (!this.#offGrid && (tick.bid % this.#grid !== 0 || tick.ask % this.#grid !== 0)) {
      this.#offGrid = true
      logger.warn(
        { symbol: instrument.name, digits: instrument.digits, file },
        'The recording has prices finer than the digits of the symbol; they are delivered as they are.',
      )
    }
    const control = this.#control
    const passed =
      control === undefined ? tick : control.pass(instrument.symbolId, tick.bid, tick.ask)
    if (passed === undefined) return
    const { bid, ask } = passed
    const before = board.quote(instrument.symbolId)
    const changed = (before?.bid === bid ? 0 : 1) | (before?.ask === ask ? 0 : 2)
    const sides = changed === 0 ? 3 : changed
    this.#options.past.append(timestamp, bid, ask, sides)
    board.put(instrument.symbolId, bid, ask, timestamp, sides)
  }

  /** Forgets what has been delivered. */
  #drop(): void {
    if (this.#taken < burst && this.#taken < this.#waiting.length) return
    this.#waiting = this.#waiting.slice(this.#taken)
    this.#taken = 0
  }

  /** Keeps rows ready; when the playing ran out of them, goes on. */
  #read(): void {
    if (this.#reading || this.#ended || this.#waiting.length - this.#taken > readAhead / 2) return
    this.#reading = true
    void this.#fill().then(() => {
      this.#reading = false
    })
  }

  async #fill(): Promise<void> {
    while (!this.#closed && this.#waiting.length - this.#taken < readAhead) {
      const rows = await this.#readRows()
      if (this.#closed) return
      const starved = this.#next() === undefined
      if (rows === undefined) this.#ended = true
      else for (const row of rows) this.#waiting.push(row)
      if (starved && this.#state === 'playing') this.#play()
      if (rows === undefined) return
    }
  }

  async #readRows(): Promise<readonly Tick[] | undefined> {
    try {
      return await this.#file.read()
    } catch (error) {
      this.#error =
        error instanceof CTraderError ? error : new ReplayFileError(this.#file.path, error)
      return undefined
    }
  }

  #stop(): void {
    if (this.#state !== 'playing') return
    const { instrument, file, logger } = this.#options
    const { oddities } = this.#file
    const facts = { symbol: instrument.name, file, rows: this.#rows, ...oddities }
    this.#file.close()
    if (this.#error === undefined) {
      this.#state = 'finished'
      logger.info(facts, 'The recording has been played to its end; the price stays.')
    } else {
      this.#state = 'failed'
      logger.error({ ...facts, error: this.#error }, 'The recording broke off; the price stays.')
    }
  }
}
