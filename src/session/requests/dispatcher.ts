import { InvalidArgumentError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import {
  type DecodeError,
  type EnvelopeName,
  type Messages,
  messageNameOf,
  payloadTypes,
} from '../../protocol/index.ts'

/** Takes one message. The id is there when the message answers a request or was caused by one, whoever sent it. */
export type MessageListener<K extends EnvelopeName> = (
  message: Messages[K],
  clientMsgId: string | undefined,
) => void

/** Takes a message of a type this release does not know; the bytes are its own. */
export type UnknownListener = (
  payloadType: number,
  payload: Uint8Array,
  clientMsgId: string | undefined,
) => void

/** Is told of a message of a known type whose content could not be read. The stream itself is intact. */
export type MalformedListener = (
  error: DecodeError,
  payloadType: number,
  clientMsgId: string | undefined,
) => void

type AnyListener = (message: object, clientMsgId: string | undefined) => void

const spotType = payloadTypes.ProtoOASpotEvent
const nobody: readonly AnyListener[] = []

/**
 * Hands incoming messages to those who listen for their type, in the order they began to listen. A listener that throws
 * is logged and disturbs nobody.
 */
export class Dispatcher {
  readonly #logger: Logger
  // Lists are replaced, never changed: a round of calls is not disturbed by who comes or goes during it.
  readonly #listeners = new Map<number, readonly AnyListener[]>()
  // Quotes outnumber everything else by far, and nearly always have one listener.
  #onlySpot: AnyListener | undefined
  #spots: readonly AnyListener[] = nobody
  readonly #unknown = new Set<{ readonly call: UnknownListener }>()
  readonly #malformed = new Set<{ readonly call: MalformedListener }>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Begins to listen. Returns a function that stops it. */
  on<K extends EnvelopeName>(name: K, listener: MessageListener<K>): () => void {
    const type: number | undefined = payloadTypes[name]
    if (type === undefined) {
      throw new InvalidArgumentError(`"${name}" is not a message that arrives by itself.`, {
        facts: { name },
        remedy: 'Give the name of a message with a payload type, such as ProtoOASpotEvent.',
      })
    }
    const entry = listener as AnyListener
    this.#set(type, [...this.#of(type), entry])
    let listening = true
    return () => {
      if (!listening) return
      listening = false
      // Only one: the same function may listen twice.
      const rest = [...this.#of(type)]
      rest.splice(rest.indexOf(entry), 1)
      this.#set(type, rest)
    }
  }

  /** A quote: the same as {@link Dispatcher.emit}, on the shortest way. */
  spot(message: object, clientMsgId: string | undefined): void {
    const only = this.#onlySpot
    if (only === undefined) return this.#callAll(this.#spots, spotType, message, clientMsgId)
    try {
      only(message, clientMsgId)
    } catch (error) {
      this.#report(spotType, error)
    }
  }

  emit(payloadType: number, message: object, clientMsgId: string | undefined): void {
    this.#callAll(this.#of(payloadType), payloadType, message, clientMsgId)
  }

  onUnknown(call: UnknownListener): () => void {
    return listen(this.#unknown, { call })
  }

  onMalformed(call: MalformedListener): () => void {
    return listen(this.#malformed, { call })
  }

  emitUnknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void {
    for (const listener of [...this.#unknown]) {
      try {
        listener.call(payloadType, payload, clientMsgId)
      } catch (error) {
        this.#report(payloadType, error)
      }
    }
  }

  emitMalformed(error: DecodeError, payloadType: number, clientMsgId: string | undefined): void {
    for (const listener of [...this.#malformed]) {
      try {
        listener.call(error, payloadType, clientMsgId)
      } catch (thrown) {
        this.#report(payloadType, thrown)
      }
    }
  }

  #callAll(
    listeners: readonly AnyListener[],
    payloadType: number,
    message: object,
    clientMsgId: string | undefined,
  ): void {
    for (const listener of listeners) {
      try {
        listener(message, clientMsgId)
      } catch (error) {
        this.#report(payloadType, error)
      }
    }
  }

  #of(type: number): readonly AnyListener[] {
    return type === spotType ? this.#spots : (this.#listeners.get(type) ?? nobody)
  }

  #set(type: number, list: readonly AnyListener[]): void {
    if (type === spotType) {
      this.#spots = list
      this.#onlySpot = list.length === 1 ? list[0] : undefined
    } else {
      this.#listeners.set(type, list)
    }
  }

  #report(payloadType: number, error: unknown): void {
    this.#logger.error(
      { message: messageNameOf(payloadType), payloadType, error },
      'a listener threw',
    )
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
