import { describe, expect, test } from 'vitest'
import { Secret } from '../../secret.ts'
import { OAuthConfigurationError } from '../errors.ts'
import { requireApplication, requireClientId } from './application.ts'

const clientId = '1234_abcdef'

describe('an application', () => {
  test('CX-3: a secret may contain anything a form can carry', () => {
    for (const clientSecret of ['a+b&c=d%e/f g', "é!'()*", '短い', new Secret('plain')]) {
      const value = typeof clientSecret === 'string' ? clientSecret : clientSecret.reveal()
      const checked = requireApplication({ clientId, clientSecret })
      expect(checked.clientSecret.reveal()).toBe(value)
    }
  })

  test.each([' zq9', 'zq9 ', 'zq9\n', '\tzq9', 'zq\r\n9', 'zq\x009', '\ufeffzq9'])(
    'CX-4: nothing is trimmed from the secret %j, it is refused and its source named',
    (clientSecret) => {
      const sources = { clientSecret: 'CTRADER_CLIENT_SECRET' }
      const failure = (): unknown => requireApplication({ clientId, clientSecret, sources })
      expect(failure).toThrow(OAuthConfigurationError)
      expect(failure).toThrow(/CTRADER_CLIENT_SECRET/)
      expect(failure).not.toThrow(/zq|9/)
    },
  )

  test.each(['', ' id', 'id ', 'i d', 'id\n', 'i\u200bd', 'i\u0000d'])(
    'AU-4: refuses the client id %j',
    (id) => {
      expect(() => requireClientId({ clientId: id })).toThrow(OAuthConfigurationError)
    },
  )

  test('AU-4: refuses a secret in the place of the id, without showing it', () => {
    const both = { clientId: 'same-text-in-both', clientSecret: 'same-text-in-both' }
    expect(() => requireApplication(both)).toThrow(/same text/)
    expect(() => requireApplication(both)).not.toThrow(/same-text/)
  })

  test('a missing secret is named', () => {
    expect(() => requireApplication({ clientId, clientSecret: '' })).toThrow(/secret is missing/)
  })
})
