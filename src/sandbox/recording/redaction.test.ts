import { expect, test } from 'vitest'
import { fieldsOf, type MessageName, payloadTypes } from '../../protocol/index.ts'
import { Redaction, secretFields } from './redaction.ts'

test('secrets of fields go, and go wherever they come up again, also as they stand in a URL', () => {
  const redaction = new Redaction(['from the start'])
  const request = { clientId: 'app-1', clientSecret: 's3cret/+=' }
  expect(redaction.message('ProtoOAApplicationAuthReq', request)).toEqual({
    ...{ clientId: '[removed]', clientSecret: '[removed]' },
  })
  const description = 'app-1: s3cret/+= or s3cret%2F%2B%3D, from the start'
  expect(redaction.message('ProtoOAErrorRes', { errorCode: 'E', description })).toEqual({
    ...{ errorCode: 'E', description: '[removed]: [removed] or [removed], [removed]' },
  })
})

test('integers beyond 2^53 keep every digit, in lists and messages inside of messages too', () => {
  const redaction = new Redaction(['token-1'])
  const deal = { ctidTraderAccountId: 1, hasMore: false }
  const depositWithdraw = [
    {
      ...{
        operationType: 1,
        balanceHistoryId: 1,
        balance: 2n ** 53n + 1n,
        delta: -(2n ** 60n) - 1n,
      },
      ...{ changeBalanceTimestamp: 0, externalNote: 'of token-1' },
    },
  ]
  const answer = { ...deal, depositWithdraw }
  const fields = redaction.message('ProtoOACashFlowHistoryListRes', answer as never)
  expect(fields['depositWithdraw']).toEqual([
    { ...depositWithdraw[0], externalNote: 'of [removed]' },
  ])
})

test('a text of less than four characters is no secret: it would take words apart', () => {
  const redaction = new Redaction(['abc'])
  redaction.learn({ clientId: 'x', accessToken: '' })
  expect(redaction.text('x abc')).toBe('x abc')
})

test('of texts that may be secrets the latest are known, of secrets all', () => {
  const redaction = new Redaction()
  redaction.learn({ accessToken: 'suspect-0-' })
  redaction.suspect(Array.from({ length: 1000 }, (_, index) => `suspect-${index}-`))
  expect(redaction.text('suspect-1-')).toBe('suspect-1-')
  expect(redaction.text('suspect-999- suspect-0-')).toBe('[removed] [removed]')
  redaction.suspect(['x'.repeat(100_000)])
  expect(redaction.text('x'.repeat(100_000))).toHaveLength(100_000)
})

test('what two secrets share goes with both', () => {
  const redaction = new Redaction(['1234_abc', '1234_abcdefgh', 'fghijkl'])
  expect(redaction.text('of 1234_abcdefgh, 1234_abcdefghijkl.')).toBe('of [removed], [removed].')
  expect(redaction.text('1234_abc1234_abc')).toBe('[removed][removed]')
})

test.each<[string, (secret: string) => string]>([
  ['in a URL', encodeURIComponent],
  [
    'in a URL of lower case',
    (secret) => encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
  ],
  ['in a form', (secret) => String(new URLSearchParams({ secret }))],
  ['in JSON', (secret) => JSON.stringify({ secret })],
  ['in JSON of another make', (secret) => JSON.stringify({ secret }).replaceAll('/', '\\/')],
  ['in hex', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ...['', 'a', 'ab', 'abc'].flatMap((before): [string, (secret: string) => string][] => [
    [`in base64 behind ${before}:`, (secret) => btoa(`${before}:${secret}:behind`)],
    [
      `in base64 of URLs behind ${before}:`,
      (secret) => Buffer.from(`${before}:${secret}`).toString('base64url'),
    ],
  ]),
])('a secret is taken out %s', (_where, quote) => {
  const secret = 's3cret/(?>~~"0123456789 !abcdef'
  const redaction = new Redaction()
  redaction.learn({ accessToken: secret })
  const left = redaction.text(quote(secret))
  expect(left).toContain('[removed]')
  // What stays is what stood around it; in base64 its ends share a character with that.
  const kept = quote(secret).length - left.replace('[removed]', '').length
  expect(kept).toBeGreaterThanOrEqual(secret.length)
})

test('every field of the schema that sounds like a secret is one, at any depth', () => {
  const names: readonly string[] = secretFields
  const seen = new Set<MessageName>()
  const visit = (name: MessageName): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const field of fieldsOf(name)) {
      const sounds = /token|secret|password|clientId/i.test(field.name) && field.type === 'string'
      if (sounds && field.name !== 'tokenType') {
        expect(names, `${name}.${field.name}`).toContain(field.name)
      }
      if (field.kind === 'message') visit(field.type as MessageName)
    }
  }
  for (const name of Object.keys(payloadTypes)) visit(name as MessageName)
  expect(seen.size).toBeGreaterThan(100)
})
