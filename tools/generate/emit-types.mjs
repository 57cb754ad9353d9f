// Writes the TypeScript types: an interface per message, a const object and a union per enum.
import { doc, header } from './text.mjs'

/** @param {import('./load.mjs').Model} model */
export function emitEnums(model) {
  const blocks = model.enums.map((item) => {
    const values = item.values
      .map((value) => `${doc(value.comment, '  ')}  ${value.name}: ${value.number},\n`)
      .join('')
    return `${doc(item.comment)}export const ${item.name} = {\n${values}} as const
/** A value of {@link ${item.name}:variable}; a number the schema does not know (yet) survives as it came. */
export type ${item.name} = (typeof ${item.name})[keyof typeof ${item.name}] | (number & {})\n`
  })
  return `${header}\n${blocks.join('\n')}`
}

/** @param {import('./load.mjs').Model} model */
export function emitMessages(model) {
  const used = new Set(
    model.messages.flatMap((m) => m.fields.filter((f) => f.kind === 'enum').map((f) => f.type)),
  )
  const imports = [...used]
    .sort()
    .map((name) => `  ${name},\n`)
    .join('')
  const blocks = model.messages.map((message) => {
    const fields = message.fields.map((field) => emitField(field)).join('')
    return `${doc(message.comment)}export interface ${message.name} {\n${fields}}\n`
  })
  const map = model.messages.map((message) => `  ${message.name}: ${message.name}\n`).join('')
  const typed = model.messages.filter((message) => message.payloadType !== undefined)
  const numbers = typed.map((message) => `  ${message.name}: ${message.payloadType},\n`).join('')
  return `${header}
import type {\n${imports}} from './enums.ts'\n
${blocks.join('\n')}
/** Every message by its name. */
export interface Messages {\n${map}}

/** The payload type number of every message that travels in an envelope of its own. */
export const payloadTypes = {\n${numbers}} as const
`
}

function emitField(field) {
  const notes = [field.comment]
  if (field.default !== undefined) notes.push(`@defaultValue ${field.default}`)
  if (field.deprecated) notes.push('@deprecated by the protocol')
  const type = tsType(field)
  const text = doc(notes.filter((note) => note !== '').join('\n'), '  ')
  if (field.label === 'repeated') return `${text}  readonly ${field.name}: readonly ${type}[]\n`
  if (field.label === 'required') return `${text}  readonly ${field.name}: ${type}\n`
  return `${text}  readonly ${field.name}?: ${type} | undefined\n`
}

function tsType(field) {
  if (field.kind !== 'scalar') return field.type
  if (field.int64 !== undefined) return field.int64
  if (field.type === 'bool') return 'boolean'
  if (field.type === 'string') return 'string'
  return field.type === 'bytes' ? 'Uint8Array' : 'number'
}
