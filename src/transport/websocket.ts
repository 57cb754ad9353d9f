import type { SecureContext, TLSSocket } from 'node:tls'
import type { ClientOptions, WebSocket } from 'ws'
import type { CTraderError } from '../errors.ts'
import { formatEndpoint, LinkClosedError, WebSocketRefusedError } from './errors.ts'
import type { TlsTransportOptions } from './tls.ts'
import { checkAuthorities, connectTls, type Secured, secureContextFor } from './tls-connect.ts'
import type { Endpoint, Transport } from './transport.ts'
import { WebSocketLink } from './websocket-link.ts'

export interface WebSocketTransportOptions extends TlsTransportOptions {
  /** What `send` makes of its bytes: binary messages, or text (the bytes are UTF-8 then). @default 'binary' */
  readonly frames?: 'binary' | 'text' | undefined
  /** The longest message to accept, in bytes. @default 15_000_000 */
  readonly messageLimit?: number | undefined
}

/**
 * Links over WebSocket with TLS 1.2 or later (`wss:`), one message for each `send`.
 *
 * Certificates are verified as by {@link tlsTransport}. Nothing is compressed, and redirects are not followed: the
 * endpoint is the server, or nobody is.
 *
 * @throws `InvalidArgumentError` when `ca` is not a certificate in PEM text
 */
export function websocketTransport(options: WebSocketTransportOptions = {}): Transport {
  const { highWaterMark = 262_144, writeLimit = 67_108_864, closeTimeoutMs = 2_000 } = options
  const { frames = 'binary', messageLimit = 15_000_000 } = options
  const authorities = checkAuthorities(options.ca)
  let context: SecureContext | undefined
  return {
    name: 'websocket',
    framing: 'message',
    async open(endpoint, handlers, open) {
      // Only when it is needed: it brings Node's HTTP client along, which takes longer to load than all the rest.
      const { WebSocket } = await import('ws')
      context ??= secureContextFor(authorities)
      return connectTls({
        endpoint,
        open,
        secureContext: context,
        secured(attempt) {
          const { clock } = open
          const websocket = upgrade(WebSocket, attempt, { endpoint, messageLimit, closeTimeoutMs })
          const link = new WebSocketLink(websocket, attempt.socket, {
            ...{ endpoint, handlers, clock, highWaterMark, writeLimit, closeTimeoutMs },
            ...{ frames, messageLimit },
          })
          websocket.on('open', () => attempt.succeed(link))
        },
      })
    },
  }
}

interface UpgradeOptions {
  readonly endpoint: Endpoint
  readonly messageLimit: number
  readonly closeTimeoutMs: number
}

/** Asks the server to speak WebSocket on a socket that is encrypted already. */
function upgrade(
  Socket: typeof WebSocket,
  { socket, fail, goOn }: Secured,
  { endpoint, messageLimit, closeTimeoutMs }: UpgradeOptions,
): WebSocket {
  goOn('upgrade')
  // The type declarations lack `closeTimeout`: how long it waits for a server that said goodbye and does not hang up.
  const options: ClientOptions & { readonly closeTimeout: number } = {
    createConnection: (): TLSSocket => socket,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: messageLimit,
    closeTimeout: closeTimeoutMs,
  }
  const websocket = new Socket(`wss://${formatEndpoint(endpoint)}`, options)
  const refuse = (error: CTraderError): void => {
    fail(error)
    websocket.terminate()
  }
  websocket.on('unexpected-response', (_request, response) => {
    refuse(new WebSocketRefusedError(endpoint, `answered with HTTP status ${response.statusCode}`))
  })
  // Failures of the socket itself are told by the socket; what is left is an answer that is none.
  websocket.on('error', (error) => {
    if (websocket.readyState === websocket.OPEN || socket.errored !== null) return
    refuse(
      Reflect.get(error, 'code') === 'ECONNRESET'
        ? new LinkClosedError(endpoint, 'was closed before it was up', error)
        : new WebSocketRefusedError(endpoint, 'gave no proper answer', error),
    )
  })
  return websocket
}
