import { type Deferred, deferred } from '../../async/deferred.ts'
import type { Logger } from '../../log.ts'
import type { SessionEnd } from './state.ts'

/** How a session ends: decided once, told to everybody once, when nothing of it is left. */
export class Ending {
  readonly #logger: Logger
  readonly #over: Deferred<SessionEnd> = deferred()
  readonly #listeners = new Set<{ readonly call: (end: SessionEnd) => void }>()
  #decided: SessionEnd | undefined
  #told = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Resolves when nothing of the session is left. */
  get over(): Promise<SessionEnd> {
    return this.#over.promise
  }

  /** How it ends, from the moment that is decided. */
  get decided(): SessionEnd | undefined {
    return this.#decided
  }

  /** Decides how it ends. Returns whether that was still open. */
  decide(end: SessionEnd): boolean {
    if (this.#decided !== undefined) return false
    this.#decided = end
    return true
  }

  /** Tells everybody. */
  tell(end: SessionEnd): void {
    this.#told = true
    this.#logger.debug({ kind: end.kind, code: end.error.code }, 'session ended')
    this.#over.resolve(end)
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) {
      try {
        listener.call(end)
      } catch (error) {
        this.#logger.error({ error }, 'a listener for the end of the session threw')
      }
    }
  }

  /** Calls back once when it is over; at once if it is. */
  listen(call: (end: SessionEnd) => void): () => void {
    if (this.#told && this.#decided !== undefined) {
      call(this.#decided)
      return () => {}
    }
    const listener = { call }
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
