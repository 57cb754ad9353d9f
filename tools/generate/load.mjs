// Reads the .proto files into a plain model and refuses whatever the emitters do not know.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

/**
 * @typedef {{ name: string, number: number, comment: string }} EnumValue
 * @typedef {{ name: string, comment: string, values: EnumValue[] }} Enum
 * @typedef {{ name: string, number: number, label: 'required' | 'optional' | 'repeated', type: string,
 *   kind: 'scalar' | 'enum' | 'message', int64: 'number' | 'bigint' | undefined, default: string | undefined,
 *   packed: boolean, deprecated: boolean, comment: string }} Field
 * @typedef {{ name: string, comment: string, payloadType: number | undefined, fields: Field[] }} Message
 * @typedef {{ enums: Enum[], messages: Message[] }} Model
 */

const folder = new URL('../../proto/', import.meta.url)
const files = ['common.proto', 'model.proto', 'messages.proto']
const scalars = new Set(['int32', 'uint32', 'int64', 'uint64', 'bool', 'double', 'string', 'bytes'])

/** @returns {Model} */
export function loadModel() {
  const root = new protobuf.Root()
  for (const file of files) {
    const path = fileURLToPath(new URL(file, folder))
    protobuf.parse(readFileSync(path, 'utf8'), root, { keepCase: true, alternateCommentMode: true })
  }
  root.resolveAll()
  const int64 = loadInt64()
  const enums = []
  const messages = []
  for (const item of root.nestedArray) {
    if (item instanceof protobuf.Enum) enums.push(toEnum(item))
    else if (item instanceof protobuf.Type) messages.push(toMessage(item, int64))
    else throw new Error(`${item.fullName}: only messages and enums are generated`)
  }
  for (const [name, use] of int64)
    if (!use.seen) throw new Error(`int64.tsv names ${name}, which is no 64-bit field`)
  return { enums, messages }
}

function loadInt64() {
  const lines = readFileSync(new URL('int64.tsv', folder), 'utf8').trim().split('\n').slice(1)
  const table = new Map()
  for (const line of lines) {
    const [message, field, as] = line.split('\t')
    if (as !== 'number' && as !== 'bigint') throw new Error(`int64.tsv: ${line}`)
    table.set(`${message}.${field}`, { as, seen: false })
  }
  return table
}

function toEnum(item) {
  const values = Object.entries(item.values).map(([name, number]) => ({
    name,
    number,
    comment: item.comments[name] ?? '',
  }))
  return { name: item.name, comment: item.comment ?? '', values }
}

function toMessage(type, int64) {
  if (type.oneofsArray.length > 0 || type.nestedArray.length > 0 || type.extensions || type.group) {
    throw new Error(`${type.name}: oneof, nested types, extensions and groups are not generated`)
  }
  const fields = type.fieldsArray
    .map((field) => toField(type, field, int64))
    .sort((a, b) => a.number - b.number)
  const first = type.fields.payloadType
  const payloadType =
    first?.resolvedType instanceof protobuf.Enum
      ? first.resolvedType.values[first.options?.default]
      : undefined
  return { name: type.name, comment: type.comment ?? '', payloadType, fields }
}

function toField(type, field, int64) {
  const where = `${type.name}.${field.name}`
  if (field.map) throw new Error(`${where}: maps are not generated`)
  const kind =
    field.resolvedType instanceof protobuf.Enum
      ? 'enum'
      : field.resolvedType === null
        ? 'scalar'
        : 'message'
  if (kind === 'scalar' && !scalars.has(field.type))
    throw new Error(`${where}: ${field.type} is not generated`)
  const wide = field.type === 'int64' || field.type === 'uint64'
  const entry = int64.get(where)
  if (wide && entry === undefined)
    throw new Error(`${where}: say in proto/int64.tsv whether it is a number or a bigint`)
  if (wide) entry.seen = true
  const known = new Set(['default', 'packed', 'deprecated'])
  for (const option of Object.keys(field.options ?? {})) {
    if (!known.has(option) && option !== 'proto3_optional')
      throw new Error(`${where}: option ${option} is not generated`)
  }
  return {
    name: field.name,
    number: field.id,
    label: field.repeated ? 'repeated' : field.required ? 'required' : 'optional',
    type: field.resolvedType === null ? field.type : field.resolvedType.name,
    kind,
    int64: entry?.as,
    default: field.options?.default === undefined ? undefined : String(field.options.default),
    packed: field.options?.packed === true,
    deprecated: field.options?.deprecated === true,
    comment: field.comment ?? '',
  }
}
