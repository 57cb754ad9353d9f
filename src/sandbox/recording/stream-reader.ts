import { CTraderError } from '../../errors.ts'
import { FrameSplitter, JsonSplitter } from '../../protocol/index.ts'
import { type Listener, readMessage, type Side } from './message-reader.ts'

/** Reads along what one side sends on a carrier. Never throws: what cannot be read is told to the listener. */
export interface StreamReader {
  push(chunk: Buffer): void
  /** The side has sent its last byte. */
  end(): void
}

interface Splitter {
  push(chunk: Buffer): void
  end(): void
}

/** Messages one after the other, without WebSocket. @param limit longest message that is read, in bytes */
export function plainReader(
  format: 'protobuf' | 'json',
  from: Side,
  limit: number,
  listener: Listener,
): StreamReader {
  const splitter =
    format === 'json'
      ? new JsonSplitter({
          limit,
          onText: (text) => readMessage('json', Buffer.from(text), from, listener),
        })
      : new FrameSplitter({
          limit,
          onFrame: (bytes, start, end) =>
            readMessage('protobuf', bytes.subarray(start, end), from, listener),
        })
  return careful(splitter, from, listener)
}

/** Ends reading where nobody knows any more where messages begin. */
export function careful(splitter: Splitter, from: Side, listener: Listener): StreamReader {
  let isReading = true
  const attempt = (what: string, read: () => void): void => {
    if (!isReading) return
    try {
      read()
    } catch (error) {
      isReading = false
      // Its words may quote a length, which is bytes of whoever sent junk.
      const code = error instanceof CTraderError ? error.code : 'UNREADABLE'
      listener.unreadable(from, `${what} (${code})`)
      listener.lost(from)
    }
  }
  return {
    push: (chunk) =>
      attempt('bytes that are no message, or one too long; nothing behind them is read', () =>
        splitter.push(chunk),
      ),
    end: () => attempt('the beginning of a message whose rest never came', () => splitter.end()),
  }
}
