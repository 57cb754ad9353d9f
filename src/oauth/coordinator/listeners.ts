import type { Logger } from '../../log.ts'

/** Callbacks that cannot disturb whoever calls them. */
export class Listeners<T> {
  readonly #listeners = new Set<{ readonly call: (value: T) => void }>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Returns how to stop it. The same function may be added twice. */
  add(call: (value: T) => void): () => void {
    const entry = { call }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  tell(value: T): void {
    for (const { call } of [...this.#listeners]) {
      try {
        call(value)
      } catch (error) {
        const reason = error instanceof Error ? error.name : typeof error
        this.#logger.error({ reason }, 'A listener of the grant threw.')
      }
    }
  }
}
