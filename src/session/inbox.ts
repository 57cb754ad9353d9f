import type { Logger } from '../log.ts'
import {
  type DecodeError,
  type EnvelopeSink,
  FrameSplitter,
  payloadTypes,
  readEnvelope,
} from '../protocol/index.ts'
import type { Dispatcher } from './dispatcher.ts'

const spotType = payloadTypes.ProtoOASpotEvent

export interface InboxPort {
  message(payloadType: number, message: object, clientMsgId: string | undefined): void
  unknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void
  malformed(error: DecodeError, payloadType: number, clientMsgId: string | undefined): void
}

/** Turns the bytes of a stream carrier into messages. */
export class Inbox implements EnvelopeSink {
  readonly #port: InboxPort
  readonly #dispatcher: Dispatcher
  readonly #logger: Logger
  readonly #splitter: FrameSplitter

  constructor(
    port: InboxPort,
    dispatcher: Dispatcher,
    logger: Logger,
    frameLimit: number | undefined,
  ) {
    this.#port = port
    this.#dispatcher = dispatcher
    this.#logger = logger
    this.#splitter = new FrameSplitter({
      ...(frameLimit === undefined ? {} : { limit: frameLimit }),
      onFrame: (buffer, start, end) => readEnvelope(buffer, start, end, this),
    })
  }

  /**
   * Takes the next bytes.
   *
   * @throws `FrameTooLongError`, `DecodeError` of an envelope: the stream cannot be read any further
   */
  push(chunk: Buffer): void {
    this.#splitter.push(chunk)
  }

  /** @throws `FrameCutError` when the stream has ended in the middle of a frame */
  end(): void {
    this.#splitter.end()
  }

  message(payloadType: number, payload: object, clientMsgId: string | undefined): void {
    // Quotes outnumber everything else and answer nothing: they go straight to their listeners.
    if (payloadType === spotType) this.#dispatcher.spot(payload, clientMsgId)
    else this.#port.message(payloadType, payload, clientMsgId)
  }

  unknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void {
    this.#port.unknown(payloadType, payload, clientMsgId)
  }

  malformed(error: DecodeError, payloadType: number, clientMsgId: string | undefined): void {
    this.#logger.warn({ payloadType, field: error.field }, 'a message could not be read')
    this.#port.malformed(error, payloadType, clientMsgId)
  }
}
