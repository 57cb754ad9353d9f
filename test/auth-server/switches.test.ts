import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../../src/errors.ts'
import { resolveAuthBehaviour } from '../../src/sandbox/auth-server/auth-behaviour.ts'
import { type AuthBehaviour, authorizationPresets } from '../../src/sandbox/index.ts'
import {
  application,
  authorizeUrl,
  type Fixture,
  redirectUri,
  startFixture,
  Visitor,
} from './fixture.ts'
import { credentials, type Fields, TokenClient } from './token-client.ts'

let fixture: Fixture
let client: TokenClient
beforeEach(async () => {
  fixture = await startFixture()
  client = new TokenClient(fixture)
})
afterEach(() => fixture.server.close())

const set = (changes: Partial<AuthBehaviour>): void => fixture.server.control.behaviour.set(changes)
const grant = () => client.grant()
const post = (fields: Fields, headers?: Fields) => client.post(fields, headers)
const refresh = (token: string, more?: Fields) => client.refresh(token, more)
const exchange = (given: string, more?: Fields) => client.exchange(given, more)
const { clientId, clientSecret } = application

describe('positions', () => {
  test('default to the attested or harsher ones', () => {
    expect(resolveAuthBehaviour()).toEqual({
      tokenLifetimeSeconds: 2_628_000,
      codeLifetimeSeconds: 60,
      reconsentInvalidates: true,
      codeReplayRevokes: true,
      refreshReplayRevokes: false,
      refreshGraceSeconds: 0,
      refreshRotation: 'new',
      oldAccessTokenSeconds: 0,
      echoState: 'never',
      issuerInRedirect: false,
      denial: 'redirect',
      authorizeErrors: 'page',
      responseType: 'optional',
      redirectUriMatch: 'exact',
      pkce: 'ignored',
      tokenRequests: ['get-query', 'post-query', 'post-form'],
      clientAuthentication: 'parameters',
      failureStatus: 200,
      errorStyle: 'ctrader',
      errorCodes: {},
      fieldCase: 'both',
      successErrorFields: 'errorCode',
      metadata: false,
    })
    expect(authorizationPresets.ctrader).toEqual(resolveAuthBehaviour())
  })

  const impossible: readonly [string, object][] = [
    ['a switch that does not exist', { echostate: 'always' }],
    ['a name that every object has', { constructor: 'always' }],
    ['a status nobody offers', { failureStatus: 500 }],
    ['no form of request at all', { tokenRequests: [] }],
    ['a form nobody knows', { tokenRequests: ['put'] }],
    ['a lifetime of nothing', { tokenLifetimeSeconds: 0 }],
    ['a grace that is no number', { refreshGraceSeconds: '5' }],
    ['error codes without a code', { errorCodes: { 'wrong-secret': {} } }],
  ]
  test.each(impossible)('%s is refused, and nothing changes', (_name, changes) => {
    const before = fixture.server.control.behaviour.current
    expect(() => set({ denial: 'page', ...changes })).toThrow(InvalidArgumentError)
    expect(fixture.server.control.behaviour.current).toEqual(before)
  })

  test('can be set one by one, all at once, and back', () => {
    const { behaviour } = fixture.server.control
    const initial = behaviour.current
    behaviour.set({ denial: 'page' })
    expect(behaviour.current).toEqual({ ...initial, denial: 'page' })
    behaviour.use('rfc', { pkce: 'ignored' })
    expect(behaviour.current).toEqual({ ...authorizationPresets.rfc, pkce: 'ignored' })
    behaviour.reset()
    expect(behaviour.current).toEqual(initial)
    expect(() => behaviour.use('oauth' as 'rfc')).toThrow(/no preset "oauth"/)
  })
})

describe('the token endpoint', () => {
  test('takes only the forms of request it was told to', async () => {
    const fields = () => ({
      grant_type: 'refresh_token',
      refresh_token: grant().refreshToken,
      ...credentials,
    })
    const ways = {
      'get-query': (given: Fields) =>
        fetch(`${fixture.server.tokenUrl}?${new URLSearchParams(given)}`),
      'post-query': (given: Fields) =>
        fetch(`${fixture.server.tokenUrl}?${new URLSearchParams(given)}`, { method: 'POST' }),
      'post-form': (given: Fields) =>
        fetch(fixture.server.tokenUrl, { method: 'POST', body: new URLSearchParams(given) }),
    } as const
    const names = ['get-query', 'post-query', 'post-form'] as const
    for (const taken of names) {
      set({ tokenRequests: [taken] })
      for (const way of names) {
        const response = await ways[way](fields())
        const body = (await response.json()) as Record<string, unknown>
        if (way === taken) expect(body).toHaveProperty('accessToken')
        else expect(body).not.toHaveProperty('accessToken')
        const method = way === 'get-query' ? 'GET' : 'POST'
        const allowed = taken === 'get-query' ? 'GET' : 'POST'
        expect(response.status).toBe(method === allowed ? 200 : 405)
        if (method !== allowed) expect(response.headers.get('allow')).toBe(allowed)
      }
    }
  })

  test('what comes elsewhere is not looked at', async () => {
    set({ tokenRequests: ['post-form'] })
    const { refreshToken } = grant()
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials }
    const response = await fetch(`${fixture.server.tokenUrl}?grant_type=other&client_id=x`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    expect(await response.json()).toHaveProperty('accessToken')
  })

  const basic = (id: string, secret: string) => {
    const encoded = (text: string) => encodeURIComponent(text).replaceAll('%20', '+')
    return { authorization: `Basic ${btoa(`${encoded(id)}:${encoded(secret)}`)}` }
  }

  test('knows HTTP Basic where it was told to, each half form-encoded', async () => {
    const send = (headers: Fields, more: Fields = {}) =>
      post({ grant_type: 'refresh_token', refresh_token: grant().refreshToken, ...more }, headers)
    const right = basic(clientId, clientSecret)
    expect((await send(right)).json).toMatchObject({ description: 'Missing parameter: client_id.' })
    set({ clientAuthentication: 'parameters-or-basic', failureStatus: 'rfc6749' })
    expect((await send(right)).json).toHaveProperty('accessToken')
    expect((await send(right, { client_id: clientId })).json).toHaveProperty('accessToken')
    const wrong = await send(basic(clientId, 'wrong'))
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="cTrader sandbox"',
    ])
    const twice = await send(right, { client_secret: clientSecret })
    expect([twice.status, twice.json['description']]).toEqual([
      400,
      'The client authenticates in more than one way.',
    ])
    expect((await send(right, { client_id: 'other' })).status).toBe(400)
    for (const authorization of ['Basic !', `Basic ${btoa('nocolon')}`, `Basic ${btoa('%zz:x')}`]) {
      expect((await send({ authorization })).json).not.toHaveProperty('accessToken')
    }
  })

  test('refuses in the style it was told to', async () => {
    const refused = async (changes: Partial<AuthBehaviour>) => {
      set(changes)
      const answer = await refresh('nothing')
      return { ...answer, type: answer.headers.get('content-type') }
    }
    const description = 'Access denied. Make sure the credentials are valid.'
    const standard = { error: 'invalid_grant', error_description: description }
    expect((await refused({})).json).toEqual({ errorCode: 'ACCESS_DENIED', description })
    expect((await refused({ errorStyle: 'rfc6749' })).json).toEqual(standard)
    expect((await refused({ errorStyle: 'both' })).json).toEqual({
      errorCode: 'ACCESS_DENIED',
      description,
      ...standard,
    })
    const page = await refused({ errorStyle: 'html', failureStatus: 400 })
    expect([page.status, page.type]).toEqual([400, 'text/html; charset=utf-8'])
    expect(page.text).toContain(description)
  })

  test('names mistakes as the standard does', async () => {
    set({ errorStyle: 'rfc6749', failureStatus: 'rfc6749' })
    const named = async (fields: Fields) => {
      const { status, json } = await post(fields)
      return [status, json['error']]
    }
    const grantType = 'refresh_token'
    expect(await named({})).toEqual([400, 'invalid_request'])
    expect(await named({ grant_type: 'password' })).toEqual([400, 'unsupported_grant_type'])
    expect(await named({ grant_type: grantType, ...credentials })).toEqual([400, 'invalid_request'])
    expect(await named({ grant_type: grantType, refresh_token: 'x' })).toEqual([
      401,
      'invalid_client',
    ])
    const unknown = { grant_type: grantType, refresh_token: 'x', ...credentials, client_id: 'x' }
    expect(await named(unknown)).toEqual([401, 'invalid_client'])
    fixture.server.control.applications.update(clientId, { status: 'submitted' })
    expect(await named({ ...unknown, client_id: clientId })).toEqual([400, 'unauthorized_client'])
  })

  test('uses the error codes it was given for each case', async () => {
    set({
      errorCodes: {
        'wrong-secret': { errorCode: 'CH_CLIENT_AUTH_FAILURE', description: 'Wrong secret' },
        'unknown-refresh-token': { errorCode: 'CH_ACCESS_TOKEN_INVALID' },
      },
    })
    expect((await refresh('x', { ...credentials, client_secret: 'no' })).json).toEqual({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
      description: 'Wrong secret',
    })
    expect((await refresh('x')).json).toEqual({
      errorCode: 'CH_ACCESS_TOKEN_INVALID',
      description: 'Access denied. Make sure the credentials are valid.',
    })
  })

  test('spells tokens as it was told to', async () => {
    const keys = async (changes: Partial<AuthBehaviour>) => {
      set(changes)
      return Object.keys((await refresh(grant().refreshToken)).json).join(' ')
    }
    expect(await keys({ fieldCase: 'camel' })).toBe(
      'accessToken tokenType expiresIn refreshToken errorCode',
    )
    expect(await keys({ successErrorFields: 'errorCode-description' })).toBe(
      'accessToken tokenType expiresIn refreshToken errorCode description',
    )
    expect(await keys({ fieldCase: 'snake', successErrorFields: 'none' })).toBe(
      'access_token refresh_token expires_in token_type scope',
    )
  })
})

describe('the authorize endpoint', () => {
  const open = async (changes: Readonly<Record<string, string | undefined>> = {}) => {
    const { response, html } = await new Visitor(authorizeUrl(fixture.server, changes)).open()
    return { status: response.status, location: response.headers.get('location'), html }
  }

  test('sends the state back now and then, the same with the same seed', async () => {
    set({ echoState: 'sometimes' })
    const url = authorizeUrl(fixture.server, { state: 'abc' })
    const run = (from: Fixture) =>
      Array.from({ length: 20 }, () =>
        from.server.control.consents.allow(url).includes('state=abc'),
      )
    const first = run(fixture)
    expect(new Set(first).size).toBe(2)
    await using twin = await startFixture({ behaviour: { echoState: 'sometimes' } })
    expect(run(twin)).toEqual(first)
  })

  test('names itself in the redirect', () => {
    set({ issuerInRedirect: true })
    const location = fixture.server.control.consents.allow(authorizeUrl(fixture.server))
    expect(new URL(location).searchParams.get('iss')).toBe(fixture.server.origin)
  })

  test('reports mistakes on a page or to the application, never to one that is not sure', async () => {
    const wrong = { scope: 'all', state: 's' }
    expect(await open(wrong)).toMatchObject({ status: 400, location: null })
    set({ authorizeErrors: 'redirect', echoState: 'always' })
    expect(await open(wrong)).toMatchObject({
      status: 302,
      location: `${redirectUri}?error=invalid_scope&state=s`,
    })
    expect((await open({ response_type: 'token' })).location).toBe(
      `${redirectUri}?error=unsupported_response_type`,
    )
    const astray = { ...wrong, redirect_uri: 'http://127.0.0.1:9/elsewhere' }
    expect(await open(astray)).toMatchObject({ status: 400, location: null })
  })

  test('wants a response type, or does not care', async () => {
    set({ responseType: 'required' })
    expect((await open()).html).toContain('Missing response type')
    expect((await open({ response_type: 'code' })).status).toBe(200)
    set({ responseType: 'ignored' })
    expect((await open({ response_type: 'token' })).status).toBe(200)
  })

  test('lets loopback addresses have any port, and nothing else of them be different', async () => {
    const otherPort = 'http://127.0.0.1:9999/auth/callback'
    expect((await open({ redirect_uri: otherPort })).status).toBe(400)
    set({ redirectUriMatch: 'any-loopback-port' })
    expect((await open({ redirect_uri: otherPort })).status).toBe(200)
    const location = fixture.server.control.consents.allow(
      authorizeUrl(fixture.server, { redirect_uri: otherPort }),
    )
    const given = new URL(location).searchParams.get('code') ?? ''
    expect((await exchange(given)).json).toHaveProperty('errorCode', 'ACCESS_DENIED')
    expect(
      (
        await post({
          grant_type: 'authorization_code',
          code: given,
          redirect_uri: otherPort,
          ...credentials,
        })
      ).json,
    ).toHaveProperty('accessToken')
    for (const astray of [
      'http://127.0.0.1:9999/auth/callback/',
      'http://127.0.0.2:9999/auth/callback',
      'https://127.0.0.1:9999/auth/callback',
      'http://127.0.0.1:9999@evil.example/auth/callback',
      'http://127.0.0.1.evil.example/auth/callback',
      'http://localhost:9999/auth/callback',
    ]) {
      expect((await open({ redirect_uri: astray })).status).toBe(400)
    }
  })

  test('holds the verifier against the challenge', async () => {
    // The example of RFC 7636, appendix B.
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    const asked = (changes: Fields) =>
      new URL(
        fixture.server.control.consents.allow(authorizeUrl(fixture.server, changes)),
      ).searchParams.get('code') ?? ''
    const challenged = { code_challenge: challenge, code_challenge_method: 'S256' }
    const withVerifier = { ...credentials, code_verifier: verifier }
    // The original knows nothing of it.
    expect((await exchange(asked(challenged))).json).toHaveProperty('accessToken')
    set({ pkce: 'verified' })
    expect((await exchange(asked(challenged), withVerifier)).json).toHaveProperty('accessToken')
    const refused = [
      await exchange(asked(challenged)),
      await exchange(asked(challenged), { ...withVerifier, code_verifier: `${verifier}x` }),
      await exchange(asked({}), withVerifier),
    ]
    for (const { json } of refused) expect(json).toHaveProperty('errorCode', 'ACCESS_DENIED')
    expect((await exchange(asked({}))).json).toHaveProperty('accessToken')
    const plain = { code_challenge: challenge, code_challenge_method: 'plain' }
    expect((await open(plain)).html).toContain('Invalid code challenge')
    expect((await open({ ...challenged, code_challenge: 'short' })).status).toBe(400)
  })

  test('describes itself where it was told to', async () => {
    const url = `${fixture.server.origin}/.well-known/oauth-authorization-server`
    expect((await fetch(url)).status).toBe(404)
    fixture.server.control.behaviour.use('rfc')
    expect(await (await fetch(url)).json()).toMatchObject({
      issuer: fixture.server.origin,
      authorization_endpoint: fixture.server.authorizeUrl,
      token_endpoint: fixture.server.tokenUrl,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
  })
})
