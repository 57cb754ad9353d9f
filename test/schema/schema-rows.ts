import { readFileSync } from 'node:fs'

/** What a schema says, flat: one entry per field and one per enum value, each a line of text that can be compared. */
export interface SchemaRows {
  /** `Message.field` to `number label type default packed deprecated`. */
  readonly fields: ReadonlyMap<string, string>
  /** `Enum.VALUE` to its number. */
  readonly values: ReadonlyMap<string, string>
  /** Message to the number of its payload type, for those that have one. */
  readonly payloadTypes: ReadonlyMap<string, string>
}

export interface FieldFacts {
  readonly number: number | string
  readonly label: string
  readonly type: string
  /** Empty for none. */
  readonly preset: string
  readonly packed: boolean
  readonly deprecated: boolean
}

export function fieldRow(facts: FieldFacts): string {
  const notes = [
    `number ${facts.number}`,
    facts.label,
    facts.type,
    facts.preset === '' ? 'no default' : `default ${facts.preset}`,
  ]
  if (facts.packed) notes.push('packed')
  if (facts.deprecated) notes.push('deprecated')
  return notes.join(', ')
}

/** The tables of the official schema that are kept beside this file. */
export function readTables(): SchemaRows {
  const fields = new Map<string, string>()
  const payloadTypes = new Map<string, string>()
  for (const row of readTable('messages.tsv', 10)) {
    const [
      ,
      message = '',
      payloadType = '',
      number = '',
      name = '',
      label = '',
      type = '',
      preset = '',
      packed = '',
      deprecated = '',
    ] = row
    put(
      fields,
      `${message}.${name}`,
      fieldRow({
        number,
        label,
        type,
        preset,
        packed: packed === 'true',
        deprecated: deprecated === 'true',
      }),
    )
    if (payloadType !== '') payloadTypes.set(message, payloadType)
  }
  const values = new Map<string, string>()
  for (const row of readTable('enums.tsv', 3)) {
    const [item = '', name = '', number = ''] = row
    put(values, `${item}.${name}`, number)
  }
  return { fields, values, payloadTypes }
}

function readTable(file: string, columns: number): readonly string[][] {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.slice(1).map((line) => {
    const cells = line.split('\t')
    // An editor may have cut trailing tabs; those cells are empty.
    while (cells.length < columns) cells.push('')
    if (cells.length > columns) throw new Error(`${file}: too many cells in "${line}"`)
    return cells
  })
}

/** Adds an entry that must not be there yet. */
export function put(map: Map<string, string>, key: string, value: string): void {
  if (map.has(key)) throw new Error(`${key} is declared twice`)
  map.set(key, value)
}

/** Everything in which a schema departs from the tables, one sentence each. */
export function differences(tables: SchemaRows, ours: SchemaRows): readonly string[] {
  return [
    ...compare('field', tables.fields, ours.fields),
    ...compare('enum value', tables.values, ours.values),
    ...compare('payload type of', tables.payloadTypes, ours.payloadTypes),
  ]
}

function compare(
  kind: string,
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): readonly string[] {
  const found: string[] = []
  for (const [key, value] of expected) {
    const other = actual.get(key)
    if (other === undefined) found.push(`${kind} ${key} is missing (${value})`)
    else if (other !== value) found.push(`${kind} ${key}: ${other}; the table says ${value}`)
  }
  for (const [key, value] of actual) {
    if (!expected.has(key)) found.push(`${kind} ${key} is not in the tables (${value})`)
  }
  return found
}

/** How many different names stand before the dot. */
export function countOwners(map: ReadonlyMap<string, string>): number {
  return new Set([...map.keys()].map((key) => key.slice(0, key.indexOf('.')))).size
}
