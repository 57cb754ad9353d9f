import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeSlowly } from '../../src/protocol/diagnose.ts'
import {
  DecodeError,
  decodeMessage,
  type EnvelopeSink,
  enumValues,
  fieldsOf,
  isMessageName,
  JsonFormatError,
  type MessageName,
  readEnvelope,
  readJsonEnvelope,
  UnsafeIntegerError,
} from '../../src/protocol/index.ts'
import { envelopeCases, goodCases, vectorCases } from '../vectors/cases.ts'
import { decodeElsewhere } from '../vectors/second-opinion.ts'
import { messageNames, runs } from './arbitrary-message.ts'
import { delimited, tag, varint } from './wire.ts'

// Tens of thousands of errors are made here; nobody reads where.
const stackTraceLimit = Error.stackTraceLimit
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

type Outcome = { readonly value: object } | { readonly error: unknown }

function outcomeOf(decode: () => object): Outcome {
  try {
    return { value: decode() }
  } catch (error) {
    return { error }
  }
}

/** Complains unless the error is ours and names the message and a field that it has. */
function expectNamed(name: MessageName, error: unknown): asserts error is DecodeError {
  if (!(error instanceof DecodeError)) throw error
  const place = `${name}.${error.field}`
  if (error.messageName === name && (named.has(place) || hasField(name, error.field))) {
    named.add(place)
  } else {
    throw new Error(`${name}: the error names ${error.messageName}.${error.field}`)
  }
}

const named = new Set<string>()

function hasField(name: MessageName, path: string): boolean {
  let type: string = name
  if (path === '') return true
  for (const step of path.replaceAll(/\[\d+\]/g, '').split('.')) {
    const field = isMessageName(type)
      ? fieldsOf(type).find((item) => item.name === step)
      : undefined
    if (field === undefined) return false
    type = field.type
  }
  return true
}

/** Whether other implementations must read the same: they treat strange text and strange enum numbers in their own way. */
function isComparable(name: MessageName, value: object): boolean {
  return fieldsOf(name).every((field) => {
    const content = (value as Record<string, unknown>)[field.name]
    const items: readonly unknown[] = Array.isArray(content) ? content : [content]
    return items.every((item) => {
      if (item === undefined) return true
      if (field.kind === 'message') return isComparable(field.type as MessageName, item as object)
      if (field.kind === 'enum') {
        return Object.values(enumValues(field.type) ?? {}).includes(item as number)
      }
      return typeof item !== 'string' || !item.includes('\ufffd')
    })
  })
}

describe('a message cut short', () => {
  it('anywhere is refused by name, or whole again where protobufjs finds it whole', () => {
    let whole = 0
    let refused = 0
    for (const { message, bytes } of goodCases) {
      for (let cut = 0; cut < bytes.length; cut++) {
        const part = bytes.subarray(0, cut)
        const ours = outcomeOf(() => decodeMessage(message, part))
        const theirs = outcomeOf(() => decodeElsewhere(message, part))
        if ('value' in ours) {
          whole++
          if (!isDeepStrictEqual(ours, theirs)) expect(ours, `${message} at ${cut}`).toEqual(theirs)
        } else {
          refused++
          expectNamed(message, ours.error)
          if (!('error' in theirs)) expect.fail(`${message} at ${cut}: only we refuse it`)
          if (ours.error instanceof UnsafeIntegerError) expect.fail(`${message} at ${cut}: unsafe?`)
        }
      }
    }
    expect(whole).toBeGreaterThan(1000)
    expect(refused).toBeGreaterThan(10_000)
  }, 30_000)

  it('in an envelope is refused, or handed over as malformed, never thrown otherwise', () => {
    const seen = { message: 0, unknown: 0, malformed: 0, thrown: 0 }
    const sink: EnvelopeSink = {
      message: () => seen.message++,
      unknown: () => seen.unknown++,
      malformed: () => seen.malformed++,
    }
    for (const { bytes } of envelopeCases) {
      for (let cut = 0; cut < bytes.length; cut++) {
        try {
          readEnvelope(bytes, 0, cut, sink)
        } catch (error) {
          expectNamed('ProtoMessage', error)
          seen.thrown++
        }
      }
    }
    expect(seen.thrown).toBeGreaterThan(1000)
    expect(seen.message + seen.malformed).toBeGreaterThan(0)
  })
})

/** Both of our decoders, the straight-line one with its fallback and the one that explains, must agree on anything. */
function expectAgreement(name: MessageName, bytes: Buffer): Outcome {
  const fast = outcomeOf(() => decodeMessage(name, bytes))
  const slow = outcomeOf(() => decodeSlowly(name, bytes))
  if ('error' in fast) {
    expectNamed(name, fast.error)
    expect('error' in slow && String(slow.error)).toBe(String(fast.error))
  } else if (!isDeepStrictEqual(fast, slow)) expect(slow).toEqual(fast)
  return fast
}

const anyName = fc.constantFrom(...messageNames)

/** A vector with a few bytes changed, dropped, doubled or put in. */
const anyDamaged = fc
  .tuple(
    fc.constantFrom(...vectorCases),
    fc.array(
      fc.record({
        how: fc.constantFrom('set', 'flip', 'drop', 'insert', 'double'),
        at: fc.nat(),
        byte: fc.integer({ min: 0, max: 255 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([item, changes]) => {
    const bytes = [...item.bytes]
    for (const { how, at, byte } of changes) {
      const place = at % Math.max(1, bytes.length)
      const old = bytes[place] ?? 0
      if (how === 'set') bytes[place] = byte
      else if (how === 'flip') bytes[place] = old ^ (1 << (byte & 7))
      else if (how === 'drop') bytes.splice(place, 1 + (byte & 3))
      else if (how === 'insert') bytes.splice(place, 0, byte)
      else bytes.splice(place, 0, ...bytes.slice(place, place + (byte & 15)))
    }
    return { message: item.message, bytes: Buffer.from(bytes) }
  })

describe('bytes from anywhere', () => {
  it('are read or refused by name, alike by both decoders', () => {
    const bytes = fc.uint8Array({ maxLength: 80 }).map((item) => Buffer.from(item))
    fc.assert(
      fc.property(anyName, bytes, (name, item) => void expectAgreement(name, item)),
      runs(3000),
    )
  })

  it('made of damaged messages are read or refused by name, and read as protobufjs reads them', () => {
    const seen = { read: 0, refused: 0, compared: 0 }
    const property = fc.property(anyDamaged, ({ message, bytes }) => {
      const ours = expectAgreement(message, bytes)
      if ('error' in ours) return void seen.refused++
      seen.read++
      const theirs = outcomeOf(() => decodeElsewhere(message, bytes))
      if ('error' in theirs || !isComparable(message, ours.value)) return
      seen.compared++
      if (!isDeepStrictEqual(ours, theirs)) expect(ours).toEqual(theirs)
    })
    fc.assert(property, runs(3000))
    expect(Math.min(seen.read, seen.refused, seen.compared)).toBeGreaterThan(100)
  })

  it('as an envelope are handed over or refused, and nothing else', () => {
    const sink: EnvelopeSink = { message: () => {}, unknown: () => {}, malformed: () => {} }
    const damaged = anyDamaged.filter(({ message }) => message === 'ProtoMessage')
    const anyBytes = fc.oneof(
      damaged.map(({ bytes }) => bytes),
      fc.uint8Array({ maxLength: 60 }).map((item) => Buffer.from(item)),
      anyDamaged.map(({ bytes }) =>
        Buffer.concat([Buffer.from([8, 0xce, 0x10]), delimited(2, bytes)]),
      ),
    )
    const property = fc.property(anyBytes, (bytes) => {
      try {
        readEnvelope(bytes, 0, bytes.length, sink)
      } catch (error) {
        expectNamed('ProtoMessage', error)
      }
    })
    fc.assert(property, runs(1500))
  })

  const nasty: readonly (readonly [string, Buffer])[] = [
    ['a length beyond 2^63', Buffer.concat([tag(60, 2), varint((1n << 64n) - 1n)])],
    [
      'a length whose low half fits',
      Buffer.concat([tag(60, 2), varint(1n << 32n), Buffer.alloc(4)]),
    ],
    ['a length of 4 GiB', Buffer.concat([tag(60, 2), varint(0xffff_ffffn)])],
    ['a number of eleven bytes', Buffer.concat([tag(60, 0), Buffer.alloc(10, 0xff), Buffer.of(1)])],
    ['a number without end', Buffer.concat([tag(60, 0), Buffer.alloc(100_000, 0xff)])],
    ['field number 0', Buffer.of(2, 0)],
    ['wire type 6', tag(60, 6)],
    ['wire type 7', tag(60, 7)],
    ['the end of a group that never began', tag(60, 4)],
    ['a group without end', tag(60, 3)],
    ['a group ended by another', Buffer.concat([tag(60, 3), tag(61, 4)])],
    ['groups a hundred thousand deep', Buffer.alloc(200_000, tag(60, 3))],
    ['a group with field number 0', Buffer.concat([tag(60, 3), Buffer.of(0, 0), tag(60, 4)])],
    ['four bytes that are three', Buffer.concat([tag(60, 5), Buffer.alloc(3)])],
    ['eight bytes that are seven', Buffer.concat([tag(60, 1), Buffer.alloc(7)])],
  ]

  it.each(nasty)('are refused everywhere when they hold %s', (_, bytes) => {
    for (const name of messageNames) {
      const outcome = expectAgreement(name, bytes)
      expect('error' in outcome, name).toBe(true)
      // With what the message needs in front, nothing but the nasty part can be to blame.
      const whole = goodCases.find((item) => item.message === name)
      expect('error' in expectAgreement(name, Buffer.concat([whole?.bytes ?? bytes, bytes]))).toBe(
        true,
      )
    }
  })
})

describe('a field with a wrong wire type', () => {
  const contents: Readonly<Record<number, Buffer>> = {
    0: varint(1),
    1: Buffer.alloc(8),
    2: varint(0),
    5: Buffer.alloc(4),
  }
  const right = { double: 1, string: 2, bytes: 2 } as Readonly<Record<string, number>>

  it('is refused by name, for every field of every message', () => {
    let tried = 0
    for (const name of messageNames) {
      const bare = goodCases.find((item) => item.message === name)?.bytes ?? Buffer.alloc(0)
      for (const field of fieldsOf(name)) {
        const wanted = field.kind === 'message' ? 2 : (right[field.type] ?? 0)
        for (const wire of [0, 1, 2, 3, 4, 5, 6, 7]) {
          // Lists of numbers may come packed.
          if (wire === wanted || (wire === 2 && wanted === 0 && field.label === 'repeated'))
            continue
          const content = contents[wire] ?? (wire === 3 ? tag(field.number, 4) : Buffer.alloc(0))
          for (const place of ['first', 'last']) {
            const wrong = Buffer.concat([tag(field.number, wire), content])
            const bytes = Buffer.concat(place === 'first' ? [wrong, bare] : [bare, wrong])
            const outcome = expectAgreement(name, bytes)
            expect(outcome, `${name}.${field.name} as ${wire}`).toMatchObject({
              error: { messageName: name, field: field.name, code: 'MALFORMED_MESSAGE' },
            })
            tried++
          }
        }
      }
    }
    expect(tried).toBeGreaterThan(587 * 2 * 6)
  })

  it('deep inside is named by its path', () => {
    const trace = goodCases.find(
      ({ message, name }) =>
        message === 'ProtoOAExecutionEvent' && name === 'trace market order accepted',
    )
    const wrong = delimited(5, delimited(2, Buffer.concat([tag(2, 1), Buffer.alloc(8)])))
    // A second piece of the order is merged with the first.
    const bytes = Buffer.concat([trace?.bytes ?? Buffer.alloc(0), wrong])
    expect(() => decodeMessage('ProtoOAExecutionEvent', bytes)).toThrow(
      expect.objectContaining({
        messageName: 'ProtoOAExecutionEvent',
        field: 'order.tradeData.volume',
      }),
    )
  })
})

describe('text from anywhere', () => {
  const sink: EnvelopeSink = { message: () => {}, unknown: () => {}, malformed: () => {} }

  function readOrRefuse(text: string): void {
    try {
      readJsonEnvelope(text, sink)
    } catch (error) {
      if (!(error instanceof JsonFormatError)) throw error
    }
  }

  it('is handed over or refused, and nothing else', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .tuple(fc.constantFrom(50, 51, 2100, 2126, 2131, 2142, 99_999), fc.json())
        .map(([type, json]) => `{"payloadType":${type},"payload":${json}}`),
    )
    fc.assert(fc.property(anyText, readOrRefuse), runs(1500))
  })

  it('may be nested as deeply as it likes', () => {
    const deep = `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`
    for (const type of [2126, 99_999]) {
      readOrRefuse(`{"payloadType":${type},"payload":{"order":${deep}}}`)
      readOrRefuse(`{"payloadType":${type},"payload":${deep.replaceAll(/\d/g, '')}}`)
    }
  })
})
