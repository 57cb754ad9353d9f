import { refuseMessage } from './diagnose.ts'
import { type EnvelopeName, type EnvelopeSink, messageNameOf } from './envelope.ts'
import { DecodeError, JsonFormatError, MissingFieldsError, UnsafeIntegerError } from './errors.ts'
import { enumValues, type Field, fieldsOf, type MessageName } from './fields.ts'
import { type Messages, payloadTypes } from './generated/messages.ts'
import { type JsonValue, parseJson, stringifyJson } from './json-text.ts'

/** One envelope as the JSON ports want it: enums as numbers, 64-bit integers as plain digits. */
export function encodeJsonEnvelope<K extends EnvelopeName>(
  name: K,
  payload: Messages[K],
  clientMsgId?: string,
): string {
  const envelope: Record<string, JsonValue> = {}
  if (clientMsgId !== undefined) envelope['clientMsgId'] = clientMsgId
  envelope['payloadType'] = payloadTypes[name]
  const content = messageToJson(name, payload)
  if (Object.keys(content).length > 0) envelope['payload'] = content
  return stringifyJson(envelope)
}

/**
 * Reads one JSON envelope and hands its content to the sink.
 *
 * @throws {@link JsonFormatError} when the text is not JSON or not an envelope
 */
export function readJsonEnvelope(text: string, sink: EnvelopeSink): void {
  const envelope = parseJson(text)
  if (!isObject(envelope)) throw new JsonFormatError('The text is JSON but not an object')
  const payloadType = envelope['payloadType']
  if (typeof payloadType !== 'number' || !Number.isInteger(payloadType) || payloadType < 0) {
    throw new JsonFormatError('The envelope has no payloadType number')
  }
  const clientMsgId = envelope['clientMsgId'] ?? undefined
  if (clientMsgId !== undefined && typeof clientMsgId !== 'string') {
    throw new JsonFormatError('The clientMsgId of the envelope is not a string')
  }
  const name = messageNameOf(payloadType)
  const content = envelope['payload'] ?? {}
  if (name === undefined) {
    return sink.unknown(payloadType, Buffer.from(stringifyJson(content)), clientMsgId)
  }
  let payload: object
  try {
    payload = messageFromJson(name, content)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return sink.malformed(error, payloadType, clientMsgId)
  }
  sink.message(payloadType, payload, clientMsgId)
}

/**
 * A message as a JSON value: absent fields left out, enums as numbers, bytes as base64, 64-bit integers exact (write the
 * value with {@link stringifyJson}, which keeps them so).
 *
 * @throws {@link EncodeError} naming the field that is missing or does not fit its type
 */
export function messageToJson<K extends MessageName>(
  name: K,
  message: Messages[K],
): { readonly [key: string]: JsonValue } {
  const value = toJson(name, message)
  if (value === undefined) refuseMessage(name, message)
  return value
}

/** Undefined for a message that does not fit the schema anywhere. */
function toJson(name: MessageName, message: unknown): Record<string, JsonValue> | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const result: Record<string, JsonValue> = {}
  for (const field of fieldsOf(name)) {
    const value: unknown = (message as Record<string, unknown>)[field.name]
    if (value === undefined) {
      if (field.label === 'required') return undefined
      continue
    }
    const items = field.label === 'repeated' ? value : [value]
    if (!Array.isArray(items)) return undefined
    const written: JsonValue[] = []
    for (const item of items) {
      const one = valueToJson(field, item)
      if (one === undefined) return undefined
      written.push(one)
    }
    if (field.label !== 'repeated') result[field.name] = written[0] as JsonValue
    else if (written.length > 0) result[field.name] = written
  }
  return result
}

function valueToJson(field: Field, value: unknown): JsonValue | undefined {
  if (field.kind === 'message') return toJson(field.type as MessageName, value)
  switch (field.kind === 'enum' ? 'int32' : field.type) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'bytes':
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : undefined
    case 'double':
      // JSON has no other numbers; the protobuf JSON mapping writes these three as strings.
      return typeof value !== 'number' ? undefined : Number.isFinite(value) ? value : String(value)
    default:
      return exactInteger(field, value)
  }
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(1n << 31n), (1n << 31n) - 1n],
  uint32: [0n, (1n << 32n) - 1n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  uint64: [0n, (1n << 64n) - 1n],
}

function inRange(field: Field, value: bigint): boolean {
  const range = ranges[field.kind === 'enum' ? 'int32' : field.type]
  return range !== undefined && value >= range[0] && value <= range[1]
}

function exactInteger(field: Field, value: unknown): JsonValue | undefined {
  if (field.isBig) return typeof value === 'bigint' && inRange(field, value) ? value : undefined
  return typeof value === 'number' && Number.isSafeInteger(value) && inRange(field, BigInt(value))
    ? value
    : undefined
}

/**
 * A message from a JSON value: enums as numbers or names, 64-bit integers as numbers or strings, `null` as absent,
 * unknown keys skipped.
 *
 * @throws {@link DecodeError} naming the message and the field
 */
export function messageFromJson<K extends MessageName>(name: K, value: JsonValue): Messages[K] {
  return fromJson(name, '', name, value) as unknown as Messages[K]
}

function fromJson(
  root: string,
  path: string,
  name: MessageName,
  value: JsonValue,
): Record<string, unknown> {
  if (!isObject(value))
    throw new DecodeError(root, path, `an object belongs here, not ${kindOf(value)}`)
  const result: Record<string, unknown> = {}
  const missing: string[] = []
  for (const field of fieldsOf(name)) {
    const where = path === '' ? field.name : `${path}.${field.name}`
    const found = Object.hasOwn(value, field.name) ? (value[field.name] ?? undefined) : undefined
    if (field.label === 'repeated') {
      const items = found ?? []
      if (!Array.isArray(items))
        throw new DecodeError(root, where, `a list belongs here, not ${kindOf(items)}`)
      result[field.name] = items.map((item: JsonValue, index) =>
        valueFromJson(root, `${where}[${index}]`, field, item),
      )
    } else if (found !== undefined) result[field.name] = valueFromJson(root, where, field, found)
    else if (field.label === 'required') missing.push(where)
    else result[field.name] = undefined
  }
  if (missing.length > 0) throw new MissingFieldsError(root, missing)
  return result
}

function valueFromJson(root: string, where: string, field: Field, value: JsonValue): unknown {
  if (field.kind === 'message') return fromJson(root, where, field.type as MessageName, value)
  if (field.kind === 'enum') return enumFromJson(root, where, field, value)
  switch (field.type) {
    case 'bool':
      if (typeof value === 'boolean') return value
      throw new DecodeError(root, where, `true or false belongs here, not ${kindOf(value)}`)
    case 'string':
      if (typeof value === 'string') return value
      throw new DecodeError(root, where, `a string belongs here, not ${kindOf(value)}`)
    case 'bytes':
      if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'))
      throw new DecodeError(root, where, `base64 text belongs here, not ${kindOf(value)}`)
    case 'double':
      return doubleFromJson(root, where, value)
    default:
      return integerFromJson(root, where, field, value)
  }
}

function enumFromJson(root: string, where: string, field: Field, value: JsonValue): number {
  if (typeof value !== 'string') return Number(integerFromJson(root, where, field, value))
  const values = enumValues(field.type)
  const number = values !== undefined && Object.hasOwn(values, value) ? values[value] : undefined
  if (number === undefined) {
    const known = Object.keys(values ?? {}).join(', ')
    throw new DecodeError(root, where, `${field.type} has no such value; it has ${known}`)
  }
  return number
}

function doubleFromJson(root: string, where: string, value: JsonValue): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  throw new DecodeError(root, where, `a number belongs here, not ${kindOf(value)}`)
}

function integerFromJson(
  root: string,
  where: string,
  field: Field,
  value: JsonValue,
): number | bigint {
  const exact = toBigInt(value)
  if (exact === undefined)
    throw new DecodeError(root, where, `a whole number belongs here, not ${kindOf(value)}`)
  if (!inRange(field, exact))
    throw new DecodeError(root, where, `${exact} is outside the range of ${field.type}`)
  if (field.isBig) return exact
  if (!Number.isSafeInteger(Number(exact))) throw new UnsafeIntegerError(root, where, exact)
  return Number(exact)
}

function toBigInt(value: JsonValue): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The kind of a wrong value. Its content is not shown: it may be a secret. */
function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
