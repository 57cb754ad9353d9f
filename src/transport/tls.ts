import { X509Certificate } from 'node:crypto'
import { isIP, type OnReadOpts } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext, type SecureContext } from 'node:tls'
import { type CTraderError, InvalidArgumentError } from '../errors.ts'
import {
  ConnectAbortedError,
  type ConnectStage,
  ConnectTimeoutError,
  LinkClosedError,
} from './errors.ts'
import { explainConnectFailure } from './failures.ts'
import { SocketLink } from './socket-link.ts'
import type { Endpoint, Link, LinkHandlers, OpenOptions, Transport } from './transport.ts'

export interface TlsTransportOptions {
  /**
   * Certificates of authorities to trust, as PEM text (one or several in each string). They take the place of the
   * system's list: with this option only servers of these authorities are accepted. @default the list of Node.js
   */
  readonly ca?: string | readonly string[] | undefined
  /** From this many bytes waiting to be sent, `drained()` waits. @default 262_144 */
  readonly highWaterMark?: number | undefined
  /** More bytes than this may never wait; `send` refuses them. @default 67_108_864 */
  readonly writeLimit?: number | undefined
  /** How long a graceful close waits for the other side before it cuts the link. @default 2_000 */
  readonly closeTimeoutMs?: number | undefined
}

const defaultConnectTimeoutMs = 10_000
const defaultCloseTimeoutMs = 2_000
const defaultHighWaterMark = 262_144
const defaultWriteLimit = 67_108_864
// Decrypted bytes arrive in pieces of a TLS record, 16 KiB at most; the rest is room for several at once.
const readBufferBytes = 65_536

/**
 * Links over TCP with TLS 1.2 or later.
 *
 * The server's certificate is always verified against the trusted authorities, and against the host name or address
 * connected to; nothing switches that off, not even Node's `NODE_TLS_REJECT_UNAUTHORIZED`. Each link reads into one
 * buffer that is used again and again, and sends without waiting for more to send (no Nagle delay).
 *
 * @throws `InvalidArgumentError` when `ca` is not a certificate in PEM text
 */
export function tlsTransport(options: TlsTransportOptions = {}): Transport {
  const authorities = options.ca === undefined ? undefined : checkAuthorities(options.ca)
  let context: SecureContext | undefined
  return {
    name: 'tls',
    framing: 'stream',
    open(endpoint, handlers, open) {
      // Made once: reading a list of authorities takes milliseconds.
      context ??= createSecureContext({
        minVersion: 'TLSv1.2',
        ...(authorities && { ca: authorities }),
      })
      return openTls(endpoint, handlers, open, context, options)
    },
  }
}

function checkAuthorities(ca: string | readonly string[]): string[] {
  const list = typeof ca === 'string' ? [ca] : [...ca]
  if (list.length === 0) throw new InvalidArgumentError('The list of trusted authorities is empty.')
  for (const pem of list) {
    try {
      new X509Certificate(pem)
    } catch (cause) {
      throw new InvalidArgumentError('An authority to trust is not a certificate in PEM text.', {
        remedy:
          'Give the text of the file (it begins with -----BEGIN CERTIFICATE-----), not its path.',
        cause,
      })
    }
  }
  return list
}

function checkEndpoint({ host, port }: Endpoint): void {
  if (typeof host !== 'string' || host === '') {
    throw new InvalidArgumentError('An endpoint needs a host.', {
      remedy: 'Give a host name or an IP address.',
    })
  }
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new InvalidArgumentError(`${port} is not a port.`, {
      facts: { port },
      remedy: 'Give 1 to 65535.',
    })
  }
}

function openTls(
  endpoint: Endpoint,
  handlers: LinkHandlers,
  { signal, clock, timeoutMs = defaultConnectTimeoutMs }: OpenOptions,
  secureContext: SecureContext,
  options: TlsTransportOptions,
): Promise<Link> {
  const { host, port } = endpoint
  const isName = isIP(host) === 0
  const started = clock.monotonic()
  let stage: ConnectStage = isName ? 'lookup' : 'connect'
  let link: SocketLink | undefined

  return new Promise((resolve, reject) => {
    checkEndpoint(endpoint)
    if (signal?.aborted) throw new ConnectAbortedError(endpoint, signal.reason)
    const buffer = Buffer.allocUnsafeSlow(readBufferBytes)
    // The type declarations of `connect` lack `onread`, which it has had since Node 14.
    const connection: ConnectionOptions & { readonly onread: OnReadOpts } = {
      host,
      port,
      secureContext,
      // Server name indication is for names only. The certificate is checked against the host either way.
      ...(isName && { servername: host }),
      rejectUnauthorized: true,
      onread: {
        buffer,
        callback(length) {
          link?.receive(buffer.subarray(0, length))
          return true
        },
      },
    }
    const socket = connect(connection)
    const settle = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (error: CTraderError): void => {
      settle()
      if (link === undefined) socket.destroy()
      reject(error)
    }
    const onAbort = (): void => fail(new ConnectAbortedError(endpoint, signal?.reason))
    const timer = clock.after(timeoutMs, () =>
      fail(new ConnectTimeoutError(endpoint, timeoutMs, stage)),
    )
    signal?.addEventListener('abort', onAbort, { once: true })

    socket.setNoDelay(true)
    socket.on('lookup', () => {
      stage = 'connect'
    })
    socket.on('connect', () => {
      stage = 'encrypt'
    })
    // Once the link is up these two find the promise settled and change nothing.
    socket.on('error', (error) => {
      fail(explainConnectFailure(endpoint, error, stage, clock.monotonic() - started))
    })
    socket.on('close', () => fail(new LinkClosedError(endpoint, 'was closed before it was up')))
    socket.on('secureConnect', () => {
      settle()
      // Made here and not after an await: the first bytes may follow at once.
      link = new SocketLink(socket, {
        endpoint,
        handlers,
        clock,
        highWaterMark: options.highWaterMark ?? defaultHighWaterMark,
        writeLimit: options.writeLimit ?? defaultWriteLimit,
        closeTimeoutMs: options.closeTimeoutMs ?? defaultCloseTimeoutMs,
      })
      resolve(link)
    })
  })
}
