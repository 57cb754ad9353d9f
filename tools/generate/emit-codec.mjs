// Writes straight-line encoders and decoders: no table is looked at while a message is read or written.
import { header } from './text.mjs'

/** Messages that come in floods: their numbers are read in place instead of through a call each. */
const hot = new Set([
  'ProtoOASpotEvent',
  'ProtoOATrendbar',
  'ProtoOATickData',
  'ProtoOADepthQuote',
  'ProtoOALightSymbol',
])

const wireTypes = { double: 1, string: 2, bytes: 2 }

/** @param {import('./load.mjs').Model} model */
export function emitCodec(model) {
  const types = model.messages.map((message) => `  ${message.name},\n`).join('')
  const blocks = model.messages.flatMap((message) => [emitDecoder(message), emitEncoder(message)])
  const decoders = model.messages
    .map((message) => `  ${message.name}: decode${message.name},\n`)
    .join('')
  const encoders = model.messages
    .map((message) => `  ${message.name}: encode${message.name},\n`)
    .join('')
  return `${header}
import { bool, bytes, cursor, double, fault, int32, int64, int64Big, skip, span, string, uint32, uint64, uint64Big } from '../wire-read.ts'
import type { Writer } from '../wire-write.ts'
import type {\n${types}  Messages,\n} from './messages.ts'\n
/** What an absent repeated field reads as. */
const none: readonly never[] = Object.freeze([])\n
${blocks.join('\n')}
/** The decoder of every message, by name. */
export const decoders: { readonly [K in keyof Messages]: (b: Buffer, p: number, end: number) => Messages[K] } = {\n${decoders}}

/** The encoder of every message, by name. */
export const encoders: { readonly [K in keyof Messages]: (w: Writer, m: Messages[K]) => void } = {\n${encoders}}
`
}

/** The name of the reading and writing function of a field's type. */
function codecOf(field) {
  if (field.kind === 'enum') return 'int32'
  return field.int64 === 'bigint' ? `${field.type}Big` : field.type
}

const isVarint = (field) =>
  field.kind === 'enum' || (field.kind === 'scalar' && wireTypes[field.type] === undefined)
const wireType = (field) =>
  field.kind === 'message' ? 2 : isVarint(field) ? 0 : wireTypes[field.type]
const tagOf = (field, type = wireType(field)) => field.number * 8 + type

function tsType(field) {
  if (field.kind === 'message') return field.type
  if (field.kind === 'enum') return 'number'
  if (field.int64 !== undefined) return field.int64
  return { bool: 'boolean', string: 'string', bytes: 'Uint8Array' }[field.type] ?? 'number'
}

function emitDecoder(message) {
  const locals = message.fields.map((field) => {
    const type = field.label === 'repeated' ? `${tsType(field)}[]` : tsType(field)
    return `  let f${field.number}: ${type} | undefined\n`
  })
  const inline = hot.has(message.name)
  const cases = message.fields.flatMap((field) => emitCases(field, inline))
  const masks = [0, 0]
  for (const field of message.fields) {
    if (field.number > 63)
      throw new Error(`${message.name}.${field.name}: field numbers above 63 are not generated`)
    masks[field.number >> 5] |= 1 << (field.number & 31)
  }
  const required = message.fields
    .filter((field) => field.label === 'required')
    .map((field) => `f${field.number} === undefined`)
  const check = required.length === 0 ? '' : `  if (${required.join(' || ')}) throw fault\n`
  const values = message.fields.map((field) => {
    const value = field.label === 'repeated' ? `f${field.number} ?? none` : `f${field.number}`
    return `    ${field.name}: ${value},\n`
  })
  const needsStop = message.fields.some(
    (field) => field.kind === 'message' || (field.label === 'repeated' && isVarint(field)),
  )
  return `export function decode${message.name}(b: Buffer, p: number, end: number): ${message.name} {
${locals.join('')}${needsStop ? '  let stop = 0\n' : ''}${inline ? '  let x = 0\n  let y = 0\n' : ''}  while (p < end) {
    let tag = b[p++] as number
    if (tag > 127) {
      tag = uint32(b, p - 1)
      p = cursor.at
    }
    switch (tag) {
${cases.join('')}      default:
        p = skip(b, p, tag, end, ${masks[0] >>> 0}, ${masks[1] >>> 0})
    }
  }
  if (p !== end) throw fault
${check}  return {
${values.join('')}  }
}
`
}

function emitCases(field, inline) {
  const f = `f${field.number}`
  const read = codecOf(field)
  if (field.kind === 'message') {
    const take = `stop = span(b, p, end)\n        p = cursor.at\n`
    if (field.label === 'repeated') {
      return [
        `      case ${tagOf(field)}:\n        ${take}        ${f} ??= []\n        ${f}.push(decode${field.type}(b, p, stop))\n        p = stop\n        break\n`,
      ]
    }
    // A sub-message given twice is merged; that is rare enough to be left to the slow reader.
    return [
      `      case ${tagOf(field)}:\n        if (${f} !== undefined) throw fault\n        ${take}        ${f} = decode${field.type}(b, p, stop)\n        p = stop\n        break\n`,
    ]
  }
  const bound = isVarint(field) ? '' : ', end'
  if (inline && field.label !== 'repeated' && field.int64 === 'number') return [emitInline(field)]
  if (field.label !== 'repeated') {
    return [
      `      case ${tagOf(field)}:\n        ${f} = ${read}(b, p${bound})\n        p = cursor.at\n        break\n`,
    ]
  }
  const single = `      case ${tagOf(field)}:\n        ${f} ??= []\n        ${f}.push(${read}(b, p${bound}))\n        p = cursor.at\n        break\n`
  if (!isVarint(field)) return [single]
  const packed = `      case ${tagOf(field, 2)}:
        stop = span(b, p, end)
        p = cursor.at
        ${f} ??= []
        while (p < stop) {
          ${f}.push(${read}(b, p))
          p = cursor.at
        }
        if (p !== stop) throw fault
        break\n`
  return [single, packed]
}

function emitEncoder(message) {
  const lines = message.fields.map(emitWrite)
  return `export function encode${message.name}(w: Writer, m: ${message.name}): void {\n${lines.join('')}}\n`
}

function emitWrite(field) {
  const value = `m.${field.name}`
  const write = codecOf(field)
  if (field.label === 'repeated') {
    if (field.packed) {
      if (write !== 'uint64')
        throw new Error(`${field.name}: only packed uint64 numbers are generated`)
      return `  if (${value} !== undefined) w.packedUint64(${tagOf(field, 2)}, ${value})\n`
    }
    if (field.kind === 'message')
      return `  if (${value} !== undefined) for (const item of ${value}) w.message(${tagOf(field)}, item, encode${field.type})\n`
    return `  if (${value} !== undefined) for (const item of ${value}) w.${write}(${tagOf(field)}, item)\n`
  }
  const call =
    field.kind === 'message'
      ? `w.message(${tagOf(field)}, ${value}, encode${field.type})`
      : `w.${write}(${tagOf(field)}, ${value})`
  return field.label === 'required' ? `  ${call}\n` : `  if (${value} !== undefined) ${call}\n`
}

/** A 64-bit number of up to four bytes read in place; a read past the end leaves the position behind the end. */
function emitInline(field) {
  return `      case ${tagOf(field)}:
        x = b[p++] as number
        if (x > 127) {
          y = b[p++] as number
          x = (x & 127) | ((y & 127) << 7)
          if (y > 127) {
            y = b[p++] as number
            x |= (y & 127) << 14
            if (y > 127) {
              y = b[p++] as number
              x |= (y & 127) << 21
              if (y > 127) {
                x = ${field.type}(b, p - 4)
                p = cursor.at
              }
            }
          }
        }
        f${field.number} = x
        break\n`
}
