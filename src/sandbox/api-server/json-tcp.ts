import { encodeJsonEnvelope, JsonSplitter, readJsonEnvelope } from '../../protocol/index.ts'
import type { OpenWire } from './wire.ts'

/**
 * JSON objects one after the other, with or without white space between them; what is sent ends with a line feed. The
 * original's rules for this carrier are not documented: this is what a client that works against it does.
 */
export const jsonTcp: OpenWire = ({ sink, frameLimit }) => {
  const splitter = new JsonSplitter({
    limit: frameLimit,
    onText: (text) => readJsonEnvelope(text, sink),
  })
  return {
    receive: (chunk) => splitter.push(chunk),
    end: () => splitter.end(),
    encode: (name, payload, clientMsgId) =>
      Buffer.from(`${encodeJsonEnvelope(name, payload, clientMsgId)}\n`),
    farewell: () => undefined,
  }
}
