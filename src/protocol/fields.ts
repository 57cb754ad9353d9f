import { enumTable, fieldTable } from './generated/descriptors.ts'
import type { Messages } from './generated/messages.ts'

/** The name of any message of the protocol. */
export type MessageName = keyof Messages

/** One field of a message, as the slow paths (JSON, error messages, documentation) see it. */
export interface Field {
  readonly name: string
  readonly number: number
  readonly label: 'required' | 'optional' | 'repeated'
  readonly kind: 'scalar' | 'enum' | 'message'
  /** A scalar type of protobuf, or the name of the enum or message. */
  readonly type: string
  /** Whether a 64-bit field is held as a bigint. */
  readonly isBig: boolean
  /** The schema's default, ready to use. */
  readonly preset: number | boolean | string | undefined
}

const labels = { '!': 'required', '?': 'optional', '*': 'repeated' } as const
const cache = new Map<string, readonly Field[]>()

export function isMessageName(name: string): name is MessageName {
  return Object.hasOwn(fieldTable, name)
}

/** The values of an enum by their names; `undefined` for a name that is no enum. */
export function enumValues(name: string): Readonly<Record<string, number>> | undefined {
  return (enumTable as Readonly<Record<string, Readonly<Record<string, number>>>>)[name]
}

/** The fields of a message in the order of their numbers. */
export function fieldsOf(name: MessageName): readonly Field[] {
  const known = cache.get(name)
  if (known !== undefined) return known
  const fields = fieldTable[name].split(';').map(parseField)
  cache.set(name, fields)
  return fields
}

function parseField(row: string): Field {
  const match = /^(\d+)([!?*])(\w+)(\+?) (\w+)(?:=(.*))?$/.exec(row)
  if (match === null) throw new Error(`The field table holds an unreadable row: ${row}`)
  const [, number, label, type, big, name, preset] = match as unknown as [
    string,
    string,
    '!' | '?' | '*',
    string,
    string,
    string,
    string | undefined,
  ]
  const kind = isMessageName(type) ? 'message' : enumValues(type) !== undefined ? 'enum' : 'scalar'
  return {
    name,
    number: Number(number),
    label: labels[label],
    kind,
    type,
    isBig: big === '+',
    preset: preset === undefined ? undefined : readPreset(type, kind, preset),
  }
}

function readPreset(type: string, kind: Field['kind'], preset: string): number | boolean | string {
  if (kind === 'enum') return enumValues(type)?.[preset] ?? Number(preset)
  if (type === 'bool') return preset === 'true'
  return type === 'string' ? preset : Number(preset)
}
