import fc from 'fast-check'
import { enumValues, type Field, fieldsOf, type MessageName } from '../../src/protocol/index.ts'
import { readTables } from '../schema/schema-rows.ts'

/** The names of all messages, from the tables of the official schema. */
export const messageNames = [
  ...new Set([...readTables().fields.keys()].map((key) => key.slice(0, key.indexOf('.')))),
] as readonly MessageName[]

/** How often a property is tried; more by the environment variable, for a long run by hand. */
export function runs(count: number): { readonly numRuns: number; readonly seed: number } {
  const more = Number(process.env['PROPERTY_RUNS'] ?? 1)
  const seed = Number(process.env['PROPERTY_SEED'] ?? 20_250_114)
  return { numRuns: Math.round(count * more), seed }
}

type Plain = Record<string, unknown>

/** Enum numbers: only those of the schema, or any at all. */
export type EnumRange = 'known' | 'any'

const made = new Map<string, fc.Arbitrary<Plain>>()

/**
 * Any message of that name that the schema allows, in the shape the decoder returns.
 *
 * Implementations differ about enum numbers that the schema lacks (ours keeps them in place, protobufjs sets them aside
 * as unknown fields), so comparisons ask for known ones.
 */
export function anyMessage(name: MessageName, enums: EnumRange = 'any'): fc.Arbitrary<Plain> {
  const key = `${name} ${enums}`
  const found = made.get(key)
  if (found !== undefined) return found
  const arbitrary = fc.record(
    Object.fromEntries(fieldsOf(name).map((field) => [field.name, anyField(field, enums)])),
    { noNullPrototype: true },
  )
  made.set(key, arbitrary)
  return arbitrary
}

function anyField(field: Field, enums: EnumRange): fc.Arbitrary<unknown> {
  const value = anyValue(field, enums)
  if (field.label === 'repeated') return fc.array(value, { maxLength: 3 })
  return field.label === 'required' ? value : fc.option(value, { nil: undefined })
}

function anyValue(field: Field, enums: EnumRange): fc.Arbitrary<unknown> {
  if (field.kind === 'message') return anyMessage(field.type as MessageName, enums)
  if (field.kind === 'enum') {
    const values = Object.values(enumValues(field.type) ?? {})
    const one = fc.constantFrom(...values)
    return enums === 'known' ? one : fc.oneof(one, fc.integer())
  }
  switch (field.type) {
    case 'bool':
      return fc.boolean()
    case 'string':
      // Whole characters of every length in UTF-8; halves of pairs cannot be put on the wire.
      return fc.string({ unit: 'binary', maxLength: 60 })
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 })
    case 'double':
      return fc.double()
    case 'int32':
      return fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 127, 128))
    case 'uint32':
      return fc.integer({ min: 0, max: 0xffff_ffff })
    case 'int64':
      return field.isBig
        ? anyBig(-(1n << 63n), (1n << 63n) - 1n)
        : fc.oneof(anySize, fc.maxSafeInteger())
    default:
      return field.isBig ? anyBig(0n, (1n << 64n) - 1n) : fc.oneof(anySize, fc.maxSafeNat())
  }
}

/** Numbers of every length on the wire, equally often. */
const anySize = fc
  .tuple(fc.integer({ min: 0, max: 53 }), fc.maxSafeNat())
  .map(([bits, number]) => number % 2 ** bits)

function anyBig(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  return fc.oneof(
    fc.bigInt({ min, max }),
    fc.constantFrom(min, max, 0n, 1n, 1n << 53n),
    anySize.map(BigInt),
  )
}
