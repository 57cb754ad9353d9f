import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import type { Carrier } from '../../../src/session/index.ts'
import type { KeyPair } from '../../peer/certificates.ts'
import type { ServerPipe } from './server-link.ts'
import { type SocketPipeOptions, streamPipe, websocketPipe } from './socket-pipe.ts'

export interface SocketServerOptions extends Omit<SocketPipeOptions, 'below'> {
  readonly carrier: Carrier
  readonly certificate: KeyPair
  readonly accept: (pipe: ServerPipe) => void
}

/** A TLS server whose clients are handed over as pipes, and a port behind which nobody answers. */
export interface SocketServer {
  readonly port: number
  /** Takes connections, and never says a word on them. */
  readonly mutePort: number
  /** Nobody listens there. */
  readonly closedPort: number
  /** Grows with every byte that comes or goes, and with every connection that does. */
  readonly activity: () => number
  close(): Promise<void>
}

export async function startSocketServer(options: SocketServerOptions): Promise<SocketServer> {
  const { accept, carrier, certificate, clock, delayMs } = options
  const sockets = new Set<Socket>()
  // The plain sockets below the encrypted ones, by the client's port.
  const plain = new Map<number, Socket>()
  let past = 0
  const pipeOptions = (socket: TLSSocket): SocketPipeOptions => {
    const below = plain.get(socket.remotePort ?? 0)
    if (below === undefined) throw new Error('an encrypted connection without a plain one')
    return { clock, delayMs, below }
  }
  const server = carrier.endsWith('websocket')
    ? createHttpsServer(certificate)
    : createTlsServer({ ...certificate, allowHalfOpen: true }, (socket) =>
        accept(streamPipe(socket, pipeOptions(socket))),
      )
  if (carrier.endsWith('websocket')) {
    const frames = carrier.startsWith('json') ? 'text' : 'binary'
    new WebSocketServer({ server: server as ReturnType<typeof createHttpsServer> }).on(
      'connection',
      (websocket, request) => {
        const socket = request.socket as TLSSocket
        accept(websocketPipe(websocket, socket, { ...pipeOptions(socket), frames }))
      },
    )
  }
  server.on('tlsClientError', () => {})
  const mute = createTcpServer()
  for (const each of [server, mute]) {
    each.on('connection', (socket: Socket) => {
      sockets.add(socket)
      // A client uses one port for several servers.
      if (each === server) plain.set(socket.remotePort ?? 0, socket)
      past++
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        past += 1 + socket.bytesRead + socket.bytesWritten
      })
    })
  }
  const ports = await Promise.all([server, mute].map(listen))
  const closed = createTcpServer()
  const closedPort = await listen(closed)
  await stop(closed)
  return {
    port: ports[0] as number,
    mutePort: ports[1] as number,
    closedPort,
    activity() {
      let sum = past
      for (const { bytesRead, bytesWritten } of sockets) sum += bytesRead + bytesWritten
      return sum
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([stop(server), stop(mute)])
    },
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()))
}
