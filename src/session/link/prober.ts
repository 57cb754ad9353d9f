import { RequestTimeoutError } from '../errors.ts'

export interface ProberPort {
  /** Asks the server something that it can always answer. */
  ask(timeoutMs: number): Promise<unknown>
  /** It has had the question and not answered. */
  mute(waitedMs: number): void
}

/**
 * Finds out whether the server still takes requests. A connection can go mute: data arrives, and no request is answered
 * any longer.
 */
export class Prober {
  readonly #port: ProberPort
  readonly #timeoutMs: number
  #isAsking = false

  constructor(port: ProberPort, timeoutMs: number) {
    this.#port = port
    this.#timeoutMs = timeoutMs
  }

  /** Asks, unless a question is under way. */
  probe(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    this.#port.ask(this.#timeoutMs).then(
      () => {
        this.#isAsking = false
      },
      (error: unknown) => {
        this.#isAsking = false
        // A refusal is an answer; a question that never left says nothing about the server.
        if (error instanceof RequestTimeoutError && error.outcome === 'unknown') {
          this.#port.mute(this.#timeoutMs)
        }
      },
    )
  }
}
