import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import {
  DecodeError,
  type EnvelopeName,
  FrameCutError,
  FrameTooLongError,
  JsonFormatError,
  type Messages,
} from '../../protocol/index.ts'
import type { Application } from '../identity/index.ts'
import type { AccountSession } from './account-sessions.ts'
import { KeepAlive } from './keep-alive.ts'
import type { ApiLimits } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { RateLimits } from './rate-limits.ts'
import type { OpenWire, Wire } from './wire.ts'

/** The server's half of a byte stream: a TLS socket, or something that behaves like one. */
export interface ByteStream {
  write(bytes: Buffer): unknown
  /** Bytes that have been written and have not left yet. */
  readonly writableLength: number
  /** Sends what was written, then closes; a client that does not close its half is cut after a moment. */
  end(): unknown
  destroy(): unknown
}

/** Takes the messages of all connections. */
export interface Receiver {
  message(
    connection: Connection,
    payloadType: number,
    payload: object,
    id: string | undefined,
  ): void
  unknown(connection: Connection, payloadType: number, id: string | undefined): void
  malformed(
    connection: Connection,
    error: DecodeError,
    payloadType: number,
    id: string | undefined,
  ): void
}

export interface ConnectionOptions {
  /** Counts the connections of one server; for logs. */
  readonly id: number
  readonly stream: ByteStream
  readonly openWire: OpenWire
  readonly receiver: Receiver
  readonly limits: ApiLimits
  readonly rates: RateLimits
  readonly clock: Clock
  readonly logger: Logger
  /** Called once, as soon as nothing more will be sent or taken. */
  onClosed(connection: Connection): void
}

/**
 * One client: its byte stream, what it speaks, what it has proved about itself. Whatever it sends, nothing is thrown at
 * the caller and no other connection notices.
 */
export class Connection {
  readonly id: number
  readonly rates: RateLimits
  /** The application, once authenticated. */
  application: Application | undefined
  /** The accounts authorised here, by their ids. */
  readonly accounts = new Map<number, AccountSession>()
  readonly #options: ConnectionOptions
  readonly #wire: Wire
  readonly #outbox: Outbox
  readonly #keepAlive: KeepAlive
  #open = true
  #held: Buffer[] | undefined

  constructor(options: ConnectionOptions) {
    this.id = options.id
    this.rates = options.rates
    this.#options = options
    this.#outbox = new Outbox(options.stream, {
      limit: options.limits.queuedBytes,
      onOverflow: () => this.cut('the client does not read what it is sent'),
    })
    this.#wire = options.openWire({
      sink: this.#sink(options.receiver),
      frameLimit: options.limits.frameBytes,
      send: (bytes) => this.#put(bytes),
      close: (reason) => this.close(reason),
    })
    this.#keepAlive = new KeepAlive(
      {
        isAuthenticated: () => this.application !== undefined,
        sendHeartbeat: () => this.push('ProtoHeartbeatEvent', {}),
        expire: (reason) => this.close(reason),
      },
      { clock: options.clock, ...options.limits },
    )
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Takes bytes from the client. What arrives after the server has closed is dropped. */
  receive(chunk: Buffer): void {
    if (!this.#open) return
    this.#keepAlive.heard()
    try {
      this.#wire.receive(chunk)
    } catch (error) {
      this.#giveUp(error)
    }
  }

  /** The client has closed its half. */
  ended(): void {
    if (!this.#open) return
    try {
      this.#wire.end()
      this.close('the client closed the connection')
    } catch (error) {
      if (!(error instanceof FrameCutError)) this.#options.logger.error({ error }, 'A wire failed')
      this.cut('the client closed the connection in the middle of a message')
    }
  }

  /** The byte stream is gone. */
  closed(): void {
    this.#retire('the connection is gone')
  }

  /** Sends what nobody asked for: an event. While a request is being carried out it waits behind the answer. */
  push<K extends EnvelopeName>(name: K, payload: Messages[K], clientMsgId?: string): void {
    if (!this.#open) return
    const bytes = this.#wire.encode(name, payload, clientMsgId)
    if (this.#held === undefined) this.#put(bytes)
    else this.#held.push(bytes)
  }

  /** Sends the answer to a request. */
  reply<K extends EnvelopeName>(
    name: K,
    payload: Messages[K],
    clientMsgId: string | undefined,
  ): void {
    if (this.#open) this.#put(this.#wire.encode(name, payload, clientMsgId))
  }

  /** Carries out a request: events that it causes here go out after what `call` replies. */
  holdingEvents(call: () => void): void {
    const held: Buffer[] = []
    this.#held = held
    try {
      call()
    } finally {
      this.#held = undefined
      for (const bytes of held) this.#put(bytes)
    }
  }

  /** Sends what waits, says goodbye where the carrier has a word for it, and closes. */
  close(reason: string): void {
    if (!this.#open) return
    const farewell = this.#wire.farewell()
    if (farewell !== undefined) this.#put(farewell)
    this.#outbox.flush()
    this.#retire(reason)
    this.#options.stream.end()
  }

  /** Closes at once; what waits is lost. */
  cut(reason: string): void {
    this.#retire(reason)
    this.#options.stream.destroy()
  }

  #sink(receiver: Receiver) {
    // A chunk may hold more than the message that made the server close.
    return {
      message: (payloadType: number, payload: object, id: string | undefined): void => {
        if (this.#open) receiver.message(this, payloadType, payload, id)
      },
      unknown: (payloadType: number, _: Uint8Array, id: string | undefined): void => {
        if (this.#open) receiver.unknown(this, payloadType, id)
      },
      malformed: (error: DecodeError, payloadType: number, id: string | undefined): void => {
        if (this.#open) receiver.malformed(this, error, payloadType, id)
      },
    }
  }

  #put(bytes: Buffer): void {
    this.#keepAlive.sent()
    this.#outbox.send(bytes)
  }

  /** The stream makes no sense any more: says so and closes. */
  #giveUp(error: unknown): void {
    const refusal = brokenStream(error)
    if (refusal === undefined) {
      this.#options.logger.error({ error, connection: this.id }, 'A connection failed')
    }
    const answer = refusal ?? {
      errorCode: 'UNKNOWN_ERROR',
      description: 'The sandbox failed on this connection; its log says why.',
    }
    this.reply('ProtoOAErrorRes', answer, undefined)
    this.close(answer.description)
  }

  #retire(reason: string): void {
    if (!this.#open) return
    this.#open = false
    this.#keepAlive.close()
    this.#outbox.close()
    this.#options.logger.debug({ connection: this.id, reason }, 'A connection was closed')
    this.#options.onClosed(this)
  }
}

function brokenStream(error: unknown): { errorCode: string; description: string } | undefined {
  if (error instanceof FrameTooLongError) {
    const { length, limit } = error.facts
    const description = `A frame of ${length} bytes is longer than the ${limit} bytes allowed.`
    return { errorCode: 'FRAME_TOO_LONG', description }
  }
  if (error instanceof DecodeError) {
    return { errorCode: 'INVALID_REQUEST', description: 'Malformed message envelope.' }
  }
  if (error instanceof JsonFormatError) {
    const { line, column } = error.facts
    const where = line === undefined ? '' : ` at ${line}:${column}`
    return { errorCode: 'INVALID_REQUEST', description: `Malformed JSON message${where}` }
  }
  return undefined
}
