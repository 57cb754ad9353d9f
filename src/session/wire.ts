import {
  type EnvelopeName,
  type EnvelopeSink,
  encodeEnvelope,
  encodeFrame,
  FrameSplitter,
  type Messages,
  readEnvelope,
} from '../protocol/index.ts'
import type { Transport } from '../transport/index.ts'

/** How messages look on a carrier: the session above it does not care. */
export interface Wire {
  encode<K extends EnvelopeName>(name: K, payload: Messages[K], clientMsgId?: string): Uint8Array
  /**
   * Takes what the carrier delivered and hands every message in it to the sink.
   *
   * @throws an error of the protocol when the stream cannot be understood any longer
   */
  receive(chunk: Buffer): void
  /**
   * Says that nothing more comes.
   *
   * @throws {@link FrameCutError} when that is in the middle of a message
   */
  end(): void
  /** Stops handing over, also what is left of the chunk in hand. */
  stop(): void
}

export interface WireOptions {
  readonly framing: Transport['framing']
  /** Longest frame to accept, in bytes. */
  readonly frameLimit: number | undefined
}

/** Protobuf, with length prefixes where the carrier keeps no message borders. */
export function protobufWire({ framing, frameLimit }: WireOptions, sink: EnvelopeSink): Wire {
  let stopped = false
  if (framing === 'message') {
    return {
      encode: encodeEnvelope,
      receive(chunk) {
        if (!stopped) readEnvelope(chunk, 0, chunk.length, sink)
      },
      end() {},
      stop() {
        stopped = true
      },
    }
  }
  const splitter = new FrameSplitter({
    ...(frameLimit !== undefined && { limit: frameLimit }),
    onFrame(buffer, start, end) {
      if (!stopped) readEnvelope(buffer, start, end, sink)
    },
  })
  return {
    encode: encodeFrame,
    receive: (chunk) => splitter.push(chunk),
    end: () => splitter.end(),
    stop() {
      stopped = true
    },
  }
}
