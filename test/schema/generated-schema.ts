import { readFileSync } from 'node:fs'
import { enumTable, fieldTable } from '../../src/protocol/generated/descriptors.ts'
import { payloadTypes as generatedPayloadTypes } from '../../src/protocol/generated/messages.ts'
import { fieldRow, put, type SchemaRows } from './schema-rows.ts'

const labels: Readonly<Record<string, string>> = {
  '!': 'required',
  '?': 'optional',
  '*': 'repeated',
}

/**
 * Reads the schema back from the generated TypeScript: field tables, enum objects and payload types, and the
 * deprecation tags of the types. Packing leaves no trace there but in the encoder, so the caller's answer is taken.
 */
export function readGeneratedSchema(
  isPacked: (message: string, field: string) => boolean,
): SchemaRows {
  const enums: Readonly<Record<string, Readonly<Record<string, number>>>> = enumTable
  const numbers: Readonly<Record<string, number>> = generatedPayloadTypes
  const deprecated = readDeprecated()
  const fields = new Map<string, string>()
  const values = new Map<string, string>()
  for (const [item, members] of Object.entries(enums)) {
    for (const [name, number] of Object.entries(members))
      put(values, `${item}.${name}`, String(number))
  }
  for (const [message, table] of Object.entries(fieldTable)) {
    for (const cell of table.split(';')) {
      const match = /^(\d+)([!?*])(\w+)\+? (\w+)(?:=(.*))?$/.exec(cell)
      if (match === null) throw new Error(`${message} has an unreadable field: ${cell}`)
      const [, number, label, type, name, preset] = match as unknown as [
        string,
        string,
        string,
        string,
        string,
        string | undefined,
      ]
      put(
        fields,
        `${message}.${name}`,
        fieldRow({
          number,
          label: labels[label] ?? label,
          type,
          preset: preset ?? (name === 'payloadType' ? nameOf(enums[type], numbers[message]) : ''),
          packed: isPacked(message, name),
          deprecated: deprecated.has(`${message}.${name}`),
        }),
      )
    }
  }
  const payloadTypes = new Map(
    Object.entries(numbers).map(([name, number]) => [name, String(number)]),
  )
  return { fields, values, payloadTypes }
}

function nameOf(
  values: Readonly<Record<string, number>> | undefined,
  number: number | undefined,
): string {
  return Object.entries(values ?? {}).find(([, value]) => value === number)?.[0] ?? ''
}

function readDeprecated(): ReadonlySet<string> {
  const found = new Set<string>()
  const file = new URL('../../src/protocol/generated/messages.ts', import.meta.url)
  let message = ''
  let tagged = false
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const head = /^export interface (\w+) \{/.exec(line)
    const field = /^ {2}readonly (\w+)\??:/.exec(line)
    if (head?.[1] !== undefined) message = head[1]
    else if (line.includes('@deprecated')) tagged = true
    else if (field?.[1] !== undefined) {
      if (tagged) found.add(`${message}.${field[1]}`)
      tagged = false
    }
  }
  return found
}
