import type { Socket } from 'node:net'
import { systemClock } from '../../async/clock.ts'
import { longestRequest } from '../api-server/websocket-handshake.ts'
import type { SandboxCarrier } from '../sandbox.ts'
import { textsOfUpgrade } from './hidden-texts.ts'
import type { Listener, Side } from './message-reader.ts'
import { plainReader, type StreamReader } from './stream-reader.ts'
import { aimUpgrade } from './upgrade-request.ts'
import { websocketReaders } from './websocket-reader.ts'

export interface RecordedConnectionOptions {
  readonly client: Socket
  readonly server: Socket
  /** The server as its name and port are known to it. */
  readonly target: { readonly host: string; readonly port: number }
  /** Longest message that is read, in bytes; a longer one passes all the same. */
  readonly frameBytes: number
  readonly listener: Listener
  /** What takes the messages, which may take them more slowly than they come. */
  readonly writer: { readonly isBehind: boolean; whenWritten(call: () => void): void }
  /** A side has closed its half, or is gone. May be told more than once. */
  ended(by: Side): void
}

// How long a side may take to close its half when the other has closed: nobody is left who hears it.
const graceMs = 1000

const upgrade = Buffer.from('GET ')
const endOfHead = Buffer.from('\r\n\r\n')
const nothing = Buffer.alloc(0)

/**
 * Hands on what two sockets say to each other, and reads along. The first byte tells the carrier: `{` or white space is
 * JSON, `GET ` asks for WebSocket, all else is the length of a protobuf frame. Bytes pass as they are; only the request
 * for WebSocket is held until it is whole, and aimed at the real server.
 */
export class RecordedConnection {
  readonly #options: RecordedConnectionOptions
  #readers: Readonly<Record<Side, StreamReader>> | undefined
  /** What the client has said so far while it is not known whether, or how far, it is a request for WebSocket. */
  #held: Buffer = nothing
  /** How many reasons there are not to read on, by side. */
  readonly #pauses = { client: 0, server: 0 }

  constructor(options: RecordedConnectionOptions) {
    this.#options = options
    for (const [side, other] of [
      ['client', 'server'],
      ['server', 'client'],
    ] as const) {
      const [socket, opposite] = [options[side], options[other]]
      socket.on('data', (chunk: Buffer) => this.#take(side, chunk))
      socket.on('end', () => this.#end(side, opposite))
      socket.on('close', () => {
        this.#end(side, opposite)
        // It may have been told to wait for this one.
        opposite.resume()
      })
    }
  }

  #take(side: Side, chunk: Buffer): void {
    if (this.#readers === undefined && side === 'client') return this.#decide(chunk)
    // A server that speaks first speaks as it does to a client without WebSocket, and has to get what was held.
    if (this.#held.length > 0) this.#release(this.#held)
    this.#readers ??= this.#plain(chunk)
    this.#pass(side, chunk)
  }

  #decide(chunk: Buffer): void {
    const held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const seen = Math.min(held.length, upgrade.length)
    if (held.compare(upgrade, 0, seen, 0, seen) !== 0) return this.#release(held)
    const end = held.indexOf(endOfHead)
    if (end === -1) {
      this.#held = held
      // The server will say what it thinks of it.
      if (held.length > longestRequest) this.#release(held)
      return
    }
    this.#held = nothing
    const { target, frameBytes, listener } = this.#options
    this.#readers = websocketReaders(frameBytes, listener)
    const head = held.toString('latin1', 0, end + endOfHead.length)
    listener.suspect(textsOfUpgrade(head))
    this.#forward('client', Buffer.from(aimUpgrade(head, target), 'latin1'))
    const rest = held.subarray(end + endOfHead.length)
    if (rest.length > 0) this.#pass('client', rest)
  }

  /** It is no request for WebSocket after all. */
  #release(held: Buffer): void {
    this.#held = nothing
    this.#readers = this.#plain(held)
    this.#pass('client', held)
  }

  #plain(first: Buffer): Readonly<Record<Side, StreamReader>> {
    const { frameBytes, listener } = this.#options
    const format = isJson(first[0]) ? 'json' : 'protobuf'
    const carrier: SandboxCarrier = `${format}-tcp`
    listener.carrier(carrier)
    return {
      client: plainReader(format, 'client', frameBytes, listener),
      server: plainReader(format, 'server', frameBytes, listener),
    }
  }

  #pass(side: Side, chunk: Buffer): void {
    this.#forward(side, chunk)
    this.#readers?.[side].push(chunk)
    const { writer } = this.#options
    if (writer.isBehind) this.#pause(side, (goOn) => writer.whenWritten(goOn))
  }

  #forward(side: Side, bytes: Buffer): void {
    const { client, server } = this.#options
    const to = side === 'client' ? server : client
    if (to.destroyed || to.writableEnded) return
    // Whoever reads slowly makes the other write slowly, as without anybody in between.
    if (!to.write(bytes)) this.#pause(side, (goOn) => to.once('drain', goOn))
  }

  #pause(side: Side, until: (goOn: () => void) => void): void {
    const from = this.#options[side]
    this.#pauses[side]++
    from.pause()
    until(() => {
      if (--this.#pauses[side] === 0) from.resume()
    })
  }

  #end(side: Side, opposite: Socket): void {
    if (side === 'client' && this.#held.length > 0) this.#release(this.#held)
    this.#readers?.[side].end()
    this.#options.ended(side)
    leave(opposite)
  }
}

/** The first byte of a frame's length is 0 for every frame that is allowed; no white space and no brace is. */
function isJson(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Ends a socket when everything has been written, and cuts it when the other end does not close then. */
function leave(socket: Socket): void {
  if (socket.destroyed || socket.writableEnded) return
  socket.end(() => {
    const grace = systemClock.after(graceMs, () => socket.destroy(), { keepAlive: false })
    socket.once('close', () => grace.cancel())
  })
}
