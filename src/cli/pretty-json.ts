import type { JsonValue } from '../protocol/index.ts'

const widest = 80

/**
 * JSON for people: indented, what fits on a line kept on one. Long whole numbers keep their digits.
 */
export function prettyJson(value: JsonValue, indent = ''): string {
  const flat = flatJson(value)
  const isFlat =
    typeof value !== 'object' || value === null || indent.length + flat.length <= widest
  if (isFlat) return flat
  const inner = `${indent}  `
  if (isList(value)) {
    const items = value.map((item) => `${inner}${prettyJson(item, inner)}`)
    return `[\n${items.join(',\n')}\n${indent}]`
  }
  const members = entriesOf(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${prettyJson(item, inner)}`,
  )
  return `{\n${members.join(',\n')}\n${indent}}`
}

function flatJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(flatJson).join(', ')}]`
  const members = entriesOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${flatJson(item)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

type JsonObject = { readonly [key: string]: JsonValue | undefined }

function entriesOf(value: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [[key, item] as const],
  )
}

// Array.isArray does not narrow readonly lists.
function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value)
}
