import { isUtf8 } from 'node:buffer'
import { FrameTooLongError } from '../../protocol/index.ts'

/** What a frame carries (RFC 6455, section 5.2). */
export const opcodes = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const

/** Why a WebSocket is closed (RFC 6455, section 7.4). */
export const closeCodes = {
  normal: 1000,
  protocolError: 1002,
  wrongKind: 1003,
  noStatus: 1005,
  badText: 1007,
  tooLong: 1009,
} as const

/** Somebody has broken the rules of WebSocket itself. */
export class WebSocketViolation extends Error {
  readonly closeCode: number

  constructor(closeCode: number, message: string) {
    super(message)
    this.closeCode = closeCode
  }
}

export interface FrameReaderOptions {
  /** Who sends the frames: a client masks them, a server must not. @defaultValue 'client' */
  readonly from?: 'client' | 'server'
  /** The longest message to accept, in bytes, all its fragments together. */
  readonly limit: number
  /** Takes each whole message. */
  onMessage(kind: 'text' | 'binary', message: Buffer): void
  onPing(data: Buffer): void
  /** The sender says goodbye; nothing after it is read. */
  onClose(code: number): void
}

interface Header {
  readonly final: boolean
  readonly opcode: number
  /** Length of the header, and of what follows it. */
  readonly size: number
  readonly length: number
}

/** Reads the frames of one side, however the chunks were cut. */
export class FrameReader {
  readonly #options: FrameReaderOptions
  readonly #isMasked: boolean
  // Joined only when a whole frame is there: a long one arrives in hundreds of pieces.
  #pieces: Buffer[] = []
  #held = 0
  #needed = 2
  // The message in hand, when it comes in fragments.
  #kind: 'text' | 'binary' | undefined
  #fragments: Buffer[] = []
  #fragmentBytes = 0
  #closed = false

  constructor(options: FrameReaderOptions) {
    this.#options = options
    this.#isMasked = options.from !== 'server'
  }

  /** Whether a frame or a message has begun and not ended. */
  get unfinished(): boolean {
    return !this.#closed && (this.#held > 0 || this.#kind !== undefined)
  }

  /**
   * @throws WebSocketViolation
   * @throws FrameTooLongError as soon as a length beyond the limit is announced
   */
  push(chunk: Buffer): void {
    this.#pieces.push(chunk)
    this.#held += chunk.length
    if (this.#held < this.#needed) return
    let bytes = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces, this.#held)
    this.#needed = 2
    while (!this.#closed) {
      const header = readHeader(bytes, this.#isMasked)
      if (header === undefined) {
        this.#needed = bytes.length + 1
        break
      }
      this.#judge(header)
      const { size, length } = header
      this.#needed = size + length
      if (bytes.length < this.#needed) break
      const sent = bytes.subarray(size, this.#needed)
      const payload = this.#isMasked ? unmask(bytes.subarray(size - 4, size), sent) : sent
      bytes = bytes.subarray(size + length)
      this.#take(header, payload)
    }
    this.#pieces = bytes.length === 0 ? [] : [bytes]
    this.#held = bytes.length
  }

  #judge({ final, opcode, length }: Header): void {
    if (opcode >= opcodes.close) {
      if (!final || length > 125) throw violation('A control frame is cut or too long')
      return
    }
    if (opcode === opcodes.continuation && this.#kind === undefined) {
      throw violation('A message goes on that was not begun')
    }
    if (opcode !== opcodes.continuation && this.#kind !== undefined) {
      throw violation('A message begins inside of another')
    }
    const { limit } = this.#options
    const total = this.#fragmentBytes + length
    if (total > limit) throw new FrameTooLongError(total, limit)
  }

  #take({ final, opcode }: Header, payload: Buffer): void {
    switch (opcode) {
      case opcodes.ping:
        return this.#options.onPing(payload)
      case opcodes.pong:
        return
      case opcodes.close:
        return this.#takeClose(payload)
      case opcodes.text:
        this.#kind = 'text'
        break
      case opcodes.binary:
        this.#kind = 'binary'
        break
    }
    this.#fragments.push(payload)
    this.#fragmentBytes += payload.length
    if (!final || this.#kind === undefined) return
    const kind = this.#kind
    const message = this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments)
    this.#kind = undefined
    this.#fragments = []
    this.#fragmentBytes = 0
    if (kind === 'text' && !isUtf8(message)) {
      throw new WebSocketViolation(closeCodes.badText, 'A text is not UTF-8')
    }
    this.#options.onMessage(kind, message)
  }

  #takeClose(payload: Buffer): void {
    this.#closed = true
    if (payload.length === 1) throw violation('A close code is cut')
    const code = payload.length === 0 ? closeCodes.noStatus : payload.readUInt16BE(0)
    if (payload.length > 0 && !isCloseCode(code)) throw violation(`${code} is no close code`)
    this.#options.onClose(code)
  }
}

function unmask(mask: Buffer, masked: Buffer): Buffer {
  const payload = Buffer.from(masked)
  for (let i = 0; i < payload.length; i++) {
    payload[i] = (payload[i] as number) ^ (mask[i & 3] as number)
  }
  return payload
}

/** The header at the beginning of some bytes; undefined while it is not all there. */
function readHeader(bytes: Buffer, isMasked: boolean): Header | undefined {
  if (bytes.length < 2) return undefined
  const [first = 0, second = 0] = bytes
  if ((first & 0x70) !== 0) throw violation('An extension is used that was not agreed on')
  const opcode = first & 0x0f
  if (!Object.values<number>(opcodes).includes(opcode)) throw violation('A frame of no known kind')
  if (((second & 0x80) !== 0) !== isMasked) {
    throw violation(
      isMasked ? 'A frame of a client must be masked' : 'A frame of a server is masked',
    )
  }
  const short = second & 0x7f
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
  const size = 2 + lengthBytes + (isMasked ? 4 : 0)
  if (bytes.length < size) return undefined
  const length =
    lengthBytes === 8
      ? Number(bytes.readBigUInt64BE(2))
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : short
  return { final: (first & 0x80) !== 0, opcode, size, length }
}

/** Codes that may travel: those that are defined and those that are free to use. */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999)
  )
}

function violation(message: string): WebSocketViolation {
  return new WebSocketViolation(closeCodes.protocolError, message)
}

/** One frame of the server: whole and not masked. */
export function writeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const frame = Buffer.allocUnsafe(2 + lengthBytes + length)
  frame[0] = 0x80 | opcode
  frame[1] = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2)
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  payload.copy(frame, 2 + lengthBytes)
  return frame
}

/** A goodbye; without a code where the other side gave none. */
export function writeClose(code: number, reason = ''): Buffer {
  if (code === closeCodes.noStatus) return writeFrame(opcodes.close, Buffer.alloc(0))
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason))
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return writeFrame(opcodes.close, payload)
}
