import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DecodeError,
  decodeMessage,
  EncodeError,
  encodeMessage,
  type Field,
  fieldsOf,
  type MessageName,
  messageFromJson,
  messageToJson,
  parseJson,
  stringifyJson,
} from '../../src/protocol/index.ts'
import { anyMessage, messageNames } from './arbitrary-message.ts'

/** Values that do not fit a field of that type, each for a reason of its own. */
function misfits(field: Field): readonly unknown[] {
  if (field.kind === 'message') return [null, 5, 'text', true]
  switch (field.kind === 'enum' ? 'int32' : field.type) {
    case 'bool':
      return [null, 1, 'true', {}]
    case 'string':
      return [null, 5, new Uint8Array(2), ['text']]
    case 'bytes':
      return [null, 'text', [1, 2], new ArrayBuffer(2)]
    case 'double':
      return [null, '1.5', 1n, {}]
    case 'int32':
      return [null, 1.5, Number.NaN, 2 ** 31, -(2 ** 31) - 1, '1', 1n, true]
    case 'uint32':
      return [null, 1.5, Number.NaN, 2 ** 32, -1, '1', 1n, true]
    case 'int64':
      return field.isBig
        ? [null, 5, '5', 1n << 63n, -(1n << 63n) - 1n]
        : [null, 1.5, Number.NaN, 2 ** 53, -(2 ** 53), 1n, '1']
    default:
      return field.isBig ? [null, 5, '5', -1n, 1n << 64n] : [null, 1.5, 2 ** 53, -1, 1n, '1']
  }
}

/** Every field of every message together with a good message that has it. */
function* everyField(): Generator<{
  name: MessageName
  field: Field
  good: Record<string, unknown>
}> {
  for (const name of messageNames) {
    const [good = {}] = fc.sample(anyMessage(name), { numRuns: 1, seed: 7 })
    for (const field of fieldsOf(name)) yield { name, field, good }
  }
}

function expectRefused(name: MessageName, field: string, message: object): void {
  for (const encode of [encodeMessage, messageToJson]) {
    let thrown: unknown
    try {
      encode(name, message as never)
    } catch (error) {
      thrown = error
    }
    expect(thrown, `${name}.${field} by ${encode.name}`).toBeInstanceOf(EncodeError)
    expect(thrown).toMatchObject({ messageName: name, field, code: 'INVALID_MESSAGE' })
  }
}

describe('writing a message', () => {
  it('refuses a value that does not fit, and names the field', () => {
    let tried = 0
    for (const { name, field, good } of everyField()) {
      for (const wrong of misfits(field)) {
        const isList = field.label === 'repeated'
        const where = isList ? `${field.name}[0]` : field.name
        expectRefused(name, where, { ...good, [field.name]: isList ? [wrong] : wrong })
        tried++
      }
    }
    expect(tried).toBeGreaterThan(587 * 3)
  })

  it('refuses a list that is none', () => {
    for (const { name, field, good } of everyField()) {
      if (field.label !== 'repeated') continue
      for (const wrong of [null, 5, {}, 'text', true]) {
        expectRefused(name, field.name, { ...good, [field.name]: wrong })
      }
    }
  })

  it('refuses to leave a required field out', () => {
    for (const { name, field, good } of everyField()) {
      if (field.label === 'required')
        expectRefused(name, field.name, { ...good, [field.name]: undefined })
    }
  })

  it('refuses what is no message at all', () => {
    for (const name of messageNames) {
      for (const wrong of [null, undefined, 5, 'text']) expectRefused(name, '', wrong as never)
    }
  })

  it('is not disturbed by a refusal before it', () => {
    const good = { ctidTraderAccountId: 1, symbolId: [1, 2], payloadType: undefined }
    const bytes = encodeMessage('ProtoOASymbolByIdReq', good)
    expectRefused('ProtoOASymbolByIdReq', 'symbolId[300]', {
      ...good,
      symbolId: [...Array.from({ length: 300 }, () => 2 ** 40), 'text'],
    })
    expect(encodeMessage('ProtoOASymbolByIdReq', good).equals(bytes)).toBe(true)
    expect(decodeMessage('ProtoOASymbolByIdReq', bytes)).toMatchObject(good)
  })
})

describe('reading a message from JSON', () => {
  const misfitting: Readonly<Record<string, readonly string[]>> = {
    bool: ['1', '"true"', '{}'],
    string: ['5', 'true', '["text"]'],
    bytes: ['5', '[1,2]'],
    double: ['"1.5"', 'true', '{}'],
    int32: ['1.5', '2147483648', 'true', '"one"', '1e300'],
    uint32: ['1.5', '4294967296', '-1', '{}'],
    int64: ['1.5', '9223372036854775808', '"one"', '{}'],
    uint64: ['1.5', '18446744073709551616', '-1', '""'],
  }

  it('refuses a value that does not fit, and names the field', () => {
    for (const { name, field, good } of everyField()) {
      const kinds =
        field.kind === 'message'
          ? ['5', '"text"', 'true', '[]']
          : field.kind === 'enum'
            ? ['1.5', '"NO_SUCH_VALUE"', '"constructor"', 'true', '2147483648']
            : (misfitting[field.type] ?? [])
      expect(kinds, field.type).not.toHaveLength(0)
      const rest = stringifyJson(messageToJson(name, { ...good } as never))
      for (const kind of kinds) {
        const isList = field.label === 'repeated'
        const wrong = {
          ...(parseJson(rest) as object),
          [field.name]: parseJson(isList ? `[${kind}]` : kind),
        }
        const where = isList ? `${field.name}[0]` : field.name
        let thrown: unknown
        try {
          messageFromJson(name, wrong)
        } catch (error) {
          thrown = error
        }
        expect(thrown, `${name}.${where} from ${kind}`).toBeInstanceOf(DecodeError)
        expect(thrown).toMatchObject({ messageName: name, field: where })
      }
    }
  })
})
