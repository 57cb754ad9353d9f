// Schema -> test/vectors/inputs: cases for every message that are the same in kind for all of them. The cases a person
// thought of are in test/vectors/traces. With --check: fails when the checked-in files differ.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadModel } from '../generate/load.mjs'
import { sample } from './samples.mjs'
import { joinCases } from './sections.mjs'

const folder = new URL('../../test/vectors/inputs/', import.meta.url)
const check = process.argv.includes('--check')
const model = loadModel()
const messages = new Map(model.messages.map((message) => [message.name, message]))
const enums = new Map(model.enums.map((item) => [item.name, item.values]))

/** @type {Record<string, import('./samples.mjs').Taste>} */
const tastes = {
  'all fields': 'typical',
  'all fields zero or empty': 'zero',
  'minus one': 'minus one',
  'lowest values': 'lowest',
  'highest values': 'highest',
}

mkdirSync(folder, { recursive: true })
let stale = 0
for (const message of model.messages) {
  const file = new URL(`${message.name}.txtpb`, folder)
  const text = `# Written by tools/vectors/write-inputs.mjs; do not edit.\n${joinCases(casesOf(message))}`
  if (!check) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    stale++
    console.error(`test/vectors/inputs/${message.name}.txtpb is not what the tool writes`)
  }
}
if (stale > 0) process.exitCode = 1

/** @param {import('../generate/load.mjs').Message} message */
function casesOf(message) {
  const cases = [
    {
      name: 'required fields only',
      text: write(message, 'typical', { optional: false, items: 0 }),
    },
  ]
  for (const [name, taste] of Object.entries(tastes)) {
    const items = taste === 'typical' ? 2 : 1
    cases.push({ name, text: write(message, taste, { optional: true, items }) })
  }
  if (message.fields.some((field) => field.label === 'repeated' && field.kind === 'scalar')) {
    const mixed = ['zero', 'highest', 'typical', 'minus one', 'lowest']
    const text = message.fields
      .filter((field) => field.label !== 'optional' && field.name !== 'payloadType')
      .flatMap((field) =>
        (field.label === 'repeated' && field.kind === 'scalar' ? mixed : ['typical']).map((taste) =>
          line(field, taste, 0, ''),
        ),
      )
    cases.push({ name: 'a list of many', text: text.join('') })
  }
  for (const field of message.fields) {
    if (field.int64 !== 'number') continue
    const tooMuch =
      field.type === 'uint64'
        ? '18446744073709551615'
        : field.number % 2 === 0
          ? '9007199254740992'
          : '-9007199254740992'
    const rest = message.fields.filter((other) => other !== field && other.label === 'required')
    const text = rest.map((other) => line(other, 'typical', 0, '')).join('')
    const where = field.label === 'repeated' ? `${field.name}[0]` : field.name
    cases.push({ name: `unsafe ${where}`, text: `${text}${field.name}: ${tooMuch}\n` })
  }
  const seen = new Set()
  return cases.filter(({ text }) => !seen.has(text) && seen.add(text))
}

/**
 * @param {import('../generate/load.mjs').Message} message
 * @param {import('./samples.mjs').Taste} taste
 * @param {{ optional: boolean, items: number }} extent
 */
function write(message, taste, extent, indent = '', from = 0) {
  const lines = []
  for (const field of message.fields) {
    if (field.label === 'optional' && !extent.optional) continue
    const count = field.label === 'repeated' ? extent.items : 1
    for (let index = 0; index < count; index++)
      lines.push(line(field, taste, from + index, indent, extent))
  }
  return lines.join('')
}

function line(field, taste, index, indent, extent = { optional: false, items: 0 }) {
  if (field.kind !== 'message') {
    // A payload type is either right or absent; the edges of its enum would be another message's number.
    const value =
      field.name === 'payloadType' && field.default !== undefined
        ? field.default
        : sample(field, taste, index, enums.get(field.type) ?? [])
    return `${indent}${field.name}: ${value}\n`
  }
  const inner = messages.get(field.type)
  if (inner === undefined) throw new Error(`${field.name} is of the unknown type ${field.type}`)
  return `${indent}${field.name} {\n${write(inner, taste, extent, `${indent}  `, index)}${indent}}\n`
}
