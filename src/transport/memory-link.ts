import type { Clock } from '../async/clock.ts'
import { formatEndpoint, LinkClosedError, WriteOverflowError } from './errors.ts'
import { LinkLife } from './link-life.ts'
import { Pipe, type PipeEnd } from './memory-pipe.ts'
import type { Endpoint, Link, LinkHandlers } from './transport.ts'

/** The server's end of a link in memory. What it does reaches the client as it would over a network. */
export interface MemoryPeer {
  /** What the client connected to. */
  readonly endpoint: Endpoint
  /** Whether either side can still send. */
  readonly open: boolean
  /** Takes what arrives; the buffer is overwritten after the call. One listener; what came before it is lost. */
  onData(listener: (chunk: Buffer) => void): void
  /** Hears once that the client has closed (`goodbye`) or broken off (`reset`). One listener. */
  onEnd(listener: (how: PipeEnd) => void): void
  /** Sends bytes; without effect once the link is over. They must not be changed afterwards. */
  send(bytes: Uint8Array): void
  /** Bytes sent that have not arrived. */
  readonly bufferedBytes: number
  /** Sends what is under way and closes. */
  end(): void
  /** Breaks off; what is under way is lost. */
  reset(): void
  /** Stops reading: the client's bytes pile up, and its goodbye goes unanswered. */
  pause(): void
  /** Reads on. */
  resume(): void
}

export interface LinkLimits {
  readonly highWaterMark: number
  readonly writeLimit: number
  readonly closeTimeoutMs: number
}

export interface MemoryLinkOptions extends LinkLimits {
  readonly endpoint: Endpoint
  readonly handlers: LinkHandlers
  readonly clock: Clock
  readonly delayMs: (towards: 'client' | 'server') => number
  readonly framing: 'stream' | 'message'
}

/** The client's end of a link in memory. */
export class MemoryLink implements Link {
  readonly remote: string
  readonly peer: MemoryPeer
  readonly #options: MemoryLinkOptions
  readonly #toServer: Pipe
  readonly #toClient: Pipe
  readonly #life: LinkLife
  #peerData: ((chunk: Buffer) => void) | undefined
  #peerEnd: ((how: PipeEnd) => void) | undefined

  constructor(options: MemoryLinkOptions) {
    const { clock, delayMs, framing } = options
    this.#options = options
    this.#life = new LinkLife(options)
    this.remote = formatEndpoint(options.endpoint)
    this.#toServer = new Pipe({
      ...{ clock, framing },
      delayMs: () => delayMs('server'),
      deliver: (chunk) => this.#peerData?.(chunk),
      ended: (how) => this.#clientEnded(how),
      drained: () => this.#settleDrained(),
    })
    this.#toClient = new Pipe({
      ...{ clock, framing },
      delayMs: () => delayMs('client'),
      deliver: (chunk) => this.#life.receive(chunk, (cause) => this.destroy(cause)),
      ended: (how) => this.#peerEnded(how),
      drained() {},
    })
    this.peer = this.#makePeer()
  }

  get bufferedBytes(): number {
    return this.#toServer.waiting
  }

  send(bytes: Uint8Array): void {
    if (this.#life.state !== 'open') throw this.#life.closedError()
    const { endpoint, writeLimit } = this.#options
    const waiting = this.bufferedBytes + bytes.length
    if (waiting > writeLimit) throw new WriteOverflowError(endpoint, waiting, writeLimit)
    this.#toServer.write(bytes)
  }

  async drained(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#life.state !== 'open') throw this.#life.closedError()
    if (this.bufferedBytes < this.#options.highWaterMark) return
    await this.#life.waiting.wait(signal)
  }

  close(): Promise<void> {
    return this.#life.close(
      () => {},
      () => this.#toServer.end('goodbye'),
      () => this.destroy(),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  destroy(cause?: Error): void {
    if (!this.#life.cut(cause)) return
    this.#toClient.cut()
    this.#toServer.end('reset')
    this.#life.waiting.settle(this.#life.closedError())
    // Like a socket, it tells of its end a little later.
    queueMicrotask(() => this.#finish('was cut here'))
  }

  /** The server has ended its half; the client's follows. */
  #peerEnded(how: PipeEnd): void {
    if (this.#life.state === 'open') {
      if (how === 'goodbye') this.#toServer.end('goodbye')
      else this.#toServer.cut()
    }
    if (how === 'goodbye') this.#finish('was closed by the other side', 'remote')
    else this.#finish('was reset by the other side')
  }

  /** The client's half has ended, as the server sees it; the server's follows. */
  #clientEnded(how: PipeEnd): void {
    if (how === 'goodbye') this.#toClient.end('goodbye')
    else this.#toClient.cut()
    this.#peerEnd?.(how)
  }

  #finish(how: string, kind: 'remote' | 'failure' = 'failure'): void {
    const { endpoint } = this.#options
    this.#life.finish(() => ({ kind, error: new LinkClosedError(endpoint, how) }))
  }

  #settleDrained(): void {
    if (this.bufferedBytes < this.#options.highWaterMark) this.#life.waiting.settle()
  }

  #makePeer(): MemoryPeer {
    const isOpen = (): boolean => this.#life.state !== 'over'
    const toClient = this.#toClient
    const toServer = this.#toServer
    return {
      endpoint: this.#options.endpoint,
      get open() {
        return isOpen()
      },
      onData: (listener) => {
        this.#peerData = listener
      },
      onEnd: (listener) => {
        this.#peerEnd = listener
      },
      send: (bytes) => toClient.write(bytes),
      get bufferedBytes() {
        return toClient.waiting
      },
      end: () => toClient.end('goodbye'),
      reset() {
        toServer.cut()
        toClient.end('reset')
      },
      pause: () => toServer.pause(),
      resume: () => toServer.resume(),
    }
  }
}
