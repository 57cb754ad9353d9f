/**
 * The reading half of the protobuf wire format.
 *
 * A read returns the value and leaves the position behind it in `cursor.at`; JavaScript has no second return value, and
 * an object per read would cost more than the read. Everything here is synchronous, so the cursor never outlives a call.
 *
 * Nothing here knows names. Whatever is wrong throws {@link fault}; the caller then reads the same bytes again with the
 * field tables, which say exactly what is wrong and where.
 */
export const cursor = { at: 0 }

/** Thrown for anything the straight-line readers and writers refuse; never leaves this folder. */
export const fault = new Error('not readable by the straight-line code')

let low = 0
let high = 0

/** Reads up to ten bytes into `low` and `high`, two's complement halves. */
function varint(b: Buffer, from: number): void {
  let p = from
  let l = 0
  let h = 0
  for (let shift = 0; shift < 28; shift += 7) {
    const x = b[p++] as number
    l |= (x & 127) << shift
    if (x < 128) {
      low = l
      high = 0
      cursor.at = p
      return
    }
  }
  const middle = b[p++] as number
  l |= (middle & 127) << 28
  h = (middle & 127) >> 4
  if (!(middle < 128)) {
    let shift = 3
    for (;;) {
      // Five more bytes at most; past the end of the buffer a read gives undefined, which never ends the number.
      if (shift > 31) throw fault
      const x = b[p++] as number
      h |= (x & 127) << shift
      if (x < 128) break
      shift += 7
    }
  }
  low = l
  high = h
  cursor.at = p
}

/** The low 32 bits, unsigned: tags, lengths, uint32. */
export function uint32(b: Buffer, p: number): number {
  const x = b[p] as number
  if (x < 128) {
    cursor.at = p + 1
    return x
  }
  varint(b, p)
  return low >>> 0
}

/** The low 32 bits, signed: int32 and enums. */
export function int32(b: Buffer, p: number): number {
  const x = b[p] as number
  if (x < 128) {
    cursor.at = p + 1
    return x
  }
  varint(b, p)
  return low | 0
}

export function bool(b: Buffer, p: number): boolean {
  varint(b, p)
  return low !== 0 || high !== 0
}

/** A signed 64-bit integer as a number; refuses what a number cannot hold exactly. */
export function int64(b: Buffer, p: number): number {
  let x = b[p] as number
  let v = x & 127
  if (x < 128) {
    cursor.at = p + 1
    return v
  }
  x = b[p + 1] as number
  v |= (x & 127) << 7
  if (x < 128) {
    cursor.at = p + 2
    return v
  }
  x = b[p + 2] as number
  v |= (x & 127) << 14
  if (x < 128) {
    cursor.at = p + 3
    return v
  }
  x = b[p + 3] as number
  v |= (x & 127) << 21
  if (x < 128) {
    cursor.at = p + 4
    return v
  }
  // Times in milliseconds take six bytes. Up to eight, sums of products are exact as far as a number is.
  x = b[p + 4] as number
  let wide = v + (x & 127) * 268_435_456
  if (x < 128) {
    cursor.at = p + 5
    return wide
  }
  x = b[p + 5] as number
  wide += (x & 127) * 34_359_738_368
  if (x < 128) {
    cursor.at = p + 6
    return wide
  }
  return int64Wide(b, p)
}

function int64Wide(b: Buffer, p: number): number {
  varint(b, p)
  const value = high * 4_294_967_296 + (low >>> 0)
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) throw fault
  return value
}

/** An unsigned 64-bit integer as a number; refuses what a number cannot hold exactly. */
export function uint64(b: Buffer, p: number): number {
  const value = int64(b, p)
  // Negative as a signed number means beyond 2^63 as an unsigned one.
  if (value < 0) throw fault
  return value
}

export function int64Big(b: Buffer, p: number): bigint {
  varint(b, p)
  // Amounts are nearly always small: one conversion instead of a shift and an or of big integers.
  if (high === low >> 31) return BigInt(low)
  return (BigInt(high) << 32n) | BigInt(low >>> 0)
}

export function uint64Big(b: Buffer, p: number): bigint {
  varint(b, p)
  if (high === 0) return BigInt(low >>> 0)
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}

export function double(b: Buffer, p: number, end: number): number {
  if (p + 8 > end) throw fault
  cursor.at = p + 8
  return b.readDoubleLE(p)
}

/** Reads a length and returns where the bytes it announces end; `cursor.at` is where they begin. */
export function span(b: Buffer, p: number, end: number): number {
  const length = uint32(b, p)
  // A length beyond 32 bits can never fit; its low half must not make it look as if it did.
  if ((b[p] as number) > 127 && high !== 0) throw fault
  const from = cursor.at
  if (length > end - from) throw fault
  return from + length
}

/** A string field; invalid UTF-8 reads as U+FFFD, as in the reference implementations. */
export function string(b: Buffer, p: number, end: number): string {
  const stop = span(b, p, end)
  const from = cursor.at
  cursor.at = stop
  return b.toString('utf8', from, stop)
}

/** A bytes field, copied: the buffer is reused for the next chunk. */
export function bytes(b: Buffer, p: number, end: number): Uint8Array {
  const stop = span(b, p, end)
  const from = cursor.at
  cursor.at = stop
  return copyOf(b, from, stop)
}

/** A stretch of the buffer in memory of its own, as the plain type the declarations promise. */
export function copyOf(b: Buffer, from: number, stop: number): Uint8Array {
  const copy = new Uint8Array(stop - from)
  b.copy(copy, 0, from, stop)
  return copy
}

/**
 * Steps over a field that the message does not have and returns the position behind it.
 *
 * The two masks name the field numbers that it does have: one of these arriving here has a wrong wire type.
 */
export function skip(
  b: Buffer,
  p: number,
  tag: number,
  end: number,
  known: number,
  knownFrom32: number,
): number {
  const number = tag >>> 3
  if (number === 0) throw fault
  if (number < 32 ? (known >>> number) & 1 : number < 64 && (knownFrom32 >>> (number - 32)) & 1)
    throw fault
  return skipValue(b, p, tag, end, 0)
}

const deepest = 64

function skipValue(b: Buffer, p: number, tag: number, end: number, depth: number): number {
  switch (tag & 7) {
    case 0:
      varint(b, p)
      return cursor.at
    case 1:
      return p + 8
    case 2:
      return span(b, p, end)
    case 3:
      return skipGroup(b, p, tag, end, depth)
    case 5:
      return p + 4
    default:
      throw fault
  }
}

function skipGroup(b: Buffer, from: number, tag: number, end: number, depth: number): number {
  if (depth === deepest) throw fault
  let p = from
  for (;;) {
    if (p >= end) throw fault
    const inner = uint32(b, p)
    p = cursor.at
    if ((inner & 7) === 4) {
      if (inner >>> 3 !== tag >>> 3) throw fault
      return p
    }
    if (inner >>> 3 === 0) throw fault
    p = skipValue(b, p, inner, end, depth + 1)
  }
}
