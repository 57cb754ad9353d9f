import { expect, test } from 'vitest'
import { encodeEnvelope } from '../../protocol/index.ts'
import { hiddenTexts, textsOfUpgrade } from './hidden-texts.ts'

const json = (text: string): readonly string[] => [...hiddenTexts('json', Buffer.from(text))]
const protobuf = (bytes: Buffer): readonly string[] => [...hiddenTexts('protobuf', bytes)]

test('texts are found in JSON at any place, and the id of the message is none of them', () => {
  const payload = { accessToken: 'first-token', deeper: [{ odd: 'second-token' }], short: 'short' }
  const message = { payloadType: 2102, clientMsgId: 'the-id-itself', payload }
  expect(json(JSON.stringify(message))).toEqual(['first-token', 'second-token'])
})

test('a number is a secret only where a secret belongs', () => {
  const message = '{"payload":{"accessToken":12345678901234567890,"ctidTraderAccountId":12345678}}'
  expect(json(message)).toEqual(['12345678901234567890'])
})

test('words of a text are found, and names that are no names', () => {
  const token = 'aB3'.repeat(14)
  expect(json(`{"payload":{"accessToken":"Bearer ${token}"}}`)).toEqual([token])
  expect(json(`{"payload":{"${token}":{"a":{"b":{"c":{"d":["deep-down"]}}}}}}`)).toEqual([
    ...[token, 'deep-down'],
  ])
})

test.each([
  ['{"accessToken":"first-token","x":"a b c d","cut":"rest-of-it', ['first-token', 'rest-of-it']],
  ['{"accessToken":"\\u0066irst\\/token",}', ['first/token']],
  ["{'accessToken':'first-token'}", ['first-token']],
  ['{"accessToken":first-token}', ['first-token']],
  ['accessToken = "Bearer first-token"', ['accessToken', 'first-token']],
])('texts are found in what is no JSON: %s', (text, wanted) => {
  expect(json(text)).toEqual(wanted)
})

test('texts are found in protobuf, in fields of any number, and the id of the message is none of them', () => {
  const accessToken = 'token-of-43-characters-0123456789-0123456789'
  const payload = { ctidTraderAccountId: 7, accessToken }
  const envelope = encodeEnvelope('ProtoOAAccountAuthReq', payload, 'the-id-itself')
  expect(protobuf(envelope)).toContain(accessToken)
  expect(protobuf(envelope)).not.toContain('the-id-itself')
  // Field 999 with a text.
  const unknown = Buffer.concat([Buffer.from([0xba, 0x3e, 12]), Buffer.from('hidden-token')])
  expect(protobuf(unknown)).toEqual(['hidden-token'])
})

test('texts are found in protobuf between other words, and behind what is no field', () => {
  const token = 'token-of-43-characters-0123456789-012345678'
  const field = (text: string) =>
    Buffer.concat([Buffer.from([0x12, text.length]), Buffer.from(text)])
  expect(protobuf(field(`Bearer ${token}`))).toEqual([token])
  // A group begins, which no message of today has. The length looks like a plus.
  expect(protobuf(Buffer.concat([Buffer.from([0x0b]), field(token)]))).toContain(token)
  expect(protobuf(Buffer.concat([Buffer.from([0x0b]), Buffer.from(token)]))).toContain(token)
})

test('a token is found in protobuf where JSON was to be, the other way round, and quoted in a text', () => {
  const accessToken = 'aB3'.repeat(14)
  const text = JSON.stringify({ payloadType: 2102, payload: { accessToken } })
  expect(protobuf(Buffer.from(text))).toContain(accessToken)
  const envelope = encodeEnvelope('ProtoOAGetAccountListByAccessTokenReq', { accessToken }, 'id')
  expect([...hiddenTexts('json', envelope)]).toContain(accessToken)
  for (const quoted of [text, `https://a.example/?token=${accessToken}&more=1`]) {
    expect(json(JSON.stringify({ payload: { odd: quoted } }))).toContain(accessToken)
    expect(
      protobuf(Buffer.concat([Buffer.from([0x12, quoted.length]), Buffer.from(quoted)])),
    ).toContain(accessToken)
  }
})

test('tokens of a request for WebSocket are found in its path, its query and its headers', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((letter) => `${letter}B3`.repeat(14))
  const head = `GET /${first}/x?token=${second}%2B%3D HTTP/1.1\r\nAuthorization: Bearer ${third}\r\n\r\n`
  const texts = textsOfUpgrade(head)
  for (const token of [first, `${second}+=`, third]) expect(texts).toContain(token)
})

test('junk ends, wherever it is cut', () => {
  const junk = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 73) % 256))
  for (let from = 0; from < 64; from++) expect(protobuf(junk.subarray(from))).toBeInstanceOf(Array)
  expect(json(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toEqual([])
})
