import { InvalidArgumentError } from '../errors.ts'

/** The longest message that is accepted unless another limit is given, in bytes. */
export const defaultFrameLimit = 15_000_000

const largestLimit = 0x7fffffff

/** @throws {@link InvalidArgumentError} for a number of bytes that cannot be a limit */
export function checkFrameLimit(limit: number): number {
  if (Number.isInteger(limit) && limit > 0 && limit <= largestLimit) return limit
  throw new InvalidArgumentError(`A limit of ${limit} bytes is not possible.`, {
    facts: { limit },
    remedy: `Give a whole number between 1 and ${largestLimit}.`,
  })
}

/**
 * The beginning of a message whose rest has not arrived, in one buffer that is used again for the next. It grows with
 * what arrives, not with what was announced.
 */
export class Carry {
  #bytes: Buffer = Buffer.allocUnsafeSlow(4096)
  #length = 0

  /** How many bytes wait. */
  get length(): number {
    return this.#length
  }

  /** The buffer they stand in, from its beginning; what follows them means nothing. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Appends the bytes of `chunk` from `from` up to `to`. */
  append(chunk: Buffer, from: number, to: number): void {
    const needed = this.#length + to - from
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, this.#length, from, to)
    this.#length = needed
  }

  /** Forgets what waits, and returns how much it was. The bytes stay readable until the next are appended. */
  release(): number {
    const length = this.#length
    this.#length = 0
    return length
  }
}
