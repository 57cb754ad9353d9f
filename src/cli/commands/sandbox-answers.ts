import type { Output } from '../output.ts'

type Row = Readonly<Record<string, unknown>>

/** What the columns of a list are, where it is shown as a table. */
const tables: Readonly<Record<string, readonly string[]>> = {
  symbols: ['symbol', 'bid', 'ask', 'open', 'held'],
  rules: [
    ...['symbol', 'tradingMode', 'shortSelling', 'minLots', 'maxLots', 'stepLots'],
    ...['maxExposureLots', 'guaranteedStopLoss'],
  ],
  accounts: ['account', 'isLive', 'accountType', 'balance', 'depositAsset'],
  positions: ['position', 'symbolId', 'side', 'units', 'price', 'stopLoss', 'takeProfit'],
  snapshots: ['id', 'takenAt'],
  forks: ['fork', 'snapshot', 'forkedAt', 'adminUrl', 'consoleUrl'],
  connections: ['connection', 'host', 'accounts', 'received', 'sent', 'queuedBytes', 'mute'],
  faults: ['id', 'rule', 'matched', 'acted'],
  entries: [
    'seq',
    'time',
    'direction',
    'host',
    'connection',
    'message',
    'clientMsgId',
    'errorCode',
  ],
}

/** Shows an answer of the sandbox to a person: a list as a table, anything else by its names. */
export function showAnswer(output: Output, verb: string, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return output.line(String(answer))
  const fields = answer as Row
  // A fork's line holds the accounts as well, and secrets that nobody asked to see.
  if (verb === 'fork') return showFields(output, only(fields, ['fork', 'adminUrl', 'consoleUrl']))
  const list = Object.keys(tables).find((name) => Array.isArray(fields[name]))
  if (list !== undefined) return showTable(output, list, fields[list] as readonly Row[])
  if (Object.keys(fields).length === 0) output.note(`${verb}: done.`)
  showFields(output, fields)
}

function showFields(output: Output, fields: Row): void {
  const width = Math.max(12, ...Object.keys(fields).map((name) => name.length))
  for (const [name, value] of Object.entries(fields)) {
    output.line(`${output.paint('dim', name.padEnd(width))}  ${cell(shown(name, value))}`)
  }
}

function only(fields: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, fields[name]]))
}

function showTable(output: Output, name: string, rows: readonly Row[]): void {
  if (rows.length === 0) return output.note('There is none.')
  const columns = tables[name] ?? []
  output.table(
    columns.map((title) => ({ title })),
    rows.map((row) => columns.map((column) => cell(shown(column, shownIn(row, column))))),
    rows,
  )
}

function shownIn(row: Row, column: string): unknown {
  if (row['tradeData'] !== undefined) return shownInPosition(row, column)
  if (column === 'time') return new Date(Number(row['at'])).toISOString().slice(11, 23)
  if (column === 'message') return row['request'] ?? row['message'] ?? row['payloadType']
  if (column === 'errorCode') return (row['payload'] as Row | undefined)?.['errorCode']
  return row[column]
}

/** A position is told in the protocol's own terms. */
/** As the protocol counts sides; the other is 2. */
const buy = 1

function shownInPosition(position: Row, column: string): unknown {
  const { symbolId, tradeSide, volume } = position['tradeData'] as Row
  if (column === 'position') return position['positionId']
  if (column === 'symbolId') return symbolId
  if (column === 'side') return tradeSide === buy ? 'buy' : 'sell'
  return column === 'units' ? Number(volume) / 100 : position[column]
}

/** Moments are milliseconds for programs, and dates for people. */
const moments = new Set(['at', 'takenAt', 'forkedAt', 'endsAt'])

function shown(name: string, value: unknown): unknown {
  return moments.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value
}

function cell(value: unknown): string {
  if (value === undefined) return ''
  if (value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(cell).join(' ')
  return typeof value === 'object' ? fieldsOf(value) : String(value)
}

/** The fields of an object in one line; what lies deeper stays as it is. */
function fieldsOf(value: object): string {
  return Object.entries(value)
    .map(([name, field]) => {
      const deep = typeof field === 'object' && field !== null
      return `${name} ${deep ? JSON.stringify(field) : cell(shown(name, field))}`
    })
    .join(', ')
}
