/**
 * Distinguished encoding rules (X.690), as much of them as a certificate needs. Every function returns one complete
 * element: tag, length, content.
 */
function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const size = content.length
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content])
  if (size < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, size]), content])
  if (size < 0x10000)
    return Buffer.concat([Buffer.from([tag, 0x82, size >> 8, size & 0xff]), content])
  throw new RangeError('No certificate holds that much.')
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => element(0x30, ...contents)
export const set = (...contents: readonly Uint8Array[]): Buffer => element(0x31, ...contents)
export const octets = (content: Uint8Array): Buffer => element(0x04, content)
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'))
export const yes: Buffer = element(0x01, Buffer.from([0xff]))

/** Constructed, context-specific: `[tag] EXPLICIT`. */
export const tagged = (tag: number, ...contents: readonly Uint8Array[]): Buffer =>
  element(0xa0 | tag, ...contents)

/** Primitive, context-specific: `[tag] IMPLICIT` of a string type. */
export const choice = (tag: number, content: Uint8Array): Buffer => element(0x80 | tag, content)

/** A non-negative integer, big-endian. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const digits = bytes.subarray(start)
  // A leading one bit would make it negative.
  return element(0x02, Buffer.from((digits[0] ?? 0) >= 0x80 ? [0] : []), digits)
}

/** A bit string of whole octets. */
export const bits = (content: Uint8Array): Buffer => element(0x03, Buffer.from([0]), content)

/** A named bit list of up to nine names; bit 0 is the first. Trailing zero bits are dropped, as the rules demand. */
export function flags(...positions: readonly number[]): Buffer {
  const last = Math.max(...positions)
  const content = Buffer.alloc((last >> 3) + 1)
  for (const position of positions) {
    content[position >> 3] = (content[position >> 3] ?? 0) | (0x80 >> (position & 7))
  }
  return element(0x03, Buffer.from([7 - (last & 7)]), content)
}

/** An object identifier, from its dotted text. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const content: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    content.push(...groups)
  }
  return element(0x06, Buffer.from(content))
}

/** A moment, to the second: two-digit years up to 2049, four digits later, as certificates want it (RFC 5280 4.1.2.5). */
export function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]/g, '').replace(/\..*$/, 'Z')
  return Number(text.slice(0, 4)) < 2050
    ? element(0x17, Buffer.from(text.slice(2), 'latin1'))
    : element(0x18, Buffer.from(text, 'latin1'))
}

/** The elements directly inside a constructed element; throws a RangeError when the lengths do not add up. */
export function children(constructed: Buffer): Buffer[] {
  const found: Buffer[] = []
  let at = contentStart(constructed, 0)
  while (at < constructed.length) {
    const content = contentStart(constructed, at)
    const end = content + contentLength(constructed, at)
    if (end > constructed.length) throw new RangeError('An element is longer than what holds it.')
    found.push(constructed.subarray(at, end))
    at = end
  }
  return found
}

function contentStart(buffer: Buffer, at: number): number {
  const first = buffer.readUInt8(at + 1)
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f)
}

function contentLength(buffer: Buffer, at: number): number {
  const first = buffer.readUInt8(at + 1)
  return first < 0x80 ? first : buffer.readUIntBE(at + 2, first & 0x7f)
}
