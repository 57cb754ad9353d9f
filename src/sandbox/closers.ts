type Close = () => void | Promise<void>

/** What has been started so far, so that it can be ended whatever happens next. */
export class Closers {
  readonly #calls: Close[] = []
  #closing: Promise<void> | undefined

  add(call: Close): void {
    this.#calls.push(call)
  }

  /** Ends everything, the last first. One failure does not keep the rest open. Harmless to repeat. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = []
    for (const call of this.#calls.reverse()) {
      try {
        await call()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'Not everything of the sandbox could be closed.')
    }
  }
}
