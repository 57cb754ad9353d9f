import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameTooLongError } from '../../protocol/index.ts'
import {
  closeCodes,
  FrameReader,
  opcodes,
  WebSocketViolation,
  writeClose,
  writeFrame,
} from './websocket-frames.ts'

interface Parts {
  readonly opcode: number
  readonly payload?: Buffer
  readonly final?: boolean
  readonly mask?: readonly number[] | null
  readonly flags?: number
}

/** A frame as a client sends it, right or wrong. */
function clientFrame({
  opcode,
  payload = Buffer.alloc(0),
  final = true,
  mask = [1, 2, 3, 4],
  flags = 0,
}: Parts): Buffer {
  const { length } = payload
  const size = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const header = Buffer.alloc(2 + size)
  header[0] = (final ? 0x80 : 0) | flags | opcode
  header[1] = (mask === null ? 0 : 0x80) | (size === 0 ? length : size === 2 ? 126 : 127)
  if (size === 2) header.writeUInt16BE(length, 2)
  if (size === 8) header.writeBigUInt64BE(BigInt(length), 2)
  if (mask === null) return Buffer.concat([header, payload])
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] as number))
  return Buffer.concat([header, Buffer.from(mask), masked])
}

function read(chunks: readonly Buffer[], limit = 1_000_000) {
  const heard: string[] = []
  const reader = new FrameReader({
    limit,
    onMessage: (kind, message) => void heard.push(`${kind} ${message.toString('latin1')}`),
    onPing: (data) => void heard.push(`ping ${data}`),
    onClose: (code) => void heard.push(`close ${code}`),
  })
  for (const chunk of chunks) reader.push(chunk)
  return { heard, reader }
}

const text = (words: string): Buffer =>
  clientFrame({ opcode: opcodes.text, payload: Buffer.from(words) })

describe('frames of a server', () => {
  const listen = (chunk: Buffer): readonly string[] => {
    const heard: string[] = []
    const reader = new FrameReader({
      ...{ from: 'server', limit: 100_000, onPing: () => {} },
      onMessage: (kind, message) => void heard.push(`${kind} ${message.toString('latin1')}`),
      onClose: (code) => void heard.push(`close ${code}`),
    })
    reader.push(chunk)
    return heard
  }

  test('are read as they are written, of any length', () => {
    for (const length of [0, 125, 126, 65_535, 65_536]) {
      const words = 'x'.repeat(length)
      const frames = [writeFrame(opcodes.binary, Buffer.from(words)), writeClose(1000, 'Bye')]
      expect(listen(Buffer.concat(frames))).toEqual([`binary ${words}`, 'close 1000'])
    }
  })

  test('are not masked', () => {
    expect(() => listen(text('x'))).toThrow(WebSocketViolation)
  })
})

describe('frames of a client', () => {
  test('messages, fragments with a ping between them, and the goodbye after which nothing counts', () => {
    const part = (opcode: number, words: string, final: boolean): Buffer =>
      clientFrame({ opcode, payload: Buffer.from(words), final })
    const stream = Buffer.concat([
      text('one'),
      part(opcodes.binary, 'tw', false),
      clientFrame({ opcode: opcodes.ping, payload: Buffer.from('?') }),
      part(opcodes.continuation, 'o', true),
      clientFrame({ opcode: opcodes.pong }),
      clientFrame({ opcode: opcodes.close, payload: Buffer.from([0x03, 0xe8]) }),
      text('three'),
    ])
    const whole = read([stream])
    const expected = ['text one', 'ping ?', 'binary two', 'close 1000']
    expect(whole.heard).toEqual(expected)
    expect(whole.reader.unfinished).toBe(false)
    const bytes = [...stream].map((byte) => Buffer.from([byte]))
    expect(read(bytes).heard).toEqual(expected)
  })

  test('come out the same wherever the stream is cut, whatever their length', () => {
    const lengths = fc.array(fc.oneof(fc.nat(130), fc.constantFrom(65_535, 65_536, 70_000)), {
      maxLength: 4,
    })
    const property = fc.property(lengths, fc.array(fc.nat(), { maxLength: 6 }), (sizes, cuts) => {
      const messages = sizes.map((size, index) => Buffer.alloc(size, index + 1))
      const stream = Buffer.concat(
        messages.map((payload) => clientFrame({ opcode: opcodes.binary, payload })),
      )
      const at = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b)
      const chunks = [0, ...at].map((from, index) => stream.subarray(from, at[index]))
      const { heard, reader } = read(chunks)
      expect(heard).toEqual(messages.map((message) => `binary ${message.toString('latin1')}`))
      expect(reader.unfinished).toBe(false)
    })
    fc.assert(property, { numRuns: 100 })
  })

  test.each<[string, Buffer, number]>([
    ['not masked', clientFrame({ opcode: 1, mask: null }), closeCodes.protocolError],
    ['with an extension', clientFrame({ opcode: 1, flags: 0x40 }), closeCodes.protocolError],
    ['of no known kind', clientFrame({ opcode: 3 }), closeCodes.protocolError],
    ['a ping in pieces', clientFrame({ opcode: 9, final: false }), closeCodes.protocolError],
    [
      'a ping too long',
      clientFrame({ opcode: 9, payload: Buffer.alloc(126) }),
      closeCodes.protocolError,
    ],
    ['going on with nothing', clientFrame({ opcode: 0 }), closeCodes.protocolError],
    [
      'a message inside of another',
      Buffer.concat([clientFrame({ opcode: 1, final: false }), text('x')]),
      closeCodes.protocolError,
    ],
    [
      'half a close code',
      clientFrame({ opcode: 8, payload: Buffer.from([3]) }),
      closeCodes.protocolError,
    ],
    [
      'a close code that cannot travel',
      clientFrame({ opcode: 8, payload: Buffer.from([0x03, 0xee]) }),
      closeCodes.protocolError,
    ],
    [
      'text that is not UTF-8',
      clientFrame({ opcode: 1, payload: Buffer.from([0xff]) }),
      closeCodes.badText,
    ],
  ])('%s: the rules are broken', (_what, bytes, closeCode) => {
    const judge = (): unknown => read([bytes])
    expect(judge).toThrow(WebSocketViolation)
    expect(judge).toThrow(expect.objectContaining({ closeCode }))
  })

  test('a message beyond the limit is refused when its length is known, in one piece or in many', () => {
    const payload = Buffer.alloc(60)
    const whole = clientFrame({ opcode: opcodes.binary, payload: Buffer.alloc(101) })
    expect(() => read([whole.subarray(0, 8)], 100)).toThrow(FrameTooLongError)
    const begin = clientFrame({ opcode: opcodes.binary, payload, final: false })
    const goOn = clientFrame({ opcode: opcodes.continuation, payload })
    expect(() => read([begin, goOn], 100)).toThrow(FrameTooLongError)
    const giant = Buffer.from('82ffffffffffffffffff00000000', 'hex')
    expect(() => read([giant], 100)).toThrow(FrameTooLongError)
  })

  test('the end of the stream inside of a frame or a message can be seen', () => {
    expect(read([text('x').subarray(0, 3)]).reader.unfinished).toBe(true)
    expect(read([clientFrame({ opcode: 1, final: false })]).reader.unfinished).toBe(true)
  })
})

describe('frames of the server', () => {
  test('carry their length in the shortest form', () => {
    const sizes = [0, 125, 126, 65_535, 65_536].map(
      (size) => writeFrame(opcodes.binary, Buffer.alloc(size)).length - size,
    )
    expect(sizes).toEqual([2, 2, 4, 4, 10])
    expect(writeFrame(opcodes.text, Buffer.from('hi')).toString('hex')).toBe('81026869')
  })

  test('say goodbye with a code and a reason, or without', () => {
    expect(writeClose(closeCodes.normal, 'Bye').toString('hex')).toBe('880503e8427965')
    expect(writeClose(closeCodes.noStatus).toString('hex')).toBe('8800')
  })
})
