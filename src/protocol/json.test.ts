import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError, EncodeError, JsonFormatError, UnsafeIntegerError } from './errors.ts'
import { encodeJsonEnvelope, messageFromJson, messageToJson, readJsonEnvelope } from './json.ts'
import { type JsonValue, parseJson, stringifyJson } from './json-text.ts'

const beyond = 2n ** 53n + 1n

function read(text: string): unknown[] {
  const seen: unknown[] = []
  readJsonEnvelope(text, {
    message: (type, payload, id) => seen.push(['message', type, payload, id]),
    unknown: (type, payload, id) =>
      seen.push(['unknown', type, Buffer.from(payload).toString(), id]),
    malformed: (error, type, id) => seen.push(['malformed', type, error.field, id]),
  })
  return seen
}

describe('the text', () => {
  test('plain JSON.parse rounds 2^53+1; this does not', () => {
    const text = `{"balance":${beyond},"list":[-${beyond},1]}`
    expect(JSON.parse(text).balance).toBe(2 ** 53)
    expect(parseJson(text)).toEqual({ balance: beyond, list: [-beyond, 1] })
    expect(stringifyJson(parseJson(text))).toBe(text)
  })

  test('long numbers in strings, fractions and exponents are left alone', () => {
    const text = '{"a":"9007199254740993","b":1.2345678901234567,"c":1e+21,"d":[1234567890123456]}'
    expect(parseJson(text)).toEqual({
      a: '9007199254740993',
      b: 1.2345678901234567,
      c: 1e21,
      d: [1234567890123456],
    })
  })

  test('any value with any string and any whole number comes back as it was', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u0001',
        '\u00011234567890123456789',
        '\\u0001',
        '"9007199254740993"',
        '\\"',
      ),
      fc.boolean(),
      fc.constant(null),
      fc.maxSafeInteger(),
      fc.bigInt({ min: beyond, max: 2n ** 64n }),
      fc.bigInt({ min: -(2n ** 63n), max: -beyond }),
    )
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        leaf,
        fc.array(tie('any')),
        fc.dictionary(fc.stringMatching(/^\w+$/), tie('any'), { noNullPrototype: true }),
      ),
    })).any
    fc.assert(
      fc.property(value, (item) => {
        const text = stringifyJson(item as JsonValue)
        expect(parseJson(text)).toEqual(item)
        expect(parseJson(`[${text},${beyond}]`)).toEqual([item, beyond])
      }),
    )
  })

  test.each(['', '{', '{"a":1,}', 'nonsense', '{"token":"abcdef" 1}'])(
    'refuses %s without quoting it',
    (text) => {
      expect(() => parseJson(text)).toThrow(JsonFormatError)
      try {
        parseJson(text)
      } catch (error) {
        expect(String(error)).not.toContain('abcdef')
      }
    },
  )
})

describe('messages', () => {
  const trader = { ctidTraderAccountId: 7, balance: beyond, depositAssetId: 3 }

  test('amounts beyond 2^53 cross the JSON form unchanged, as digits out and as digits or text in', () => {
    const value = messageToJson('ProtoOATrader', trader)
    expect(stringifyJson(value)).toBe(
      '{"ctidTraderAccountId":7,"balance":9007199254740993,"depositAssetId":3}',
    )
    expect(messageFromJson('ProtoOATrader', parseJson(stringifyJson(value)))).toMatchObject(trader)
    expect(
      messageFromJson('ProtoOATrader', { ...trader, balance: '9007199254740993' }),
    ).toMatchObject(trader)
  })

  test('an id beyond 2^53 is an error that names it, never a rounded id', () => {
    const read = (): unknown =>
      messageFromJson(
        'ProtoOATrader',
        parseJson(`{"ctidTraderAccountId":${beyond},"balance":1,"depositAssetId":3}`),
      )
    expect(read).toThrow(UnsafeIntegerError)
    expect(read).toThrow('ProtoOATrader.ctidTraderAccountId')
  })

  test('enums go out as numbers and come in as numbers or names', () => {
    const order = { ctidTraderAccountId: 1, symbolId: 2, orderType: 1, tradeSide: 2, volume: 100 }
    expect(messageToJson('ProtoOANewOrderReq', order)).toEqual(order)
    const named = {
      ...order,
      orderType: 'MARKET',
      tradeSide: 'SELL',
      timeInForce: 'IMMEDIATE_OR_CANCEL',
    }
    expect(messageFromJson('ProtoOANewOrderReq', named)).toMatchObject({ ...order, timeInForce: 3 })
    expect(messageFromJson('ProtoOANewOrderReq', { ...order, orderType: 99 }).orderType).toBe(99)
    expect(() => messageFromJson('ProtoOANewOrderReq', { ...named, tradeSide: 'BOTH' })).toThrow(
      'BUY, SELL',
    )
    expect(() =>
      messageFromJson('ProtoOANewOrderReq', { ...named, tradeSide: 'toString' }),
    ).toThrow(DecodeError)
  })

  test.each<[string, JsonValue, string]>([
    ['a missing required field', { symbolId: [1] }, 'ctidTraderAccountId'],
    [
      'a fraction as an integer',
      { ctidTraderAccountId: 1.5, symbolId: [1] },
      'ctidTraderAccountId',
    ],
    ['text as a number', { ctidTraderAccountId: 'one', symbolId: [1] }, 'ctidTraderAccountId'],
    ['an item as a list', { ctidTraderAccountId: 1, symbolId: 1 }, 'symbolId'],
    ['a bad item of a list', { ctidTraderAccountId: 1, symbolId: [1, true] }, 'symbolId[1]'],
    ['a list as a message', [], ''],
  ])('%s is named', (_what, value, field) => {
    const read = (): unknown => messageFromJson('ProtoOASubscribeSpotsReq', value)
    try {
      read()
      expect.unreachable()
    } catch (error) {
      expect((error as DecodeError).field).toBe(field)
    }
  })

  test('a message that does not fit the schema is refused with the name of the field', () => {
    expect(() =>
      messageToJson('ProtoOATrader', { ...trader, balance: 5 as unknown as bigint }),
    ).toThrow(EncodeError)
    expect(() =>
      messageToJson('ProtoOATrader', { ...trader, balance: 5 as unknown as bigint }),
    ).toThrow('ProtoOATrader.balance')
  })

  test('doubles that JSON cannot say travel as text', () => {
    const position = messageToJson('ProtoOADepositWithdraw', {
      operationType: 0,
      balanceHistoryId: 1,
      balance: 0n,
      delta: 0n,
      changeBalanceTimestamp: 0,
    })
    expect(position).toMatchObject({ balance: 0n })
    const order = {
      ctidTraderAccountId: 1,
      symbolId: 2,
      orderType: 1,
      tradeSide: 2,
      volume: 1,
      limitPrice: Number.POSITIVE_INFINITY,
    }
    expect(
      messageFromJson('ProtoOANewOrderReq', messageToJson('ProtoOANewOrderReq', order)),
    ).toMatchObject(order)
  })
})

describe('envelopes', () => {
  test('are written in the documented shape', () => {
    expect(encodeJsonEnvelope('ProtoHeartbeatEvent', {})).toBe('{"payloadType":51}')
    expect(
      encodeJsonEnvelope('ProtoOAApplicationAuthReq', { clientId: 'a', clientSecret: 'b' }, 'cm_1'),
    ).toBe(
      '{"clientMsgId":"cm_1","payloadType":2100,"payload":{"clientId":"a","clientSecret":"b"}}',
    )
  })

  test('are read with and without payload and id', () => {
    expect(read('{"payloadType":2101}')).toEqual([
      ['message', 2101, { payloadType: undefined }, undefined],
    ])
    expect(read('{"payloadType":2105,"clientMsgId":"x","payload":{"version":"91"}}')).toEqual([
      ['message', 2105, { payloadType: undefined, version: '91' }, 'x'],
    ])
  })

  test('an unknown type is handed over as it came, a bad payload with its field', () => {
    expect(read('{"payloadType":9999,"payload":{"n":9007199254740993}}')).toEqual([
      ['unknown', 9999, '{"n":9007199254740993}', undefined],
    ])
    expect(read('{"payloadType":2105,"clientMsgId":"x","payload":{}}')).toEqual([
      ['malformed', 2105, 'version', 'x'],
    ])
  })

  test.each(['1', '[]', '{}', '{"payloadType":"2101"}', '{"payloadType":2101,"clientMsgId":5}'])(
    '%s is not an envelope',
    (text) => {
      expect(() => read(text)).toThrow(JsonFormatError)
    },
  )
})
