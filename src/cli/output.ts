import { CTraderError } from '../index.ts'

/** Where a command writes, and what kind of reader is there. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly env: NodeJS.ProcessEnv
}

/** Data goes to standard output, everything else to standard error. */
export class Output {
  readonly isJson: boolean
  readonly #terminal: Terminal

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal
    this.isJson = isJson
  }

  /** One line of data for people. */
  line(text: string): void {
    this.#terminal.stdout.write(`${text}\n`)
  }

  /** One JSON value on a line of its own. */
  json(value: unknown): void {
    this.line(JSON.stringify(value, replacer))
  }

  /** A list: a table for people, one JSON array for programs. */
  table(columns: readonly string[], rows: readonly (readonly string[])[], values: unknown): void {
    if (this.isJson) return this.json(values)
    for (const line of formatTable(columns, rows)) this.line(line)
  }

  /** Progress and remarks. */
  note(text: string): void {
    this.#terminal.stderr.write(`${text}\n`)
  }

  /** What ended the command: one or two lines, or one JSON object. */
  error(error: unknown): void {
    if (this.isJson) this.note(JSON.stringify(describe(error), replacer))
    else this.note(`ctrader: ${this.paint('red', messageOf(error), 'stderr')}`)
    if (this.#terminal.env['CTRADER_DEBUG'] !== undefined && error instanceof Error) {
      this.note(error.stack ?? '')
    }
  }

  /** Colours a text where colours can be seen and are wanted. */
  paint(style: keyof typeof styles, text: string, where: 'stdout' | 'stderr' = 'stdout'): string {
    const { env } = this.#terminal
    const isSeen = this.#terminal[where].isTTY === true && env['TERM'] !== 'dumb'
    if (!isSeen || (env['NO_COLOR'] ?? '') !== '') return text
    return `\u001b[${styles[style]}m${text}\u001b[0m`
  }
}

const styles = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const

/** Columns padded to their widest cell; numbers to the right. */
export function formatTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const isNumeric = columns.map((_, index) =>
    rows.every((row) => /^-?[\d.,]*( [A-Z]{3,4})?$/.test(row[index] ?? '')),
  )
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        isNumeric[index] === true && rows.length > 0
          ? cell.padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [format(columns), ...rows.map(format)]
}

/** An error as people read it. Control characters of a server's text never reach the terminal. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 2000)
}

function describe(error: unknown): { readonly error: unknown } {
  if (error instanceof CTraderError) return { error: error.toJSON() }
  return { error: { name: 'Error', code: 'UNEXPECTED', message: messageOf(error), facts: {} } }
}

function replacer(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
