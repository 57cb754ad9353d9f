import { InvalidArgumentError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type EnvelopeName, type Messages, messageNameOf, payloadTypes } from '../protocol/index.ts'

/** Takes one message. The id is there when the message answers a request or was caused by one, whoever sent it. */
export type MessageListener<K extends EnvelopeName> = (
  message: Messages[K],
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
    // Each registration is its own, even of the same function.
    const entry: AnyListener = (message, id) => listener(message as Messages[K], id)
    this.#set(type, [...this.#of(type), entry])
    return () => {
      this.#set(
        type,
        this.#of(type).filter((other) => other !== entry),
      )
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
    this.#logger.error({ message: messageNameOf(payloadType), error }, 'a listener threw')
  }
}
