import { formatReport, reportError, stackOf } from './error-report.ts'
import { type Column, formatTable } from './text-table.ts'

/** Where a command writes, and what kind of reader is there. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly env: NodeJS.ProcessEnv
}

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

export type Style = keyof typeof styles

/** Data goes to standard output, everything else to standard error. */
export class Output {
  readonly isJson: boolean
  readonly #terminal: Terminal

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal
    this.isJson = isJson
  }

  /** Whether data goes to a person's screen. */
  get isOnTerminal(): boolean {
    return this.#terminal.stdout.isTTY === true
  }

  /** One line of data. */
  line(text: string): void {
    this.#terminal.stdout.write(`${text}\n`)
  }

  /** One JSON value on a line of its own. */
  json(value: unknown): void {
    this.line(JSON.stringify(value, withBigints))
  }

  /** A list: a table for people, one JSON array for programs. */
  table(
    columns: readonly Column[],
    rows: readonly (readonly string[])[],
    values: readonly unknown[],
  ): void {
    if (this.isJson) return this.json(values)
    const [titles = '', ...lines] = formatTable(columns, rows)
    this.line(this.paint('dim', titles))
    for (const line of lines) this.line(line)
  }

  /** Progress and remarks. */
  note(text: string): void {
    this.#terminal.stderr.write(`${text}\n`)
  }

  /** A question; the answer is typed on the same line. */
  prompt(text: string): void {
    this.#terminal.stderr.write(text)
  }

  /** What ended the command: one or two lines, or one JSON object. */
  error(error: unknown): void {
    const report = reportError(error)
    if (this.isJson) this.note(JSON.stringify({ error: report }, withBigints))
    else {
      const [first = '', ...rest] = formatReport(report)
      this.note(`${this.paint('red', 'ctrader:', 'stderr')} ${first}`)
      for (const line of rest) this.note(`         ${line}`)
    }
    if ((this.#terminal.env['CTRADER_DEBUG'] ?? '') !== '') this.note(stackOf(error))
  }

  /** Colours a text where colours can be seen and are wanted. */
  paint(style: Style, text: string, where: 'stdout' | 'stderr' = 'stdout'): string {
    const { env } = this.#terminal
    const isSeen = this.#terminal[where].isTTY === true && env['TERM'] !== 'dumb'
    if (!isSeen || (env['NO_COLOR'] ?? '') !== '') return text
    return `\u001b[${styles[style]}m${text}\u001b[0m`
  }
}

/** Whole numbers of 64 bits as text, so that no reader of the JSON rounds them. */
function withBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
