import { JsonFormatError } from './errors.ts'
import { findJsonError } from './json-syntax.ts'

/** What JSON can say, with whole numbers beyond 2^53 held exactly as bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

// Marks a string that was a long whole number in the text. A real string can hold this character only in escaped form,
// which is unescaped by JSON.parse: so such strings get one more mark.
const mark = '\u0001'
const escapes = /\\(?:u0001|[\s\S])/g
const longInteger = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * `JSON.parse` that does not round: a whole number that a JavaScript number cannot hold becomes a bigint.
 *
 * @throws {@link JsonFormatError} that says where the text stops being JSON
 */
export function parseJson(text: string): JsonValue {
  const exact = /\d{16}/.test(text)
  try {
    if (!exact) return JSON.parse(text) as JsonValue
    const marked = text.replace(longInteger, (token) => {
      if (token.startsWith('"'))
        return token.replace(escapes, (found) => (found === '\\u0001' ? found + found : found))
      return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
        ? `"\\u0001${token}"`
        : token
    })
    return JSON.parse(marked, unmark) as JsonValue
  } catch (error) {
    throw notJson(text, error)
  }
}

function unmark(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes(mark)) return value
  if (value.startsWith(mark) && /^-?\d+$/.test(value.slice(1))) return BigInt(value.slice(1))
  return value.replaceAll(mark + mark, mark)
}

function notJson(text: string, error: unknown): JsonFormatError {
  if (text.trim() === '') return new JsonFormatError('The text is empty', 0)
  const position = findJsonError(text)
  // The message of JSON.parse quotes the text, which may hold secrets: nothing is taken from it.
  if (position === undefined) {
    return new JsonFormatError(
      error instanceof RangeError ? 'The text is nested too deeply' : 'The text is not JSON',
    )
  }
  const lines = text.slice(0, position).split('\n')
  const column = (lines.at(-1)?.length ?? 0) + 1
  return new JsonFormatError('The text is not JSON', position, { line: lines.length, column })
}

// Nothing of the protocol is nested more than a few levels; text off the wire can be, as deep as the stack and deeper.
const deepest = 200

/**
 * `JSON.stringify` that writes bigint values as plain digits and keeps the sign of zero.
 *
 * @throws {@link JsonFormatError} for a value nested more than 200 levels deep
 */
export function stringifyJson(value: JsonValue): string {
  return write(value, 0)
}

function write(value: JsonValue, depth: number): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) {
    return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  }
  if (depth === deepest) throw new JsonFormatError('The value is nested too deeply')
  if (isList(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  const parts: string[] = []
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) parts.push(`${JSON.stringify(key)}:${write(item, depth + 1)}`)
  }
  return `{${parts.join(',')}}`
}

// Array.isArray does not narrow readonly lists.
function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}
