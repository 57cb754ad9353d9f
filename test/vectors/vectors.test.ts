import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  decodeMessage,
  type EnvelopeSink,
  encodeEnvelope,
  encodeFrame,
  encodeMessage,
  FrameSplitter,
  type MessageName,
  type Messages,
  payloadTypes,
  readEnvelope,
  UnsafeIntegerError,
} from '../../src/protocol/index.ts'
import { hasProtoc, needsProtoc, protoFiles, protoFolder } from '../schema/protoc.ts'
import { readTables } from '../schema/schema-rows.ts'
import { envelopeCases, goodCases, unsafeCases, vectorCases, vectorCount } from './cases.ts'
import { readText, readTextAt } from './second-opinion.ts'

const tables = readTables()
const names = [...new Set([...tables.fields.keys()].map((key) => key.slice(0, key.indexOf('.'))))]

/** A sink that keeps what it is given. */
class Received implements EnvelopeSink {
  readonly items: unknown[] = []

  message(payloadType: number, payload: object, clientMsgId: string | undefined): void {
    this.items.push({ payloadType, payload, clientMsgId })
  }

  unknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void {
    this.items.push({ payloadType, unknown: Buffer.from(payload).toString('hex'), clientMsgId })
  }

  malformed(error: Error): void {
    this.items.push(error)
  }
}

function receive(bytes: Buffer): readonly unknown[] {
  const received = new Received()
  readEnvelope(bytes, 0, bytes.length, received)
  return received.items
}

function expectedEnvelope({ inner, clientMsgId }: (typeof envelopeCases)[number]): object {
  return {
    payloadType: payloadTypes[inner.message],
    payload: readText(inner.message, inner.text),
    clientMsgId,
  }
}

describe('the vectors', () => {
  it('cover every message, with a bare and a full case at least', () => {
    for (const name of names) {
      const cases = vectorCases.filter(({ message }) => message === name)
      expect(cases.length, name).toBeGreaterThanOrEqual(2)
    }
    expect(vectorCases).toHaveLength(vectorCount)
    expect(new Set(vectorCases.map(({ message }) => message)).size).toBe(124)
  })

  it('cover every field', () => {
    const seen = new Set<string>()
    for (const { message, text } of goodCases) {
      for (const [field, value] of Object.entries(readText(message, text))) {
        if (Array.isArray(value) ? value.length > 0 : value !== undefined) {
          seen.add(`${message}.${field}`)
        }
      }
    }
    expect([...tables.fields.keys()].filter((field) => !seen.has(field))).toEqual([])
  })

  it('cover every number that must not be rounded', () => {
    const numbers = [...tables.fields].filter(([, row]) => /\bu?int64\b/.test(row)).length
    const atTop = unsafeCases.filter(({ field }) => !field.includes('.'))
    // The other 31 are held as bigint.
    expect(atTop).toHaveLength(numbers - 31)
  })

  const tool = (name: string) =>
    fileURLToPath(new URL(`../../tools/vectors/${name}`, import.meta.url))

  it('are asked for by inputs that the tool reproduces', () => {
    execFileSync(process.execPath, [tool('write-inputs.mjs'), '--check'], { stdio: 'pipe' })
  })

  it.skipIf(!hasProtoc && !needsProtoc)('are what protoc makes of the inputs', () => {
    execFileSync(process.execPath, [tool('make.mjs'), '--check'], { stdio: 'pipe' })
  })

  it.skipIf(!hasProtoc && !needsProtoc)('are the same when protoc gets a message alone', () => {
    const alone = goodCases.filter(
      ({ message, name }) => name.startsWith('trace ') && message !== 'ProtoMessage',
    )
    expect(alone.length).toBeGreaterThan(10)
    for (const { message, text, bytes } of alone.slice(0, 12)) {
      const flags = [`-I${protoFolder}`, `--encode=${message}`, ...protoFiles]
      const output = execFileSync('protoc', flags, { input: text, stdio: 'pipe' })
      expect(output.toString('hex')).toBe(bytes.toString('hex'))
    }
  })
})

describe('a message', () => {
  it.each(names)('%s is read, and written byte for byte, as protoc does it', (message) => {
    const name = message as MessageName
    for (const item of goodCases.filter((other) => other.message === name)) {
      const expected = readText(name, item.text) as unknown as Messages[typeof name]
      const decoded = decodeMessage(name, item.bytes)
      expect(decoded, item.name).toStrictEqual(expected)
      expect(encodeMessage(name, expected).toString('hex'), item.name).toBe(
        item.bytes.toString('hex'),
      )
      expect(encodeMessage(name, decoded).toString('hex'), item.name).toBe(
        item.bytes.toString('hex'),
      )
    }
  })

  it('is read from the middle of a larger buffer', () => {
    for (const { message, text, bytes } of goodCases) {
      const around = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(12, 0x08)])
      const decoded = decodeMessage(message, around, 3, 3 + bytes.length)
      expect(decoded).toStrictEqual(readText(message, text))
    }
  })

  it('with an integer beyond 2^53-1 in a number field is refused, and the exact value named', () => {
    for (const { message, field, text, bytes } of unsafeCases) {
      let thrown: unknown
      try {
        decodeMessage(message, bytes)
      } catch (error) {
        thrown = error
      }
      expect(thrown, `${message}.${field}`).toBeInstanceOf(UnsafeIntegerError)
      expect(thrown).toMatchObject({
        messageName: message,
        field,
        value: readTextAt(message, text, field),
        code: 'UNSAFE_INTEGER',
      })
    }
  })
})

describe('an envelope', () => {
  it('is read, and written byte for byte, as protoc does it', () => {
    expect(envelopeCases.length).toBeGreaterThan(200)
    for (const item of envelopeCases) {
      const { inner, clientMsgId, bytes } = item
      expect(receive(bytes), inner.name).toStrictEqual([expectedEnvelope(item)])
      const payload = readText(inner.message, inner.text) as never
      const written = encodeEnvelope(inner.message, payload, clientMsgId)
      expect(written.toString('hex'), inner.name).toBe(bytes.toString('hex'))
    }
  })

  it('behind its length is a frame, and a stream of frames comes apart as it was put together', () => {
    const frames = envelopeCases.map(({ inner, clientMsgId, bytes }) => {
      const frame = encodeFrame(
        inner.message,
        readText(inner.message, inner.text) as never,
        clientMsgId,
      )
      expect(frame.readUInt32BE(0)).toBe(bytes.length)
      expect(frame.subarray(4).toString('hex')).toBe(bytes.toString('hex'))
      return frame
    })
    const received = new Received()
    const splitter = new FrameSplitter({
      onFrame: (buffer, start, end) => readEnvelope(buffer, start, end, received),
    })
    const stream = Buffer.concat(frames)
    for (let at = 0; at < stream.length; at += 37) splitter.push(stream.subarray(at, at + 37))
    splitter.end()
    expect(received.items).toStrictEqual(envelopeCases.map(expectedEnvelope))
  })

  it('may come without payload, without bytes in it, or with a type of a later release', () => {
    const bytesOf = (name: string) => {
      const found = goodCases.find((item) => item.message === 'ProtoMessage' && item.name === name)
      if (found === undefined) throw new Error(`There is no case "${name}"`)
      return found.bytes
    }
    const bare = { payloadType: 2101, payload: { payloadType: undefined }, clientMsgId: undefined }
    expect(receive(bytesOf('trace no payload at all'))).toStrictEqual([bare])
    expect(receive(bytesOf('trace payload of no bytes'))).toStrictEqual([bare])
    expect(receive(bytesOf('trace payload type of a later release'))).toStrictEqual([
      { payloadType: 4_000_000_000, unknown: '0801', clientMsgId: '' },
    ])
    expect(receive(bytesOf('trace an id that is not English'))).toStrictEqual([
      { payloadType: 51, payload: { payloadType: undefined }, clientMsgId: 'идентификатор 🔑' },
    ])
  })
})
