import { encodeFrame, FrameSplitter, readEnvelope } from '../../protocol/index.ts'
import type { OpenWire } from './wire.ts'

/** Protobuf envelopes, each behind its length in four bytes. */
export const protobufTcp: OpenWire = ({ sink, frameLimit }) => {
  const splitter = new FrameSplitter({
    limit: frameLimit,
    onFrame: (buffer, start, end) => readEnvelope(buffer, start, end, sink),
  })
  return {
    receive: (chunk) => splitter.push(chunk),
    end: () => splitter.end(),
    encode: encodeFrame,
    farewell: () => undefined,
  }
}
