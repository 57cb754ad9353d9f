import descriptor from 'protobufjs/ext/descriptor.js'
import { fieldRow, put, type SchemaRows } from './schema-rows.ts'

const labels: Readonly<Record<number, string>> = { 1: 'optional', 2: 'required', 3: 'repeated' }
const scalars: Readonly<Record<number, string>> = {
  1: 'double',
  3: 'int64',
  4: 'uint64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
  13: 'uint32',
}

interface CompiledField {
  readonly name: string
  readonly number: number
  readonly label: number
  readonly type: number
  readonly typeName?: string
  readonly defaultValue?: string
  readonly options?: { readonly packed?: boolean; readonly deprecated?: boolean }
}

interface CompiledSet {
  readonly file: readonly {
    readonly messageType?: readonly {
      readonly name: string
      readonly field?: readonly CompiledField[]
    }[]
    readonly enumType?: readonly {
      readonly name: string
      readonly value: readonly { readonly name: string; readonly number: number }[]
    }[]
  }[]
}

/** Reads what the reference compiler wrote. */
export function readCompiledSchema(bytes: Uint8Array): SchemaRows {
  const { file: files } = descriptor.FileDescriptorSet.toObject(
    descriptor.FileDescriptorSet.decode(bytes),
  ) as CompiledSet
  const fields = new Map<string, string>()
  const values = new Map<string, string>()
  const payloadTypes = new Map<string, string>()
  for (const item of files.flatMap((file) => file.enumType ?? [])) {
    for (const value of item.value) put(values, `${item.name}.${value.name}`, String(value.number))
  }
  for (const message of files.flatMap((file) => file.messageType ?? [])) {
    for (const field of message.field ?? []) {
      const type = scalars[field.type] ?? field.typeName?.slice(1) ?? `type ${field.type}`
      const preset = field.defaultValue ?? ''
      put(
        fields,
        `${message.name}.${field.name}`,
        fieldRow({
          number: field.number,
          label: labels[field.label] ?? `label ${field.label}`,
          type,
          preset,
          packed: field.options?.packed === true,
          deprecated: field.options?.deprecated === true,
        }),
      )
      if (field.name !== 'payloadType') continue
      const number = values.get(`${type}.${preset}`)
      if (number !== undefined) payloadTypes.set(message.name, number)
    }
  }
  return { fields, values, payloadTypes }
}
