/** Where a recording's rows have what is wanted of them. */
export interface TickColumns {
  readonly time: number
  readonly bid: number
  readonly ask: number
  /** How many columns there are. */
  readonly count: number
}

/** Names of each column, in lower case: this project's own, Dukascopy's two forms, and what is common elsewhere. */
const names = {
  time: ['timestamp', 'gmt time', 'time', 'utc', 'time (utc)', 'datetime'],
  bid: ['bid', 'bidprice'],
  ask: ['ask', 'askprice'],
} as const

/** The columns of the plain format, which is also that of files without others. */
export const plainColumns: TickColumns = { time: 0, bid: 1, ask: 2, count: 3 }

/** Reads a header; undefined where it does not name a time, a bid and an ask, each once. */
export function readHeader(line: string): TickColumns | undefined {
  // A byte order mark, as it looks when its bytes are read one by one.
  const row = line.replace(/^ï»¿/, '')
  const cells = row.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  )
  const find = (wanted: readonly string[]): number | undefined => {
    const at = cells.findIndex((cell) => wanted.includes(cell))
    const twice = cells.findLastIndex((cell) => wanted.includes(cell)) !== at
    return at === -1 || twice ? undefined : at
  }
  const [time, bid, ask] = [find(names.time), find(names.bid), find(names.ask)]
  if (time === undefined || bid === undefined || ask === undefined) return undefined
  return { time, bid, ask, count: cells.length }
}

/**
 * Reads a time: milliseconds since 1970; ISO 8601 with a zone; or, as Dukascopy's desktop program writes it,
 * `31.12.2025 21:00:00.123` or `2025.12.31 21:00:00.123` in UTC. Undefined for anything else, and for dates that there
 * are not.
 */
export function readTime(text: string): number | undefined {
  const dotted = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2})(\.\d{1,3})?$/.exec(text)
  if (dotted !== null) {
    const [, day, month, year, time, fraction = ''] = dotted
    return exactTime(`${year}-${month}-${day}T${time}${fraction}Z`)
  }
  const yearFirst = /^(\d{4})\.(\d{2})\.(\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,3})?$/.exec(text)
  if (yearFirst !== null) {
    const [, year, month, day, time, fraction = ''] = yearFirst
    return exactTime(`${year}-${month}-${day}T${time}${fraction}Z`)
  }
  const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/
  return iso.test(text) ? exactTime(text.replace(' ', 'T')) : undefined
}

function exactTime(iso: string): number | undefined {
  const at = Date.parse(iso)
  if (Number.isNaN(at) || at < 0) return undefined
  // The 31st of February would be read as a day in March.
  const day = Number(iso.slice(8, 10))
  return new Date(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`)).getUTCDate() === day ? at : undefined
}
