import { StringDecoder } from 'node:string_decoder'
import { HiddenLine, markPastes, stopMarkingPastes } from './hidden-line.ts'

/** Where lines are read from, and how its terminal is spoken to. */
export interface LineInputStreams {
  readonly stdin: NodeJS.ReadStream
  /** Writes to the terminal, without a line break. */
  readonly write: (text: string) => void
  /** Does what Ctrl-C does elsewhere. */
  readonly interrupt: () => void
}

/**
 * Reads lines from standard input, one at a time, and lets go of it in between: whoever starts the command, or a later
 * question, gets the rest.
 */
export class LineInput {
  readonly #streams: LineInputStreams
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #ended = false

  constructor(streams: LineInputStreams) {
    this.#streams = streams
  }

  /** The next line without its end, shown as it is typed; undefined when the input has ended. */
  read(signal: AbortSignal): Promise<string | undefined> {
    return this.#listen(signal, (text) => {
      this.#rest += text
      return this.#takeLine()
    })
  }

  /**
   * The same for what must not be on the screen: nothing is shown while it is typed or pasted. The question is written
   * only when that holds, because fast fingers, and programs, answer at once.
   */
  async readHidden(signal: AbortSignal, question = ''): Promise<string | undefined> {
    const { stdin, write, interrupt } = this.#streams
    if (stdin.isTTY !== true) return this.read(signal)
    const line = new HiddenLine()
    signal.throwIfAborted()
    stdin.setRawMode(true)
    write(`${markPastes}${question}`)
    try {
      return await this.#listen(signal, (text) => {
        const event = line.feed(text)
        if (event.kind === 'line') return event
        if (event.kind === 'end') return { text: undefined }
        if (event.kind === 'interrupt') interrupt()
        return undefined
      })
    } finally {
      write(`${stopMarkingPastes}\n`)
      stdin.setRawMode(false)
    }
  }

  /** Feeds what arrives to `take` until it has a line, the input ends or the signal aborts. */
  #listen(
    signal: AbortSignal,
    take: (text: string) => { readonly text: string | undefined } | undefined,
  ): Promise<string | undefined> {
    const { stdin } = this.#streams
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const early = take('')
      if (early !== undefined) return resolve(early.text)
      if (this.#ended) return resolve(undefined)
      const data = (chunk: Buffer | string): void => {
        const line = take(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk))
        if (line !== undefined) finish(() => resolve(line.text))
      }
      const end = (): void => {
        this.#ended = true
        const last = this.#rest
        this.#rest = ''
        finish(() => resolve(last === '' ? undefined : last))
      }
      const fail = (error: Error): void => finish(() => reject(error))
      const abort = (): void => finish(() => reject(signal.reason))
      const finish = (settle: () => void): void => {
        stdin.off('data', data).off('end', end).off('error', fail)
        stdin.pause()
        // A pipe whose other end stays open would keep the process alive, also when nobody reads from it.
        stdin.unref?.()
        signal.removeEventListener('abort', abort)
        settle()
      }
      stdin.on('data', data).on('end', end).on('error', fail)
      signal.addEventListener('abort', abort, { once: true })
      stdin.ref?.()
      stdin.resume()
    })
  }

  #takeLine(): { readonly text: string } | undefined {
    const found = /^([^\r\n]*)\r?\n/.exec(this.#rest)
    if (found === null) return undefined
    this.#rest = this.#rest.slice(found[0].length)
    return { text: found[1] ?? '' }
  }
}
