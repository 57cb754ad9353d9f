import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeMessage,
  type EnvelopeName,
  type EnvelopeSink,
  encodeEnvelope,
  encodeJsonEnvelope,
  encodeMessage,
  fieldsOf,
  type MessageName,
  messageFromJson,
  messageToJson,
  parseJson,
  payloadTypes,
  readEnvelope,
  readJsonEnvelope,
  stringifyJson,
} from '../../src/protocol/index.ts'
import { decodeElsewhere, encodeElsewhere } from '../vectors/second-opinion.ts'
import { anyMessage, messageNames, runs } from './arbitrary-message.ts'
import { delimited, joinFields, splitFields, tag, varint, type WireField } from './wire.ts'

const envelopeNames = Object.keys(payloadTypes) as readonly EnvelopeName[]

describe('every message', () => {
  it.each(messageNames)('%s survives the way to bytes and back', (name) => {
    const property = fc.property(anyMessage(name), (message) => {
      const bytes = encodeMessage(name, message as never)
      expect(decodeMessage(name, bytes)).toStrictEqual(message)
    })
    fc.assert(property, runs(8))
  })

  it.each(messageNames)('%s is the same to protobufjs', (name) => {
    const property = fc.property(anyMessage(name, 'known'), (message) => {
      const bytes = encodeMessage(name, message as never)
      expect(decodeElsewhere(name, bytes)).toStrictEqual(message)
      const other = encodeElsewhere(name, message)
      expect(decodeMessage(name, other)).toStrictEqual(message)
      expect(other.toString('hex')).toBe(bytes.toString('hex'))
    })
    fc.assert(property, runs(8))
  })

  it.each(messageNames)('%s survives the way to JSON text and back', (name) => {
    const property = fc.property(anyMessage(name), (message) => {
      const text = stringifyJson(messageToJson(name, message as never))
      expect(messageFromJson(name, parseJson(text))).toStrictEqual(message)
      // Text that any JSON parser takes.
      JSON.parse(text)
    })
    fc.assert(property, runs(8))
  })
})

/** Keeps the last thing an envelope held. */
class Last implements EnvelopeSink {
  seen: unknown

  message(payloadType: number, payload: object, clientMsgId: string | undefined): void {
    this.seen = { payloadType, payload, clientMsgId }
  }

  unknown(payloadType: number, payload: Uint8Array, clientMsgId: string | undefined): void {
    this.seen = { payloadType, bytes: Buffer.from(payload).toString('hex'), clientMsgId }
  }

  malformed(error: Error): void {
    throw error
  }
}

describe('every envelope', () => {
  const anyEnvelope = fc.constantFrom(...envelopeNames).chain((name) =>
    fc.record({
      name: fc.constant(name),
      payload: anyMessage(name),
      clientMsgId: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    }),
  )

  it('says the same in binary and in JSON', () => {
    const property = fc.property(anyEnvelope, ({ name, payload, clientMsgId }) => {
      const last = new Last()
      const expected = { payloadType: payloadTypes[name], payload, clientMsgId }
      const bytes = encodeEnvelope(name, payload as never, clientMsgId)
      readEnvelope(bytes, 0, bytes.length, last)
      expect(last.seen).toStrictEqual(expected)
      readJsonEnvelope(encodeJsonEnvelope(name, payload as never, clientMsgId), last)
      expect(last.seen).toStrictEqual(expected)
    })
    fc.assert(property, runs(400))
  })

  it('of a type nobody knows is handed over with its bytes', () => {
    const types = new Set<number>(Object.values(payloadTypes))
    const anyType = fc.integer({ min: 0, max: 0xffff_ffff }).filter((type) => !types.has(type))
    const property = fc.property(anyType, fc.uint8Array(), fc.string(), (type, payload, id) => {
      const last = new Last()
      const bytes = Buffer.concat([
        tag(1, 0),
        varint(type),
        delimited(2, payload),
        delimited(3, Buffer.from(id)),
      ])
      readEnvelope(bytes, 0, bytes.length, last)
      const hex = Buffer.from(payload).toString('hex')
      expect(last.seen).toStrictEqual({ payloadType: type, bytes: hex, clientMsgId: id })
    })
    fc.assert(property, runs(300))
  })
})

/** A message together with its name and bytes. */
const anyEncoded = fc.constantFrom(...messageNames).chain((name) =>
  anyMessage(name).map((message) => {
    const bytes = encodeMessage(name, message as never)
    return { name, message, bytes }
  }),
)

/** A field of any wire type, as it would be in a message that has a few more fields than ours. */
function anyUnknownField(taken: ReadonlySet<number>): fc.Arbitrary<Buffer> {
  const number = fc
    .oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 2 ** 29 - 1 }))
    .filter((candidate) => !taken.has(candidate))
  const content = fc.uint8Array({ maxLength: 20 })
  const simple = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value) => [0, varint(value)] as const),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value) => [1, value] as const),
    content.map((value) => [2, Buffer.concat([varint(value.length), value])] as const),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((value) => [5, value] as const),
  )
  const plain = fc
    .tuple(number, simple)
    .map(([id, [wire, body]]) => Buffer.concat([tag(id, wire), body]))
  const group = fc
    .tuple(number, fc.array(plain, { maxLength: 3 }))
    .map(([id, inner]) => Buffer.concat([tag(id, 3), ...inner, tag(id, 4)]))
  return fc.oneof(plain, group)
}

function numbersOf(name: MessageName): ReadonlySet<number> {
  return new Set(fieldsOf(name).map((field) => field.number))
}

describe('a decoder', () => {
  it('steps over fields it does not know, wherever they stand', () => {
    const property = fc.property(
      anyEncoded.chain((encoded) =>
        fc.record({
          encoded: fc.constant(encoded),
          extra: fc.array(fc.tuple(fc.nat(), anyUnknownField(numbersOf(encoded.name))), {
            minLength: 1,
            maxLength: 4,
          }),
        }),
      ),
      ({ encoded: { name, message, bytes }, extra }) => {
        const parts = [...splitFields(bytes)]
        for (const [place, field] of extra) {
          parts.splice(place % (parts.length + 1), 0, { number: 0, bytes: field })
        }
        expect(decodeMessage(name, joinFields(parts))).toStrictEqual(message)
      },
    )
    fc.assert(property, runs(800))
  })

  it('takes fields in any order, but the items of a list in theirs', () => {
    const property = fc.property(anyEncoded, fc.infiniteStream(fc.nat()), (encoded, keys) => {
      const { name, message, bytes } = encoded
      const byField = new Map<number, WireField[]>()
      for (const field of splitFields(bytes)) {
        byField.set(field.number, [...(byField.get(field.number) ?? []), field])
      }
      const shuffled = [...byField.values()]
        .map((fields) => ({ fields, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .flatMap(({ fields }) => fields)
      expect(decodeMessage(name, joinFields(shuffled))).toStrictEqual(message)
    })
    fc.assert(property, runs(300))
  })

  it('takes the last of several values of one field', () => {
    const pairs = fc
      .constantFrom(...messageNames)
      .chain((name) =>
        fc.tuple(fc.constant(name), anyMessage(name, 'known'), anyMessage(name, 'known')),
      )
    const property = fc.property(pairs, ([name, first, second]) => {
      const isPlain = fieldsOf(name).every((field) => field.kind !== 'message')
      fc.pre(isPlain)
      const bytes = Buffer.concat([
        encodeMessage(name, first as never),
        encodeMessage(name, second as never),
      ])
      const expected = Object.fromEntries(
        fieldsOf(name).map((field) => {
          const [a, b] = [first[field.name], second[field.name]]
          if (field.label !== 'repeated') return [field.name, b === undefined ? a : b]
          return [field.name, [...(a as unknown[]), ...(b as unknown[])]]
        }),
      )
      expect(decodeMessage(name, bytes)).toStrictEqual(expected)
      expect(decodeElsewhere(name, bytes)).toStrictEqual(expected)
    })
    fc.assert(property, runs(400))
  })

  const withInner = messageNames.flatMap((name) =>
    fieldsOf(name)
      .filter((field) => field.kind === 'message' && field.label !== 'repeated')
      .map((field) => ({ name, field })),
  )

  it.each(withInner.map((item) => [`${item.name}.${item.field.name}`, item] as const))(
    'merges %s that comes in two pieces',
    (_, { name, field }) => {
      const inner = field.type as MessageName
      const property = fc.property(
        anyMessage(name),
        anyMessage(inner),
        fc.nat(),
        (message, content, cut) => {
          const whole = { ...message, [field.name]: content }
          const parts = splitFields(encodeMessage(inner, content as never))
          const at = cut % (parts.length + 1)
          const others = splitFields(encodeMessage(name, whole as never)).filter(
            (other) => other.number !== field.number,
          )
          const bytes = Buffer.concat([
            delimited(field.number, joinFields(parts.slice(0, at))),
            joinFields(others),
            delimited(field.number, joinFields(parts.slice(at))),
          ])
          expect(decodeMessage(name, bytes)).toStrictEqual(whole)
        },
      )
      fc.assert(property, runs(6))
    },
  )

  const lists = messageNames.flatMap((name) =>
    fieldsOf(name)
      .filter((field) => field.label === 'repeated' && field.kind !== 'message')
      .map((field) => ({ name, field })),
  )

  it.each(lists.map((item) => [`${item.name}.${item.field.name}`, item] as const))(
    'takes the list %s packed, one by one, and mixed',
    (_, { name, field }) => {
      const numbers = fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 6 })
      const property = fc.property(
        anyMessage(name, 'known'),
        fc.array(fc.tuple(fc.boolean(), numbers)),
        (message, chunks) => {
          const rest = encodeMessage(name, { ...message, [field.name]: [] } as never)
          const list = chunks.map(([packed, items]) =>
            packed
              ? delimited(field.number, Buffer.concat(items.map((item) => varint(item))))
              : Buffer.concat(items.flatMap((item) => [tag(field.number, 0), varint(item)])),
          )
          const bytes = Buffer.concat([rest, ...list])
          const expected = { ...message, [field.name]: chunks.flatMap(([, items]) => items) }
          expect(decodeMessage(name, bytes)).toStrictEqual(expected)
          expect(decodeElsewhere(name, bytes)).toStrictEqual(expected)
        },
      )
      fc.assert(property, runs(15))
    },
  )

  it('takes numbers that are written longer than they need to be', () => {
    const numeric = messageNames.flatMap((name) =>
      fieldsOf(name)
        .filter((field) => /^u?int(32|64)$/.test(field.type) && field.label !== 'repeated')
        .map((field) => ({ name, field })),
    )
    const value = fc.oneof(fc.nat(), fc.nat({ max: 300 }))
    const anyNumber = fc
      .constantFrom(...numeric)
      .chain(({ name, field }) => fc.tuple(fc.constant({ name, field }), anyMessage(name), value))
    const property = fc.property(
      anyNumber,
      fc.integer({ min: 1, max: 10 }),
      ([{ name, field }, message, number], length) => {
        const expected = { ...message, [field.name]: field.isBig ? BigInt(number) : number }
        const bytes = Buffer.concat([
          encodeMessage(name, expected as never),
          tag(field.number, 0),
          varint(number, length),
        ])
        expect(decodeMessage(name, bytes)).toStrictEqual(expected)
      },
    )
    fc.assert(property, runs(1000))
  })

  it('lets enum numbers it does not know survive, in binary and in JSON', () => {
    const bytes = Buffer.concat([tag(2, 0), varint(1), tag(3, 0), varint(999)])
    const event = decodeMessage('ProtoOAExecutionEvent', bytes)
    expect(event.executionType).toBe(999)
    expect(encodeMessage('ProtoOAExecutionEvent', event).equals(bytes)).toBe(true)
    const json = messageToJson('ProtoOAExecutionEvent', event)
    expect(json).toEqual({ ctidTraderAccountId: 1, executionType: 999 })
    expect(messageFromJson('ProtoOAExecutionEvent', json)).toStrictEqual(event)
    const negative = Buffer.concat([tag(2, 0), varint(1), tag(3, 0), varint(-7)])
    expect(decodeMessage('ProtoOAExecutionEvent', negative).executionType).toBe(-7)
  })
})
