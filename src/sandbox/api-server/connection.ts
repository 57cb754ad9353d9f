import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import {
  DecodeError,
  type EnvelopeName,
  FrameCutError,
  FrameTooLongError,
  JsonFormatError,
  type Messages,
  messageNameOf,
  payloadTypes,
} from '../../protocol/index.ts'
import type { Application } from '../identity/index.ts'
import type { AccountSession } from './account-sessions.ts'
import { KeepAlive } from './keep-alive.ts'
import type { ApiLimits } from './limits.ts'
import { Outbox } from './outbox.ts'
import { Postman } from './postman.ts'
import type { RateLimits } from './rate-limits.ts'
import { RoughStream } from './rough-stream.ts'
import type { CutKind, PassingMessage, Traffic } from './traffic.ts'
import { Turns } from './turns.ts'
import type { OpenWire, Wire } from './wire.ts'

// Messages that may wait behind one that takes longer: a client that keeps the rate limits stays far below.
const mostWaiting = 1_000

/** The server's half of a byte stream: a TLS socket, or something that behaves like one. */
export interface ByteStream {
  /** @param left called when the bytes have been handed on, or the stream has failed */
  write(bytes: Buffer, left?: () => void): unknown
  /** Bytes that have been written and have not left yet. */
  readonly writableLength: number
  /** Sends what was written, then closes; a client that does not close its half is cut after a moment. */
  end(): unknown
  destroy(): unknown
  /** Breaks it off so that the client sees a reset, where the carrier can. */
  reset(): unknown
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
  /** Counts the connections of one sandbox. */
  readonly id: number
  /** Which server it is on. */
  readonly host: 'demo' | 'live'
  readonly stream: ByteStream
  readonly openWire: OpenWire
  readonly receiver: Receiver
  readonly limits: ApiLimits
  readonly rates: Pick<RateLimits, 'refuse'>
  readonly clock: Clock
  /** Goes by what the idle rules count as time. @defaultValue `clock` */
  readonly idleClock?: Clock
  readonly traffic: Traffic
  readonly logger: Logger
  /** The application's sessions are over, and those of its accounts with them. */
  onSessionsEnded(connection: Connection): void
  /** Called once, as soon as nothing more will be sent or taken; `onSessionsEnded` has been. */
  onClosed(connection: Connection): void
}

/**
 * One client: its byte stream, what it speaks, what it has proved about itself. Whatever it sends, nothing is thrown at
 * the caller and no other connection notices.
 */
export class Connection {
  readonly id: number
  readonly host: 'demo' | 'live'
  readonly openedAt: number
  readonly rates: Pick<RateLimits, 'refuse'>
  /** The application, once authenticated. */
  application: Application | undefined
  /** When the message arrived that is being carried out, monotonic ms. */
  arrivedAt = 0
  /** The accounts authorised here, by their ids. */
  readonly accounts = new Map<number, AccountSession>()
  readonly #options: ConnectionOptions
  readonly #stream: ByteStream
  readonly #wire: Wire
  readonly #outbox: Outbox
  readonly #postman: Postman
  readonly #keepAlive: KeepAlive
  readonly #turns = new Turns()
  /** What is being carried out, and how the connection ends behind it. */
  #current: { readonly message: PassingMessage; readonly cutAfter: CutKind | undefined } | undefined
  #open = true
  #held: (() => void)[] | undefined

  constructor(options: ConnectionOptions) {
    const { clock, traffic } = options
    this.id = options.id
    this.host = options.host
    this.openedAt = clock.now()
    this.rates = options.rates
    this.#options = options
    this.#stream = new RoughStream(options.stream, {
      clock,
      quality: () => traffic.line(this),
      moved: () => void traffic.activity++,
    })
    this.#postman = new Postman(clock, (how) => this.breakOff(how))
    this.#outbox = new Outbox(this.#stream, {
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
      { ...options.limits, clock: options.idleClock ?? clock },
    )
    traffic.opened(this)
  }

  /** Bytes that were sent and have not left yet. */
  get queuedBytes(): number {
    return this.#outbox.waitingBytes + this.#stream.writableLength
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Takes bytes from the client. What arrives after the server has closed is dropped. */
  receive(chunk: Buffer): void {
    if (!this.#open) return
    this.#options.traffic.activity++
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
    if (this.#held === undefined) this.#tell(name, payload, clientMsgId)
    else this.#held.push(() => this.#tell(name, payload, clientMsgId))
  }

  /** Sends the answer to a request. */
  reply<K extends EnvelopeName>(
    name: K,
    payload: Messages[K],
    clientMsgId: string | undefined,
  ): void {
    if (this.#open) this.#send(name, payload, clientMsgId)
  }

  /** Carries out a request: events that it causes here go out after what `call` replies. */
  holdingEvents(call: () => void): void {
    const held: (() => void)[] = []
    this.#held = held
    try {
      call()
    } finally {
      this.#held = undefined
      for (const send of held) send()
    }
  }

  /**
   * What is being carried out takes longer. Messages that come meanwhile wait until the function that is handed back was
   * called, with what completes it; events are sent as ever.
   */
  postpone(): (complete: () => void) => void {
    const current = this.#current
    this.#turns.hold()
    return (complete) => {
      if (!this.#open) return
      this.#turns.release(() => {
        if (current === undefined) complete()
        else this.#carryOut(current.message, complete, current.cutAfter)
      })
    }
  }

  /** Sends what waits, says goodbye where the carrier has a word for it, and closes. */
  close(reason: string): void {
    if (!this.#open) return
    const farewell = this.#wire.farewell()
    if (farewell !== undefined) this.#put(farewell)
    this.#outbox.flush()
    this.#retire(reason)
    this.#stream.end()
  }

  /** Closes at once; what waits is lost. */
  cut(reason: string): void {
    this.#retire(reason)
    this.#stream.destroy()
  }

  /** Forgets who the client is: it has to authenticate again. */
  endApplication(): void {
    this.application = undefined
    this.#options.onSessionsEnded(this)
  }

  /** Ends the connection as somebody in control wants it. */
  breakOff(how: CutKind, reason = 'the connection was to be ended'): void {
    if (how === 'close') return this.close(reason)
    this.#retire(reason)
    if (how === 'reset') this.#stream.reset()
    else this.#stream.destroy()
  }

  #sink(receiver: Receiver) {
    // A chunk may hold more than the message that made the server close.
    return {
      message: (payloadType: number, payload: object, clientMsgId: string | undefined): void => {
        const name = messageNameOf(payloadType)
        this.#take({ payloadType, name, payload, clientMsgId }, () =>
          receiver.message(this, payloadType, payload, clientMsgId),
        )
      },
      unknown: (payloadType: number, _: Uint8Array, clientMsgId: string | undefined): void => {
        this.#take({ payloadType, name: undefined, payload: {}, clientMsgId }, () =>
          receiver.unknown(this, payloadType, clientMsgId),
        )
      },
      malformed: (error: DecodeError, payloadType: number, id: string | undefined): void => {
        if (!this.#open) return
        this.#options.traffic.malformed(this, payloadType, error.message)
        this.#inTurn(() => receiver.malformed(this, error, payloadType, id))
      },
    }
  }

  /** Has a message carried out, unless whoever watches the traffic wants something else to become of it. */
  #take(message: PassingMessage, carryOut: () => void): void {
    if (!this.#open) return
    const { traffic } = this.#options
    const finish = (cutAfter?: CutKind): void =>
      this.#inTurn(() => this.#carryOut(message, carryOut, cutAfter))
    const reception = traffic.received(this, message)
    if (reception === undefined) return finish()
    if (reception.kind === 'cut') return this.breakOff(reception.how)
    if (reception.kind === 'answer') {
      // Whoever made the answer up made it of the shape that its name says.
      this.reply(reception.name, reception.payload as Messages[EnvelopeName], message.clientMsgId)
    }
    if (reception.kind !== 'carry-out') return
    const { delayMs, cutAfter } = reception
    if (delayMs > 0) this.#postman.later(delayMs, () => finish(cutAfter))
    else finish(cutAfter)
  }

  /** Calls when the messages before have been carried out. */
  #inTurn(call: () => void): void {
    if (this.#turns.waiting >= mostWaiting) {
      return this.cut(`more than ${mostWaiting} messages wait behind one that takes long`)
    }
    const arrivedAt = this.#options.clock.monotonic()
    this.#turns.take(() => {
      if (!this.#open) return
      this.arrivedAt = arrivedAt
      call()
    })
  }

  #carryOut(message: PassingMessage, call: () => void, cutAfter: CutKind | undefined): void {
    const { traffic } = this.#options
    this.#current = { message, cutAfter }
    traffic.carryingOut(this, message)
    try {
      call()
    } finally {
      this.#current = undefined
      traffic.carriedOut(this)
    }
    if (cutAfter !== undefined && !this.#turns.isHeld) this.breakOff(cutAfter)
  }

  /** Sends an event. Without one that cannot be written, of money beyond 64 bits, the client would know too little. */
  #tell<K extends EnvelopeName>(
    name: K,
    payload: Messages[K],
    clientMsgId: string | undefined,
  ): void {
    try {
      this.#send(name, payload, clientMsgId)
    } catch (error) {
      this.#options.logger.error({ error, connection: this.id }, 'An event cannot be sent')
      this.close('an event cannot be sent')
    }
  }

  #send<K extends EnvelopeName>(
    name: K,
    payload: Messages[K],
    clientMsgId: string | undefined,
  ): void {
    if (!this.#open) return
    const payloadType = payloadTypes[name]
    const bytes = this.#wire.encode(name, payload, clientMsgId)
    const message = { payloadType, name, payload, clientMsgId }
    const dispatch = this.#options.traffic.sending(this, message)
    if (dispatch === undefined && this.#postman.isIdle) this.#put(bytes)
    else this.#postman.send(dispatch, () => this.#put(bytes))
  }

  #put(bytes: Buffer): void {
    if (!this.#open) return
    this.#options.traffic.activity++
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
    this.#turns.close()
    this.#postman.close()
    this.#outbox.close()
    this.#options.traffic.closed(this, reason)
    this.#options.logger.debug({ connection: this.id, reason }, 'A connection was closed')
    this.#options.onSessionsEnded(this)
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
