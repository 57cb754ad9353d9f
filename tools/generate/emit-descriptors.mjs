// Writes the compact field tables that the JSON form and the error messages read. The binary hot path does not.
import { header } from './text.mjs'

const labels = { required: '!', optional: '?', repeated: '*' }

/** @param {import('./load.mjs').Model} model */
export function emitDescriptors(model) {
  const rows = model.messages.map((message) => {
    const fields = message.fields.map((field) => {
      const type = field.int64 === 'bigint' ? `${field.type}+` : field.type
      const preset =
        field.default === undefined || field.name === 'payloadType' ? '' : `=${field.default}`
      return `${field.number}${labels[field.label]}${type} ${field.name}${preset}`
    })
    return `  ${message.name}: '${fields.join(';')}',\n`
  })
  const enums = [...new Set(model.enums.map((item) => item.name))]
    .sort()
    .map((name) => `  ${name},\n`)
    .join('')
  return `${header}
import {\n${enums}} from './enums.ts'\n
/**
 * One line per message: \`number label type name[=default]\` for each field, separated by semicolons. The label is
 * \`!\` required, \`?\` optional, \`*\` repeated; a plus behind a 64-bit type says that it is held as a bigint.
 */
export const fieldTable = {\n${rows.join('')}} as const

/** Every enum by its name. */
export const enumTable = {\n${enums}} as const
`
}
