import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { InvalidRedirectUriError, OAuthConfigurationError } from '../errors.ts'
import { openApiEndpoints } from '../server/endpoints.ts'
import {
  type AuthorizationRequestOptions,
  createAuthorizationRequest,
} from './authorization-url.ts'

const clock = new ManualClock('2026-01-05T12:00:00Z')
const options: AuthorizationRequestOptions = {
  application: { clientId: '77_client', clientSecret: 'the-client-secret' },
  redirectUri: 'http://127.0.0.1:8080/auth/callback',
  scope: 'accounts',
  clock,
}

function parametersOf(changes: Partial<AuthorizationRequestOptions> = {}): URLSearchParams {
  return new URL(createAuthorizationRequest({ ...options, ...changes }).url).searchParams
}

describe('an authorization request', () => {
  test('AU-2: sends the five parameters, and product only on request', () => {
    const request = createAuthorizationRequest(options)
    const url = new URL(request.url)
    expect(url.origin + url.pathname).toBe('https://openapi.ctrader.com/apps/auth')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: '77_client',
      redirect_uri: 'http://127.0.0.1:8080/auth/callback',
      response_type: 'code',
      scope: 'accounts',
      state: request.state,
    })
    expect(parametersOf({ product: 'web' }).get('product')).toBe('web')
  })

  test('AU-1: encodes everything, and keeps the parameters of the endpoint', () => {
    const authorizeUrl = 'https://login.example/authorize?tenant=a%26b&lang=de'
    const redirectUri = 'https://app.example/cb?next=%2Fhome&x=a+b'
    const parameters = parametersOf({
      redirectUri,
      endpoints: { ...openApiEndpoints, authorizeUrl },
      application: { clientId: 'a&b=c#d%e+f' },
    })
    expect(parameters.get('tenant')).toBe('a&b')
    expect(parameters.get('lang')).toBe('de')
    expect(parameters.get('client_id')).toBe('a&b=c#d%e+f')
    expect(parameters.get('redirect_uri')).toBe(redirectUri)
  })

  test.each([
    'http://127.0.0.1:8080',
    'http://127.0.0.1:80/cb',
    'https://app.example:443/cb',
    'https://App.Example/CB/?a=%7e',
  ])('RU-2: %s goes out byte for byte', (redirectUri) => {
    const request = createAuthorizationRequest({ ...options, redirectUri })
    expect(request.redirectUri).toBe(redirectUri)
    expect(new URL(request.url).searchParams.get('redirect_uri')).toBe(redirectUri)
  })

  test('AU-3: extra parameters are added, but none of the protocol', () => {
    expect(parametersOf({ extra: { locale: 'ru', 'x y': 'ä&' } }).get('x y')).toBe('ä&')
    const reserved = ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'code']
    for (const name of [...reserved, 'client_secret', 'code_challenge', '']) {
      expect(() => parametersOf({ extra: { [name]: 'x' } })).toThrow(OAuthConfigurationError)
    }
  })

  test('AU-3: a name of the endpoint cannot be repeated', () => {
    const endpoints = { ...openApiEndpoints, authorizeUrl: 'https://login.example/?locale=de' }
    expect(() => parametersOf({ endpoints, extra: { locale: 'ru' } })).toThrow(/locale/)
  })

  test('AU-4: neither the secret nor an id that is the secret gets into the URL', () => {
    expect(createAuthorizationRequest(options).url).not.toContain('the-client-secret')
    expect(() => parametersOf({ extra: { note: 'x the-client-secret' } })).toThrow(/client secret/)
    expect(() =>
      parametersOf({ application: { clientId: 'same-text', clientSecret: 'same-text' } }),
    ).toThrow(/same text/)
  })

  test.each([
    undefined,
    '',
    'Accounts',
    'TRADING',
    'accounts trading',
    'accounts,trading',
    ['trading'],
  ])('AU-5: refuses the scope %j', (scope) => {
    // The types forbid these values; a program in plain JavaScript can still pass them.
    const wrong = { ...options, scope } as unknown as AuthorizationRequestOptions
    expect(() => createAuthorizationRequest(wrong)).toThrow(/"accounts" or "trading"/)
  })

  test('AU-7: returns what the callback and the exchange need', () => {
    const request = createAuthorizationRequest({ ...options, scope: 'trading' })
    expect(request).toEqual({
      url: expect.any(String),
      state: expect.stringMatching(/^[\w-]{43}$/),
      redirectUri: options.redirectUri,
      scope: 'trading',
      expiresAt: clock.now() + 600_000,
    })
    expect(createAuthorizationRequest({ ...options, ttlMs: 5 }).expiresAt).toBe(clock.now() + 5)
    expect(createAuthorizationRequest(options).state).not.toBe(request.state)
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a life of %d ms', (ttlMs) => {
    expect(() => createAuthorizationRequest({ ...options, ttlMs })).toThrow(/ttlMs/)
  })

  test('RU-6: a URI that is not among the registered ones is refused with the difference', () => {
    const registered = ['https://app.example/cb', 'http://127.0.0.1:8080/auth/callback/']
    const failure = (): unknown => parametersOf({ registeredRedirectUris: registered })
    expect(failure).toThrow(InvalidRedirectUriError)
    expect(failure).toThrow(/trailing slash/)
    expect(failure).toThrow(/Playground/)
    try {
      failure()
    } catch (error) {
      expect((error as InvalidRedirectUriError).facts).toMatchObject({
        registered,
        nearest: registered[1],
        differs: ['trailing-slash'],
      })
    }
  })
})
