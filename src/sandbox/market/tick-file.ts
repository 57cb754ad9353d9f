import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ReplayFileError, ReplayRowError } from './errors.ts'
import { plainColumns, readHeader } from './tick-columns.ts'
import { parseTickRow, type Tick } from './tick-row.ts'

const header = 'timestamp,bid,ask'
const longestLine = 4096

/**
 * A recording of quotes, read piece by piece: memory does not grow with the file.
 *
 * The format is CSV, plain or gzip (told apart by the first bytes), with a header that names a time, a bid and an ask, in
 * any order, in capitals or not; other columns, such as volumes, are not read. Lines end in LF or CRLF.
 *
 * - Time: `timestamp`, `time`, `gmt time`, `utc`, `time (utc)` or `datetime`. Milliseconds since 1970, ISO 8601 with a
 *   zone, or `31.12.2025 21:00:00.123` in UTC.
 * - Prices: `bid` or `bidPrice`, `ask` or `askPrice`. At most five decimals (more only if they are zeros).
 *
 * So `timestamp,bid,ask` is read, and so are both forms of Dukascopy's ticks: `Gmt time,Ask,Bid,AskVolume,BidVolume` and
 * `timestamp,askPrice,bidPrice,askVolume,bidVolume`. A local time of no stated zone is refused.
 *
 * - Taken as they are and counted, because real feeds have them: zero and negative spreads, equal timestamps, rows that repeat the
 *   row before, prices finer than the symbol's digits, empty lines at the end.
 * - Refused with file and line: another header, a missing or additional column, anything that is not a number, an empty
 *   or zero side, a price of more than five decimals, a timestamp below the one before, an empty line between rows.
 * - Refused with the file: one that is missing, unreadable, broken gzip, or without a row.
 */
export class TickFile {
  readonly path: string
  /** What was taken that is odd, so far. */
  readonly oddities: Oddities = { crossed: 0, locked: 0, sameTime: 0 }
  #columns = plainColumns
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Buffer>
  #line = 0
  #rest = ''
  #blank = 0
  #last = 0
  #ended = false
  #failure: ReplayRowError | undefined

  private constructor(path: string, stream: Readable) {
    this.path = path
    this.#stream = stream
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** Opens a recording. @throws ReplayFileError when that is not possible. */
  static async open(path: string): Promise<TickFile> {
    try {
      return new TickFile(path, await openText(path))
    } catch (error) {
      throw new ReplayFileError(path, error)
    }
  }

  /**
   * The next rows; undefined after the last. Rows before a bad one are still given, the next call then throws.
   * @throws ReplayRowError naming the line, ReplayFileError when reading fails.
   */
  async read(): Promise<readonly Tick[] | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#ended) return undefined
      const ticks = this.#take(await this.#chunk())
      if (ticks.length > 0) return ticks
    }
  }

  close(): void {
    this.#ended = true
    this.#stream.destroy()
  }

  async #chunk(): Promise<string | undefined> {
    try {
      const next = await this.#chunks.next()
      return next.done === true ? undefined : next.value.toString('latin1')
    } catch (error) {
      // Closing in the middle of a read is no failure.
      if (this.#ended) return undefined
      throw new ReplayFileError(this.path, error)
    }
  }

  #take(chunk: string | undefined): readonly Tick[] {
    const ticks: Tick[] = []
    const lines = (this.#rest + (chunk ?? '')).split('\n')
    this.#rest = lines.pop() ?? ''
    if (chunk === undefined) {
      this.#ended = true
      if (this.#rest !== '') lines.push(this.#rest)
    } else if (this.#rest.length > longestLine) lines.push(this.#rest)
    for (const line of lines) {
      this.#line++
      const row = line.endsWith('\r') ? line.slice(0, -1) : line
      const problem = this.#check(row, ticks)
      if (problem !== undefined) {
        this.#failure = new ReplayRowError(this.path, this.#line, problem)
        break
      }
    }
    if (this.#ended && this.#line === 0) {
      this.#failure = new ReplayRowError(this.path, 1, 'the file is empty')
    }
    return ticks
  }

  #check(row: string, ticks: Tick[]): string | undefined {
    if (row.length > longestLine) return `it is longer than ${longestLine} characters`
    if (this.#line === 1) {
      const columns = readHeader(row)
      if (columns !== undefined) {
        this.#columns = columns
        return undefined
      }
      return `the header is "${row.slice(0, 60)}" where "${header}" is expected`
    }
    if (row === '') {
      if (this.#blank === 0) this.#blank = this.#line
      return undefined
    }
    if (this.#blank !== 0) return `it follows an empty line (line ${this.#blank})`
    const tick = parseTickRow(row, this.#columns)
    if (typeof tick === 'string') return tick
    if (tick.at < this.#last) {
      return `its timestamp ${tick.at} is before the one above it (${this.#last})`
    }
    this.#notice(tick)
    this.#last = tick.at
    ticks.push(tick)
    return undefined
  }

  #notice(tick: Tick): void {
    if (tick.ask < tick.bid) this.oddities.crossed++
    else if (tick.ask === tick.bid) this.oddities.locked++
    if (tick.at === this.#last) this.oddities.sameTime++
  }
}

/** How many rows had each oddity. */
export interface Oddities {
  /** An ask below the bid. */
  crossed: number
  /** An ask equal to the bid. */
  locked: number
  /** The time of the row before. */
  sameTime: number
}

/** The file's text as a stream of bytes, unpacked when it is gzip. */
async function openText(path: string): Promise<Readable> {
  const handle = await open(path, 'r')
  let packed: boolean
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    packed = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
  const raw = createReadStream(path)
  if (!packed) return raw
  const unpacked = createGunzip()
  raw.on('error', (error) => unpacked.destroy(error))
  unpacked.on('close', () => raw.destroy())
  return raw.pipe(unpacked)
}
