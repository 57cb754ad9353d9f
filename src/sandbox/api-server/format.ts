import { isUtf8 } from 'node:buffer'
import {
  type EnvelopeName,
  type EnvelopeSink,
  encodeEnvelope,
  encodeJsonEnvelope,
  JsonFormatError,
  type Messages,
  readEnvelope,
  readJsonEnvelope,
} from '../../protocol/index.ts'

/** How a message looks, whatever carries it. The port decides. */
export interface Format {
  readonly name: 'protobuf' | 'json'
  /** One message without framing. */
  encode<K extends EnvelopeName>(
    name: K,
    payload: Messages[K],
    clientMsgId: string | undefined,
  ): Buffer
  /**
   * Reads one message.
   *
   * @throws DecodeError, JsonFormatError when it is none
   */
  read(message: Buffer, sink: EnvelopeSink): void
}

export const protobuf: Format = {
  name: 'protobuf',
  encode: encodeEnvelope,
  read: (message, sink) => readEnvelope(message, 0, message.length, sink),
}

/** Enums and 64-bit integers go out as numbers; names and digits in strings are understood. */
export const json: Format = {
  name: 'json',
  encode: (name, payload, clientMsgId) =>
    Buffer.from(encodeJsonEnvelope(name, payload, clientMsgId)),
  read(message, sink) {
    if (!isUtf8(message)) throw new JsonFormatError('The text is not UTF-8')
    readJsonEnvelope(message.toString(), sink)
  },
}
