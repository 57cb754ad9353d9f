import { describe, expect, test } from 'vitest'
import { JsonFormatError } from './errors.ts'
import { fieldsOf, type MessageName } from './fields.ts'
import { payloadTypes } from './generated/messages.ts'
import {
  formatWireRecord,
  isSecretField,
  parseWireRecord,
  recordMessage,
  secretsIn,
  type WireRecord,
} from './recording.ts'

describe('a recorded message', () => {
  test('holds its fields in the JSON form, and none of its secrets', () => {
    const request = { ctidTraderAccountId: 7, accessToken: 'tok3n' }
    expect(recordMessage('ProtoOAAccountAuthReq', request)).toEqual({
      ctidTraderAccountId: 7,
      accessToken: '[secret]',
    })
    expect(secretsIn('ProtoOAAccountAuthReq', request)).toEqual(['tok3n'])
    const answer = { accessToken: 'a', refreshToken: 'r', expiresIn: 1, tokenType: 'bearer' }
    expect(recordMessage('ProtoOARefreshTokenRes', answer)).toEqual({
      ...{ accessToken: '[secret]', refreshToken: '[secret]', expiresIn: 1, tokenType: 'bearer' },
    })
  })

  test('does not show a secret that is known where it does not belong', () => {
    const error = { errorCode: 'INVALID_REQUEST', description: 'The token tok3n is unknown.' }
    expect(recordMessage('ProtoOAErrorRes', error, ['tok3n'])).toEqual({
      errorCode: 'INVALID_REQUEST',
      description: 'The token [secret] is unknown.',
    })
  })

  test('every field of the schema that sounds like a secret is one, and none is nested', () => {
    const reached = new Set<string>()
    const visit = (name: MessageName, depth: number): void => {
      for (const field of fieldsOf(name)) {
        const sounds = /token|secret|password/i.test(field.name) && field.type === 'string'
        if (sounds && field.name !== 'tokenType') {
          expect(isSecretField(field), `${name}.${field.name}`).toBe(true)
          expect(depth, `${name}.${field.name}`).toBe(0)
          reached.add(field.name)
        }
        if (field.kind === 'message') visit(field.type as MessageName, depth + 1)
      }
    }
    for (const name of Object.keys(payloadTypes)) visit(name as MessageName, 0)
    expect([...reached].sort()).toEqual(['accessToken', 'clientSecret', 'refreshToken'])
  })
})

describe('a line of a recording', () => {
  const base = { v: 1, at: 1_700_000_000_000, link: 1 } as const
  const records: readonly WireRecord[] = [
    { ...base, kind: 'opened', carrier: 'protobuf-tcp', remote: 'localhost:5035' },
    {
      ...{ ...base, kind: 'received', payloadType: 2122, message: 'ProtoOATraderRes' },
      ...{ clientMsgId: 'a', payload: { trader: { balance: 2n ** 60n } } },
    },
    { ...base, kind: 'received', payloadType: 4711 },
    { ...base, kind: 'closed', code: 'LINK_CLOSED' },
  ]

  test('comes back as it was, large integers exact', () => {
    for (const record of records) {
      const line = formatWireRecord(record)
      expect(line).not.toContain('\n')
      expect(parseWireRecord(line)).toEqual(record)
    }
    expect(formatWireRecord(records[1] as WireRecord)).toContain('"balance":1152921504606846976')
  })

  test.each(['', '[]', '{"v":2,"at":1,"link":1,"kind":"opened"}', '{"v":1,"at":1,"link":1}'])(
    '%j is none',
    (line) => {
      expect(() => parseWireRecord(line)).toThrow(JsonFormatError)
    },
  )

  test('a name that does not belong to its number is none', () => {
    const line =
      '{"v":1,"at":1,"link":1,"kind":"sent","payloadType":51,"message":"ProtoOATraderReq"}'
    expect(() => parseWireRecord(line)).toThrow(JsonFormatError)
  })
})
