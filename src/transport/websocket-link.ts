import type { TLSSocket } from 'node:tls'
import type { WebSocket } from 'ws'
import type { Clock } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import { CTraderError } from '../errors.ts'
import { DrainWaiters } from './drain-waiters.ts'
import {
  formatEndpoint,
  LinkClosedError,
  MessageTooLongError,
  WriteOverflowError,
} from './errors.ts'
import { explainLinkFailure } from './failures.ts'
import type { Endpoint, Link, LinkEnd, LinkHandlers } from './transport.ts'

export interface WebSocketLinkOptions {
  readonly endpoint: Endpoint
  readonly handlers: LinkHandlers
  readonly clock: Clock
  readonly highWaterMark: number
  readonly writeLimit: number
  readonly closeTimeoutMs: number
  readonly frames: 'binary' | 'text'
  readonly messageLimit: number
}

const normalClosure = 1000
const noStatus = 1005
const abnormalClosure = 1006

/** A link over a WebSocket. What it was before it was open is nobody's business but that of who opens it. */
export class WebSocketLink implements Link {
  readonly remote: string
  readonly #websocket: WebSocket
  readonly #socket: TLSSocket
  readonly #options: WebSocketLinkOptions
  readonly #binary: boolean
  #state: 'open' | 'closing' | 'over' = 'open'
  #opened = false
  #corked = false
  // What the socket or the WebSocket reported, and why this side cut the link.
  #error: CTraderError | undefined
  #cause: CTraderError | undefined
  #end: LinkEnd | undefined
  readonly #ended = deferred<void>()
  #closed: Promise<void> | undefined
  readonly #waiting = new DrainWaiters()

  constructor(websocket: WebSocket, socket: TLSSocket, options: WebSocketLinkOptions) {
    this.#websocket = websocket
    this.#socket = socket
    this.#options = options
    this.#binary = options.frames === 'binary'
    this.remote = formatEndpoint(options.endpoint)
    websocket.on('open', () => {
      this.#opened = true
    })
    // Without a fixed type of its own the library hands over one Buffer for each message.
    websocket.on('message', (data) => this.#receive(data as Buffer))
    websocket.on('error', (error) => {
      this.#error ??= this.#explain(error)
    })
    socket.on('error', (error) => {
      this.#error ??= explainLinkFailure(options.endpoint, error)
    })
    socket.on('drain', () => this.#waiting.settle())
    websocket.on('close', (code, reason) => this.#finish(code, reason.toString()))
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  send(bytes: Uint8Array): void {
    if (this.#state !== 'open' || this.#websocket.readyState !== this.#websocket.OPEN) {
      throw this.#closedError()
    }
    const { endpoint, writeLimit } = this.#options
    const waiting = bytes.length + this.#socket.writableLength
    if (waiting > writeLimit) throw new WriteOverflowError(endpoint, waiting, writeLimit)
    if (!this.#corked) {
      // What is sent in one tick leaves in one piece, so that it shares a TLS record.
      this.#corked = true
      this.#socket.cork()
      queueMicrotask(() => this.#uncork())
    }
    this.#websocket.send(bytes, { binary: this.#binary })
  }

  async drained(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#uncork()
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
    this.#state = 'closing'
    this.#websocket.terminate()
  }

  #receive(data: Buffer): void {
    if (this.#state !== 'open') return
    try {
      this.#options.handlers.data(data)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #closeGracefully(): Promise<void> {
    if (this.#state === 'open') {
      this.#uncork()
      this.#state = 'closing'
      this.#waiting.settle(this.#closedError())
      this.#websocket.close(normalClosure)
    }
    if (this.#state === 'over') return
    const { clock, closeTimeoutMs } = this.#options
    const timer = clock.after(closeTimeoutMs, () => this.#websocket.terminate())
    await this.#ended.promise
    timer.cancel()
  }

  #uncork(): void {
    if (!this.#corked) return
    this.#corked = false
    this.#socket.uncork()
  }

  #finish(code: number, reason: string): void {
    if (this.#state === 'over') return
    const local = this.#state === 'closing'
    this.#state = 'over'
    this.#end = this.#describeEnd(local, code, reason)
    this.#waiting.settle(this.#closedError())
    this.#ended.resolve()
    if (this.#opened) this.#options.handlers.end(this.#end)
  }

  #describeEnd(local: boolean, code: number, reason: string): LinkEnd {
    // A reset that answers our goodbye is no news.
    if (local) return { kind: 'local', error: this.#cause }
    if (this.#error !== undefined) return { kind: 'failure', error: this.#error }
    const { endpoint } = this.#options
    if (code === abnormalClosure) {
      return { kind: 'failure', error: new LinkClosedError(endpoint, 'was lost') }
    }
    const words = reason.replace(/\s+/g, ' ').trim()
    const said = code === noStatus ? '' : ` (${code}${words === '' ? '' : ` ${words}`})`
    return {
      kind: 'remote',
      error: new LinkClosedError(endpoint, `was closed by the other side${said}`),
    }
  }

  /** What the library complains about is what the server sent. */
  #explain(error: Error): CTraderError {
    const { endpoint, messageLimit } = this.#options
    const code: unknown = Reflect.get(error, 'code')
    if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      return new MessageTooLongError(endpoint, messageLimit, error)
    }
    return new LinkClosedError(endpoint, 'carried bytes that are no WebSocket messages', error)
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
