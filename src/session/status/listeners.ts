import type { Logger } from '../../log.ts'

/** Who wants to hear of something. One that throws is logged and disturbs nobody. */
export class Listeners<T> {
  readonly #logger: Logger
  readonly #what: string
  readonly #calls = new Set<{ readonly call: (value: T) => void }>()

  /** @param what what they listen to, for the log */
  constructor(logger: Logger, what: string) {
    this.#logger = logger
    this.#what = what
  }

  /** Returns a function that stops it. */
  add(call: (value: T) => void): () => void {
    const entry = { call }
    this.#calls.add(entry)
    return () => void this.#calls.delete(entry)
  }

  tell(value: T): void {
    for (const { call } of [...this.#calls]) {
      try {
        call(value)
      } catch (error) {
        this.#logger.error({ error }, `a listener for ${this.#what} threw`)
      }
    }
  }
}
