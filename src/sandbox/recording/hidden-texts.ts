import { type JsonValue, parseJson } from '../../protocol/index.ts'
import { secretFields } from './redaction.ts'

// What is shorter is no token, code or client secret.
const shortest = 8
// Deeper is no message of the protocol.
const deepest = 4
const printable = /^[\x21-\x7e]+$/
const quoted = /"([^"\\\s]+)"/g

/**
 * Texts in a message that could not be read: any of them may be a secret. The id that the sender gave the message is none:
 * answers carry it.
 */
export function hiddenTexts(format: 'protobuf' | 'json', message: Buffer): ReadonlySet<string> {
  const texts = new Set<string>()
  const take = (text: string): void => {
    if (text.length >= shortest && printable.test(text)) texts.add(text)
  }
  if (format === 'json') searchJson(message.toString(), take)
  else
    searchFields(
      message,
      0,
      (number, depth, text) => (number === idField && depth === 0) || take(text),
    )
  return texts
}

const idField = 3

function searchJson(text: string, take: (text: string) => void): void {
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch {
    for (const [, word = ''] of text.matchAll(quoted)) take(word)
    return
  }
  searchValue('', value, 0, take)
}

function searchValue(
  name: string,
  value: JsonValue | undefined,
  depth: number,
  take: (text: string) => void,
): void {
  const names: readonly string[] = secretFields
  if (typeof value === 'string') {
    if (name !== 'clientMsgId' || depth > 1) take(value)
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    // Ids and prices are numbers too, and are written down.
    if (names.includes(name)) take(String(value))
  } else if (typeof value === 'object' && value !== null && depth < deepest) {
    const items = Array.isArray(value) ? value.map((item) => [name, item]) : Object.entries(value)
    for (const [key, item] of items) searchValue(key, item, depth + 1, take)
  }
}

/** Goes through bytes as if they were fields of protobuf, as far as they look like it. */
function searchFields(
  bytes: Buffer,
  depth: number,
  take: (number: number, depth: number, text: string) => void,
): void {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] as number
      value += (byte & 127) * scale
      if (byte < 128) break
    }
    return value
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag % 8
    if (wire === 0) varint()
    else if (wire === 1) at += 8
    else if (wire === 5) at += 4
    else if (wire === 2) {
      const length = varint()
      const content = bytes.subarray(at, at + length)
      at += length
      take(Math.floor(tag / 8), depth, content.toString('latin1'))
      if (depth < deepest) searchFields(content, depth + 1, take)
    } else return
  }
}
