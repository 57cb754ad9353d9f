import { ConnectAbortedError, ConnectTimeoutError, LinkClosedError } from './errors.ts'
import { type LinkLimits, MemoryLink, type MemoryPeer } from './memory-link.ts'
import type { Endpoint, Link, LinkHandlers, OpenOptions, Transport } from './transport.ts'

export interface MemoryTransportOptions {
  /** Takes the server's end of each link that was opened. Called before the client learns of the link. */
  readonly accept: (peer: MemoryPeer) => void
  /**
   * What happens before a link stands: a throw refuses it with that error, a promise delays it, and one that never settles
   * lets the client wait until its deadline. @default it stands at once
   */
  readonly connect?: ((endpoint: Endpoint) => void | Promise<void>) | undefined
  /**
   * How long a piece is under way, in milliseconds of the clock the link is opened with; asked for each piece. Pieces do
   * not overtake each other. @default 0: they arrive before the next timer
   */
  readonly delayMs?: ((towards: 'client' | 'server') => number) | undefined
  /** Whether borders between messages are kept. @default 'stream' */
  readonly framing?: 'stream' | 'message' | undefined
  /** From this many bytes on that the server has not read, `drained()` waits. @default 262_144 */
  readonly highWaterMark?: number | undefined
  /** More bytes than this may never wait; `send` refuses them. @default 67_108_864 */
  readonly writeLimit?: number | undefined
  /** How long a graceful close waits for the other side before it cuts the link. @default 2_000 */
  readonly closeTimeoutMs?: number | undefined
}

const defaultConnectTimeoutMs = 10_000

/**
 * Links to a server in the same process, for tests: no socket, no TLS, and no time but that of the clock the link is
 * opened with. The errors are those of the other transports.
 *
 * @example
 * const transport = memoryTransport({
 *   accept(peer) {
 *     peer.onData((bytes) => peer.send(answerTo(bytes)))
 *   },
 * })
 */
export function memoryTransport(options: MemoryTransportOptions): Transport {
  const { delayMs = () => 0, framing = 'stream' } = options
  const limits: LinkLimits = {
    highWaterMark: options.highWaterMark ?? 262_144,
    writeLimit: options.writeLimit ?? 67_108_864,
    closeTimeoutMs: options.closeTimeoutMs ?? 2_000,
  }
  return {
    name: 'memory',
    framing,
    async open(endpoint, handlers, open) {
      await connected(endpoint, open, options.connect)
      return openLink(endpoint, handlers, open)
    },
  }

  function openLink(endpoint: Endpoint, handlers: LinkHandlers, { clock }: OpenOptions): Link {
    const link = new MemoryLink({ ...limits, endpoint, handlers, clock, delayMs, framing })
    options.accept(link.peer)
    return link
  }
}

/** Waits until the link may stand. */
function connected(
  endpoint: Endpoint,
  { signal, clock, timeoutMs = defaultConnectTimeoutMs }: OpenOptions,
  connect: MemoryTransportOptions['connect'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new ConnectAbortedError(endpoint, signal.reason)
    const settle = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (error: unknown): void => {
      settle()
      reject(error instanceof Error ? error : new LinkClosedError(endpoint, 'was refused', error))
    }
    const onAbort = (): void => fail(new ConnectAbortedError(endpoint, signal?.reason))
    const timer = clock.after(timeoutMs, () =>
      fail(new ConnectTimeoutError(endpoint, timeoutMs, 'connect')),
    )
    signal?.addEventListener('abort', onAbort, { once: true })
    // Asynchronous, also when it throws at once.
    Promise.resolve(endpoint)
      .then(connect)
      .then(() => {
        settle()
        resolve()
      }, fail)
  })
}
