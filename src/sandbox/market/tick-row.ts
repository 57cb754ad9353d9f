import { plainColumns, readTime, type TickColumns } from './tick-columns.ts'

/** One recorded quote. Prices are integers, units of 1e-5. */
export interface Tick {
  /** When it was recorded, ms. */
  readonly at: number
  readonly bid: number
  readonly ask: number
}

const wanted = [
  ['time', 'timestamp'],
  ['bid', 'bid'],
  ['ask', 'ask'],
] as const
const zero = 48
const nine = 57
const dot = 46

/** Reads a row. A text instead of a tick says what is wrong with it. */
export function parseTickRow(row: string, columns: TickColumns = plainColumns): Tick | string {
  const cells = row.split(',')
  for (const [column, name] of wanted) {
    if (columns[column] >= cells.length) return `there is no ${name} column in "${shown(row)}"`
  }
  if (cells.length > columns.count) {
    return `"${shown(row)}" has more than ${columns.count === 3 ? 'three' : columns.count} columns`
  }
  const at = parseTime(cells[columns.time] ?? '')
  if (typeof at === 'string') return at
  const bid = parsePrice('bid', cells[columns.bid] ?? '')
  if (typeof bid === 'string') return bid
  const ask = parsePrice('ask', cells[columns.ask] ?? '')
  if (typeof ask === 'string') return ask
  return { at, bid, ask }
}

function parseTime(text: string): number | string {
  const value = digits(text, 0, text.length)
  if (value === undefined || text.length === 0) {
    const read = readTime(text)
    if (read !== undefined) return read
    return `the timestamp "${shown(text)}" is not a whole number of milliseconds`
  }
  return Number.isSafeInteger(value) ? value : `the timestamp ${shown(text)} is too large`
}

/** Decimal text to units of 1e-5 without a float on the way, which would lose the last digit of some prices. */
function parsePrice(side: string, text: string): number | string {
  if (text === '') return `the ${side} is empty`
  const point = text.indexOf('.')
  const whole = digits(text, 0, point === -1 ? text.length : point)
  if (whole === undefined || point === 0 || point === text.length - 1) {
    return `the ${side} "${shown(text)}" is not a decimal number`
  }
  let value = whole
  let places = 0
  for (let index = point === -1 ? text.length : point + 1; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < zero || code > nine) return `the ${side} "${shown(text)}" is not a decimal number`
    if (places === 5) {
      if (code !== zero) return `the ${side} ${shown(text)} has more than 5 decimals`
      continue
    }
    value = value * 10 + (code - zero)
    places++
  }
  for (; places < 5; places++) value *= 10
  if (value === 0) return `the ${side} is zero`
  return Number.isSafeInteger(value) ? value : `the ${side} ${shown(text)} is too large`
}

function digits(text: string, from: number, to: number): number | undefined {
  let value = 0
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index)
    if (code === dot || code < zero || code > nine) return undefined
    value = value * 10 + (code - zero)
  }
  return value
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
