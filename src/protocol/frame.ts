import { Carry, checkFrameLimit, defaultFrameLimit } from './carry.ts'
import { FrameCutError, FrameTooLongError } from './errors.ts'

export interface FrameSplitterOptions {
  /** The longest frame to accept, in bytes, without its length prefix. @defaultValue 15,000,000 */
  readonly limit?: number
  /** Takes each whole frame: the bytes of `buffer` from `start` up to `end`. They are valid only during the call. */
  onFrame(buffer: Buffer, start: number, end: number): void
}

/**
 * Splits a byte stream into frames, however the chunks were cut.
 *
 * Whole frames are handed over inside the chunk they came in. Only a frame that straddles chunks is copied.
 */
export class FrameSplitter {
  readonly #limit: number
  readonly #onFrame: FrameSplitterOptions['onFrame']
  // The unfinished frame, its prefix included.
  readonly #carry = new Carry()

  constructor(options: FrameSplitterOptions) {
    this.#limit = checkFrameLimit(options.limit ?? defaultFrameLimit)
    this.#onFrame = options.onFrame
  }

  /** Bytes of an unfinished frame that wait for the rest. */
  get pendingBytes(): number {
    return this.#carry.length
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws {@link FrameTooLongError} as soon as a length beyond the limit is announced; nothing of that frame is kept
   */
  push(chunk: Buffer): void {
    let at = 0
    if (this.#carry.length > 0) {
      at = this.#resume(chunk)
      if (this.#carry.length > 0) return
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
    if (at < end) this.#carry.append(chunk, at, end)
  }

  /**
   * Says that the stream has ended.
   *
   * @throws {@link FrameCutError} when that is in the middle of a frame
   */
  end(): void {
    const held = this.#carry.release()
    if (held === 0) return
    throw held < 4
      ? new FrameCutError(held, undefined)
      : new FrameCutError(held - 4, this.#carry.bytes.readUInt32BE(0))
  }

  /** Completes the frame in the carry as far as the chunk allows; returns how much of the chunk was used. */
  #resume(chunk: Buffer): number {
    const carry = this.#carry
    let at = 0
    if (carry.length < 4) {
      at = Math.min(4 - carry.length, chunk.length)
      carry.append(chunk, 0, at)
      if (carry.length < 4) return at
    }
    const length = carry.bytes.readUInt32BE(0)
    if (length > this.#limit) {
      carry.release()
      throw new FrameTooLongError(length, this.#limit)
    }
    const missing = 4 + length - carry.length
    const take = Math.min(missing, chunk.length - at)
    carry.append(chunk, at, at + take)
    if (take === missing) {
      // Released first: a sink that throws must not see the same frame again.
      carry.release()
      this.#onFrame(carry.bytes, 4, 4 + length)
    }
    return at + take
  }
}
