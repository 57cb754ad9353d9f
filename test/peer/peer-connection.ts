import type { Socket } from 'node:net'
import { frameOf, numberOf, payloadBytes, type Received, readMessage } from './wire.ts'

export interface PeerConnectionOptions {
  /** Takes each message; without it the bytes are only counted. */
  readonly onMessage: ((message: Received) => void) | undefined
  /** Breaks the TCP connection below. */
  readonly reset: () => void
}

/** One connection, seen from the peer's side. */
export class PeerConnection {
  /** Every message received so far, in order. */
  readonly received: Received[] = []
  /** Settles when the connection is gone: whether it ended in good order (`end`) or was torn down. */
  readonly closed: Promise<'end' | 'torn'>
  /** Sizes of the pieces in which the bytes arrived. */
  readonly chunkSizes: number[] = []
  readonly #socket: Socket
  readonly #reset: () => void
  #unread: Buffer = Buffer.alloc(0)
  readonly #waiting: {
    readonly wanted: (message: Received) => boolean
    readonly tell: (message: Received) => void
  }[] = []
  #taken = 0

  constructor(socket: Socket, { onMessage, reset }: PeerConnectionOptions) {
    this.#reset = reset
    this.#socket = socket
    socket.setNoDelay(true)
    let orderly = false
    socket.on('end', () => {
      orderly = true
    })
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.chunkSizes.push(chunk.length)
      if (onMessage === undefined) return
      this.#unread = Buffer.concat([this.#unread, chunk])
      while (this.#unread.length >= 4) {
        const end = 4 + this.#unread.readUInt32BE(0)
        if (this.#unread.length < end) break
        const message = readMessage(this.#unread.subarray(4, end))
        this.#unread = this.#unread.subarray(end)
        this.received.push(message)
        onMessage(message)
        this.#tell()
      }
    })
    this.closed = new Promise((resolve) =>
      socket.on('close', () => resolve(orderly ? 'end' : 'torn')),
    )
  }

  /** The next message not asked for yet that has this name (any, without a name); earlier ones are skipped. */
  next(name?: string): Promise<Received> {
    return new Promise((tell) => {
      this.#waiting.push({ wanted: (message) => name === undefined || message.name === name, tell })
      this.#tell()
    })
  }

  /** Sends one message in an envelope of its own. */
  send(
    message: string,
    fields: Readonly<Record<string, unknown>>,
    clientMsgId?: string | undefined,
  ): void {
    this.sendBytes(frameOf(numberOf(message), payloadBytes(message, fields), clientMsgId))
  }

  /** Sends a well-formed envelope around anything. */
  sendPayload(payloadType: number, payload: Uint8Array, clientMsgId?: string | undefined): void {
    this.sendBytes(frameOf(payloadType, payload, clientMsgId))
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Stops reading, so that the client's bytes pile up. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Says goodbye. */
  end(): void {
    this.#socket.end()
  }

  /** Breaks the connection with a TCP reset. */
  reset(): void {
    this.#reset()
  }

  #tell(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const message = this.received[this.#taken]
      if (message === undefined) return
      this.#taken++
      if (!first.wanted(message)) continue
      this.#waiting.shift()
      first.tell(message)
    }
  }
}
