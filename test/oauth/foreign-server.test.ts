import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  AuthorizationDeniedError,
  authorizeWithLoopback,
  type OAuthEndpoints,
  RefreshTokenRefusedError,
  refreshTokens,
} from '../../src/oauth/index.ts'
import { freePort } from './free-port.ts'

// A server written by others, for the standard, with its own pages for development: our client knows nothing of it but
// its two addresses.

const application = { clientId: 'robot', clientSecret: 'a secret of 32 characters, at least' }

interface ForeignServer {
  readonly endpoints: OAuthEndpoints
  readonly redirectUri: string
  close(): Promise<void>
}

let server: ForeignServer
beforeEach(async () => {
  server = await startForeignServer()
})
afterEach(() => server.close())

async function startForeignServer(): Promise<ForeignServer> {
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`
  const http = createServer()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const configuration: Configuration = {
    clients: [
      {
        client_id: application.clientId,
        client_secret: application.clientSecret,
        application_type: 'native',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['accounts', 'trading'],
    pkce: { required: () => false },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ttl: { AccessToken: 600, Grant: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
    cookies: { keys: ['a key for tests'] },
    jwks: { keys: [await signingKey()] },
  }
  const provider = new Provider(issuer, configuration)
  http.on('request', provider.callback())
  return {
    redirectUri,
    endpoints: {
      authorizeUrl: `${issuer}/auth`,
      tokenUrl: `${issuer}/token`,
      tokenRequest: 'post-form',
      statePolicy: 'strict',
      issuer,
      allowInsecureLoopback: true,
    },
    async close() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}

async function signingKey(): Promise<object> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  return crypto.subtle.exportKey('jwk', pair.privateKey)
}

/** A person at the foreign server's own pages: signs in with any name, then agrees, or leaves. */
async function browse(start: string, decision: 'allow' | 'deny'): Promise<void> {
  const cookies = new Map<string, string>()
  let url = new URL(start)
  let form: URLSearchParams | undefined
  for (let step = 0; step < 20; step++) {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const init = form === undefined ? { headers } : { headers, method: 'POST', body: form }
    const response = await fetch(url, { ...init, redirect: 'manual' })
    form = undefined
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url)
      continue
    }
    const html = await response.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1]
    if (prompt === undefined) {
      // The end is at the application, whatever it says.
      if (url.origin === new URL(server.redirectUri).origin) return
      throw new Error(/<pre>.*/.exec(html)?.[0] ?? `Status ${response.status}`)
    }
    if (prompt === 'consent' && decision === 'deny') {
      url = new URL(`${url.pathname}/abort`, url)
      continue
    }
    form = new URLSearchParams({ prompt, login: 'somebody', password: 'anything' })
  }
  throw new Error('The pages go round in circles.')
}

function logIn(decision: 'allow' | 'deny' = 'allow') {
  const ending = new AbortController()
  let walk: Promise<void> = Promise.resolve()
  const tokens = authorizeWithLoopback({
    application,
    redirectUris: [server.redirectUri],
    scope: 'accounts',
    endpoints: server.endpoints,
    openBrowser: (url) => {
      walk = browse(url, decision)
      walk.catch((error: unknown) => ending.abort(error))
    },
    signal: ending.signal,
  })
  return { tokens, walk: () => walk }
}

test('our client logs in at a server it was not written for, and refreshes', async () => {
  const { tokens: login, walk } = logIn()
  const tokens = await login
  await walk()
  expect(tokens.accessToken.reveal()).not.toBe('')
  expect(tokens.refreshToken).toBeDefined()
  const { refreshToken } = tokens
  if (refreshToken === undefined) throw new Error('There is no refresh token.')
  const given = { application, endpoints: server.endpoints, scope: 'accounts' } as const
  const refreshed = await refreshTokens({ ...given, refreshToken })
  expect(refreshed.accessToken.reveal()).not.toBe(tokens.accessToken.reveal())
  const again = refreshTokens({ ...given, refreshToken })
  await expect(again).rejects.toBeInstanceOf(RefreshTokenRefusedError)
})

test('our client understands a denial there', async () => {
  const { tokens, walk } = logIn('deny')
  await expect(tokens).rejects.toBeInstanceOf(AuthorizationDeniedError)
  await walk()
})
