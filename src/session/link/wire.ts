import {
  defaultFrameLimit,
  type EnvelopeName,
  type EnvelopeSink,
  encodeEnvelope,
  encodeFrame,
  encodeJsonEnvelope,
  FrameSplitter,
  FrameTooLongError,
  JsonSplitter,
  type Messages,
  readEnvelope,
  readJsonEnvelope,
} from '../../protocol/index.ts'
import type { Transport } from '../../transport/index.ts'
import type { WireFormat } from './carrier.ts'

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
  readonly format: WireFormat
  readonly framing: Transport['framing']
  /** Longest message to accept, in bytes. */
  readonly frameLimit: number | undefined
}

/** Makes the wire of a carrier. */
export function openWire(options: WireOptions, sink: EnvelopeSink): Wire {
  return options.format === 'json' ? jsonWire(options, sink) : protobufWire(options, sink)
}

/** Protobuf, with length prefixes where the carrier keeps no message borders. */
function protobufWire({ framing, frameLimit }: WireOptions, sink: EnvelopeSink): Wire {
  let stopped = false
  if (framing === 'message') {
    return {
      encode: encodeEnvelope,
      receive(chunk) {
        if (stopped) return
        checkLength(chunk, frameLimit)
        readEnvelope(chunk, 0, chunk.length, sink)
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

/** JSON objects, each on a line of its own where the carrier keeps no message borders; any white space is accepted. */
function jsonWire({ framing, frameLimit }: WireOptions, sink: EnvelopeSink): Wire {
  let stopped = false
  const read = (text: string): void => {
    if (!stopped) readJsonEnvelope(text, sink)
  }
  const stop = (): void => {
    stopped = true
  }
  if (framing === 'message') {
    return {
      encode: (name, payload, clientMsgId) =>
        Buffer.from(encodeJsonEnvelope(name, payload, clientMsgId)),
      receive(chunk) {
        checkLength(chunk, frameLimit)
        read(chunk.toString())
      },
      end() {},
      stop,
    }
  }
  const splitter = new JsonSplitter({
    ...(frameLimit !== undefined && { limit: frameLimit }),
    onText: read,
  })
  return {
    encode: (name, payload, clientMsgId) =>
      Buffer.from(`${encodeJsonEnvelope(name, payload, clientMsgId)}\n`),
    receive: (chunk) => splitter.push(chunk),
    end: () => splitter.end(),
    stop,
  }
}

function checkLength(message: Buffer, limit = defaultFrameLimit): void {
  if (message.length > limit) throw new FrameTooLongError(message.length, limit)
}
