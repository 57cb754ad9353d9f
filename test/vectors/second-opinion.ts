import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import textformat from 'protobufjs/ext/textformat.js'
import { protoFiles, protoFolder } from '../schema/protoc.ts'

/**
 * The same schema in the hands of protobufjs: its own parser, text format reader, decoder and encoder. Everything the
 * tests expect of our codec comes from here or from protoc.
 */
const root = new protobuf.Root()
for (const file of protoFiles) {
  protobuf.parse(readFileSync(join(protoFolder, file), 'utf8'), root, { keepCase: true })
}
root.resolveAll()

const big = new Set(
  readFileSync(join(protoFolder, 'int64.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, , held]) => held === 'bigint')
    .map(([message, field]) => `${message}.${field}`),
)

export type Plain = Record<string, unknown>

/** What a message in text format says, in the shape our decoder promises. */
export function readText(name: string, text: string): Plain {
  const type = root.lookupType(name)
  return toPlain(type, textformat.fromText(type, text))
}

/** The exact value of the 64-bit field at a path such as `tickData[1].tick`. */
export function readTextAt(name: string, text: string, path: string): bigint {
  const found = path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>(
      (value, step) => (value as Plain)[step],
      textformat.fromText(root.lookupType(name), text),
    )
  return toBigInt(found)
}

/** What protobufjs decodes, in the shape our decoder promises. Throws what it throws. */
export function decodeElsewhere(name: string, bytes: Uint8Array): Plain {
  const type = root.lookupType(name)
  return toPlain(type, type.decode(bytes))
}

/** What protobufjs encodes from the shape our decoder promises. */
export function encodeElsewhere(name: string, message: object): Buffer {
  const type = root.lookupType(name)
  return Buffer.from(type.encode(fromPlain(type, message)).finish())
}

/** A 64-bit integer in a field that is held as a number, but beyond 2^53-1: where a decoder of ours must refuse. */
class BeyondNumber extends Error {}

function toPlain(type: protobuf.Type, message: object): Plain {
  const result: Plain = {}
  for (const field of type.fieldsArray) {
    const value: unknown = Object.hasOwn(message, field.name)
      ? (message as Plain)[field.name]
      : undefined
    const read = (item: unknown): unknown => toPlainValue(type, field, item)
    if (field.repeated) result[field.name] = ((value ?? []) as unknown[]).map(read)
    else result[field.name] = value === undefined ? undefined : read(value)
  }
  return result
}

function toPlainValue(type: protobuf.Type, field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type)
    return toPlain(field.resolvedType, value as object)
  if (field.type === 'bytes') return Uint8Array.from(value as Uint8Array)
  if (field.type !== 'int64' && field.type !== 'uint64') return value
  const exact = toBigInt(value)
  if (big.has(`${type.name}.${field.name}`)) return exact
  if (!Number.isSafeInteger(Number(exact))) throw new BeyondNumber(`${type.name}.${field.name}`)
  return Number(exact)
}

function fromPlain(type: protobuf.Type, message: object): protobuf.Message {
  const values: Plain = {}
  for (const field of type.fieldsArray) {
    const value = (message as Plain)[field.name]
    const write = (item: unknown): unknown => {
      if (field.resolvedType instanceof protobuf.Type) {
        return fromPlain(field.resolvedType, item as object)
      }
      if (field.type !== 'int64' && field.type !== 'uint64') return item
      // As text: protobufjs turns it into exact halves itself.
      return String(item)
    }
    if (value === undefined) continue
    values[field.name] = field.repeated ? (value as unknown[]).map(write) : write(value)
  }
  return type.create(values)
}

function toBigInt(value: unknown): bigint {
  return BigInt(String(value))
}
