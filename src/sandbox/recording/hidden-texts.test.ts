import { expect, test } from 'vitest'
import { encodeEnvelope } from '../../protocol/index.ts'
import { hiddenTexts } from './hidden-texts.ts'

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

test('texts are found in what is no JSON', () => {
  expect(json('{"accessToken":"first-token","x":"a b c d e f","cut":"rest-of-it')).toEqual([
    ...['accessToken', 'first-token'],
  ])
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

test('junk ends, wherever it is cut', () => {
  const junk = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 73) % 256))
  for (let from = 0; from < 64; from++) expect(protobuf(junk.subarray(from))).toBeInstanceOf(Array)
  expect(json(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toEqual([])
})
