import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { KeyPair } from './certificates.ts'
import { PeerConnection } from './peer-connection.ts'
import type { Received } from './wire.ts'

export interface RawPeerOptions {
  /** Without a certificate the peer speaks plain TCP. */
  readonly certificate?: KeyPair
  /** @default '127.0.0.1' */
  readonly host?: string
  /** @default any that is free */
  readonly port?: number
  /** Called for each connection as soon as it stands. */
  readonly onConnection?: (connection: PeerConnection) => void
  /**
   * Called for each message received. @default answers the application's and the accounts' authentication, so that
   * a test can begin after them
   */
  readonly onMessage?: (message: Received, connection: PeerConnection) => void
  /** `count` takes bytes without looking at them, for tests below the protocol. @default 'messages' */
  readonly read?: 'messages' | 'count'
  /** Called for a plain TCP connection before anything is read from it. */
  readonly onSocket?: (socket: Socket) => void
}

/** A server that does exactly what a test tells it to, right or wrong. */
export interface RawPeer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** All connections that were made so far. */
  readonly connections: readonly PeerConnection[]
  /** The next connection that has not been handed out yet. */
  connection(): Promise<PeerConnection>
  close(): Promise<void>
}

/** Answers authentication requests as a friendly server would, and nothing else. */
function answerAuthentication(message: Received, connection: PeerConnection): void {
  const { name, clientMsgId, fields } = message
  if (name === 'ProtoOAApplicationAuthReq')
    connection.send('ProtoOAApplicationAuthRes', {}, clientMsgId)
  if (name === 'ProtoOAAccountAuthReq') {
    const { ctidTraderAccountId } = fields
    connection.send('ProtoOAAccountAuthRes', { ctidTraderAccountId }, clientMsgId)
  }
}

export async function createRawPeer(options: RawPeerOptions = {}): Promise<RawPeer> {
  const {
    certificate,
    host = '127.0.0.1',
    port = 0,
    onMessage = answerAuthentication,
    read = 'messages',
  } = options
  // The plain sockets below the encrypted ones, by the client's port.
  const sockets = new Map<number, Socket>()
  const connections: PeerConnection[] = []
  const waiting: ((connection: PeerConnection) => void)[] = []
  let handedOut = 0

  const accept = (socket: Socket | TLSSocket): void => {
    const connection: PeerConnection = new PeerConnection(socket, {
      onMessage:
        read === 'count' ? undefined : (message: Received) => onMessage(message, connection),
      reset: () => sockets.get(socket.remotePort ?? 0)?.resetAndDestroy(),
    })
    connections.push(connection)
    options.onConnection?.(connection)
    const next = waiting.shift()
    if (next !== undefined) {
      handedOut++
      next(connection)
    }
  }
  const server: Server =
    certificate === undefined
      ? createTcpServer(accept)
      : createTlsServer({ ...certificate }, accept)
  server.on('connection', (socket: Socket) => {
    const clientPort = socket.remotePort ?? 0
    sockets.set(clientPort, socket)
    socket.on('close', () => sockets.delete(clientPort))
    socket.on('error', () => {})
    options.onSocket?.(socket)
  })
  // A client that refuses the certificate ends the handshake; that is what some tests are about.
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const close = async (): Promise<void> => {
    for (const socket of sockets.values()) socket.destroy()
    if (!server.listening) return
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    host,
    port: (server.address() as AddressInfo).port,
    connections,
    connection() {
      const ready = connections[handedOut]
      if (ready !== undefined) {
        handedOut++
        return Promise.resolve(ready)
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
