import type { SecureContext } from 'node:tls'
import { SocketLink } from './socket-link.ts'
import { checkAuthorities, connectTls, secureContextFor } from './tls-connect.ts'
import type { Transport } from './transport.ts'

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
  const { highWaterMark = 262_144, writeLimit = 67_108_864, closeTimeoutMs = 2_000 } = options
  const authorities = checkAuthorities(options.ca)
  let context: SecureContext | undefined
  return {
    name: 'tls',
    framing: 'stream',
    open(endpoint, handlers, open) {
      context ??= secureContextFor(authorities)
      let link: SocketLink | undefined
      const buffer = Buffer.allocUnsafeSlow(readBufferBytes)
      return connectTls({
        endpoint,
        open,
        secureContext: context,
        onread: {
          buffer,
          callback(length) {
            link?.receive(buffer.subarray(0, length))
            return true
          },
        },
        secured({ socket, succeed }) {
          const { clock } = open
          link = new SocketLink(socket, {
            ...{ endpoint, handlers, clock, highWaterMark, writeLimit, closeTimeoutMs },
          })
          succeed(link)
        },
      })
    },
  }
}
