import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { CTraderError } from '../errors.ts'
import * as oauth from './index.ts'

const unreachable = new oauth.TokenEndpointUnreachableError(
  'No answer.',
  { outcome: 'unknown', reason: 'timeout' },
  { remedy: 'Try again.' },
)

/** One of each, as its thrower makes it. */
const errors: readonly oauth.OAuthError[] = [
  new oauth.OAuthConfigurationError('Wrong option.', { remedy: 'Set it right.' }),
  new oauth.InvalidRedirectUriError('Wrong redirect URI.'),
  new oauth.AuthorizationDeniedError(),
  new oauth.StateMismatchError('mismatch'),
  new oauth.MalformedCallbackError('its code is empty'),
  new oauth.IdentityChangedError(1, 2),
  new oauth.ScopeInsufficientError('trading', 'accounts'),
  new oauth.ManualInputError('empty', 'Nothing was pasted.'),
  new oauth.CallbackPortInUseError([{ port: 8080, reason: 'in use' }]),
  new oauth.AuthorizationTimeoutError('http://127.0.0.1:8080/cb', 300_000),
  new oauth.CallbackListenerClosedError('it was closed'),
  new oauth.TokenRequestRefusedError({ serverCode: 'NEW_CODE' }),
  new oauth.InvalidAuthorizationCodeError('used', 2_000, { serverCode: 'ACCESS_DENIED' }),
  new oauth.InvalidClientCredentialsError('certain'),
  new oauth.ApplicationInactiveError(),
  new oauth.RefreshTokenRefusedError(),
  new oauth.AccessTokenExpiredError({ expiresAt: 0, refreshable: true }),
  unreachable,
  new oauth.TokenEndpointUnavailableError('Down.'),
  new oauth.TokenRateLimitedError({ retryAfterMs: 1_500 }),
  new oauth.TokenResponseMalformedError('not-json', 'Not JSON.'),
  new oauth.RefreshOutcomeUnknownError(unreachable),
  new oauth.TokenStoreCorruptError('unreadable', '/tokens/demo.json'),
  new oauth.TokenStoreInsecureError('/tokens', 'its mode is 755', 'Run: chmod 700 /tokens'),
  new oauth.TokenStoreConflictError(1, 2),
  new oauth.TokenStoreAccessError('write', '/tokens', 'ENOSPC'),
  new oauth.TokenStoreLockedError('profile "demo"', 60_000, 'host:12'),
  new oauth.TokenStoreLockLostError('profile "demo"', 7),
  new oauth.TokenStoreTimeoutError('write', 'PostgreSQL table x', 10_000, 'refresh-sent'),
  new oauth.NotLoggedInError('profile "demo"'),
  new oauth.ReauthorizationRequiredError({
    reason: 'refresh_consumed',
    grant: 'profile "demo"',
    generation: 4,
    lastSuccessAt: 0,
    owner: 'host:12',
  }),
  new oauth.TokenPersistError('profile "demo"', 5, '/emergency/demo.json'),
  new oauth.RefresherSilentError('profile "demo"', 4, 60_000),
  new oauth.TokenWaitTimeoutError('profile "demo"', 1_000),
  new oauth.GrantClosedError('profile "demo"'),
]

describe('the errors of this layer', () => {
  test('each class that is exported is among those looked at here', () => {
    const exported = Object.values(oauth).filter(
      (value) => typeof value === 'function' && value.prototype instanceof oauth.OAuthError,
    )
    expect(new Set(errors.map((error) => error.constructor))).toEqual(new Set(exported))
  })

  test('ER: each has a code of its own', () => {
    const codes = errors.map((error) => error.code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const code of codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/)
  })

  test.each(errors.map((error) => [error.name, error] as const))(
    'ER: %s states cause and remedy',
    (name, error) => {
      expect(error).toBeInstanceOf(CTraderError)
      expect(name).toBe(error.constructor.name)
      expect(error.remedy).toMatch(/^[A-Z].*[^ ]$/s)
      expect(error.message.endsWith(error.remedy)).toBe(true)
      expect(error.message.slice(0, -error.remedy.length)).toMatch(/^[A-Z].*\. $/s)
      expect(['user', 'config', 'transient', 'terminal', 'internal']).toContain(error.kind)
      expect(error.docsUrl).toMatch(/^https:/)
      expect(error.toJSON()).toMatchObject({ name, code: error.code })
    },
  )

  test('ER-1: an unknown code of the server survives', () => {
    const error = new oauth.TokenRequestRefusedError({
      serverCode: 'NEW_CODE',
      serverDescription: 'because',
      httpStatus: 418,
    })
    expect(error).toMatchObject({
      serverCode: 'NEW_CODE',
      serverDescription: 'because',
      httpStatus: 418,
    })
    expect(error.facts).toMatchObject({ serverCode: 'NEW_CODE', httpStatus: 418 })
    expect(error.message).toContain('(NEW_CODE), saying "because"')
  })

  test('ER: an expired token says whether a refresh helps', () => {
    const none = new oauth.AccessTokenExpiredError({ refreshable: false })
    expect(none.remedy).toContain('log in again')
    const some = new oauth.AccessTokenExpiredError({ expiresAt: 0, refreshable: true })
    expect(some.message).toContain('1970-01-01T00:00:00.000Z')
    expect(some.remedy).toContain('authorise the accounts again')
  })
})

test('SE-2: tokens and requests that hold secrets show none of them', async () => {
  const tokens = oauth.createTokenSet({ accessToken: 'access-A', refreshToken: 'refresh-A' })
  const seen = [
    inspect(tokens, { customInspect: false, showHidden: true, depth: 9 }),
    inspect({ ...tokens }, { depth: 9 }),
    JSON.stringify(tokens),
    `${tokens.accessToken}`,
    JSON.stringify(structuredClone({ ...tokens })),
  ].join('\n')
  expect(seen).not.toMatch(/access-A|refresh-A/)
})

test('a port that two redirect URIs share is named once', () => {
  const inUse = { port: 8080, reason: 'in use' }
  const { message, attempts } = new oauth.CallbackPortInUseError([inUse, inUse])
  expect(message).toContain('on port 8080 (in use).')
  expect(attempts).toHaveLength(2)
})
