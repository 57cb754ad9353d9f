import { connect, type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'

/**
 * A client that knows nothing but what is documented about the JSON form: TLS with strict verification, `JSON.parse`, and
 * numbers for payload types. None of this package's code is involved.
 */
export interface JsonMessage {
  readonly payloadType: number
  readonly clientMsgId?: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages freely and compare what they find
  readonly payload?: Record<string, any>
}

/** How a connection ended: the close code and reason over WebSocket, nothing over TCP. */
export interface Ended {
  readonly code?: number
  readonly reason?: string
}

export interface JsonClient {
  /** Every message that came, in order. */
  readonly received: readonly JsonMessage[]
  /** Every text that came: one for each WebSocket message, or the whole stream so far. */
  readonly texts: readonly string[]
  readonly closed: Promise<Ended>
  /** Sends a request and resolves with the first message that carries its id. */
  request(payloadType: number, payload?: object): Promise<JsonMessage>
  /** Sends anything. */
  write(text: string | Buffer): void
  /** The first message that was not taken yet of a type. */
  next(payloadType: number): Promise<JsonMessage>
  close(): Promise<Ended>
}

abstract class Client implements JsonClient {
  readonly received: JsonMessage[] = []
  readonly texts: string[] = []
  abstract readonly closed: Promise<Ended>
  readonly #waiting: { wants(message: JsonMessage): boolean; take(message: JsonMessage): void }[] =
    []
  #unclaimed: JsonMessage[] = []
  #count = 0

  abstract write(text: string | Buffer): void
  abstract close(): Promise<Ended>

  request(payloadType: number, payload?: object): Promise<JsonMessage> {
    const clientMsgId = `cm_id_${++this.#count}`
    const answer = this.#find((message) => message.clientMsgId === clientMsgId)
    this.write(JSON.stringify({ clientMsgId, payloadType, payload }))
    return answer
  }

  next(payloadType: number): Promise<JsonMessage> {
    return this.#find((message) => message.payloadType === payloadType)
  }

  #find(wants: (message: JsonMessage) => boolean): Promise<JsonMessage> {
    const at = this.#unclaimed.findIndex(wants)
    const [found] = at === -1 ? [] : this.#unclaimed.splice(at, 1)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((take) => this.#waiting.push({ wants, take }))
  }

  protected deliver(text: string): void {
    const message: JsonMessage = JSON.parse(text)
    this.received.push(message)
    const at = this.#waiting.findIndex((waiter) => waiter.wants(message))
    const [waiter] = at === -1 ? [] : this.#waiting.splice(at, 1)
    if (waiter === undefined) this.#unclaimed.push(message)
    else waiter.take(message)
  }
}

class WebSocketClient extends Client {
  readonly closed: Promise<Ended>
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    super()
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('JSON belongs into text messages.')
      this.texts.push(String(data))
      this.deliver(String(data))
    })
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    )
  }

  write(text: string | Buffer): void {
    this.#socket.send(text)
  }

  close(): Promise<Ended> {
    this.#socket.close(1000)
    return this.closed
  }
}

class TcpClient extends Client {
  readonly closed: Promise<Ended>
  readonly #socket: TLSSocket
  #rest = ''

  constructor(socket: TLSSocket) {
    super()
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      this.texts.push(chunk)
      const lines = (this.#rest + chunk).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.deliver(line)
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.once('close', () => resolve({})))
  }

  write(text: string | Buffer): void {
    this.#socket.write(text)
  }

  close(): Promise<Ended> {
    this.#socket.end()
    return this.closed
  }
}

/** Opens a connection that verifies the certificate. */
export function connectJson(
  carrier: 'tcp' | 'websocket',
  port: number,
  ca: string,
): Promise<JsonClient> {
  return new Promise((resolve, reject) => {
    if (carrier === 'tcp') {
      const socket = connect({ host: '127.0.0.1', port, ca })
      socket.once('error', reject)
      socket.once('secureConnect', () => resolve(new TcpClient(socket)))
    } else {
      const socket = new WebSocket(`wss://127.0.0.1:${port}`, { ca })
      socket.once('error', reject)
      socket.once('open', () => resolve(new WebSocketClient(socket)))
    }
  })
}
