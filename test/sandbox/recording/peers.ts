import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { afterEach } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createAuthority } from '../../../src/sandbox/certificates.ts'
import { type RecordSessionsOptions, recordSessions } from '../../../src/sandbox/index.ts'

const open: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** Ends with the test. */
export function endsWithTest(close: () => Promise<void> | void): void {
  open.push(close)
}

export interface Peer {
  readonly port: number
  readonly ca: string
}

/** A TLS server that does what the test wants; for 127.0.0.1 and localhost. */
export async function startServer(onClient: (socket: TLSSocket) => void): Promise<Peer> {
  const { caPem, key, cert } = await createAuthority()
  const server = createServer({ key, cert }, (socket) => {
    socket.on('error', () => {})
    endsWithTest(() => void socket.destroy())
    onClient(socket)
  })
  return { port: await listening(server), ca: caPem }
}

/** A WebSocket server of another make, willing to compress. */
export async function startWebSocketServer(onClient: (socket: WebSocket) => void): Promise<Peer> {
  const { caPem, key, cert } = await createAuthority()
  const https = createHttpsServer({ key, cert })
  const server = new WebSocketServer({
    ...{ server: https, perMessageDeflate: { threshold: 0 } },
  })
  server.on('connection', (socket) => {
    endsWithTest(() => socket.terminate())
    onClient(socket)
  })
  return { port: await listening(https), ca: caPem }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endsWithTest(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A recorder before such a server; it ends with the test at the latest. */
export async function startRecorder(
  peer: Peer,
  options: Pick<RecordSessionsOptions, 'file' | 'frameBytes' | 'logger'> & {
    readonly host?: string
  },
) {
  const { host = '127.0.0.1', ...rest } = options
  const recorder = await recordSessions({ target: { host, port: peer.port }, ca: peer.ca, ...rest })
  endsWithTest(() => recorder.close().catch(() => {}))
  return recorder
}

/** A plain TLS connection that verifies the certificate. */
export async function connectRaw({ port, ca }: Peer): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca })
  socket.on('error', () => {})
  endsWithTest(() => void socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

/** A WebSocket client of another make, willing to compress. */
export async function connectWebSocket(
  { port, ca }: Peer,
  options: { readonly path?: string; readonly headers?: Record<string, string> } = {},
): Promise<WebSocket> {
  const { path = '/', headers = {} } = options
  const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, {
    ...{ ca, headers, perMessageDeflate: { threshold: 0 } },
  })
  endsWithTest(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

/** Everything a socket sends until it ends. */
export async function everythingFrom(socket: TLSSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks)
}
