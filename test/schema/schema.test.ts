import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encodeMessage, type MessageName } from '../../src/protocol/index.ts'
import { readCompiledSchema } from './compiled-schema.ts'
import { readGeneratedSchema } from './generated-schema.ts'
import { compileSchema, hasProtoc, needsProtoc } from './protoc.ts'
import { countOwners, differences, readTables } from './schema-rows.ts'

const tables = readTables()

/** Whether the encoder puts a list of integers into one length-delimited field. */
function encodesPacked(message: string, field: string): boolean {
  if (field !== 'deletedQuotes') return false
  const value = { ctidTraderAccountId: 1, symbolId: 1, newQuotes: [], [field]: [1, 2] }
  const bytes = encodeMessage(message as MessageName, value as never)
  return bytes.subarray(-4).equals(Buffer.from([(5 << 3) | 2, 2, 1, 2]))
}

describe('the tables of the official schema', () => {
  it('hold 124 messages with 587 fields and 29 enums with 290 values', () => {
    expect(countOwners(tables.fields)).toBe(124)
    expect(tables.fields.size).toBe(587)
    expect(countOwners(tables.values)).toBe(29)
    expect(tables.values.size).toBe(290)
  })

  it('give every payload type number to one message', () => {
    expect(new Set(tables.payloadTypes.values()).size).toBe(tables.payloadTypes.size)
  })
})

describe('our schema', () => {
  it.skipIf(!hasProtoc && !needsProtoc)(
    'equals the tables as the reference compiler reads it',
    () => {
      const ours = readCompiledSchema(compileSchema())
      expect(differences(tables, ours)).toEqual([])
      expect(ours.fields.size).toBe(587)
      expect(ours.values.size).toBe(290)
    },
  )

  it('equals the tables as the generated code holds it', () => {
    const ours = readGeneratedSchema(encodesPacked)
    expect(differences(tables, ours)).toEqual([])
    expect(countOwners(ours.fields)).toBe(124)
    expect(countOwners(ours.values)).toBe(29)
  })

  it('would have every departure from the tables listed', () => {
    const ours = readGeneratedSchema(encodesPacked)
    const fields = new Map(ours.fields)
    fields.delete('ProtoOASpotEvent.bid')
    fields.set('ProtoOASpotEvent.ask', 'number 5, optional, int64, no default')
    fields.set('ProtoOASpotEvent.spread', 'number 9, optional, uint64, no default')
    const values = new Map(ours.values).set('ProtoOATradeSide.SELL', '3')
    expect(differences(tables, { ...ours, fields, values })).toEqual([
      'field ProtoOASpotEvent.bid is missing (number 4, optional, uint64, no default)',
      'field ProtoOASpotEvent.ask: number 5, optional, int64, no default; the table says number 5, optional, uint64, no default',
      'field ProtoOASpotEvent.spread is not in the tables (number 9, optional, uint64, no default)',
      'enum value ProtoOATradeSide.SELL: 3; the table says 2',
    ])
  })
})

describe('the table of 64-bit fields', () => {
  it('names each of the 261 of them once, as a number or a bigint', () => {
    const file = new URL('../../proto/int64.tsv', import.meta.url)
    const rows = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
    const wide = [...tables.fields].filter(([, row]) => /\bu?int64\b/.test(row)).map(([key]) => key)
    expect(wide).toHaveLength(261)
    expect(rows.map(([message, field]) => `${message}.${field}`).sort()).toEqual(wide.sort())
    expect(new Set(rows.map(([, , held]) => held))).toEqual(new Set(['number', 'bigint']))
  })
})
