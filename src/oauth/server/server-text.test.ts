import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../secret.ts'
import { cleanServerText, createScrubber } from './server-text.ts'

describe('words of a server', () => {
  const value = 'p+q&r=s%t/u é"\\w'
  const scrub = createScrubber([new Secret(value)])
  const base64 = Buffer.from(value).toString('base64')

  test.each([
    ['plain', value],
    ['URL-encoded', encodeURIComponent(value)],
    [
      'URL-encoded in lower case',
      encodeURIComponent(value).replace(/%../g, (x) => x.toLowerCase()),
    ],
    ['form-encoded', new URLSearchParams({ v: value }).toString().slice(2)],
    ['in base64', base64],
    ['in base64 without padding', base64.replaceAll('=', '')],
    ['in base64url', Buffer.from(value).toString('base64url')],
    ['JSON-escaped', JSON.stringify(value).slice(1, -1)],
  ])('SE-4: a secret is found %s', (_form, text) => {
    expect(scrub(`got ${text}, sorry`)).toBe('got [secret], sorry')
  })

  test('SE-4: a short secret is replaced only where it stands alone', () => {
    const short = createScrubber([new Secret('abc')])
    expect(short('abc abcd xabc "abc"')).toBe('[secret] abcd xabc "[secret]"')
  })

  test('SE-4: an invisible character inside does not hide it', () => {
    const hidden = createScrubber([new Secret('verysecret')])
    expect(cleanServerText('it is very\u200bsecret', hidden)).toBe('it is [secret]')
  })

  test('CB-12: control characters go and the length is capped', () => {
    const none = createScrubber([])
    expect(cleanServerText('a\u001b[31mred\r\nline\u202etwo\0', none)).toBe('a [31mred linetwo')
    expect(cleanServerText('x'.repeat(1000), none)).toHaveLength(300)
  })

  test('no secret of any shape survives', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, unit: 'grapheme-ascii' }),
        fc.string(),
        (secret, rest) => {
          fc.pre(!rest.includes(secret) && !'[secret]'.includes(secret))
          const clean = createScrubber([new Secret(secret)])
          expect(clean(`${rest} ${secret} ${encodeURIComponent(secret)}`)).not.toContain(secret)
        },
      ),
    )
  })
})
