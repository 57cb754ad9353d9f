/** Hand tools for bytes that no encoder would write. Independent of the codec they are used against. */

/** A varint, padded with empty groups up to `length` bytes where that is more than it needs. */
export function varint(value: bigint | number, length = 0): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  do {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  } while (rest > 0n || bytes.length < length)
  bytes.push((bytes.pop() ?? 0) & 127)
  return Buffer.from(bytes)
}

export function tag(number: number, wire: number): Buffer {
  return varint(number * 8 + wire)
}

/** A length-delimited field. */
export function delimited(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([tag(number, 2), varint(content.length), content])
}

/** A field as it stands on the wire, its tag included. */
export interface WireField {
  readonly number: number
  readonly bytes: Buffer
}

/** The fields of a well-formed message, in order. */
export function splitFields(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = []
  let at = 0
  const read = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(at++)
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const start = at
    const head = read()
    const wire = head & 7
    // A varint is stepped over by reading it, a string by its length.
    const length = wire === 1 ? 8 : read()
    if (wire === 1 || wire === 2) at += length
    else if (wire !== 0) throw new Error(`wire type ${wire} is not expected here`)
    fields.push({ number: head >>> 3, bytes: bytes.subarray(start, at) })
  }
  return fields
}

/** Puts fields together again. */
export function joinFields(fields: readonly WireField[]): Buffer {
  return Buffer.concat(fields.map((field) => field.bytes))
}
