import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import type { Carrier } from '../../src/session/index.ts'
import type { KeyPair } from './certificates.ts'
import { frameOf, numberOf, payloadBytes, readMessage } from './wire.ts'

/** One connection of a client, whatever carries it. */
export interface CarrierConnection {
  /** The next message of the client. */
  next(): Promise<{ readonly payloadType: number; readonly clientMsgId: string | undefined }>
  /** Sends a message of the protocol. */
  send(name: string, fields?: object, clientMsgId?: string): void
  /** Sends an envelope around anything: bytes for protobuf, a JSON value for JSON. */
  sendPayload(payloadType: number, payload: { bytes: Uint8Array; json: unknown }): void
  /** Sends bytes that need not be a message; over WebSocket they are the content of one. */
  sendRaw(bytes: Uint8Array): void
  /** Sends the first half of a message, and of what the carrier puts around it. */
  sendHalf(name: string, fields?: object): void
  /** Announces a message of about four gigabytes, or sends the beginning of one where nothing is announced. */
  sendGiant(): void
  /** Says goodbye as the carrier does. */
  end(): void
  /** Ends the encrypted connection below, without what the carrier says before. */
  hangUp(): void
  /** Breaks the connection. */
  reset(): void
}

export interface CarrierPeer {
  readonly port: number
  connection(): Promise<CarrierConnection>
  close(): Promise<void>
}

/**
 * A server that says what a test tells it to, over any carrier. Its codec is not the client's: protobufjs, `JSON`, and the
 * server of `ws`.
 */
export async function createCarrierPeer(
  carrier: Carrier,
  certificate: KeyPair,
): Promise<CarrierPeer> {
  const json = carrier.startsWith('json')
  // The plain sockets below the encrypted ones, by the client's port.
  const sockets = new Map<number, Socket>()
  const ready: CarrierConnection[] = []
  const waiting: ((connection: CarrierConnection) => void)[] = []
  const accept = (
    socket: TLSSocket,
    pipe: Pick<Pipe, 'write' | 'end'>,
    listen: (take: (message: Buffer) => void) => void,
  ): void => {
    const reset = (): void => void sockets.get(socket.remotePort ?? 0)?.resetAndDestroy()
    const below = (bytes: Uint8Array): void => void socket.write(bytes)
    const hangUp = (): void => void socket.end()
    const whole = { ...pipe, below, hangUp, reset }
    const { connection, take } = makeConnection(whole, json, carrier.endsWith('tcp'))
    listen(take)
    const next = waiting.shift()
    if (next === undefined) ready.push(connection)
    else next(connection)
  }

  const server = carrier.endsWith('websocket')
    ? createServer(certificate)
    : createTlsServer(certificate, (socket) => {
        socket.on('error', () => {})
        accept(
          socket,
          { write: (bytes) => void socket.write(bytes), end: () => void socket.end() },
          (take) => splitStream(socket, json, take),
        )
      })
  if (carrier.endsWith('websocket')) {
    new WebSocketServer({ server: server as ReturnType<typeof createServer> }).on(
      'connection',
      (websocket, request) => {
        websocket.on('error', () => {})
        const write = (bytes: Uint8Array): void => websocket.send(bytes, { binary: !json })
        accept(
          request.socket as TLSSocket,
          { write, end: () => websocket.close(1000, 'Bye') },
          (take) => void websocket.on('message', (data) => take(data as Buffer)),
        )
      },
    )
  }
  server.on('connection', (socket: Socket) => {
    const clientPort = socket.remotePort ?? 0
    sockets.set(clientPort, socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(clientPort))
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connection() {
      const first = ready.shift()
      return first === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(first)
    },
    async close() {
      for (const socket of sockets.values()) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Pipe {
  write(bytes: Uint8Array): void
  /** Past what the carrier puts around messages. */
  below(bytes: Uint8Array): void
  end(): void
  hangUp(): void
  reset(): void
}

function makeConnection(pipe: Pipe, json: boolean, stream: boolean) {
  type Message = Awaited<ReturnType<CarrierConnection['next']>>
  const received: Message[] = []
  const readers: ((message: Message) => void)[] = []
  const encode = (type: number, bytes: Uint8Array, value: unknown, id?: string): Buffer => {
    if (json) {
      const text = JSON.stringify({ payloadType: type, clientMsgId: id, payload: value })
      return Buffer.from(stream ? `${text}\n` : text)
    }
    const frame = frameOf(type, bytes, id)
    return stream ? frame : frame.subarray(4)
  }
  const connection: CarrierConnection = {
    next() {
      const first = received.shift()
      return first === undefined
        ? new Promise((resolve) => readers.push(resolve))
        : Promise.resolve(first)
    },
    send: (name, fields = {}, id) =>
      pipe.write(encode(numberOf(name), payloadBytes(name, { ...fields }), fields, id)),
    sendPayload: (type, { bytes, json: value }) => pipe.write(encode(type, bytes, value)),
    sendRaw: (bytes) => pipe.write(bytes),
    sendHalf(name, fields = {}) {
      const message = encode(numberOf(name), payloadBytes(name, { ...fields }), fields)
      const half = message.subarray(0, message.length >> 1)
      // A final frame without a mask that announces all of the message.
      if (!stream) pipe.below(Buffer.from([json ? 0x81 : 0x82, message.length]))
      pipe.below(half)
    },
    sendGiant() {
      if (!stream) pipe.below(Buffer.from([json ? 0x81 : 0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]))
      else if (!json) pipe.below(Buffer.from([0xff, 0xff, 0xff, 0xff]))
      else pipe.below(Buffer.from(`{"payload":"${'x'.repeat(200_000)}`))
    },
    end: () => pipe.end(),
    hangUp: () => pipe.hangUp(),
    reset: () => pipe.reset(),
  }
  const take = (bytes: Buffer): void => {
    const message: Message = json ? JSON.parse(bytes.toString()) : readMessage(bytes)
    const next = readers.shift()
    if (next === undefined) received.push(message)
    else next(message)
  }
  return { connection, take }
}

function splitStream(socket: TLSSocket, json: boolean, take: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const from = json ? 0 : 4
      const end = json ? rest.indexOf('\n') : rest.length < 4 ? -1 : 4 + rest.readUInt32BE(0)
      if (end === -1 || end > rest.length) return
      take(rest.subarray(from, end))
      rest = rest.subarray(json ? end + 1 : end)
    }
  })
}
