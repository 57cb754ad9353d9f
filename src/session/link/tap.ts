import type { Clock } from '../../async/clock.ts'
import type { Logger } from '../../log.ts'
import {
  type EnvelopeName,
  type EnvelopeSink,
  type Messages,
  messageNameOf,
  payloadTypes,
  type RecordedMessage,
  recordMessage,
  secretsIn,
  type WireRecord,
} from '../../protocol/index.ts'

/** Takes what happens on the links of a session, as it happens. Secrets are not in it. */
export type WireTap = (record: WireRecord) => void

export interface TapOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly listener: WireTap
  /** Secrets that are known from the start. */
  readonly secrets: readonly string[]
}

type Event<R = WireRecord> = R extends WireRecord ? Omit<R, 'v' | 'at' | 'link'> : never

/** Makes records of what passes. Every secret that passes is remembered, and taken out wherever it shows up again. */
export class Tap {
  readonly #options: TapOptions
  readonly #secrets: Set<string>
  #links = 0

  constructor(options: TapOptions) {
    this.#options = options
    this.#secrets = new Set(options.secrets)
  }

  /** The tap of the next link. */
  link(): LinkTap {
    const link = ++this.#links
    return new LinkTap({
      tell: (event) => this.#tell(link, event),
      record: (name, payload, id) => this.#record(name, payload, id),
    })
  }

  #record(
    message: EnvelopeName,
    payload: object,
    clientMsgId: string | undefined,
  ): RecordedMessage {
    for (const secret of secretsIn(message, payload)) this.#secrets.add(secret)
    return {
      payloadType: payloadTypes[message],
      message,
      ...(clientMsgId !== undefined && { clientMsgId }),
      payload: recordMessage(message, payload as Messages[typeof message], this.#secrets),
    }
  }

  #tell(link: number, event: Event): void {
    const { clock, listener, logger } = this.#options
    try {
      listener({ v: 1, at: clock.now(), link, ...event } as WireRecord)
    } catch (error) {
      logger.error({ error }, 'the wire tap threw')
    }
  }
}

interface LinkTapPort {
  readonly tell: (event: Event) => void
  readonly record: (
    message: EnvelopeName,
    payload: object,
    clientMsgId: string | undefined,
  ) => RecordedMessage
}

/** Sits on one link. */
export class LinkTap {
  readonly #port: LinkTapPort

  constructor(port: LinkTapPort) {
    this.#port = port
  }

  opened(carrier: string, remote: string): void {
    this.#port.tell({ kind: 'opened', carrier, remote })
  }

  closed(code: string): void {
    this.#port.tell({ kind: 'closed', code })
  }

  /** What a message that is about to be sent looks like; it is told of when it has left. */
  prepare(message: EnvelopeName, payload: object, clientMsgId?: string): RecordedMessage {
    return this.#port.record(message, payload, clientMsgId)
  }

  sent(message: RecordedMessage): void {
    this.#port.tell({ kind: 'sent', ...message })
  }

  /** Listens to what arrives, before the sink does. */
  wrap(sink: EnvelopeSink): EnvelopeSink {
    const { record, tell } = this.#port
    const bare = (payloadType: number, clientMsgId: string | undefined): RecordedMessage => {
      const message = messageNameOf(payloadType)
      return {
        payloadType,
        ...(message !== undefined && { message }),
        ...(clientMsgId !== undefined && { clientMsgId }),
      }
    }
    return {
      message(payloadType, payload, clientMsgId) {
        const message = messageNameOf(payloadType)
        if (message !== undefined) {
          tell({ kind: 'received', ...record(message, payload, clientMsgId) })
        }
        sink.message(payloadType, payload, clientMsgId)
      },
      unknown(payloadType, payload, clientMsgId) {
        tell({ kind: 'received', ...bare(payloadType, clientMsgId) })
        sink.unknown(payloadType, payload, clientMsgId)
      },
      malformed(error, payloadType, clientMsgId) {
        tell({ kind: 'received', ...bare(payloadType, clientMsgId) })
        sink.malformed(error, payloadType, clientMsgId)
      },
    }
  }
}
