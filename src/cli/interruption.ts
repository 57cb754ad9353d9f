/** What ended a command before its time: the person or the system, or that nobody reads its output any more. */
export type InterruptionCause = 'signal' | 'reader-gone'

interface Signals {
  on(name: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): never
}

/** Turns signals and a reader that left into one abort signal. */
export class Interruption {
  readonly #ending = new AbortController()
  #cause: InterruptionCause | undefined
  #signals = 0

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Undefined as long as nothing has interrupted. */
  get cause(): InterruptionCause | undefined {
    return this.#cause
  }

  /** Listens for the signals that ask to end. */
  listen(process: Signals, forcedExitCode: number): void {
    const take = (): void => {
      this.#end('signal')
      // A terminal and npm may both deliver the same Ctrl-C. Whoever presses it again and again means it.
      if (++this.#signals >= 3) process.exit(forcedExitCode)
    }
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, take)
  }

  /** Nobody reads the output any more, such as after `| head -1`. */
  readerGone(): void {
    this.#end('reader-gone')
  }

  #end(cause: InterruptionCause): void {
    if (this.#cause !== undefined) return
    this.#cause = cause
    this.#ending.abort(new DOMException('The command was interrupted.', 'AbortError'))
  }
}
