import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { CTraderError } from './errors.ts'
import { Secret, toSecret } from './secret.ts'

const value = 'canary-of-a-secret+/=é'

/** Every way in which a value is turned into text. */
const ways: [string, (secret: Secret) => unknown][] = [
  ['String()', (secret) => String(secret)],
  ['a template', (secret) => `${secret}`],
  ['concatenation', (secret) => `a${secret}`],
  ['toString', (secret) => secret.toString()],
  ['toLocaleString', (secret) => (secret as object).toLocaleString()],
  ['JSON', (secret) => JSON.stringify({ secret, list: [secret] })],
  ['Symbol.toPrimitive', (secret) => secret[Symbol.toPrimitive]()],
  ['Object.prototype.toString', (secret) => Object.prototype.toString.call(secret)],
  ['inspect', (secret) => inspect({ secret }, { depth: 9, showHidden: true })],
  [
    'inspect without custom inspection',
    (secret) =>
      inspect({ secret }, { customInspect: false, showHidden: true, getters: true, depth: 9 }),
  ],
  ['inspect with a proxy', (secret) => inspect(new Proxy(secret, {}), { showProxy: true })],
  ['format %s', (secret) => format('%s', secret)],
  ['format %o', (secret) => format('%o', { secret })],
  ['format %O', (secret) => format('%O', secret)],
  ['format %j', (secret) => format('%j', { secret })],
  ['format %d', (secret) => format('%d', secret)],
  ['entries', (secret) => inspect(Object.entries(secret))],
  [
    'own names',
    (secret) => inspect(Reflect.ownKeys(secret).map((name) => Reflect.get(secret, name))),
  ],
  ['spread', (secret) => inspect({ ...secret }, { showHidden: true })],
  ['a copy', (secret) => inspect(Object.assign({}, secret))],
  [
    'a structured clone',
    (secret) => inspect(structuredClone({ secret: { ...secret } }), { depth: 9 }),
  ],
  ['the structured clone of itself', (secret) => inspect(structuredClone(secret), { depth: 9 })],
  [
    'a message port',
    (secret) => inspect(structuredClone([secret]), { showHidden: true, depth: 9 }),
  ],
  ['an error', (secret) => inspect(new Error(`wrong: ${secret}`), { depth: 9 })],
  [
    'the cause of an error',
    (secret) => {
      const error = new CTraderError('X', 'Wrong.', { cause: secret })
      return `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}${error.stack}`
    },
  ],
  ['a table', (secret) => tableOf({ secret })],
]

describe('SE-1, SE-2: a secret does not show itself', () => {
  test.each(ways)('in %s', (_name, show) => {
    const seen = inspect(show(new Secret(value)), { depth: 9 })
    expect(seen).not.toContain('canary')
  })

  test('SE-1: and says that it is one where it is meant to be text', () => {
    const secret = new Secret(value)
    expect([`${secret}`, JSON.stringify(secret), inspect(secret), format('%s', secret)]).toEqual([
      '[secret]',
      '"[secret]"',
      '[secret]',
      '[secret]',
    ])
  })

  test('is not comparable by accident, only on purpose', () => {
    const secret = new Secret(value)
    expect(secret.equals(new Secret(value))).toBe(true)
    expect(secret.equals(new Secret('other'))).toBe(false)
    expect(Object.isFrozen(secret)).toBe(true)
    expect(secret.reveal()).toBe(value)
    expect(toSecret(secret)).toBe(secret)
  })

  test('SE-6: its fingerprint tells two apart without showing either', () => {
    const secret = new Secret(value)
    expect(secret.fingerprint()).toMatch(/^[0-9a-f]{8}$/)
    expect(secret.fingerprint()).toBe(new Secret(value).fingerprint())
    expect(secret.fingerprint()).not.toBe(new Secret('other').fingerprint())
  })

  test('an empty one is refused', () => {
    expect(() => new Secret('')).toThrow(/at least one character/)
  })
})

function tableOf(value: object): string {
  const written: string[] = []
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      done()
    },
  })
  new Console({ stdout }).table([value])
  return written.join('')
}
