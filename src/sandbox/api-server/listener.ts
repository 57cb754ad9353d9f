import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
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
  /**
   * A client has connected; the TLS handshake is still to come, and nothing is read before it. `raw` is the plain socket
   * below.
   */
  onClient(socket: TLSSocket, raw: Socket): void
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
  const { logger, purpose } = options
  const secureContext = createSecureContext(options.certificate)
  const sockets = new Set<TLSSocket>()
  // Not a tls.Server: that one tells of a client after the handshake, and the idle rules count from before it.
  const server = createServer({ noDelay: true }, (raw: Socket) => {
    const socket = new TLSSocket(raw, { isServer: true, secureContext })
    sockets.add(socket)
    // The TLS socket reports the same; without a listener of its own here the process would end.
    raw.on('error', () => {})
    socket.on('error', (error) => logger.debug({ error, purpose }, 'A connection broke'))
    socket.on('close', () => sockets.delete(socket))
    options.onClient(socket, raw)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, options.port, purpose)))
    server.listen({ host: loopback, port: options.port, exclusive: true }, resolve)
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
