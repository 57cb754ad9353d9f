/** The part of a socket that an outbox needs. */
export interface Sink {
  write(bytes: Buffer): unknown
  /** Bytes handed over that have not left yet. */
  readonly writableLength: number
}

export interface OutboxOptions {
  /** How many bytes may wait in all, here and in the socket. */
  readonly limit: number
  /** Called once when more than that wait; nothing is sent after it. */
  onOverflow(): void
}

// Beyond this a batch gains nothing from waiting for the end of the tick.
const batchBytes = 65_536

/**
 * Puts messages onto a socket in order. What is said in one tick goes out as one write: a burst of quotes costs one
 * TLS record, not hundreds. A reader that does not read fills it up to its limit and no further.
 */
export class Outbox {
  readonly #sink: Sink
  readonly #options: OutboxOptions
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #scheduled = false
  #closed = false

  constructor(sink: Sink, options: OutboxOptions) {
    this.#sink = sink
    this.#options = options
  }

  /** Bytes that wait here for the end of the tick. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  send(bytes: Buffer): void {
    if (this.#closed) return
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= batchBytes) this.flush()
    if (this.#waitingBytes + this.#sink.writableLength > this.#options.limit) {
      this.close()
      this.#options.onOverflow()
      return
    }
    if (this.#scheduled || this.#waitingBytes === 0) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  /** Hands over at once what waits for the end of the tick. */
  flush(): void {
    const [first] = this.#waiting
    if (first === undefined || this.#closed) return
    const bytes =
      this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting, this.#waitingBytes)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#sink.write(bytes)
  }

  /** Forgets what waits and sends nothing any more. */
  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#waitingBytes = 0
  }
}
