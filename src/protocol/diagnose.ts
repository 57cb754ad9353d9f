import { DecodeError, EncodeError, MissingFieldsError, UnsafeIntegerError } from './errors.ts'
import { enumValues, type Field, fieldsOf, type MessageName } from './fields.ts'

/**
 * Reads a message that the straight-line decoder refused, this time with the field tables, and throws the error that
 * names the message and the field. The one thing it can read and the straight-line code cannot is a sub-message given in
 * several pieces, which the protobuf rules want merged.
 */
export function decodeSlowly(root: MessageName, bytes: Buffer): object {
  return readMessage(root, '', root, [bytes])
}

interface Place {
  readonly root: string
  readonly path: string
}

type RawValue = { readonly wire: number; readonly number: bigint; readonly bytes: Buffer }

function readMessage(
  root: string,
  path: string,
  name: MessageName,
  pieces: readonly Buffer[],
): object {
  const values = new Map<number, RawValue[]>()
  for (const piece of pieces) collect(root, path, name, piece, values)
  const pathOf = (field: Field): string => (path === '' ? field.name : `${path}.${field.name}`)
  const missing = fieldsOf(name).filter(
    (field) => field.label === 'required' && !values.has(field.number),
  )
  if (missing.length > 0) throw new MissingFieldsError(root, missing.map(pathOf))
  const result: Record<string, unknown> = {}
  for (const field of fieldsOf(name)) {
    const place = { root, path: pathOf(field) }
    const raw = values.get(field.number) ?? []
    result[field.name] = readField(place, field, raw)
  }
  return result
}

function readField(place: Place, field: Field, raw: readonly RawValue[]): unknown {
  if (field.label !== 'repeated') {
    const last = raw.at(-1)
    if (last === undefined) return undefined
    if (field.kind !== 'message') return readScalar(place, field, last)
    return readMessage(
      place.root,
      place.path,
      field.type as MessageName,
      raw.map((value) => value.bytes),
    )
  }
  const items: unknown[] = []
  const next = (): Place => ({ root: place.root, path: `${place.path}[${items.length}]` })
  for (const value of raw) {
    if (field.kind === 'message') {
      const at = next()
      items.push(readMessage(at.root, at.path, field.type as MessageName, [value.bytes]))
    } else if (value.wire === 2 && wireTypeOf(field) === 0) {
      for (const number of unpack(place, value.bytes)) {
        items.push(readScalar(next(), field, { ...value, wire: 0, number }))
      }
    } else items.push(readScalar(next(), field, value))
  }
  return items
}

/** The wire type in which a field's values travel one by one. */
function wireTypeOf(field: Field): number {
  if (field.kind === 'enum') return 0
  if (field.kind === 'message' || field.type === 'string' || field.type === 'bytes') return 2
  return field.type === 'double' ? 1 : 0
}

function collect(
  root: string,
  path: string,
  name: MessageName,
  bytes: Buffer,
  into: Map<number, RawValue[]>,
): void {
  const fields = new Map(fieldsOf(name).map((field) => [field.number, field]))
  const reader = new SlowReader(root, path, bytes)
  while (!reader.done) {
    reader.path = path
    const tag = Number(BigInt.asUintN(32, reader.varint('a field tag')))
    const number = tag >>> 3
    const wire = tag & 7
    const field = fields.get(number)
    if (field !== undefined) reader.path = path === '' ? field.name : `${path}.${field.name}`
    if (number === 0) throw reader.error('a field has the number 0')
    const wanted = field === undefined ? wire : wireTypeOf(field)
    const packed = field?.label === 'repeated' && wanted === 0 && wire === 2
    if (wire !== wanted && !packed) throw reader.error(`wire type ${wire} where ${wanted} belongs`)
    const value = reader.value(wire, number, 0)
    if (field === undefined) continue
    const list = into.get(number)
    if (list === undefined) into.set(number, [value])
    else list.push(value)
  }
}

const empty = Buffer.alloc(0)

class SlowReader {
  path: string
  readonly #root: string
  readonly #bytes: Buffer
  #at = 0

  constructor(root: string, path: string, bytes: Buffer) {
    this.#root = root
    this.path = path
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  error(problem: string): DecodeError {
    return new DecodeError(this.#root, this.path, problem)
  }

  varint(what: string): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw this.error(`cut off in the middle of ${what}`)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw this.error(`${what} is longer than ten bytes`)
  }

  value(wire: number, number: number, depth: number): RawValue {
    switch (wire) {
      case 0:
        return { wire, number: this.varint('a number'), bytes: empty }
      case 1:
        return { wire, number: 0n, bytes: this.#take(8n) }
      case 2:
        return { wire, number: 0n, bytes: this.#take(this.varint('a length')) }
      case 3:
        this.#group(number, depth)
        return { wire, number: 0n, bytes: empty }
      case 5:
        return { wire, number: 0n, bytes: this.#take(4n) }
      default:
        throw this.error(`wire type ${wire} does not exist here`)
    }
  }

  #take(length: bigint): Buffer {
    const left = BigInt(this.#bytes.length - this.#at)
    if (length > left) throw this.error(`${length} bytes were announced and ${left} are there`)
    const from = this.#at
    this.#at += Number(length)
    return this.#bytes.subarray(from, this.#at)
  }

  #group(number: number, depth: number): void {
    if (depth > 63) throw this.error('groups are nested too deeply')
    for (;;) {
      if (this.done) throw this.error('cut off in the middle of a group')
      const tag = Number(BigInt.asUintN(32, this.varint('a field tag')))
      if ((tag & 7) === 4) {
        if (tag >>> 3 !== number) throw this.error('a group ends that was not begun')
        return
      }
      if (tag >>> 3 === 0) throw this.error('a field has the number 0')
      this.value(tag & 7, tag >>> 3, depth + 1)
    }
  }
}

function unpack(place: Place, bytes: Buffer): bigint[] {
  const reader = new SlowReader(place.root, place.path, bytes)
  const numbers: bigint[] = []
  while (!reader.done) numbers.push(reader.varint('a packed number'))
  return numbers
}

function readScalar(place: Place, field: Field, raw: RawValue): unknown {
  switch (field.kind === 'enum' ? 'int32' : field.type) {
    case 'bool':
      return raw.number !== 0n
    case 'int32':
      return Number(BigInt.asIntN(32, raw.number))
    case 'uint32':
      return Number(BigInt.asUintN(32, raw.number))
    case 'double':
      return raw.bytes.readDoubleLE(0)
    case 'string':
      return raw.bytes.toString('utf8')
    case 'bytes':
      return Uint8Array.from(raw.bytes)
    default: {
      const exact = field.type === 'int64' ? BigInt.asIntN(64, raw.number) : raw.number
      if (field.isBig) return exact
      if (exact !== BigInt(Number(exact)) || !Number.isSafeInteger(Number(exact))) {
        throw new UnsafeIntegerError(place.root, place.path, exact)
      }
      return Number(exact)
    }
  }
}

/** Finds what the straight-line encoder refused in a message and throws the error that names it. */
export function refuseMessage(root: MessageName, message: unknown): never {
  check(root, '', root, message)
  throw new EncodeError(root, '', 'the message could not be encoded')
}

function check(root: string, path: string, name: MessageName, message: unknown): void {
  if (typeof message !== 'object' || message === null) {
    throw new EncodeError(root, path, `an object belongs here, not ${show(message)}`)
  }
  for (const field of fieldsOf(name)) {
    const value: unknown = (message as Record<string, unknown>)[field.name]
    const where = path === '' ? field.name : `${path}.${field.name}`
    if (value === undefined) {
      if (field.label === 'required')
        throw new EncodeError(root, where, 'a required field is missing')
      continue
    }
    if (field.label !== 'repeated') checkValue(root, where, field, value)
    else if (!Array.isArray(value))
      throw new EncodeError(root, where, `a list belongs here, not ${show(value)}`)
    else
      for (const [index, item] of value.entries())
        checkValue(root, `${where}[${index}]`, field, item)
  }
}

function checkValue(root: string, where: string, field: Field, value: unknown): void {
  if (field.kind === 'message') return check(root, where, field.type as MessageName, value)
  if (!fits(field, value))
    throw new EncodeError(root, where, `${show(value)} is not ${expectation(field)}`)
}

function fits(field: Field, value: unknown): boolean {
  switch (field.kind === 'enum' ? 'int32' : field.type) {
    case 'bool':
      return typeof value === 'boolean'
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return value instanceof Uint8Array
    case 'double':
      return typeof value === 'number'
    case 'int32':
      return typeof value === 'number' && (value | 0) === value
    case 'uint32':
      return typeof value === 'number' && value >>> 0 === value
    case 'int64':
      return field.isBig
        ? typeof value === 'bigint' && BigInt.asIntN(64, value) === value
        : Number.isSafeInteger(value)
    default:
      return field.isBig
        ? typeof value === 'bigint' && BigInt.asUintN(64, value) === value
        : Number.isSafeInteger(value) && Number(value) >= 0
  }
}

function expectation(field: Field): string {
  if (field.kind === 'enum') {
    const values = Object.entries(enumValues(field.type) ?? {})
    return `a number of ${field.type} (${values.map(([name, value]) => `${name} = ${value}`).join(', ')})`
  }
  if (field.type === 'bool') return 'true or false'
  if (field.type === 'string') return 'a string'
  if (field.type === 'bytes') return 'a Uint8Array'
  if (field.type === 'double') return 'a number'
  if (field.isBig) return `a bigint in the range of ${field.type}`
  return field.type.endsWith('64')
    ? `an exact ${field.type} (a whole number up to 2^53-1)`
    : `an ${field.type}`
}

/** The kind of a wrong value. Strings are not shown: they may be secrets. */
function show(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  if (value === null) return 'null'
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'an object'
      : `a ${typeof value}`
}
