import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { authorizationPresets, createSandbox } from '../../src/sandbox/index.ts'
import { adminToken, application, authorizeUrl, type Fixture, startFixture } from './fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.server.close())

interface Asked {
  readonly method?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

async function admin(path: string, { method, json, headers: more = {} }: Asked = {}) {
  const headers = { authorization: `Bearer ${adminToken}`, ...more }
  const init: RequestInit =
    json === undefined
      ? { headers }
      : {
          method: 'POST',
          body: JSON.stringify(json),
          headers: { 'content-type': 'application/json', ...headers },
        }
  const response = await fetch(`${fixture.server.origin}/admin/oauth${path}`, {
    ...init,
    ...(method === undefined ? {} : { method }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('faults over HTTP', () => {
  test('are set up, listed with what they did, and taken away', async () => {
    const rule = { grantType: 'refresh_token', action: { kind: 'rate-limit', retryAfter: 1 } }
    const added = await admin('/faults', { json: rule })
    expect(added.status).toBe(201)
    expect(added.body).toMatchObject({ id: 1, seen: 0, struck: 0, rule })
    const query = new URLSearchParams({ grant_type: 'refresh_token' })
    expect((await fetch(`${fixture.server.tokenUrl}?${query}`)).status).toBe(429)
    expect((await admin('/faults')).body).toMatchObject({ faults: [{ id: 1, struck: 1 }] })
    expect((await admin('/requests')).body).toMatchObject({
      requests: [{ outcome: 'nothing', fault: 1, form: 'get-query' }],
    })
    expect((await admin('/faults/1', { method: 'DELETE' })).body).toEqual({ faults: [] })
    expect((await admin('/faults/1', { method: 'DELETE' })).status).toBe(404)
    await admin('/faults', { json: { delayMs: 5 } })
    expect((await admin('/faults', { method: 'DELETE' })).body).toEqual({ faults: [] })
    expect((await admin('/requests', { method: 'DELETE' })).body).toEqual({ requests: [] })
    expect(fixture.server.control.requests.list()).toEqual([])
  })

  test('a rule that is not usable explains itself', async () => {
    const { status, body } = await admin('/faults', { json: { action: { kind: 'explode' } } })
    expect([status, body]).toEqual([
      400,
      {
        error: {
          code: 'INVALID_ARGUMENT',
          message: expect.stringMatching(/action\.kind cannot be "explode".*drop, reset, hang/),
          facts: expect.anything(),
        },
      },
    ])
  })
})

describe('applications over HTTP', () => {
  test('are registered, changed, given new secrets and taken off', async () => {
    const given = { name: 'Robot', redirectUris: ['http://127.0.0.1:1/cb'], status: 'submitted' }
    const { status, body } = await admin('/applications', { json: given })
    expect([status, body]).toMatchObject([201, given])
    const path = `/applications/${String(body['clientId'])}`
    expect((await admin(path)).body).toEqual(body)
    const changed = await admin(path, { method: 'PATCH', json: { status: 'active' } })
    expect(changed.body).toEqual({ ...body, status: 'active' })
    const reset = await admin(`${path}/secret`, { method: 'POST' })
    expect(reset.body['clientSecret']).toMatch(/^[A-Za-z0-9]{50}$/)
    expect(reset.body['clientSecret']).not.toBe(body['clientSecret'])
    expect((await admin('/applications')).body['applications']).toHaveLength(3)
    expect((await admin(path, { method: 'DELETE' })).body['applications']).toHaveLength(2)
    expect((await admin(path)).status).toBe(404)
    expect((await admin(path, { method: 'DELETE' })).status).toBe(400)
    expect((await admin('/applications', { json: { ...given, type: 'car' } })).status).toBe(400)
  })
})

describe('grants and consents over HTTP', () => {
  test('a consent given without the pages ends in the redirect a browser would follow', async () => {
    const url = authorizeUrl(fixture.server)
    const allowed = await admin('/consents', { json: { url, accountIds: [1001] } })
    expect(allowed.body['location']).toMatch(/^http:\/\/127\.0\.0\.1:8080\/auth\/callback\?code=/)
    const denied = await admin('/consents', { json: { url, decision: 'deny', username: 'bob' } })
    expect(denied.body['location']).toMatch(/\?error=access_denied$/)
    fixture.server.control.behaviour.set({ denial: 'page' })
    expect((await admin('/consents', { json: { url, decision: 'deny' } })).body).toEqual({
      location: null,
    })
    for (const json of [
      { url: 'nowhere' },
      { url, decision: 'maybe' },
      { url, username: 'nobody' },
      { url, accountIds: [3001] },
      { url: authorizeUrl(fixture.server, { scope: 'all' }) },
    ]) {
      expect((await admin('/consents', { json })).status).toBe(400)
    }
  })

  test('grants are made, listed without secrets, run out and end', async () => {
    const made = await admin('/grants', { json: { scope: 'accounts', accountIds: [1001] } })
    expect(made).toMatchObject({ status: 201, body: { scope: 'accounts', expiresIn: 2_628_000 } })
    const { accessToken, refreshToken } = made.body as { accessToken: string; refreshToken: string }
    const listed = await admin(`/grants?clientId=${application.clientId}&userId=1`)
    expect(listed.body['grants']).toMatchObject([{ accountIds: [1001], generation: 1 }])
    for (const secret of [accessToken, refreshToken]) {
      expect(JSON.stringify(listed.body)).not.toContain(secret)
    }
    expect((await admin('/grants?userId=2')).body).toEqual({ grants: [] })
    expect((await admin('/grants/expire', { json: { userId: 1 } })).body).toEqual({ expired: 1 })
    expect(fixture.identity.access(accessToken).kind).toBe('expired')
    expect((await admin('/grants/revoke', { json: {} })).body).toEqual({ revoked: 1 })
    expect(fixture.identity.access(accessToken).kind).toBe('unknown')
    for (const path of ['/grants?who=1', '/grants?userId=x']) {
      expect((await admin(path)).status).toBe(400)
    }
    for (const json of [{ user: 1 }, { id: 'first' }]) {
      expect((await admin('/grants/revoke', { json })).status).toBe(400)
    }
  })

  test('one grant of several ends by its id', async () => {
    const [first, second] = [
      fixture.server.control.grants.issue(),
      fixture.server.control.grants.issue(),
    ]
    const [, { id } = { id: 0 }] = fixture.server.control.grants.list()
    expect((await admin('/grants/expire', { json: { id } })).body).toEqual({ expired: 1 })
    expect(fixture.identity.access(first.accessToken).kind).toBe('valid')
    expect(fixture.identity.access(second.accessToken).kind).toBe('expired')
    expect((await admin('/grants/revoke', { json: { id } })).body).toEqual({ revoked: 1 })
    expect((await admin('/grants/revoke', { json: { id } })).body).toEqual({ revoked: 0 })
    expect(fixture.identity.access(first.accessToken).kind).toBe('valid')
    expect(fixture.identity.access(second.accessToken).kind).toBe('unknown')
  })
})

test('switches over HTTP are set, set all at once, and set back', async () => {
  const initial = (await admin('/behaviour')).body
  expect(initial).toMatchObject({ echoState: 'never' })
  const set = await admin('/behaviour', { method: 'PATCH', json: { echoState: 'always' } })
  expect(set.body).toEqual({ ...initial, echoState: 'always' })
  const preset = { preset: 'rfc', echoState: 'never' }
  const used = await admin('/behaviour', { method: 'PUT', json: preset })
  expect(used.body).toEqual({ ...authorizationPresets.rfc, echoState: 'never' })
  expect((await admin('/behaviour', { method: 'DELETE' })).body).toEqual(initial)
  for (const json of [{ preset: 'none' }, {}, { preset: 'rfc', echoState: 'loud' }]) {
    expect((await admin('/behaviour', { method: 'PUT', json })).status).toBe(400)
  }
  expect((await admin('/behaviour', { method: 'PATCH', json: [] })).status).toBe(400)
  expect((await admin('/behaviour')).body).toEqual(initial)
})

describe('requests that are turned away', () => {
  test('bodies that are no JSON, are too long, or do not say what they are', async () => {
    const url = `${fixture.server.origin}/admin/oauth/faults`
    const post = async (body: string, type: string) => {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': type, authorization: `Bearer ${adminToken}` },
      })
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      return response.status
    }
    const rule = '{"action":{"kind":"drop"}}'
    expect(await post(rule, 'text/plain')).toBe(415)
    expect(await post(rule, 'application/x-www-form-urlencoded')).toBe(415)
    expect(await post('{"action":', 'application/json')).toBe(400)
    expect(await post(`{"a":"${'x'.repeat(70_000)}"}`, 'application/json')).toBe(413)
    for (const json of [null, [], 3, 'drop', {}]) {
      expect((await admin('/faults', { json })).status).toBe(400)
    }
    expect(fixture.server.control.faults.list()).toEqual([])
  })

  test('pages of other sites', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site }
      expect((await admin('/faults', { headers })).status).toBe(403)
      const json = { action: { kind: 'drop' } }
      expect((await admin('/faults', { json, headers })).status).toBe(403)
    }
    // A browser too old for that header still says where a page is from.
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
      expect((await admin('/faults', { headers: { origin } })).status).toBe(403)
    }
    const own = { 'sec-fetch-site': 'same-origin', origin: fixture.server.origin }
    expect((await admin('/faults', { headers: own })).status).toBe(200)
  })

  test('whoever does not know the admin token, whatever they ask for', async () => {
    const json = { action: { kind: 'drop' } }
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${adminToken}`, adminToken]) {
      const headers = { authorization }
      for (const asked of [{ headers }, { headers, json }]) {
        const { status, body } = await admin('/faults', asked)
        expect([status, body]).toMatchObject([401, { error: { code: 'ADMIN_TOKEN' } }])
      }
      expect((await admin('/nowhere', { headers })).status).toBe(401)
    }
    expect(fixture.server.control.faults.list()).toEqual([])
  })

  test('unknown paths', async () => {
    expect((await admin('/nowhere')).status).toBe(404)
    expect((await admin('/')).status).toBe(404)
  })

  test('and nothing here shows a secret of a request', async () => {
    const query = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: 'canary-token',
      client_id: application.clientId,
      client_secret: application.clientSecret,
    })
    await fetch(`${fixture.server.tokenUrl}?${query}`)
    const { body } = await admin('/requests')
    expect(JSON.stringify(body)).not.toMatch(/canary/)
  })
})

test('a sandbox has it all', async () => {
  await using sandbox = await createSandbox()
  sandbox.auth.faults.add({ action: { kind: 'html' } })
  const response = await fetch(sandbox.tokenUrl)
  expect(response.headers.get('content-type')).toContain('text/html')
  const listed = await fetch(`${sandbox.adminUrl}/oauth/faults`, {
    headers: { authorization: `Bearer ${sandbox.adminToken}` },
  })
  expect(await listed.json()).toMatchObject({ faults: [{ struck: 1 }] })
  expect(sandbox.auth.requests.list()).toHaveLength(1)
})

test('the state in one answer has everything but client secrets and tokens', async () => {
  const { server, identity } = fixture
  const { accessToken, refreshToken } = server.control.grants.issue()
  server.control.behaviour.set({ echoState: 'always' })
  server.control.faults.add({ delayMs: 0 })
  const query = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: '?' }
  for (let count = 0; count < 101; count++) {
    await fetch(`${server.tokenUrl}?${new URLSearchParams(query)}`)
  }
  const { status, body } = await admin('/state')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    applications: [{ clientId: application.clientId, name: application.name }, {}],
    people: identity.ctids,
    grants: [{ id: 1, clientId: application.clientId }],
    behaviour: { echoState: 'always' },
    initialBehaviour: { echoState: 'never' },
    faults: [{ id: 1, seen: 1, struck: 1 }],
    requestCount: 101,
    findings: [{ kind: 'secret-in-url' }],
  })
  expect(body['requests']).toHaveLength(100)
  const text = JSON.stringify(body)
  for (const secret of [application.clientSecret, accessToken, refreshToken]) {
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
  }
})
