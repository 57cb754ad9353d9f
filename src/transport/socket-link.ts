import type { TLSSocket } from 'node:tls'
import { formatEndpoint, LinkClosedError, WriteOverflowError } from './errors.ts'
import { explainLinkFailure } from './failures.ts'
import { LinkLife, type LinkLifeOptions } from './link-life.ts'
import type { Link } from './transport.ts'

export interface SocketLinkOptions extends LinkLifeOptions {
  /** From this many waiting bytes on, `drained()` waits. */
  readonly highWaterMark: number
  /** No more than this many bytes may wait. */
  readonly writeLimit: number
}

/** A link over a TLS socket. */
export class SocketLink implements Link {
  readonly remote: string
  readonly #socket: TLSSocket
  readonly #options: SocketLinkOptions
  readonly #life: LinkLife
  // What was sent in this tick, until the end of the tick.
  #tick: Uint8Array[] = []
  #tickBytes = 0
  #heardEnd = false

  constructor(socket: TLSSocket, options: SocketLinkOptions) {
    this.#socket = socket
    this.#options = options
    this.#life = new LinkLife(options)
    this.remote = formatEndpoint(options.endpoint)
    socket.on('end', () => {
      this.#heardEnd = true
    })
    socket.on('error', (error) => this.#life.report(explainLinkFailure(options.endpoint, error)))
    socket.on('drain', () => this.#life.waiting.settle())
    socket.on('close', () => this.#finish())
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength + this.#tickBytes
  }

  send(bytes: Uint8Array): void {
    if (this.#life.state !== 'open' || this.#socket.destroyed || !this.#socket.writable) {
      throw this.#life.closedError()
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
    if (this.#life.state !== 'open') throw this.#life.closedError()
    if (this.#socket.writableLength < this.#options.highWaterMark) return
    await this.#life.waiting.wait(signal)
  }

  close(): Promise<void> {
    return this.#life.close(
      () => this.#flush(),
      () => this.#socket.end(),
      () => this.#socket.destroy(),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  destroy(cause?: Error): void {
    if (!this.#life.cut(cause)) return
    this.#tick = []
    this.#tickBytes = 0
    this.#socket.destroy()
  }

  /** Bytes from the socket; valid only during the call. */
  receive(chunk: Buffer): void {
    this.#life.receive(chunk, (cause) => this.destroy(cause))
  }

  /** Hands the tick's bytes to the socket in one piece, so that they share a TLS record. */
  #flush(): void {
    const chunks = this.#tick
    if (chunks.length === 0) return
    this.#tick = []
    this.#tickBytes = 0
    const [first] = chunks
    if (this.#life.state !== 'open' || first === undefined) return
    if (chunks.length === 1) {
      this.#socket.write(first)
      return
    }
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
  }

  #finish(): void {
    const { endpoint } = this.#options
    this.#life.finish(() =>
      this.#heardEnd
        ? { kind: 'remote', error: new LinkClosedError(endpoint, 'was closed by the other side') }
        : { kind: 'failure', error: new LinkClosedError(endpoint, 'was lost') },
    )
  }
}
