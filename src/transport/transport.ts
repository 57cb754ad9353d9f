import type { Clock } from '../async/clock.ts'
import type { CTraderError } from '../errors.ts'
import type { ConnectStage } from './errors.ts'

/** Where a server listens. */
export interface Endpoint {
  /** A host name or an IP address (IPv6 without brackets). The certificate must be valid for exactly this. */
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

/** How an open link came to its end. */
export interface LinkEnd {
  /**
   * - `local`: closed or destroyed on this side
   * - `remote`: the other side closed in good order
   * - `failure`: reset, broken encryption, a network that went away
   */
  readonly kind: 'local' | 'remote' | 'failure'
  /** What went wrong. Absent only when this side closed on purpose. */
  readonly error: CTraderError | undefined
}

/** What a link tells its owner. Both are called synchronously from the socket. */
export interface LinkHandlers {
  /**
   * Bytes that arrived, in order. They are valid only during the call: the buffer is used again for the next ones.
   * From a carrier that keeps message borders (`framing: 'message'`) each call brings one whole message.
   * Throwing ends the link.
   */
  data(chunk: Buffer): void
  /** The link is over; nothing else follows. Called exactly once for every link that was opened. */
  end(cause: LinkEnd): void
}

/** One open pipe to a server. It moves bytes and knows nothing about messages. */
export interface Link extends AsyncDisposable {
  /** The other side, for people: `host:port`. */
  readonly remote: string
  /** Bytes handed over and not yet taken by the operating system. */
  readonly bufferedBytes: number
  /**
   * Hands bytes over; they must not be changed afterwards. Never waits: everything sent in one tick leaves together at
   * the end of that tick. A sender that can outrun the network looks at {@link Link.bufferedBytes} and awaits
   * {@link Link.drained}.
   *
   * @throws {@link LinkClosedError} once the link is closing or over: then nothing was sent
   * @throws {@link WriteOverflowError} when far too much is waiting already: then nothing was sent
   */
  send(bytes: Uint8Array): void
  /**
   * Resolves when the other side takes bytes again; at once while little is waiting. Rejects with the link's error when
   * the link ends, and with the signal's reason when that is aborted.
   */
  drained(signal?: AbortSignal): Promise<void>
  /** Sends what is waiting, says goodbye and waits for the other side; cuts the link when that takes too long. */
  close(): Promise<void>
  /** Cuts the link at once. The cause, if any, becomes the error of the {@link LinkEnd}. */
  destroy(cause?: Error): void
}

export interface OpenOptions {
  /** Gives up when aborted. */
  readonly signal?: AbortSignal | undefined
  /** How long name lookup, connection and encryption may take together. @default 10_000 */
  readonly timeoutMs?: number | undefined
  readonly clock: Clock
  /** Called when an attempt goes on to its next stage; not for the first. Links in memory have no stages. */
  readonly onStage?: ((stage: ConnectStage) => void) | undefined
}

/** Opens links of one kind. It holds no connection itself and may be used for any number of them. */
export interface Transport {
  /** For people and logs, such as `tls`. */
  readonly name: string
  /** Whether the carrier keeps message borders (`message`) or is a plain run of bytes (`stream`). */
  readonly framing: 'stream' | 'message'
  /** Resolves with a link that is ready to carry messages. Leaves nothing behind when it rejects. */
  open(endpoint: Endpoint, handlers: LinkHandlers, options: OpenOptions): Promise<Link>
}
