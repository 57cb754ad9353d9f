import type { Output, Style } from '../output.ts'
import { type Column, formatTable } from '../text-table.ts'

/**
 * Numbered steps and what happened in each. They are progress, on standard error, when the result is wanted as JSON.
 */
export class Steps {
  readonly #output: Output
  #number = 0

  constructor(output: Output) {
    this.#output = output
  }

  /** Opens the next step. */
  begin(title: string): void {
    this.#number++
    if (this.#number > 1) this.#write('')
    const number = String(this.#number).padStart(2)
    this.#write(`${this.paint('cyan', number)}  ${this.paint('bold', title)}`)
  }

  /** Names and values, aligned. */
  facts(facts: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...facts.map(([name]) => name.length))
    for (const [name, value] of facts) {
      this.say(`${this.paint('dim', name.padEnd(width))}   ${value}`)
    }
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const [titles = '', ...lines] = formatTable(columns, rows)
    this.say(this.paint('dim', titles))
    for (const line of lines) this.say(line)
  }

  /** Something that worked. */
  good(text: string): void {
    this.say(`${this.paint('green', '✓')} ${text}`)
  }

  say(text: string): void {
    this.#write(text === '' ? '' : `    ${text}`)
  }

  paint(style: Style, text: string): string {
    return this.#output.paint(style, text, this.#output.isJson ? 'stderr' : 'stdout')
  }

  #write(text: string): void {
    if (this.#output.isJson) this.#output.note(text)
    else this.#output.line(text)
  }
}
