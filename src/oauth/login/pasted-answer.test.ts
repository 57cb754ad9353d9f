import { describe, expect, test } from 'vitest'
import { type PasteContext, readPastedAnswer } from './pasted-answer.ts'

const redirectUri = 'http://127.0.0.1:8080/auth/callback'
const context: PasteContext = {
  redirectUri,
  authorizeUrl: 'https://openapi.ctrader.com/apps/auth?client_id=7_id&scope=accounts',
  clientId: '7_id',
  clientSecret: 'the-client-secret',
}

function codeIn(text: string, changes: Partial<PasteContext> = {}): string {
  const pasted = readPastedAnswer(text, { ...context, ...changes })
  if (pasted.kind !== 'answer' || pasted.answer.kind !== 'code') {
    throw new Error(`no code: ${JSON.stringify(pasted)}`)
  }
  return pasted.answer.code.reveal()
}

function problemWith(text: string, changes: Partial<PasteContext> = {}): string {
  const pasted = readPastedAnswer(text, { ...context, ...changes })
  return pasted.kind === 'unusable' ? pasted.problem : 'none'
}

describe('MP-1: the answer is found in whatever form it was copied', () => {
  test.each([
    `${redirectUri}?code=abc-123`,
    `${redirectUri}?code=abc-123&state=s`,
    `${redirectUri}?code=abc-123#_=_`,
    '127.0.0.1:8080/auth/callback?code=abc-123',
    '?code=abc-123',
    '?state=s&code=abc-123',
    'code=abc-123&state=s',
    'code=abc-123',
    'abc-123',
  ])('%s', (text) => {
    expect(codeIn(text)).toBe('abc-123')
  })

  test('the state comes along', () => {
    const pasted = readPastedAnswer(`${redirectUri}?code=c&state=the-state`, context)
    expect(pasted).toMatchObject({ kind: 'answer', answer: { state: 'the-state' } })
  })

  test('a declined consent is an answer too', () => {
    const pasted = readPastedAnswer(`${redirectUri}?error=access_denied`, context)
    expect(pasted).toMatchObject({ answer: { kind: 'error', error: 'access_denied' } })
  })
})

describe('MP-2: what copying adds is taken off', () => {
  test.each([
    '  abc-123\t',
    '\u00a0abc-123\u3000',
    '\ufeffabc-123',
    'abc\u200b-123',
    '"abc-123"',
    "'abc-123'",
    '`abc-123`',
    '<abc-123>',
    '“abc-123”',
    '«abc-123»',
    ' "`abc-123`" ',
    '\u001b[200~abc-123\u001b[201~',
    'abc\n-123',
    'abc\r\n   -123\r\n',
  ])('%j', (text) => {
    expect(codeIn(text)).toBe('abc-123')
  })

  test('also around and inside an address that a terminal has wrapped', () => {
    expect(codeIn('<http://127.0.0.1:8080/auth/\ncallback?co\n  de=abc-123>')).toBe('abc-123')
  })
})

describe('MP-3: an address must be the one that the login comes back to', () => {
  test.each([
    'http://localhost:8080/auth/callback?code=c',
    'http://127.0.0.1:8081/auth/callback?code=c',
    'http://127.0.0.1:8080/auth/callback/?code=c',
    'https://127.0.0.1:8080/auth/callback?code=c',
    'https://example.com/?code=c',
  ])('%s is another page', (text) => {
    const pasted = readPastedAnswer(text, context)
    expect(pasted).toMatchObject({ problem: 'other-address' })
    expect(pasted.kind === 'unusable' && pasted.message).toContain(redirectUri)
  })

  test('written as a browser writes it', () => {
    expect(codeIn('http://localhost/?code=c', { redirectUri: 'http://localhost' })).toBe('c')
    expect(codeIn('http://127.0.0.1/cb?code=c', { redirectUri: 'http://127.0.0.1:80/cb' })).toBe(
      'c',
    )
  })
})

describe('MP-4: a wrong paste is recognised', () => {
  test.each([
    ['the consent page', 'https://openapi.ctrader.com/apps/auth?client_id=7_id', 'consent-page'],
    [
      'the consent page elsewhere',
      `https://id.ctrader.com/my/x?redirect_uri=${encodeURIComponent(redirectUri)}`,
      'consent-page',
    ],
    ['the answer of the token endpoint', '{"accessToken":"a","refreshToken":"b"}', 'access-token'],
    ['a piece of it', '"access_token": "abc",', 'access-token'],
    ['a variable with a token', 'REFRESH_TOKEN=abc', 'access-token'],
    ['a header', 'Bearer abcdef', 'access-token'],
    ['a JSON web token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'access-token'],
    ['the client secret', 'the-client-secret', 'client-secret'],
    ['the client id', '7_id', 'client-id'],
    ['nothing', ' \u200b ', 'empty'],
    ['a sentence', 'it says invalid redirect uri', 'not-an-answer'],
    ['an address without an answer', redirectUri, 'not-an-answer'],
    ['two codes', 'code=a&code=b', 'not-an-answer'],
    ['a code beside an error', `${redirectUri}?code=a&error=b`, 'not-an-answer'],
    ['an empty code', 'code=', 'not-an-answer'],
    ['letters no code has', 'códe', 'not-an-answer'],
    ['percent signs that encode nothing', 'abc%FFdef', 'not-an-answer'],
    ['a novel', 'a'.repeat(5000), 'not-an-answer'],
    ['no address', 'http://', 'not-an-answer'],
  ])('%s', (_what, text, problem) => {
    expect(problemWith(text)).toBe(problem)
  })

  test('what is said about it repeats nothing of it', () => {
    for (const text of ['the-client-secret', '{"accessToken":"tok-1"}', 'https://evil.example/x']) {
      const pasted = readPastedAnswer(text, context)
      expect(pasted.kind === 'unusable' && pasted.message).not.toMatch(
        /the-client-secret|tok-1|evil/,
      )
    }
  })
})

describe('MP-5: a bare code is decoded at most once', () => {
  test.each([
    ['a+b', 'a+b'],
    ['a%2Bb', 'a+b'],
    ['a%252Bb', 'a%2Bb'],
    ['100%', '100%'],
    ['a%2Fb+c', 'a/b+c'],
    ['a&b=c', 'a&b=c'],
  ])('%s', (text, code) => {
    expect(codeIn(text)).toBe(code)
  })

  test('in a query a plus sign means a space', () => {
    expect(codeIn('code=a%2Bb')).toBe('a+b')
    expect(codeIn('code=a+b')).toBe('a b')
  })
})
