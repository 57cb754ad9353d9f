import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { systemClock } from '../../async/clock.ts'
import type { ByteStream } from './connection.ts'

// How long a client may take to close its half after the server has closed its own.
const graceMs = 1000

/**
 * A TLS socket as a connection uses it. After the server's half is closed, what the client still sends is thrown away
 * for a moment: closing at once would reset the connection, and the client might never read why.
 *
 * A reset is the affair of the plain socket below, `raw`.
 *
 * That moment is real time, whatever clock the sandbox goes by: it is about bytes that really are under way.
 */
export function tlsStream(socket: TLSSocket, raw: Socket): ByteStream {
  return {
    write: (bytes, left) => socket.write(bytes, left && (() => left())),
    get writableLength() {
      return socket.writableLength
    },
    end() {
      socket.end()
      const grace = systemClock.after(graceMs, () => socket.destroy(), { keepAlive: false })
      socket.once('close', () => grace.cancel())
    },
    destroy: () => socket.destroy(),
    reset: () => raw.resetAndDestroy(),
  }
}
