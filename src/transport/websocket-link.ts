import type { TLSSocket } from 'node:tls'
import type { WebSocket } from 'ws'
import type { CTraderError } from '../errors.ts'
import {
  formatEndpoint,
  LinkClosedError,
  MessageTooLongError,
  WriteOverflowError,
} from './errors.ts'
import { explainLinkFailure } from './failures.ts'
import { LinkLife, type LinkLifeOptions } from './link-life.ts'
import type { Link, LinkEnd } from './transport.ts'

export interface WebSocketLinkOptions extends LinkLifeOptions {
  readonly highWaterMark: number
  readonly writeLimit: number
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
  readonly #life: LinkLife
  #opened = false
  #corked = false

  constructor(websocket: WebSocket, socket: TLSSocket, options: WebSocketLinkOptions) {
    this.#websocket = websocket
    this.#socket = socket
    this.#options = options
    this.#life = new LinkLife(options)
    this.#binary = options.frames === 'binary'
    this.remote = formatEndpoint(options.endpoint)
    websocket.on('open', () => {
      this.#opened = true
    })
    // Without a fixed type of its own the library hands over one Buffer for each message.
    websocket.on('message', (data) =>
      this.#life.receive(data as Buffer, (cause) => this.destroy(cause)),
    )
    websocket.on('error', (error) => this.#life.report(this.#explain(error)))
    socket.on('error', (error) => this.#life.report(explainLinkFailure(options.endpoint, error)))
    socket.on('drain', () => this.#life.waiting.settle())
    websocket.on('close', (code, reason) => this.#finish(code, reason.toString()))
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  send(bytes: Uint8Array): void {
    if (this.#life.state !== 'open' || this.#websocket.readyState !== this.#websocket.OPEN) {
      throw this.#life.closedError()
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
    if (this.#life.state !== 'open') throw this.#life.closedError()
    if (this.#socket.writableLength < this.#options.highWaterMark) return
    await this.#life.waiting.wait(signal)
  }

  close(): Promise<void> {
    return this.#life.close(
      () => this.#uncork(),
      () => this.#websocket.close(normalClosure),
      () => this.#websocket.terminate(),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  destroy(cause?: Error): void {
    if (this.#life.cut(cause)) this.#websocket.terminate()
  }

  #uncork(): void {
    if (!this.#corked) return
    this.#corked = false
    this.#socket.uncork()
  }

  #finish(code: number, reason: string): void {
    this.#life.finish(() => this.#describeEnd(code, reason), this.#opened)
  }

  #describeEnd(code: number, reason: string): LinkEnd {
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
}
