import type { EnvelopeName, EnvelopeSink, Messages } from '../../protocol/index.ts'

/**
 * What one connection speaks: a carrier (how messages are told apart in the byte stream) together with a format (how a
 * message looks). The port decides the format, the client's first bytes decide the carrier.
 */
export interface Wire {
  /**
   * Takes received bytes and hands every whole message in them to the sink.
   *
   * @throws FrameTooLongError, DecodeError or JsonFormatError when the stream cannot be trusted any more
   */
  receive(chunk: Buffer): void
  /**
   * The client has sent its last byte.
   *
   * @throws FrameCutError when that was in the middle of a message
   */
  end(): void
  /** A message as it goes onto the stream, framing included. */
  encode<K extends EnvelopeName>(
    name: K,
    payload: Messages[K],
    clientMsgId: string | undefined,
  ): Buffer
  /** What the carrier says before the server closes; undefined where it says nothing. */
  farewell(): Buffer | undefined
}

export interface WireOptions {
  readonly sink: EnvelopeSink
  /** The longest message to accept, in bytes. */
  readonly frameLimit: number
  /** Sends bytes that are the carrier's own business, such as the answer to a handshake or a ping. */
  send(bytes: Buffer): void
  /** Closes the connection, after the farewell: the client has said goodbye, or broken the rules of the carrier. */
  close(reason: string): void
}

/** Begins to speak on a new connection. */
export type OpenWire = (options: WireOptions) => Wire
