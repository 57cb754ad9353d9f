import type { Logger } from '../../log.ts'
import {
  type DecodeError,
  type EnvelopeSink,
  messageNameOf,
  type ProtoErrorRes,
  type ProtoOAClientDisconnectEvent,
  type ProtoOAErrorRes,
  payloadTypes,
} from '../../protocol/index.ts'
import type { Authenticator } from '../accounts/authenticator.ts'
import { ClientDisconnectedError } from '../errors.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Exchanges } from './exchanges.ts'

const spotType = payloadTypes.ProtoOASpotEvent

export interface InboxOptions {
  readonly authenticator: Authenticator
  readonly dispatcher: Dispatcher
  readonly exchanges: Exchanges
  readonly logger: Logger
  /** Whether the application's authentication is the only thing that can be under way. */
  readonly isAuthenticating: () => boolean
  /** The server says that it ends the application's connection. */
  readonly onDisconnect: (error: ClientDisconnectedError) => void
}

/**
 * Takes every message that arrives, and decides who hears of it in which order: first what keeps the list of authorised
 * accounts, then the listeners, then the request it answers. So whoever awaits an answer finds everything up to date.
 */
export class Inbox implements EnvelopeSink {
  readonly #options: InboxOptions
  readonly #dispatcher: Dispatcher

  constructor(options: InboxOptions) {
    this.#options = options
    this.#dispatcher = options.dispatcher
  }

  message(payloadType: number, payload: object, clientMsgId: string | undefined): void {
    // Quotes outnumber everything else and answer nothing: they go straight to their listeners.
    if (payloadType === spotType) this.#dispatcher.spot(payload, clientMsgId)
    else this.#take(payloadType, payload, clientMsgId)
  }

  unknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void {
    const { logger } = this.#options
    logger.info({ payloadType, clientMsgId }, 'a message of an unknown type arrived')
    this.#dispatcher.emitUnknown(payloadType, payload, clientMsgId)
  }

  malformed(error: DecodeError, payloadType: number, clientMsgId: string | undefined): void {
    const { exchanges, logger } = this.#options
    const message = messageNameOf(payloadType)
    logger.warn({ message, payloadType, clientMsgId, error }, 'a message could not be read')
    this.#dispatcher.emitMalformed(error, payloadType, clientMsgId)
    if (clientMsgId !== undefined) exchanges.unreadable(error, clientMsgId)
  }

  #take(payloadType: number, payload: object, clientMsgId: string | undefined): void {
    const { authenticator, exchanges, onDisconnect } = this.#options
    authenticator.observe(payloadType, payload)
    this.#dispatcher.emit(payloadType, payload, clientMsgId)
    const taken = clientMsgId !== undefined && exchanges.accept(payloadType, payload, clientMsgId)
    if (taken) return
    switch (payloadType) {
      case payloadTypes.ProtoOAErrorRes:
      case payloadTypes.ProtoErrorRes:
        this.#strayError(payload as ProtoOAErrorRes | ProtoErrorRes, clientMsgId)
        break
      case payloadTypes.ProtoOAClientDisconnectEvent:
        onDisconnect(new ClientDisconnectedError((payload as ProtoOAClientDisconnectEvent).reason))
    }
  }

  /** An error that names no request of ours. While authenticating there is only one it can mean. */
  #strayError(message: ProtoOAErrorRes | ProtoErrorRes, clientMsgId: string | undefined): void {
    const { exchanges, isAuthenticating, logger } = this.#options
    if (isAuthenticating() && exchanges.refuseOnly(message)) return
    // Without its description: nobody can say what the words are about, nor which secrets they repeat.
    const facts = { serverCode: message.errorCode, clientMsgId }
    logger.warn(facts, 'the server reported an error that answers no request')
  }
}
