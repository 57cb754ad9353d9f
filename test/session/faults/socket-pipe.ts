import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { WebSocket } from 'ws'
import type { Clock } from '../../../src/async/clock.ts'
import type { ServerPipe } from './server-link.ts'

export interface SocketPipeOptions {
  readonly clock: Clock
  /** How long the next piece is under way, in milliseconds, on top of what the socket takes. */
  readonly delayMs: (towards: 'client' | 'server') => number
  /** The plain socket below the encrypted one. */
  readonly below: Socket
}

/** Calls in order, each after its delay: a later one never overtakes an earlier one. */
function inOrder(clock: Clock, delayMs: () => number): (act: () => void) => void {
  let lastDue = 0
  return (act) => {
    lastDue = Math.max(lastDue, clock.monotonic() + delayMs())
    const wait = lastDue - clock.monotonic()
    if (wait > 0) clock.after(wait, act)
    else act()
  }
}

/** The server's end of a TLS connection that carries the messages themselves; its socket may be half open. */
export function streamPipe(socket: TLSSocket, options: SocketPipeOptions): ServerPipe {
  const { clock, delayMs, below } = options
  const toClient = inOrder(clock, () => delayMs('client'))
  const toServer = inOrder(clock, () => delayMs('server'))
  let isSilent = false
  let hasLeft = false
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('end', () => {
    hasLeft = true
    if (!isSilent) socket.end()
  })
  return {
    get open() {
      return !hasLeft && !socket.destroyed && socket.writable
    },
    onData: (listener) =>
      void socket.on('data', (chunk) => toServer(() => isSilent || listener(chunk))),
    send: (bytes) => toClient(() => socket.writable && socket.write(bytes)),
    end: () => toClient(() => socket.end()),
    reset: () => void below.resetAndDestroy(),
    // Read and thrown away: a socket that is not read does not learn that the client has left.
    pause() {
      isSilent = true
    },
  }
}

/** The server's end of a WebSocket. */
export function websocketPipe(
  websocket: WebSocket,
  socket: TLSSocket,
  options: SocketPipeOptions & { readonly frames: 'binary' | 'text' },
): ServerPipe {
  const { clock, delayMs, below } = options
  const binary = options.frames === 'binary'
  const toClient = inOrder(clock, () => delayMs('client'))
  const toServer = inOrder(clock, () => delayMs('server'))
  const isOpen = (): boolean => websocket.readyState === websocket.OPEN && !socket.destroyed
  let isSilent = false
  socket.setNoDelay(true)
  websocket.on('error', () => {})
  return {
    get open() {
      return isOpen()
    },
    onData: (listener) =>
      void websocket.on('message', (data) => toServer(() => isSilent || listener(data as Buffer))),
    send: (bytes) => toClient(() => isOpen() && websocket.send(bytes, { binary })),
    sendHalf: (message) =>
      toClient(() => {
        if (!isOpen()) return
        // A final frame without a mask that announces all of the message.
        socket.write(Buffer.from([binary ? 0x82 : 0x81, message.length]))
        socket.write(message.subarray(0, message.length >> 1))
      }),
    end: () => toClient(() => websocket.close(1000)),
    reset: () => void below.resetAndDestroy(),
    pause() {
      isSilent = true
    },
  }
}
