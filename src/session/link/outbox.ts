import type { Link } from '../../transport/index.ts'

/** One message on its way out. */
export interface Outgoing {
  /** Whether nobody wants it sent any longer. */
  readonly over: boolean
  /** It has been handed to the link. */
  markSent(): void
  /** The link did not take it. */
  loseConnection(cause: Error): void
}

interface Waiting {
  readonly outgoing: Outgoing
  readonly bytes: Uint8Array
}

// Below this the link takes messages at once. More than fits in flight gains nothing, and what waits here can still
// be given up as not sent.
const congestedBytes = 262_144

/** Sends messages in order, at once while the link keeps up; holds them back while it does not. */
export class Outbox {
  readonly #link: Link
  readonly #onSent: () => void
  readonly #waiting: Waiting[] = []
  #pumping = false

  constructor(link: Link, onSent: () => void) {
    this.#link = link
    this.#onSent = onSent
  }

  /** How many messages wait for the link to keep up. */
  get waiting(): number {
    return this.#waiting.length
  }

  send(outgoing: Outgoing, bytes: Uint8Array): void {
    if (this.#waiting.length === 0 && this.#link.bufferedBytes < congestedBytes) {
      this.#transmit(outgoing, bytes)
      return
    }
    this.#waiting.push({ outgoing, bytes })
    if (!this.#pumping) void this.#pump()
  }

  #transmit(outgoing: Outgoing, bytes: Uint8Array): void {
    if (outgoing.over) return
    try {
      this.#link.send(bytes)
    } catch (error) {
      outgoing.loseConnection(error instanceof Error ? error : new Error(String(error)))
      return
    }
    outgoing.markSent()
    this.#onSent()
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    try {
      while (this.#waiting.length > 0) {
        await this.#link.drained()
        do {
          const next = this.#waiting.shift()
          if (next !== undefined) this.#transmit(next.outgoing, next.bytes)
        } while (this.#waiting.length > 0 && this.#link.bufferedBytes < congestedBytes)
      }
    } catch (error) {
      // The link is over. The session fails all that is under way; this covers what it does not know of.
      const cause = error instanceof Error ? error : new Error(String(error))
      for (const { outgoing } of this.#waiting.splice(0)) outgoing.loseConnection(cause)
    } finally {
      this.#pumping = false
    }
  }
}
