import { connect, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

/**
 * A client that knows nothing but the official protocol: TLS with strict verification, four bytes of length, and the
 * schema as protobufjs reads it. None of this package's code is involved.
 */
const proto = (name: string): string =>
  fileURLToPath(new URL(`../../proto/${name}.proto`, import.meta.url))
const schema = protobuf.loadSync(['common', 'model', 'messages'].map(proto))
const envelope = schema.lookupType('ProtoMessage')

const namesByType = new Map<number, string>()
for (const [name, found] of Object.entries(schema.nested ?? {})) {
  if (!(found instanceof protobuf.Type) || name === 'ProtoMessage') continue
  const preset: unknown = found.fields['payloadType']?.resolve().defaultValue
  if (typeof preset === 'number') namesByType.set(preset, name)
}
const typesByName = new Map([...namesByType].map(([type, name]) => [name, type]))

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely and compare what they find
export type Payload = Record<string, any>

/** One message from the server: enums by name, 64-bit integers as numbers, absent fields absent. */
export interface Received {
  readonly name: string
  readonly payloadType: number
  readonly id: string | undefined
  readonly payload: Payload
}

/** The payload type number that the schema declares for a message. */
export function payloadTypeOf(name: string): number {
  const type = typesByName.get(name)
  if (type === undefined) throw new Error(`The schema has no payload type for ${name}.`)
  return type
}

/** The message that the schema declares for a payload type number. */
export function messageNameFor(payloadType: number): string {
  const name = namesByType.get(payloadType)
  if (name === undefined) throw new Error(`The server sent the payload type ${payloadType}.`)
  return name
}

/** A message without envelope. */
export function payloadBytes(name: string, fields: object): Buffer {
  const type = schema.lookupType(name)
  return Buffer.from(type.encode(type.fromObject(fields)).finish())
}

/** An envelope behind its length. */
export function frame(payloadType: number, payload: Uint8Array, clientMsgId?: string): Buffer {
  const message = { payloadType, payload, ...(clientMsgId === undefined ? {} : { clientMsgId }) }
  const body = envelope.encode(envelope.fromObject(message)).finish()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** A request, ready to be written to the socket. */
export function requestFrame(name: string, fields: object, clientMsgId?: string): Buffer {
  return frame(payloadTypeOf(name), payloadBytes(name, fields), clientMsgId)
}

/** Only a test that fails waits so long; what is waited for comes later on a machine that is busy with other things. */
const longestWaitMs = 30_000

interface Waiter {
  readonly wants: (message: Received) => boolean
  readonly take: (message: Received) => void
}

export class OfficialClient {
  readonly socket: TLSSocket
  /** Every byte that came, decrypted. */
  readonly bytes: Buffer[] = []
  /** Every message that came, in order. */
  readonly received: Received[] = []
  /** Resolves when the connection is gone, however it went. */
  readonly closed: Promise<void>
  readonly #waiters = new Set<Waiter>()
  #unclaimed: Received[] = []
  #rest: Buffer = Buffer.alloc(0)
  #count = 0

  private constructor(socket: TLSSocket) {
    this.socket = socket
    // A reset is one of the ways to go.
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  static connect(port: number, ca: string, host = '127.0.0.1'): Promise<OfficialClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, ca })
      const client = new OfficialClient(socket)
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        if (socket.authorized) resolve(client)
        else reject(socket.authorizationError)
      })
    })
  }

  /** Sends a request and resolves with the first message that carries its id. */
  request(name: string, fields: object = {}): Promise<Received> {
    const id = this.send(name, fields)
    return this.next((message) => message.id === id, `an answer to ${name}`)
  }

  /** Sends a request and returns its id. */
  send(name: string, fields: object = {}, id = `m${++this.#count}`): string {
    this.socket.write(requestFrame(name, fields, id))
    return id
  }

  /** The oldest message not taken yet that is of this name or kind. */
  next(
    wanted: string | ((message: Received) => boolean),
    what = typeof wanted === 'string' ? wanted : 'a message',
  ): Promise<Received> {
    const wants =
      typeof wanted === 'string' ? (message: Received) => message.name === wanted : wanted
    const at = this.#unclaimed.findIndex(wants)
    const [found] = at === -1 ? [] : this.#unclaimed.splice(at, 1)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiters.delete(waiter)
        const seen = this.received.slice(-10).map(({ name, id }) => `${name} ${id ?? ''}`.trim())
        reject(new Error(`Waited in vain for ${what}; the last messages were: ${seen.join(', ')}`))
      }, longestWaitMs)
      const waiter: Waiter = {
        wants,
        take: (message) => {
          clearTimeout(deadline)
          this.#waiters.delete(waiter)
          resolve(message)
        },
      }
      this.#waiters.add(waiter)
    })
  }

  /** Messages not taken yet, of one name or all; what the server sent before the last answer is among them. */
  waiting(name?: string): readonly Received[] {
    return this.#unclaimed.filter((message) => name === undefined || message.name === name)
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  close(): Promise<void> {
    this.socket.destroy()
    return this.closed
  }

  #take(chunk: Buffer): void {
    this.bytes.push(chunk)
    this.#rest = Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readUInt32BE(0)
      if (this.#rest.length < end) return
      this.#deliver(readEnvelope(this.#rest.subarray(4, end)))
      this.#rest = this.#rest.subarray(end)
    }
  }

  #deliver(message: Received): void {
    this.received.push(message)
    for (const waiter of this.#waiters) {
      if (waiter.wants(message)) return waiter.take(message)
    }
    this.#unclaimed.push(message)
  }
}

export function readEnvelope(body: Buffer): Received {
  const outer: Payload = envelope.toObject(envelope.decode(body))
  const payloadType: number = outer['payloadType']
  const name = messageNameFor(payloadType)
  const type = schema.lookupType(name)
  const message = type.decode(outer['payload'] ?? new Uint8Array())
  const payload: Payload = type.toObject(message, { longs: Number, enums: String })
  return { name, payloadType, id: outer['clientMsgId'], payload }
}
