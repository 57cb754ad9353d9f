import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidRedirectUriError } from '../errors.ts'
import { validateRedirectUri } from './redirect-uri.ts'
import { parseRedirectUri } from './redirect-uri-syntax.ts'

const registered = 'http://localhost:8080/auth/callback'

function partsOf(uri: string, ...known: string[]): unknown {
  const result = validateRedirectUri(uri, known)
  return result.ok
    ? 'ok'
    : result.differences.map(({ part, of }) => (of ? `${part} of ${of}` : part))
}

describe('a redirect URI', () => {
  test('that is registered is fine, whatever else is registered', () => {
    expect(validateRedirectUri(registered, ['https://x.example/', registered])).toMatchObject({
      ok: true,
      uri: registered,
      message: '',
    })
  })

  test.each([
    ['https://localhost:8080/auth/callback', ['scheme']],
    ['http://127.0.0.1:8080/auth/callback', ['host']],
    ['http://localhost:8081/auth/callback', ['port']],
    ['http://localhost/auth/callback', ['port']],
    ['http://localhost:8080/callback', ['path']],
    ['http://localhost:8080/auth/callback/', ['trailing-slash']],
    ['http://localhost:8080/auth/callback?a=1', ['query']],
    ['http://localhost:8080/auth/Callback', ['case of path']],
    ['HTTP://localhost:8080/auth/callback', ['case of scheme']],
    ['https://localhost:9/auth/callback/', ['scheme', 'port', 'trailing-slash']],
  ])('says which part of %s differs', (uri, parts) => {
    expect(partsOf(uri, registered)).toEqual(parts)
  })

  test('a default port that is written on one side only is a difference', () => {
    expect(partsOf('http://127.0.0.1:80/cb', 'http://127.0.0.1/cb')).toEqual(['port'])
    expect(partsOf('https://app.example/cb', 'https://app.example:443/cb')).toEqual(['port'])
    expect(partsOf('http://127.0.0.1:8080', 'http://127.0.0.1:8080/')).toEqual(['trailing-slash'])
    expect(partsOf('https://app.example/%7Ea', 'https://app.example/~a')).toEqual(['path'])
  })

  test('is compared with the nearest registered one, and the sentence names both values', () => {
    const result = validateRedirectUri('http://localhost:8081/auth/callback', [
      'https://app.example/callback',
      registered,
      'http://127.0.0.1:9999/other',
    ])
    expect(result).toMatchObject({ ok: false, reason: 'not-registered', nearest: registered })
    expect(result.message).toContain('the port differs (given "8081", registered "8080")')
    expect(result.message).toContain('"http://localhost:8081/auth/callback"')
  })

  test('says it in words for a missing part and for the slash on either side', () => {
    expect(validateRedirectUri('http://localhost/auth/callback', [registered]).message).toContain(
      'the port differs (given none, registered "8080")',
    )
    expect(validateRedirectUri(`${registered}/`, [registered]).message).toContain(
      'the given one has a trailing slash',
    )
    expect(validateRedirectUri(registered, [`${registered}/`]).message).toContain(
      'lacks the trailing slash',
    )
  })

  test('nothing registered, or nothing that can be compared, is said as such', () => {
    const none = validateRedirectUri(registered, [])
    expect(none).toMatchObject({ ok: false, nearest: undefined, differences: [] })
    expect(none.message).toContain('no registered redirect URI')
    expect(validateRedirectUri(registered, ['not a uri']).message).toContain('compared')
  })

  test.each([
    ['', 'missing'],
    ['http://localhost:8080/a b', 'characters'],
    ['http://localhost:8080/cb\n', 'characters'],
    ['http://local\thost:8080/cb', 'characters'],
    ['http://ⓛocalhost:8080/cb', 'characters'],
    ['http://evil.com\\@localhost/cb', 'characters'],
    ['localhost:8080/cb', 'not-absolute'],
    ['/callback', 'not-absolute'],
    ['urn:ietf:wg:oauth:2.0:oob', 'not-absolute'],
    ['http:/localhost/cb', 'not-absolute'],
    ['htp://localhost:8080/cb', 'scheme'],
    ['myapp://callback', 'scheme'],
    ['http://example.com/cb', 'scheme'],
    ['https://app.example/cb#top', 'fragment'],
    ['https://app.example/cb#', 'fragment'],
    ['https://user:pass@app.example/cb', 'user-information'],
    ['http://localhost@evil.example/cb', 'user-information'],
    ['http://evil.example@localhost/cb', 'user-information'],
    ['https:///cb', 'host'],
    ['https://app.example./cb', 'host'],
    ['https://2130706433/cb', 'host'],
    ['https://%6cocalhost/cb', 'host'],
    ['https://a..b:x/cb', 'port'],
    ['http://127.0.0.1:0/cb', 'port'],
    ['http://127.0.0.1:65536/cb', 'port'],
    ['http://127.0.0.1:080/cb', 'port'],
    ['http://127.0.0.1:/cb', 'port'],
    ['http://127.0.0.1:8080/a/../cb', 'path'],
    ['http://127.0.0.1:8080/%2e%2e/cb', 'path'],
    ['http://127.0.0.1:8080/a"b', 'path'],
    ['http://127.0.0.1:8080/cb?state=mine', 'query'],
    ['https://openapi.ctrader.com/apps/7/playground', 'playground'],
  ])('RU-1, RU-6: %j is refused for its %s', (uri, problem) => {
    const result = validateRedirectUri(uri, [uri])
    expect(result).toMatchObject({ ok: false, reason: 'malformed', problem })
    expect(result.message).toContain('cannot be used')
    expect(() => parseRedirectUri(uri)).toThrow(InvalidRedirectUriError)
  })

  test.each([
    'localhost.',
    '127.0.0.2',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0.0.0.0',
    '[::]',
    'localhost.example.com',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
    'LOCALHOST',
  ])('RU-3: %s is not loopback, so that plain http is refused', (host) => {
    expect(validateRedirectUri(`http://${host}:8080/cb`, [])).toMatchObject({
      ok: false,
      reason: 'malformed',
    })
  })

  test('RU-3: 127.0.0.1, [::1] and localhost are loopback', () => {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const uri = `http://${host}:8080/cb`
      expect(validateRedirectUri(uri, [uri]).ok).toBe(true)
      expect(parseRedirectUri(uri)).toMatchObject({ host, port: '8080', path: '/cb' })
    }
  })

  test('RU-4, RU-7: localhost and the root path are warned about, 127.0.0.1/callback is not', () => {
    const codes = (uri: string): string[] =>
      validateRedirectUri(uri, [uri]).warnings.map((warning) => warning.code)
    expect(codes('http://localhost:8080/callback')).toEqual(['localhost-name'])
    expect(codes('http://127.0.0.1:8080/')).toEqual(['root-path'])
    expect(codes('http://localhost:8080')).toEqual(['localhost-name', 'root-path'])
    expect(codes('http://127.0.0.1:8080/callback')).toEqual([])
  })

  test('RU-6: a typing error in the scheme gets a guess and the nearest registered one', () => {
    const result = validateRedirectUri('htp://localhost:8080/auth/callback', [registered])
    expect(result.message).toContain('did you mean http?')
    expect(result.message).toContain('the scheme differs (given "htp", registered "http")')
  })

  test('a password in it is not repeated', () => {
    const uri = 'https://me:hunter2@app.example/cb'
    expect(validateRedirectUri(uri, []).message).not.toContain('hunter2')
    expect(() => parseRedirectUri(uri)).not.toThrow(/hunter2/)
  })

  test('any text at all gets an answer, and only a registered one is ok', () => {
    const host = fc.constantFrom('localhost', '127.0.0.1', '[::1]', 'a.example', '%6c', '1.2')
    const port = fc.constantFrom('', ':80', ':08', ':70000', ':1')
    const uri = fc
      .tuple(
        fc.constantFrom('http', 'https', 'HTTP', 'x'),
        host,
        port,
        fc.string({ maxLength: 12 }),
      )
      .map(([scheme, name, number, rest]) => `${scheme}://${name}${number}/${rest}`)
    fc.assert(
      fc.property(fc.oneof(uri, fc.string()), fc.array(uri, { maxLength: 3 }), (text, known) => {
        const result = validateRedirectUri(text, known)
        if (result.ok) expect(known).toContain(text)
        else expect(result.message).not.toBe('')
        if (!result.ok && result.reason === 'not-registered' && result.nearest !== undefined) {
          expect(result.differences.length).toBeGreaterThan(0)
        }
      }),
    )
  })
})
