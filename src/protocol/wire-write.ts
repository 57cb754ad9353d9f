import { fault } from './wire-read.ts'

const smallest64 = -(1n << 63n)
const largest64 = (1n << 63n) - 1n
const largestU64 = (1n << 64n) - 1n

/**
 * The writing half of the protobuf wire format: a growing buffer and one method per field type, each taking the tag.
 *
 * A value that does not fit its type throws `fault`; the caller then walks the message with the field tables, which say
 * which field it was.
 */
export class Writer {
  buffer: Buffer = Buffer.allocUnsafeSlow(1024)
  at = 0

  /** Makes room for `count` more bytes. */
  room(count: number): void {
    const needed = this.at + count
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
  }

  /** Writes an unsigned 32-bit integer as a varint. Room has been made. */
  raw32(value: number): void {
    const b = this.buffer
    let v = value
    while (v > 127) {
      b[this.at++] = (v & 127) | 128
      v >>>= 7
    }
    b[this.at++] = v
  }

  /** Writes the two's complement halves of a 64-bit integer as a varint. Room has been made. */
  raw64(low: number, high: number): void {
    const b = this.buffer
    let l = low >>> 0
    let h = high >>> 0
    while (h !== 0) {
      b[this.at++] = (l & 127) | 128
      l = ((l >>> 7) | (h << 25)) >>> 0
      h >>>= 7
    }
    this.raw32(l)
  }

  uint32(tag: number, value: number): void {
    if (typeof value !== 'number' || value >>> 0 !== value) throw fault
    this.room(8)
    this.raw32(tag)
    this.raw32(value)
  }

  /** int32 and enums. */
  int32(tag: number, value: number): void {
    if (typeof value !== 'number' || (value | 0) !== value) throw fault
    this.room(13)
    this.raw32(tag)
    if (value >= 0) this.raw32(value)
    else this.raw64(value, -1)
  }

  int64(tag: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw fault
    this.room(13)
    this.raw32(tag)
    if (value >= 0 && value <= 0x7fffffff) this.raw32(value)
    else this.raw64(value, Math.floor(value / 4_294_967_296))
  }

  uint64(tag: number, value: number): void {
    if (!(value >= 0)) throw fault
    this.int64(tag, value)
  }

  int64Big(tag: number, value: bigint): void {
    if (typeof value !== 'bigint' || value < smallest64 || value > largest64) throw fault
    this.#big(tag, value)
  }

  uint64Big(tag: number, value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value > largestU64) throw fault
    this.#big(tag, value)
  }

  bool(tag: number, value: boolean): void {
    if (typeof value !== 'boolean') throw fault
    this.room(4)
    this.raw32(tag)
    this.buffer[this.at++] = value ? 1 : 0
  }

  double(tag: number, value: number): void {
    if (typeof value !== 'number') throw fault
    this.room(11)
    this.raw32(tag)
    this.at = this.buffer.writeDoubleLE(value, this.at)
  }

  string(tag: number, value: string): void {
    if (typeof value !== 'string') throw fault
    const longest = value.length * 3
    this.room(longest + 8)
    this.raw32(tag)
    if (longest < 128) {
      // The length certainly takes one byte: write the text behind it first.
      const written = this.buffer.write(value, this.at + 1, 'utf8')
      this.buffer[this.at] = written
      this.at += written + 1
      return
    }
    this.raw32(Buffer.byteLength(value, 'utf8'))
    this.at += this.buffer.write(value, this.at, 'utf8')
  }

  bytes(tag: number, value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) throw fault
    this.room(value.length + 8)
    this.raw32(tag)
    this.raw32(value.length)
    this.buffer.set(value, this.at)
    this.at += value.length
  }

  /** A packed list: one field that holds all the values; an empty list is no field at all. */
  packedUint64(tag: number, values: readonly number[]): void {
    if (!Array.isArray(values)) throw fault
    if (values.length === 0) return
    this.room(values.length * 10 + 8)
    this.raw32(tag)
    const start = this.at++
    for (const value of values) {
      if (!(Number.isSafeInteger(value) && value >= 0)) throw fault
      this.raw64(value, Math.floor(value / 4_294_967_296))
    }
    this.closeLength(start)
  }

  /** A sub-message; its length is known only afterwards, and longer ones are moved to make room for it. */
  message<T>(tag: number, value: T, encode: (writer: Writer, value: T) => void): void {
    if (typeof value !== 'object' || value === null) throw fault
    this.room(4)
    this.raw32(tag)
    const start = this.at++
    encode(this, value)
    this.closeLength(start)
  }

  /** Writes the length of what stands behind the one byte kept free for it at `start`. */
  closeLength(start: number): void {
    const length = this.at - start - 1
    if (length < 128) {
      this.buffer[start] = length
      return
    }
    const size = length < 16_384 ? 2 : length < 2_097_152 ? 3 : length < 268_435_456 ? 4 : 5
    this.room(size)
    this.buffer.copyWithin(start + size, start + 1, this.at)
    this.at = start
    this.raw32(length)
    this.at += length
  }

  #big(tag: number, value: bigint): void {
    this.room(13)
    this.raw32(tag)
    this.raw64(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)))
  }
}
