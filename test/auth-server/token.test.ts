import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/sandbox/identity/index.ts'
import {
  alice,
  application,
  authorizeUrl,
  type Fixture,
  redirectUri,
  startFixture,
  submitted,
  Visitor,
} from './fixture.ts'

type Fields = Readonly<Record<string, string>>

let fixture: Fixture
beforeEach(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.server.close())

const credentials = { client_id: application.clientId, client_secret: application.clientSecret }

/** A code as the consent page would give it out. */
function freshCode(): string {
  return fixture.identity.issueCode({
    clientId: application.clientId,
    redirectUri,
    userId: alice.userId,
    accountIds: [1001],
    scope: 'trading',
  })
}

function exchange(changes: Fields = {}): Fields {
  return {
    grant_type: 'authorization_code',
    code: freshCode(),
    redirect_uri: redirectUri,
    ...credentials,
    ...changes,
  }
}

const ways = {
  'GET query': (fields: Fields) =>
    fetch(`${fixture.server.tokenUrl}?${new URLSearchParams(fields)}`),
  'POST form': (fields: Fields) =>
    fetch(fixture.server.tokenUrl, { method: 'POST', body: new URLSearchParams(fields) }),
  'POST query': (fields: Fields) =>
    fetch(`${fixture.server.tokenUrl}?${new URLSearchParams(fields)}`, { method: 'POST' }),
  'GET query with the JSON headers of the samples': (fields: Fields) =>
    fetch(`${fixture.server.tokenUrl}?${new URLSearchParams(fields)}`, {
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    }),
} as const
const wayNames = Object.keys(ways) as (keyof typeof ways)[]

const denied = {
  errorCode: 'ACCESS_DENIED',
  description: 'Access denied. Make sure the credentials are valid.',
}

interface TokenBody {
  readonly accessToken: string
  readonly refreshToken: string
}

/** The body of an answer that is expected to carry tokens. */
async function tokensOf(response: Promise<Response>): Promise<TokenBody> {
  const body: unknown = await (await response).json()
  expect(body).toHaveProperty('accessToken')
  return body as TokenBody
}

describe('the exchange of a code', () => {
  test.each(wayNames)('by %s gives exactly the keys of the original, in its order', async (way) => {
    const response = await ways[way](exchange())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const text = await response.text()
    const body = JSON.parse(text)
    expect(text).toBe(
      `{"accessToken":"${body.accessToken}","tokenType":"bearer","expiresIn":2628000,` +
        `"refreshToken":"${body.refreshToken}","errorCode":null,` +
        `"access_token":"${body.accessToken}","refresh_token":"${body.refreshToken}","expires_in":2628000}`,
    )
    expect(body.accessToken).toMatch(/^[\w-]{43}$/)
    expect(fixture.identity.access(body.accessToken).kind).toBe('valid')
  })

  test('works on a code from the consent page over the whole way', async () => {
    const location = await new Visitor(authorizeUrl(fixture.server)).allow()
    const code = new URL(location).searchParams.get('code') ?? ''
    const body = await tokensOf(ways['GET query'](exchange({ code })))
    expect(fixture.identity.access(body.accessToken)).toMatchObject({
      grant: { accountIds: [1001, 2001] },
    })
  })

  test('a code used twice, and one after 60 seconds, are refused', async () => {
    const fields = exchange()
    expect(await (await ways['POST form'](fields)).json()).toHaveProperty('accessToken')
    expect(await (await ways['POST form'](fields)).json()).toEqual(denied)
    const late = exchange()
    fixture.clock.advance(60_000)
    expect(await (await ways['POST form'](late)).json()).toEqual(denied)
    expect(fixture.log.slice(-2).map(({ fields: { reason } }) => reason)).toEqual([
      'used-code',
      'expired-code',
    ])
  })

  const wrong: readonly [string, Fields, string][] = [
    ['a wrong secret', { client_secret: 'wrong' }, 'wrong-secret'],
    ['an unknown client', { client_id: 'nobody' }, 'unknown-client'],
    ['an inactive application', { client_id: submitted.clientId }, 'inactive-application'],
    ['a code nobody issued', { code: 'abc' }, 'unknown-code'],
    ['another redirect URI', { redirect_uri: `${redirectUri}/` }, 'wrong-redirect-uri'],
  ]
  test.each(wrong)(
    '%s is refused with those two keys and status 200',
    async (_name, change, reason) => {
      for (const way of wayNames) {
        const response = await ways[way](exchange(change))
        expect(response.status).toBe(200)
        expect(await response.text()).toBe(JSON.stringify(denied))
        expect(fixture.log.at(-1)?.fields['reason']).toBe(reason)
      }
    },
  )

  test('the status of a refusal is a switch', async () => {
    for (const failureStatus of [400, 401] as const) {
      await fixture.server.close()
      fixture = await startFixture({ behaviour: { failureStatus } })
      const response = await ways['GET query'](exchange({ code: 'x' }))
      expect([response.status, await response.json()]).toEqual([failureStatus, denied])
      expect((await ways['GET query'](exchange())).status).toBe(200)
    }
  })
})

describe('refreshing', () => {
  const refresh = (refreshToken: string, changes: Fields = {}): Fields => ({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...credentials,
    ...changes,
  })

  test.each(wayNames)('by %s gives a new pair once; the old one is dead', async (way) => {
    const first = await tokensOf(ways[way](exchange()))
    const second = await tokensOf(ways[way](refresh(first.refreshToken)))
    expect(Object.keys(second)).toEqual(Object.keys(first))
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(fixture.identity.access(first.accessToken).kind).toBe('unknown')
    expect(await (await ways[way](refresh(first.refreshToken))).json()).toEqual(denied)
    expect(fixture.identity.access(second.accessToken).kind).toBe('valid')
  })

  test('works after the access token has ended', async () => {
    const first = await tokensOf(ways['GET query'](exchange()))
    fixture.clock.advance(2_628_000_000)
    expect(fixture.identity.access(first.accessToken).kind).toBe('expired')
    const second = await tokensOf(ways['GET query'](refresh(first.refreshToken)))
    expect(second).toMatchObject({ errorCode: null, tokenType: 'bearer' })
  })

  test('the same tokens are seen by whoever holds the same identity', async () => {
    const { clientId } = application
    const first = await tokensOf(ways['GET query'](exchange()))
    const pair = fixture.identity.refresh({ refreshToken: first.refreshToken, clientId })
    if (isRefusal(pair)) throw new Error(pair.reason)
    expect(await (await ways['GET query'](refresh(first.refreshToken))).json()).toEqual(denied)
    expect(await (await ways['GET query'](refresh(pair.refreshToken))).json()).toHaveProperty(
      'accessToken',
    )
  })
})

describe('requests that are none', () => {
  const missing = ['grant_type', 'code', 'redirect_uri', 'client_id', 'client_secret']
  test.each(missing)('without %s', async (name) => {
    const { [name]: _left, ...fields } = exchange()
    for (const given of [fields, { ...fields, [name]: '' }]) {
      const response = await ways['POST form'](given)
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({
        errorCode: 'INVALID_REQUEST',
        description: `Missing parameter: ${name}.`,
      })
    }
  })

  test('an unknown grant type', async () => {
    const body = await (await ways['GET query'](exchange({ grant_type: 'password' }))).json()
    expect(body).toMatchObject({ errorCode: 'INVALID_REQUEST' })
  })

  test('a parameter twice, in one place or in two, spends nothing', async () => {
    const fields = exchange()
    const query = new URLSearchParams(fields)
    const url = fixture.server.tokenUrl
    for (const response of [
      await fetch(`${url}?${query}&code=other`),
      await fetch(`${url}?${query}`, {
        method: 'POST',
        body: new URLSearchParams({ code: fields['code'] ?? '' }),
      }),
      await fetch(`${url}?${query}&x=%`),
    ]) {
      expect(await response.json()).toMatchObject({ errorCode: 'INVALID_REQUEST' })
    }
    expect(await (await ways['POST form'](fields)).json()).toHaveProperty('accessToken')
  })

  test('other methods, HEAD among them, spend nothing', async () => {
    const fields = exchange()
    for (const method of ['HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${fixture.server.tokenUrl}?${new URLSearchParams(fields)}`, {
        method,
      })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
    }
    expect(await (await ways['GET query'](fields)).json()).toHaveProperty('accessToken')
  })
})

test('nothing that is secret gets into the log', async () => {
  const location = await new Visitor(
    authorizeUrl(fixture.server, { state: 'canary-state' }),
  ).allow()
  const code = new URL(location).searchParams.get('code') ?? ''
  const pair = await tokensOf(ways['GET query'](exchange({ code })))
  await ways['GET query'](exchange({ code }))
  await ways['GET query'](exchange({ code: 'canary-code', client_secret: 'canary-wrong' }))
  await fetch(`${fixture.server.tokenUrl}?canary-name=%zz`)
  await new Visitor(authorizeUrl(fixture.server, { client_id: 'canary-client' })).open()
  const written = JSON.stringify(fixture.log)
  expect(fixture.log.length).toBeGreaterThan(6)
  expect(written).not.toMatch(/canary/)
  for (const secret of [code, pair.accessToken, pair.refreshToken])
    expect(written).not.toContain(secret)
})

test('the same seed gives the same tokens over HTTP', async () => {
  const run = async (seed: number): Promise<string> => {
    await fixture.server.close()
    fixture = await startFixture({ seed })
    const location = await new Visitor(authorizeUrl(fixture.server)).allow()
    const code = new URL(location).searchParams.get('code') ?? ''
    return (await ways['GET query'](exchange({ code }))).text()
  }
  const first = await run(7)
  expect(await run(7)).toBe(first)
  expect(await run(8)).not.toBe(first)
})
