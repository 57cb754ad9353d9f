import { FrameCutError } from '../../protocol/index.ts'
import { FrameReader } from '../api-server/websocket-frames.ts'
import { longestRequest } from '../api-server/websocket-handshake.ts'
import { type Listener, readMessage, type Side } from './message-reader.ts'
import { careful, type StreamReader } from './stream-reader.ts'

const nothing = Buffer.alloc(0)
const endOfHead = Buffer.from('\r\n\r\n')

/** Reads both sides of a connection over WebSocket, from the client's first frame and the server's answer on. */
export function websocketReaders(
  limit: number,
  listener: Listener,
): Readonly<Record<Side, StreamReader>> {
  let isKnown = false
  const framesOf = (from: Side): StreamReader => {
    const frames = new FrameReader({
      from,
      limit,
      onMessage(kind, message) {
        const format = kind === 'text' ? 'json' : 'protobuf'
        if (!isKnown) listener.carrier(`${format}-websocket`)
        isKnown = true
        readMessage(format, message, from, listener)
      },
      onPing: () => {},
      onClose: () => listener.goodbye(from),
    })
    const end = (): void => {
      if (frames.unfinished) throw new FrameCutError(0, undefined)
    }
    return careful({ push: (chunk) => frames.push(chunk), end }, from, listener)
  }
  const client = framesOf('client')
  return { client, server: answerReader(framesOf('server'), listener) }
}

/** Reads the server's answer to the upgrade, and its frames after a yes. */
function answerReader(frames: StreamReader, listener: Listener): StreamReader {
  let head = nothing
  let state: 'answer' | 'frames' | 'refused' = 'answer'
  const refuse = (what: string): void => {
    state = 'refused'
    head = nothing
    listener.unreadable('server', what)
  }
  return {
    push(chunk) {
      if (state === 'frames') return frames.push(chunk)
      if (state === 'refused') return
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(endOfHead)
      if (end === -1) {
        if (head.length > longestRequest) refuse('an answer to the upgrade that does not end')
        return
      }
      const answer = head.toString('latin1', 0, end)
      const [, status] = /^HTTP\/1\.1 (\d{3})\b/.exec(answer) ?? []
      if (status === undefined) return refuse('an answer to the upgrade that is none')
      if (status !== '101') return refuse(`an answer to the upgrade that is a no: HTTP ${status}`)
      if (/^sec-websocket-extensions:/im.test(answer)) {
        return refuse('an answer to the upgrade with an extension that nobody offered')
      }
      const rest = head.subarray(end + endOfHead.length)
      head = nothing
      state = 'frames'
      if (rest.length > 0) frames.push(rest)
    },
    end() {
      if (state === 'frames') frames.end()
      else if (state === 'answer') refuse('no whole answer to the upgrade')
    },
  }
}
