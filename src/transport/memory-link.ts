import type { Clock } from '../async/clock.ts'
import { deferred } from '../async/deferred.ts'
import { CTraderError } from '../errors.ts'
import { DrainWaiters } from './drain-waiters.ts'
import { formatEndpoint, LinkClosedError, WriteOverflowError } from './errors.ts'
import { Pipe, type PipeEnd } from './memory-pipe.ts'
import type { Endpoint, Link, LinkEnd, LinkHandlers } from './transport.ts'

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
  #state: 'open' | 'closing' | 'over' = 'open'
  #cause: CTraderError | undefined
  #end: LinkEnd | undefined
  readonly #ended = deferred<void>()
  #closed: Promise<void> | undefined
  readonly #waiting = new DrainWaiters()
  #peerData: ((chunk: Buffer) => void) | undefined
  #peerEnd: ((how: PipeEnd) => void) | undefined

  constructor(options: MemoryLinkOptions) {
    const { clock, delayMs, framing } = options
    this.#options = options
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
      deliver: (chunk) => this.#receive(chunk),
      ended: (how) => this.#peerEnded(how),
      drained() {},
    })
    this.peer = this.#makePeer()
  }

  get bufferedBytes(): number {
    return this.#toServer.waiting
  }

  send(bytes: Uint8Array): void {
    if (this.#state !== 'open') throw this.#closedError()
    const { endpoint, writeLimit } = this.#options
    const waiting = this.bufferedBytes + bytes.length
    if (waiting > writeLimit) throw new WriteOverflowError(endpoint, waiting, writeLimit)
    this.#toServer.write(bytes)
  }

  async drained(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#state !== 'open') throw this.#closedError()
    if (this.bufferedBytes < this.#options.highWaterMark) return
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
    const { endpoint } = this.#options
    if (cause !== undefined) {
      this.#cause ??=
        cause instanceof CTraderError ? cause : new LinkClosedError(endpoint, 'was cut here', cause)
    }
    this.#state = 'closing'
    this.#toClient.cut()
    this.#toServer.end('reset')
    this.#waiting.settle(this.#closedError())
    // Like a socket, it tells of its end a little later.
    queueMicrotask(() => this.#finish({ kind: 'local', error: this.#cause }))
  }

  async #closeGracefully(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing'
      this.#waiting.settle(this.#closedError())
      this.#toServer.end('goodbye')
    }
    if (this.#state === 'over') return
    const { clock, closeTimeoutMs } = this.#options
    const timer = clock.after(closeTimeoutMs, () => this.destroy())
    await this.#ended.promise
    timer.cancel()
  }

  #receive(chunk: Buffer): void {
    if (this.#state !== 'open') return
    try {
      this.#options.handlers.data(chunk)
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** The server has ended its half; the client's follows. */
  #peerEnded(how: PipeEnd): void {
    if (this.#state === 'over') return
    if (this.#state === 'closing') return this.#finish({ kind: 'local', error: this.#cause })
    const { endpoint } = this.#options
    if (how === 'goodbye') this.#toServer.end('goodbye')
    else this.#toServer.cut()
    const [kind, detail] =
      how === 'goodbye'
        ? (['remote', 'was closed by the other side'] as const)
        : (['failure', 'was reset by the other side'] as const)
    this.#finish({ kind, error: new LinkClosedError(endpoint, detail) })
  }

  /** The client's half has ended, as the server sees it; the server's follows. */
  #clientEnded(how: PipeEnd): void {
    if (how === 'goodbye') this.#toClient.end('goodbye')
    else this.#toClient.cut()
    this.#peerEnd?.(how)
  }

  #finish(end: LinkEnd): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#end = end
    this.#waiting.settle(this.#closedError())
    this.#ended.resolve()
    this.#options.handlers.end(end)
  }

  #settleDrained(): void {
    if (this.bufferedBytes < this.#options.highWaterMark) this.#waiting.settle()
  }

  #closedError(): CTraderError {
    return (
      this.#end?.error ?? this.#cause ?? new LinkClosedError(this.#options.endpoint, 'is closed')
    )
  }

  #makePeer(): MemoryPeer {
    const isOpen = (): boolean => this.#state !== 'over'
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
