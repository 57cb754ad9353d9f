import type { TLSSocket } from 'node:tls'
import type { Clock } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import { CTraderError } from '../errors.ts'
import { DrainWaiters } from './drain-waiters.ts'
import { formatEndpoint, LinkClosedError, WriteOverflowError } from './errors.ts'
import { explainLinkFailure } from './failures.ts'
import type { Endpoint, Link, LinkEnd, LinkHandlers } from './transport.ts'

export interface SocketLinkOptions {
  readonly endpoint: Endpoint
  readonly handlers: LinkHandlers
  readonly clock: Clock
  /** From this many waiting bytes on, `drained()` waits. */
  readonly highWaterMark: number
  /** No more than this many bytes may wait. */
  readonly writeLimit: number
  readonly closeTimeoutMs: number
}

/** A link over a TLS socket. */
export class SocketLink implements Link {
  readonly remote: string
  readonly #socket: TLSSocket
  readonly #options: SocketLinkOptions
  // What was sent in this tick, until the end of the tick.
  #tick: Uint8Array[] = []
  #tickBytes = 0
  #state: 'open' | 'closing' | 'over' = 'open'
  #heardEnd = false
  // What the socket reported, and why this side cut the link.
  #error: CTraderError | undefined
  #cause: CTraderError | undefined
  #end: LinkEnd | undefined
  readonly #ended = deferred<void>()
  #closed: Promise<void> | undefined
  readonly #waiting = new DrainWaiters()

  constructor(socket: TLSSocket, options: SocketLinkOptions) {
    this.#socket = socket
    this.#options = options
    this.remote = formatEndpoint(options.endpoint)
    socket.on('end', () => {
      this.#heardEnd = true
    })
    socket.on('error', (error) => {
      this.#error ??= explainLinkFailure(options.endpoint, error)
    })
    socket.on('drain', () => this.#waiting.settle())
    socket.on('close', () => this.#finish())
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength + this.#tickBytes
  }

  send(bytes: Uint8Array): void {
    if (this.#state !== 'open' || this.#socket.destroyed || !this.#socket.writable) {
      throw this.#closedError()
    }
    const { endpoint, writeLimit } = this.#options
    if (this.#tickBytes + bytes.length + this.#socket.writableLength > writeLimit) {
      throw new WriteOverflowError(endpoint, this.bufferedBytes + bytes.length, writeLimit)
    }
    if (this.#tick.length === 0) queueMicrotask(() => this.#flush())
    this.#tick.push(bytes)
    this.#tickBytes += bytes.length
  }

  async drained(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#flush()
    if (this.#state !== 'open') throw this.#closedError()
    if (this.#socket.writableLength < this.#options.highWaterMark) return
    await this.#waiting.wait(signal)
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeGracefully()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  destroy(cause?: Error): void {
    if (this.#state === 'over') return
    if (cause !== undefined) {
      const { endpoint } = this.#options
      this.#cause ??=
        cause instanceof CTraderError ? cause : new LinkClosedError(endpoint, 'was cut here', cause)
    }
    this.#state = this.#state === 'open' ? 'closing' : this.#state
    this.#tick = []
    this.#tickBytes = 0
    this.#socket.destroy()
  }

  /** Bytes from the socket; valid only during the call. */
  receive(chunk: Buffer): void {
    if (this.#state !== 'open') return
    try {
      this.#options.handlers.data(chunk)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #closeGracefully(): Promise<void> {
    if (this.#state === 'open') {
      this.#flush()
      this.#state = 'closing'
      this.#waiting.settle(this.#closedError())
      this.#socket.end()
    }
    if (this.#state === 'over') return
    const { clock, closeTimeoutMs } = this.#options
    const timer = clock.after(closeTimeoutMs, () => this.#socket.destroy())
    await this.#ended.promise
    timer.cancel()
  }

  /** Hands the tick's bytes to the socket in one piece, so that they share a TLS record. */
  #flush(): void {
    const chunks = this.#tick
    if (chunks.length === 0) return
    this.#tick = []
    this.#tickBytes = 0
    const [first] = chunks
    if (this.#state !== 'open' || first === undefined) return
    if (chunks.length === 1) {
      this.#socket.write(first)
      return
    }
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
  }

  #finish(): void {
    if (this.#state === 'over') return
    const local = this.#state === 'closing'
    this.#state = 'over'
    this.#end = this.#describeEnd(local)
    this.#waiting.settle(this.#closedError())
    this.#ended.resolve()
    this.#options.handlers.end(this.#end)
  }

  #describeEnd(local: boolean): LinkEnd {
    // A reset that answers our goodbye is no news.
    if (local) return { kind: 'local', error: this.#cause }
    if (this.#error !== undefined) return { kind: 'failure', error: this.#error }
    const how = this.#heardEnd ? 'was closed by the other side' : 'was lost'
    return {
      kind: this.#heardEnd ? 'remote' : 'failure',
      error: new LinkClosedError(this.#options.endpoint, how),
    }
  }

  #closedError(): CTraderError {
    return (
      this.#end?.error ??
      this.#cause ??
      this.#error ??
      new LinkClosedError(this.#options.endpoint, 'is closed')
    )
  }
}
