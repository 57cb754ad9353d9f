import type { AddressInfo, Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { Logger } from '../../log.ts'
import { listenError } from '../errors.ts'

export interface ListenerOptions {
  /** 0 for any free port. */
  readonly port: number
  /** What the port is for, as an error message names it. */
  readonly purpose: string
  /** PEM. */
  readonly certificate: { readonly key: string; readonly cert: string }
  readonly logger: Logger
  onClient(socket: TLSSocket): void
}

/** A TLS port on the loopback interface. */
export interface Listener {
  readonly port: number
  /** Stops listening and destroys every connection, also those still shaking hands. */
  close(): Promise<void>
}

export const loopback = '127.0.0.1'

/**
 * Opens the port.
 *
 * @throws PortInUseError or PortRefusedError
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { certificate, logger, purpose } = options
  const server = createServer({ ...certificate, noDelay: true, handshakeTimeout: 30_000 })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Resets before the handshake is through come here; afterwards the TLS socket reports them.
    socket.on('error', (error) => logger.debug({ error, purpose }, 'A connection broke'))
  })
  server.on('tlsClientError', (error, socket) => {
    logger.debug({ error, purpose }, 'A TLS handshake failed')
    socket.destroy()
  })
  server.on('secureConnection', (socket) => {
    socket.on('error', (error) => logger.debug({ error, purpose }, 'A connection broke'))
    options.onClient(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, options.port, purpose)))
    server.listen({ host: loopback, port: options.port }, resolve)
  })
  server.on('error', (error) => logger.error({ error, purpose }, 'A listener failed'))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
