import type { Clock, Timer } from '../../async/clock.ts'
import type { ByteStream } from './connection.ts'
import type { LineQuality } from './traffic.ts'

/**
 * A byte stream over a line that may be bad: bytes leave in small pieces, with time between them. Over a good line it
 * hands everything on at once. What waits here counts as not having left, so that a line too slow for what is sent ends
 * like a reader who does not read.
 */
export class RoughStream implements ByteStream {
  readonly #stream: ByteStream
  readonly #clock: Clock
  readonly #quality: () => LineQuality | undefined
  readonly #moved: () => void
  readonly #waiting: Buffer[] = []
  #waitingBytes = 0
  #timer: Timer | undefined
  #busy = false
  #ending = false

  constructor(
    stream: ByteStream,
    options: {
      readonly clock: Clock
      /** What the line is like now; undefined for a good one. */
      readonly quality: () => LineQuality | undefined
      /** Called when a piece that has waited leaves. */
      readonly moved: () => void
    },
  ) {
    this.#stream = stream
    this.#clock = options.clock
    this.#quality = options.quality
    this.#moved = options.moved
  }

  get writableLength(): number {
    return this.#waitingBytes + this.#stream.writableLength
  }

  write(bytes: Buffer): void {
    if (this.#waitingBytes === 0 && !this.#busy && this.#quality() === undefined) {
      this.#stream.write(bytes)
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (!this.#busy) this.#next()
  }

  end(): void {
    if (this.#waitingBytes === 0) this.#stream.end()
    else this.#ending = true
  }

  destroy(): void {
    this.#forget()
    this.#stream.destroy()
  }

  reset(): void {
    this.#forget()
    this.#stream.reset()
  }

  /** Writes one piece and comes back: when it has left, so that it is not joined with the next, or after the gap. */
  #next(): void {
    this.#timer = undefined
    this.#busy = this.#waitingBytes > 0
    if (!this.#busy) {
      if (this.#ending) this.#stream.end()
      return
    }
    const quality = this.#quality()
    const gap = quality?.gapMs ?? 0
    this.#moved()
    this.#stream.write(this.#take(quality?.pieceBytes ?? this.#waitingBytes), () => {
      if (gap === 0) this.#next()
    })
    if (gap > 0) this.#timer = this.#clock.after(gap, () => this.#next(), { keepAlive: false })
  }

  #take(most: number): Buffer {
    const first = this.#waiting.shift() ?? Buffer.alloc(0)
    const piece = first.subarray(0, most)
    if (piece.length < first.length) this.#waiting.unshift(first.subarray(piece.length))
    this.#waitingBytes -= piece.length
    return piece
  }

  #forget(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#waiting.length = 0
    this.#waitingBytes = 0
  }
}
