import {
  DecodeError,
  type EnvelopeName,
  type EnvelopeSink,
  JsonFormatError,
  messageNameOf,
} from '../../protocol/index.ts'
import { type Format, json, protobuf } from '../api-server/format.ts'
import type { SandboxCarrier } from '../sandbox.ts'
import { hiddenTexts, looksLikeToken } from './hidden-texts.ts'

export type Side = 'client' | 'server'

/** Is told what passes on one connection. */
export interface Listener {
  /** What carries the messages has shown itself. */
  carrier(carrier: SandboxCarrier): void
  message(from: Side, name: EnvelopeName, payload: object, clientMsgId: string | undefined): void
  /** Something passed that cannot be read. `what` says so in words of this package, and quotes nothing. */
  unreadable(from: Side, what: string): void
  /** Of this side nothing more can be read. */
  lost(from: Side): void
  /** Texts that may be secrets: they stood in what cannot be read. */
  suspect(texts: Iterable<string>): void
  /** A side has said goodbye, where the carrier has a word for it. */
  goodbye(from: Side): void
}

const formats: Readonly<Record<Format['name'], Format>> = { protobuf, json }

/** Reads one whole message, whatever it is. Never throws: where it ends is known, so the next one can be read. */
export function readMessage(
  format: Format['name'],
  message: Buffer,
  from: Side,
  listener: Listener,
): void {
  const giveUp = (what: string): void => {
    const texts = [...hiddenTexts(format, message)]
    // A client sends tokens and secrets, and little else that is long. A server sends names and words: taken out wherever
    // they come up again they would make the recording useless.
    listener.suspect(from === 'client' ? texts : texts.filter(looksLikeToken))
    listener.unreadable(from, what)
  }
  const sink: EnvelopeSink = {
    message(payloadType, payload, clientMsgId) {
      const name = messageNameOf(payloadType)
      if (name !== undefined) listener.message(from, name, payload, clientMsgId)
    },
    unknown: (payloadType) => giveUp(`a message of the unknown payload type ${payloadType}`),
    malformed: ({ field, code }, payloadType) => {
      const where = field === '' ? '' : `, because of its field ${field}`
      giveUp(`a ${messageNameOf(payloadType)} that cannot be read${where} (${code})`)
    },
  }
  try {
    formats[format].read(message, sink)
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof JsonFormatError)) throw error
    giveUp(
      `a message that is no ${format === 'json' ? 'JSON' : 'protobuf'} envelope (${error.code})`,
    )
  }
}
