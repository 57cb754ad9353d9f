import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as strict from 'oauth4webapi'
import * as openid from 'openid-client'
import { AuthorizationCode } from 'simple-oauth2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { authorizationPresets, consentByHttp, type Sandbox } from '../../src/sandbox/index.ts'
import { logIn, startSandbox } from '../sandbox/fixture.ts'

let sandbox: Sandbox
let application: { readonly redirectUri: string; readonly arrived: URL[]; close(): void }
beforeEach(async () => {
  application = await startApplication()
  sandbox = await startSandbox({
    behaviour: authorizationPresets.rfc,
    redirectUris: [application.redirectUri],
  })
})
afterEach(() => application.close())

/** Where the browser comes back to. */
async function startApplication() {
  const arrived: URL[] = []
  const server = createServer((request, response) => {
    arrived.push(new URL(request.url ?? '', `http://${request.headers.host}`))
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { redirectUri: `http://127.0.0.1:${port}/callback`, arrived, close }
}

/** What the person does, on the pages, and the address the browser arrives at. */
async function consent(url: URL | string, decision: 'allow' | 'deny' = 'allow'): Promise<URL> {
  const { username, password } = sandbox
  const { returned } = await consentByHttp({ url, username, password, decision })
  const [arrived] = application.arrived.splice(0)
  if (!returned || arrived === undefined) throw new Error('The browser did not come back.')
  return arrived
}

/** How many accounts the API host shows for a token: proof that it is one. */
async function accountsSeenWith(accessToken: unknown): Promise<number> {
  const client = await logIn(sandbox)
  const answer = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
  const list: unknown = answer.payload['ctidTraderAccount']
  return Array.isArray(list) ? list.length : 0
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it went through'),
    (error: unknown) => error,
  )
}

/** The origin of a sandbox, as its metadata names the issuer. */
const issuerOf = (): URL => new URL(new URL(sandbox.tokenUrl).origin)

describe('oauth4webapi', () => {
  const insecure = { [strict.allowInsecureRequests]: true }

  async function start() {
    const issuer = issuerOf()
    const answer = await strict.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
    const server = await strict.processDiscoveryResponse(issuer, answer)
    const client: strict.Client = { client_id: sandbox.clientId }
    const verifier = strict.generateRandomCodeVerifier()
    const state = strict.generateRandomState()
    const url = new URL(server.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      client_id: sandbox.clientId,
      redirect_uri: application.redirectUri,
      response_type: 'code',
      scope: 'trading',
      state,
      code_challenge: await strict.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()
    return { server, client, verifier, state, url }
  }

  test.each([
    ['in the header', strict.ClientSecretBasic],
    ['in the form', strict.ClientSecretPost],
  ])('completes a code flow and a refresh, the secret %s', async (_name, authenticate) => {
    const { server, client, verifier, state, url } = await start()
    const secret = authenticate(sandbox.clientSecret)
    const parameters = strict.validateAuthResponse(server, client, await consent(url), state)
    const exchanged = await strict.authorizationCodeGrantRequest(
      server,
      client,
      secret,
      parameters,
      application.redirectUri,
      verifier,
      insecure,
    )
    const tokens = await strict.processAuthorizationCodeResponse(server, client, exchanged)
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 2_628_000, scope: 'trading' })
    expect(await accountsSeenWith(tokens.access_token)).toBe(sandbox.accounts.length)

    const refreshed = await strict.refreshTokenGrantRequest(
      server,
      client,
      secret,
      tokens.refresh_token ?? '',
      insecure,
    )
    const next = await strict.processRefreshTokenResponse(server, client, refreshed)
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect(await accountsSeenWith(next.access_token)).toBe(sandbox.accounts.length)
    expect(await accountsSeenWith(tokens.access_token)).toBe(0)

    const again = await strict.refreshTokenGrantRequest(
      server,
      client,
      secret,
      tokens.refresh_token ?? '',
      insecure,
    )
    const refused = await failure(strict.processRefreshTokenResponse(server, client, again))
    expect(refused).toMatchObject({ error: 'invalid_grant', status: 400 })
  })

  test('understands a denial', async () => {
    const { server, client, state, url } = await start()
    const arrived = await consent(url, 'deny')
    const denied = () => strict.validateAuthResponse(server, client, arrived, state)
    expect(denied).toThrow(strict.AuthorizationResponseError)
  })

  test('is told of a wrong secret as the standard says', async () => {
    const { server, client } = await start()
    const answer = await strict.refreshTokenGrantRequest(
      server,
      client,
      strict.ClientSecretBasic('wrong'),
      sandbox.refreshToken,
      insecure,
    )
    const refused = await failure(strict.processRefreshTokenResponse(server, client, answer))
    expect(refused).toBeInstanceOf(strict.WWWAuthenticateChallengeError)
  })

  test('stumbles over the ways of the original, which is why there is a preset', async () => {
    const { server, client, state, url, verifier } = await start()
    sandbox.auth.behaviour.use('ctrader')
    const arrived = await consent(url)
    expect(() => strict.validateAuthResponse(server, client, arrived, state)).toThrow(/state|iss/)
    const code = arrived.searchParams.get('code') ?? ''
    const answer = await fetch(sandbox.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        ...{ code, code_verifier: verifier, redirect_uri: application.redirectUri },
        ...{ client_id: sandbox.clientId, client_secret: sandbox.clientSecret },
      }),
    })
    const refused = await failure(strict.processAuthorizationCodeResponse(server, client, answer))
    expect(String(refused)).toContain('token_type')
  })
})

test('openid-client completes a code flow and a refresh', async () => {
  const config = await openid.discovery(
    issuerOf(),
    sandbox.clientId,
    sandbox.clientSecret,
    undefined,
    { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
  )
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const expectedState = openid.randomState()
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: application.redirectUri,
    scope: 'accounts',
    state: expectedState,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const arrived = await consent(url)
  const checks = { pkceCodeVerifier, expectedState }
  const tokens = await openid.authorizationCodeGrant(config, arrived, checks)
  expect(tokens).toMatchObject({ scope: 'accounts', expires_in: 2_628_000 })
  expect(await accountsSeenWith(tokens.access_token)).toBe(sandbox.accounts.length)
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(next.refresh_token).not.toBe(tokens.refresh_token)
  expect(await accountsSeenWith(next.access_token)).toBe(sandbox.accounts.length)
  const again = await failure(openid.authorizationCodeGrant(config, arrived, checks))
  expect(again).toMatchObject({ error: 'invalid_grant' })
  // A code that comes twice ends what it gave.
  expect(await accountsSeenWith(next.access_token)).toBe(0)
})

test('simple-oauth2 completes a code flow and a refresh', async () => {
  const client = new AuthorizationCode({
    client: { id: sandbox.clientId, secret: sandbox.clientSecret },
    auth: {
      tokenHost: issuerOf().origin,
      tokenPath: new URL(sandbox.tokenUrl).pathname,
      authorizePath: new URL(sandbox.authorizeUrl).pathname,
    },
  })
  const { redirectUri } = application
  const url = client.authorizeURL({ redirect_uri: redirectUri, scope: 'trading', state: 's p&ce' })
  const arrived = await consent(url)
  expect(arrived.searchParams.get('state')).toBe('s p&ce')
  const code = arrived.searchParams.get('code') ?? ''
  const token = await client.getToken({ code, redirect_uri: redirectUri })
  expect(token.expired()).toBe(false)
  expect(await accountsSeenWith(token.token['access_token'])).toBe(sandbox.accounts.length)
  const next = await token.refresh()
  expect(next.token['refresh_token']).not.toBe(token.token['refresh_token'])
  expect(await accountsSeenWith(next.token['access_token'])).toBe(sandbox.accounts.length)
  expect(await failure(token.refresh())).toMatchObject({ output: { statusCode: 400 } })
})
