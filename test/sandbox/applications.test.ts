import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../../src/errors.ts'
import type { NewApplication, PortalChanges, Sandbox } from '../../src/sandbox/index.ts'
import { connectTo, logIn, openAccount, startSandbox } from './fixture.ts'

/** How the API host takes an application. */
async function authenticate(sandbox: Sandbox, clientId: string, clientSecret: string) {
  const client = await connectTo(sandbox)
  const answer = await client.request('ProtoOAApplicationAuthReq', { clientId, clientSecret })
  return answer.name === 'ProtoOAApplicationAuthRes' ? 'ok' : answer.payload
}

function authorizeUrl(sandbox: Sandbox, clientId: string, redirectUri: string): string {
  const query = { client_id: clientId, redirect_uri: redirectUri, scope: 'accounts' }
  return `${sandbox.authorizeUrl}?${new URLSearchParams(query)}`
}

async function titleOf(url: string): Promise<string> {
  const html = await (await fetch(url)).text()
  return /<h1>([^<]*)/.exec(html)?.[1] ?? ''
}

const redirectUri = 'http://127.0.0.1:8080/callback'

describe('an application', () => {
  test('is registered with what the portal asks for', async () => {
    const sandbox = await startSandbox()
    const { applications } = sandbox.auth
    const created = applications.create({
      name: 'Dashboard',
      description: 'Shows things',
      type: 'web',
      redirectUris: [redirectUri],
      status: 'submitted',
    })
    expect(created).toEqual({
      clientId: expect.stringMatching(/^\d{4}_[A-Za-z0-9]{50}$/),
      clientSecret: expect.stringMatching(/^[A-Za-z0-9]{50}$/),
      name: 'Dashboard',
      description: 'Shows things',
      type: 'web',
      redirectUris: [redirectUri],
      status: 'submitted',
      playgroundUri: new URL(`/apps/${created.clientId}/playground`, sandbox.consoleUrl).href,
    })
    expect(applications.find(created.clientId)).toEqual(created)
    expect(applications.list().map(({ clientId }) => clientId)).toEqual([
      sandbox.clientId,
      created.clientId,
    ])
    expect(sandbox.addApplication({ name: 'Other', redirectUris: [] })).toMatchObject({
      type: 'desktop',
      status: 'active',
    })
  })

  test('under review is refused at the consent page, for tokens and on the API host, by that name', async () => {
    const sandbox = await startSandbox()
    const { applications, grants } = sandbox.auth
    const { clientId, clientSecret } = applications.create({
      name: 'New',
      redirectUris: [redirectUri],
      status: 'submitted',
    })
    const inactive = 'OA client is not in active state'
    expect(await titleOf(authorizeUrl(sandbox, clientId, redirectUri))).toBe(inactive)
    expect(await authenticate(sandbox, clientId, clientSecret)).toMatchObject({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
      description: inactive,
    })
    expect(await authenticate(sandbox, clientId, 'wrong')).toMatchObject({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
      description: expect.not.stringContaining('active'),
    })
    const refresh = async () => {
      const { refreshToken } = grants.issue({ clientId })
      const query = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: clientId,
        client_secret: clientSecret,
      })
      return (await fetch(`${sandbox.tokenUrl}?${query}`)).json()
    }
    expect(await refresh()).toMatchObject({ errorCode: 'ACCESS_DENIED' })
    applications.update(clientId, { status: 'active' })
    expect(await titleOf(authorizeUrl(sandbox, clientId, redirectUri))).toBe(
      'Sign in with your cTrader ID',
    )
    expect(await authenticate(sandbox, clientId, clientSecret)).toBe('ok')
    expect(await refresh()).toMatchObject({ errorCode: null })
  })

  test('that loses its approval cannot refresh on the socket, and its tokens stay', async () => {
    const sandbox = await startSandbox()
    const client = await logIn(sandbox)
    const { refreshToken, clientId } = sandbox
    sandbox.auth.applications.update(clientId, { status: 'submitted' })
    const refused = await client.request('ProtoOARefreshTokenReq', { refreshToken })
    expect(refused.payload).toMatchObject({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
      description: 'OA client is not in active state',
    })
    sandbox.auth.applications.update(clientId, { status: 'active' })
    const { name } = await client.request('ProtoOARefreshTokenReq', { refreshToken })
    expect(name).toBe('ProtoOARefreshTokenRes')
  })

  test('gets a new secret, and the old one is refused', async () => {
    const sandbox = await startSandbox()
    const { clientId, clientSecret } = sandbox
    const reset = sandbox.auth.applications.resetSecret(clientId)
    expect(reset.clientSecret).toMatch(/^[A-Za-z0-9]{50}$/)
    expect(await authenticate(sandbox, clientId, clientSecret)).toMatchObject({
      errorCode: 'CH_CLIENT_AUTH_FAILURE',
    })
    expect(await authenticate(sandbox, clientId, reset.clientSecret)).toBe('ok')
  })

  test('is taken off with its grants, of which clients are told', async () => {
    const sandbox = await startSandbox()
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    sandbox.auth.applications.remove(sandbox.clientId)
    const told = await client.next('ProtoOAAccountsTokenInvalidatedEvent')
    expect(told.payload).toMatchObject({ ctidTraderAccountIds: [ctidTraderAccountId] })
    expect(sandbox.auth.grants.list()).toEqual([])
    expect(sandbox.auth.applications.list()).toEqual([])
    const url = authorizeUrl(sandbox, sandbox.clientId, sandbox.redirectUris[0] ?? '')
    expect(await titleOf(url)).toBe('Unknown application')
  })

  test('is changed, and redirect URIs count from then on', async () => {
    const sandbox = await startSandbox()
    const { clientId } = sandbox
    const { applications, consents } = sandbox.auth
    const elsewhere = 'https://app.example/callback?x=1'
    const old = authorizeUrl(sandbox, clientId, sandbox.redirectUris[0] ?? '')
    const pending = new URL(consents.allow(old)).searchParams.get('code')
    expect(pending).toMatch(/^[0-9a-f]{50}$/)
    applications.update(clientId, { redirectUris: [elsewhere], name: 'Renamed' })
    expect(() => consents.allow(old)).toThrow(/Invalid redirect URI/)
    expect(consents.allow(authorizeUrl(sandbox, clientId, elsewhere))).toMatch(
      /^https:\/\/app\.example\/callback\?x=1&code=/,
    )
  })

  test('may use the redirect URI of the Playground, where its code is lost', async () => {
    const sandbox = await startSandbox()
    const { playgroundUri = '' } = sandbox.auth.applications.find(sandbox.clientId) ?? {}
    const location = sandbox.auth.consents.allow(
      authorizeUrl(sandbox, sandbox.clientId, playgroundUri),
    )
    expect(location).toMatch(new RegExp(`^${playgroundUri}\\?code=[0-9a-f]{50}$`))
    const html = await (await fetch(location)).text()
    expect(html).toContain('This redirect URI belongs to the Playground')
    expect(html).not.toMatch(/[0-9a-f]{50}/)
  })

  const unusable: readonly [string, object][] = [
    ['no name', { redirectUris: [] }],
    ['an empty name', { name: ' ', redirectUris: [] }],
    ['no redirect URIs', { name: 'A' }],
    ['a relative redirect URI', { name: 'A', redirectUris: ['/callback'] }],
    ['a redirect URI with a fragment', { name: 'A', redirectUris: ['https://a.example/#b'] }],
    ['a redirect URI that is no text', { name: 'A', redirectUris: [5] }],
    ['an unknown type', { name: 'A', redirectUris: [], type: 'mobile' }],
    ['an unknown status', { name: 'A', redirectUris: [], status: 'approved' }],
    ['a secret of its own', { name: 'A', redirectUris: [], clientSecret: 'x' }],
  ]
  test.each(unusable)('with %s is refused', async (_name, given) => {
    const sandbox = await startSandbox()
    const { applications } = sandbox.auth
    expect(() => applications.create(given as NewApplication)).toThrow(InvalidArgumentError)
    expect(() => applications.update('nobody', given as PortalChanges)).toThrow(
      InvalidArgumentError,
    )
    expect(applications.list()).toHaveLength(1)
  })
})
