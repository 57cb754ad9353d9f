import { InvalidArgumentError } from '../errors.ts'
import { FrameCutError, FrameTooLongError } from './errors.ts'

/** The longest frame that is accepted unless another limit is given, in bytes. */
export const defaultFrameLimit = 15_000_000

export interface FrameSplitterOptions {
  /** The longest frame to accept, in bytes, without its length prefix. @defaultValue 15,000,000 */
  readonly limit?: number
  /** Takes each whole frame: the bytes of `buffer` from `start` up to `end`. They are valid only during the call. */
  onFrame(buffer: Buffer, start: number, end: number): void
}

/**
 * Splits a byte stream into frames, however the chunks were cut.
 *
 * Whole frames are handed over inside the chunk they came in. Only a frame that straddles chunks is copied, into one
 * buffer that is reused for the next; it grows with what arrives, not with what was announced.
 */
export class FrameSplitter {
  readonly #limit: number
  readonly #onFrame: FrameSplitterOptions['onFrame']
  #carry: Buffer = Buffer.allocUnsafeSlow(4096)
  // Bytes of an unfinished frame, its prefix included, that stand in the carry.
  #held = 0

  constructor(options: FrameSplitterOptions) {
    const limit = options.limit ?? defaultFrameLimit
    if (!(Number.isInteger(limit) && limit > 0 && limit <= 0x7fffffff)) {
      throw new InvalidArgumentError(`A frame limit of ${limit} bytes is not possible.`, {
        facts: { limit },
        remedy: 'Give a whole number between 1 and 2147483647.',
      })
    }
    this.#limit = limit
    this.#onFrame = options.onFrame
  }

  /** Bytes of an unfinished frame that wait for the rest. */
  get pendingBytes(): number {
    return this.#held
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws {@link FrameTooLongError} as soon as a length beyond the limit is announced; nothing of that frame is kept
   */
  push(chunk: Buffer): void {
    let at = 0
    if (this.#held > 0) {
      at = this.#resume(chunk)
      if (this.#held > 0) return
    }
    const end = chunk.length
    const limit = this.#limit
    const onFrame = this.#onFrame
    while (end - at >= 4) {
      // Read by hand: a call for each frame is what this loop would mostly consist of.
      const length =
        (((chunk[at] as number) << 24) |
          ((chunk[at + 1] as number) << 16) |
          ((chunk[at + 2] as number) << 8) |
          (chunk[at + 3] as number)) >>>
        0
      if (length > limit) throw new FrameTooLongError(length, limit)
      const stop = at + 4 + length
      if (stop > end) break
      onFrame(chunk, at + 4, stop)
      at = stop
    }
    if (at < end) this.#hold(chunk, at, end)
  }

  /**
   * Says that the stream has ended.
   *
   * @throws {@link FrameCutError} when that is in the middle of a frame
   */
  end(): void {
    if (this.#held === 0) return
    const held = this.#held
    this.#held = 0
    throw held < 4
      ? new FrameCutError(held, undefined)
      : new FrameCutError(held - 4, this.#carry.readUInt32BE(0))
  }

  /** Completes the frame in the carry as far as the chunk allows; returns how much of the chunk was used. */
  #resume(chunk: Buffer): number {
    let at = 0
    if (this.#held < 4) {
      at = Math.min(4 - this.#held, chunk.length)
      this.#hold(chunk, 0, at)
      if (this.#held < 4) return at
    }
    const length = this.#carry.readUInt32BE(0)
    if (length > this.#limit) {
      this.#held = 0
      throw new FrameTooLongError(length, this.#limit)
    }
    const missing = 4 + length - this.#held
    const take = Math.min(missing, chunk.length - at)
    this.#hold(chunk, at, at + take)
    if (take === missing) {
      // Released first: a sink that throws must not see the same frame again.
      this.#held = 0
      this.#onFrame(this.#carry, 4, 4 + length)
    }
    return at + take
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    const needed = this.#held + to - from
    if (needed > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#carry.length * 2))
      this.#carry.copy(larger, 0, 0, this.#held)
      this.#carry = larger
    }
    chunk.copy(this.#carry, this.#held, from, to)
    this.#held = needed
  }
}
