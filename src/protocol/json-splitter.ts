import { isUtf8 } from 'node:buffer'
import { Carry, checkFrameLimit, defaultFrameLimit } from './carry.ts'
import { FrameCutError, FrameTooLongError, JsonFormatError } from './errors.ts'

export interface JsonSplitterOptions {
  /** The longest text to accept, in bytes. @defaultValue 15,000,000 */
  readonly limit?: number
  /** Takes the text of each whole object. Whether it is JSON is for the reader of the text to find out. */
  onText(text: string): void
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * Splits a byte stream into JSON objects, however the chunks were cut. Between two objects only white space may stand: the
 * stream carries no lengths, and lines are a habit of senders and no rule.
 *
 * Brackets outside of strings are all it looks at. Bytes of characters beyond ASCII never look like one of them.
 */
export class JsonSplitter {
  readonly #limit: number
  readonly #onText: (text: string) => void
  readonly #carry = new Carry()
  #depth = 0
  #inString = false
  #escaped = false

  constructor(options: JsonSplitterOptions) {
    this.#limit = checkFrameLimit(options.limit ?? defaultFrameLimit)
    this.#onText = options.onText
  }

  /** Bytes of an unfinished object that wait for the rest. */
  get pendingBytes(): number {
    return this.#carry.length
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws {@link JsonFormatError} for anything but white space between two objects, and for text that is not UTF-8
   * @throws {@link FrameTooLongError} for an object beyond the limit
   */
  push(chunk: Buffer): void {
    // Where the object in hand begins in this chunk; what came of it before is in the carry.
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (this.#depth === 0) {
        if (byte === openBrace) {
          start = at
          this.#depth = 1
        } else if (!isSpace(byte)) throw new JsonFormatError('The text is not a JSON object', 0)
      } else if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === backslash) this.#escaped = true
        else if (byte === quote) this.#inString = false
      } else if (byte === quote) this.#inString = true
      else if (byte === openBrace || byte === openBracket) this.#depth++
      else if (byte === closeBrace || byte === closeBracket) {
        this.#depth--
        if (this.#depth === 0) this.#finish(chunk, start, at + 1)
      }
    }
    if (this.#depth > 0) this.#hold(chunk, start, chunk.length)
  }

  /**
   * Says that the stream has ended.
   *
   * @throws {@link FrameCutError} when that is in the middle of an object
   */
  end(): void {
    const held = this.#carry.release()
    if (held > 0) throw new FrameCutError(held, undefined, 'object')
  }

  #finish(chunk: Buffer, start: number, end: number): void {
    this.#check(end - start)
    let bytes = chunk.subarray(start, end)
    if (this.#carry.length > 0) {
      this.#carry.append(chunk, start, end)
      // Released first: a reader that throws must not see the same text again.
      bytes = this.#carry.bytes.subarray(0, this.#carry.release())
    }
    if (!isUtf8(bytes)) throw new JsonFormatError('The text is not UTF-8')
    this.#onText(bytes.toString())
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    this.#check(to - from)
    this.#carry.append(chunk, from, to)
  }

  #check(more: number): void {
    const length = this.#carry.length + more
    if (length > this.#limit) throw new FrameTooLongError(length, this.#limit)
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
