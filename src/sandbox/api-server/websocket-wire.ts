import { FrameCutError, FrameTooLongError } from '../../protocol/index.ts'
import type { Format } from './format.ts'
import {
  closeCodes,
  FrameReader,
  opcodes,
  WebSocketViolation,
  writeClose,
  writeFrame,
} from './websocket-frames.ts'
import { longestRequest, refuse, shakeHands } from './websocket-handshake.ts'
import type { Wire, WireOptions } from './wire.ts'

const nothing = Buffer.alloc(0)
const endOfRequest = Buffer.from('\r\n\r\n')

/**
 * One message for each WebSocket message: binary for protobuf, text for JSON. The other kind closes the connection, which
 * is the harsher of what servers do with it.
 *
 * The server closes with code 1000 and the reason `Bye`, as the original has been seen to do.
 */
export function websocketWire(format: Format, options: WireOptions): Wire {
  const { close, frameLimit, send, sink } = options
  const kind = format.name === 'json' ? 'text' : 'binary'
  let request: Buffer = nothing
  let state: 'shaking hands' | 'open' | 'over' = 'shaking hands'
  let goodbye = writeClose(closeCodes.normal, 'Bye')

  const frames = new FrameReader({
    limit: frameLimit,
    onMessage(received, message) {
      if (state !== 'open') return
      if (received !== kind) {
        throw new WebSocketViolation(closeCodes.wrongKind, `This port speaks ${format.name}`)
      }
      format.read(message, sink)
    },
    onPing: (data) => send(writeFrame(opcodes.pong, data)),
    onClose(code) {
      state = 'over'
      goodbye = writeClose(code)
      close('the client said goodbye')
    },
  })

  const receiveFrames = (chunk: Buffer): void => {
    try {
      frames.push(chunk)
    } catch (error) {
      if (error instanceof FrameTooLongError) goodbye = writeClose(closeCodes.tooLong)
      if (!(error instanceof WebSocketViolation)) throw error
      state = 'over'
      goodbye = writeClose(error.closeCode, error.message)
      close(error.message)
    }
  }

  const receiveRequest = (chunk: Buffer): void => {
    request = Buffer.concat([request, chunk])
    const end = request.indexOf(endOfRequest)
    if (end === -1 && request.length <= longestRequest) return
    const { answer, refusal } =
      end === -1 || end > longestRequest
        ? refuse('431 Request Header Fields Too Large', 'The request is too long.')
        : shakeHands(request.toString('latin1', 0, end))
    const rest = request.subarray(end + endOfRequest.length)
    request = nothing
    state = refusal === undefined ? 'open' : 'over'
    send(answer)
    if (refusal !== undefined) {
      goodbye = nothing
      close(refusal)
    } else if (rest.length > 0) receiveFrames(rest)
  }

  return {
    receive(chunk) {
      if (state === 'open') receiveFrames(chunk)
      else if (state === 'shaking hands') receiveRequest(chunk)
    },
    end() {
      if (frames.unfinished) throw new FrameCutError(0, undefined)
    },
    encode(name, payload, clientMsgId) {
      // Nothing can be said to a client that has not shaken hands.
      if (state === 'shaking hands') return nothing
      const opcode = kind === 'text' ? opcodes.text : opcodes.binary
      return writeFrame(opcode, format.encode(name, payload, clientMsgId))
    },
    farewell: () => (state === 'shaking hands' || goodbye.length === 0 ? undefined : goodbye),
  }
}
