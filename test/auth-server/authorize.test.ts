import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { authorizePaths } from '../../src/sandbox/auth-server/addresses.ts'
import {
  alice,
  application,
  authorizeUrl,
  bob,
  type Fixture,
  redirectUri,
  startFixture,
  submitted,
  Visitor,
} from './fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.server.close())

function visitor(changes: Readonly<Record<string, string | undefined>> = {}): Visitor {
  return new Visitor(authorizeUrl(fixture.server, changes))
}

function redeem(location: string, changes: { redirectUri?: string } = {}) {
  const code = new URL(location).searchParams.get('code') ?? ''
  const { clientId, clientSecret } = application
  return fixture.identity.redeemCode({ code, clientId, clientSecret, redirectUri, ...changes })
}

describe('consent', () => {
  test('signing in, ticking accounts and allowing leads back with a code for just those accounts', async () => {
    const browser = visitor()
    const first = await browser.open()
    expect(first.response.status).toBe(200)
    expect(first.html).toContain('<h1>Sign in with your cTrader ID</h1>')
    const signedIn = await browser.send({ step: 'sign-in', ...alice, accountIds: '', userId: '' })
    expect(signedIn.response.status).toBe(303)
    const consent = await browser.open()
    expect(consent.html).toContain('asks for access to your trading accounts')
    const done = await browser.send({
      step: 'decision',
      decision: 'allow',
      account: ['2001', '1001'],
    })
    expect(done.response.status).toBe(302)
    const location = done.response.headers.get('location') ?? ''
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:8080\/auth\/callback\?code=[0-9a-f]{50}$/)
    const pair = redeem(location)
    if ('refused' in pair) throw new Error(pair.reason)
    expect(fixture.identity.access(pair.accessToken)).toMatchObject({
      kind: 'valid',
      grant: { userId: 1, scope: 'trading', accountIds: [1001, 2001] },
    })
  })

  test.each(authorizePaths)('%s serves it, with and without the last slash', async (path) => {
    const query = new URL(authorizeUrl(fixture.server)).search
    for (const variant of [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`]) {
      const response = await fetch(`${fixture.server.origin}${variant}${query}`)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('Sign in with your cTrader ID')
    }
  })

  test('the consent page says what is asked, by whom and for which accounts, and escapes it', async () => {
    const { html } = await visitor({ scope: 'accounts' }).signIn()
    expect(html).toContain('Bots &amp; &lt;b&gt;Sons&lt;/b&gt;')
    expect(html).not.toContain('<b>Sons')
    expect(html).toContain('Broker &quot;One&quot;')
    expect(html).toContain('Signed in as <b>alice</b>')
    expect(html).toContain('127.0.0.1:8080')
    expect(html.match(/type="checkbox" name="account"/g)).toHaveLength(3)
    expect(html).toMatch(/Demo accounts[\s\S]*5001[\s\S]*USD[\s\S]*Live accounts[\s\S]*6001/)
    expect(html).not.toContain('3001')
    expect(html).toMatch(/will not be able to[\s\S]*trade:/)
    const trading = await visitor({ scope: 'trading' }).signIn()
    expect(trading.html).toMatch(/trade for you:[\s\S]*will not be able to/)
  })

  test('a browser that is signed in goes straight to the consent page', async () => {
    const browser = visitor()
    await browser.signIn()
    const again = visitor({ scope: 'accounts' })
    again.cookie = browser.cookie
    expect((await again.open()).html).toContain('asks for access')
  })

  test('product=web comes without header and footer', async () => {
    const chrome = /<header>|<footer>/
    expect((await visitor().open()).html).toMatch(chrome)
    const browser = visitor({ product: 'web' })
    expect((await browser.open()).html).not.toMatch(chrome)
    expect((await browser.signIn()).html).not.toMatch(chrome)
  })

  test('no account ticked: the page says so and nothing is granted', async () => {
    const browser = visitor()
    await browser.signIn()
    const { response, html } = await browser.send({ step: 'decision', decision: 'allow' })
    expect(response.status).toBe(422)
    expect(html).toContain('Choose at least one account')
    expect(html).not.toContain(' checked')
  })

  test('a group of accounts is ticked or cleared at a time, the others staying as they were', async () => {
    const browser = visitor()
    await browser.signIn()
    const tickedAfter = async (tick: string, account: readonly string[]) => {
      const { response, html } = await browser.send({ step: 'decision', tick, account })
      expect(response.status).toBe(200)
      return [...html.matchAll(/value="(\d+)" checked/g)].map(([, id]) => id)
    }
    expect(await tickedAfter('demo-none', ['1001', '2001'])).toEqual(['2001'])
    expect(await tickedAfter('demo-all', ['2001'])).toEqual(['1001', '1002', '2001'])
    expect(await tickedAfter('live-all', [])).toEqual(['2001'])
    expect(await tickedAfter('live-none', ['1002', '2001', '3001'])).toEqual(['1002'])
    const unknown = await browser.send({ step: 'decision', tick: 'all', account: '1001' })
    expect(unknown.response.status).toBe(400)
  })

  test('accounts of somebody else, or that are none, are refused', async () => {
    const browser = visitor()
    await browser.signIn()
    for (const account of [['1001', '3001'], ['1001', '1001.0'], ['x']]) {
      const { response, html } = await browser.send({
        step: 'decision',
        decision: 'allow',
        account,
      })
      expect(response.status).toBe(422)
      expect(html).toContain('not yours')
    }
  })

  test('a person without accounts is told so', async () => {
    fixture.identity.addCtid({ userId: 3, username: 'carol', password: 'x', accountIds: [] })
    const { html } = await visitor().signIn({ username: 'carol', password: 'x' })
    expect(html).toContain('no trading accounts')
  })
})

describe('the redirect', () => {
  test('keeps the query the redirect URI has', async () => {
    const uri = application.redirectUris[1]
    const location = await visitor({ redirect_uri: uri }).allow()
    expect(location).toMatch(
      /^http:\/\/localhost:8080\/auth\/callback\?tenant=a%20b&code=[0-9a-f]{50}$/,
    )
    expect(redeem(location, { redirectUri: uri })).toHaveProperty('accessToken')
  })

  test('adds no slash to a bare origin and understands other schemes', async () => {
    expect(await visitor({ redirect_uri: 'http://127.0.0.1:8080' }).allow()).toMatch(
      /^http:\/\/127\.0\.0\.1:8080\?code=/,
    )
    expect(await visitor({ redirect_uri: 'myapp:/callback' }).allow()).toMatch(
      /^myapp:\/callback\?code=/,
    )
  })

  test('carries no state, or carries it untouched where the switch says so', async () => {
    const state = 'a b&c=d/é'
    expect(new URL(await visitor({ state }).allow()).searchParams.has('state')).toBe(false)
    await fixture.server.close()
    fixture = await startFixture({ behaviour: { echoState: 'always' } })
    expect(new URL(await visitor({ state }).allow()).searchParams.get('state')).toBe(state)
    expect(new URL(await visitor().allow()).searchParams.has('state')).toBe(false)
    const browser = visitor({ state })
    await browser.signIn()
    const { response } = await browser.send({ step: 'decision', decision: 'deny' })
    expect(response.headers.get('location')).toBe(
      `${redirectUri}?error=access_denied&state=a%20b%26c%3Dd%2F%C3%A9`,
    )
  })

  test('denial goes back with error=access_denied, or to a page where the switch says so', async () => {
    const deny = async () => {
      const browser = visitor()
      await browser.signIn()
      return browser.send({ step: 'decision', decision: 'deny', account: '1001' })
    }
    const redirected = await deny()
    expect(redirected.response.status).toBe(302)
    expect(redirected.response.headers.get('location')).toBe(`${redirectUri}?error=access_denied`)
    await fixture.server.close()
    fixture = await startFixture({ behaviour: { denial: 'page' } })
    const stayed = await deny()
    expect(stayed.response.status).toBe(200)
    expect(stayed.html).toContain('<h1>Access denied</h1>')
  })

  test('is allowed by the policy of the page whose form leads to it', async () => {
    const policyOf = async (uri: string): Promise<string> => {
      const { response } = await visitor({ redirect_uri: uri }).signIn()
      return response.headers.get('content-security-policy') ?? ''
    }
    expect(await policyOf(redirectUri)).toContain("form-action 'self' http: https:;")
    expect(await policyOf('myapp:/callback')).toContain("form-action 'self' http: https: myapp:;")
    const { response } = await visitor().open()
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self';")
  })
})

describe('requests that end on an error page', () => {
  const wrong: readonly [string, Readonly<Record<string, string | undefined>>, string][] = [
    ['no client id', { client_id: undefined }, 'Unknown application'],
    ['an unknown client id', { client_id: 'nobody' }, 'Unknown application'],
    [
      'an application under review',
      { client_id: submitted.clientId },
      'OA client is not in active state',
    ],
    ['no redirect URI', { redirect_uri: undefined }, 'Invalid redirect URI'],
    [
      'another port',
      { redirect_uri: 'http://127.0.0.1:8081/auth/callback' },
      'Invalid redirect URI',
    ],
    [
      'another spelling of the host',
      { redirect_uri: 'http://LOCALHOST:8080/auth/callback' },
      'Invalid redirect URI',
    ],
    ['a slash more', { redirect_uri: `${redirectUri}/` }, 'Invalid redirect URI'],
    ['a query more', { redirect_uri: `${redirectUri}?a=b` }, 'Invalid redirect URI'],
    ['no scope', { scope: undefined }, 'Invalid scope'],
    ['an empty scope', { scope: '' }, 'Invalid scope'],
    ['two scopes', { scope: 'accounts trading' }, 'Invalid scope'],
    ['a scope in capitals', { scope: 'Trading' }, 'Invalid scope'],
    ['another response type', { response_type: 'token' }, 'Unsupported response type'],
  ]
  test.each(wrong)('%s', async (_name, changes, title) => {
    const { response, html } = await visitor(changes).open()
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(html).toContain(`<h1>${title}</h1>`)
  })

  test('a redirect URI is shown beside the registered ones, escaped', async () => {
    const { html } = await visitor({ redirect_uri: '"><script>alert(1)</script>' }).open()
    expect(html).toContain('&quot;&gt;&lt;script&gt;')
    expect(html).not.toContain('<script')
    expect(html).toContain(redirectUri)
  })

  const malformed = [
    ['a broken percent escape', '&state=%zz'],
    ['bytes that are no UTF-8', '&state=%ff%fe'],
    ['a parameter twice', `&scope=accounts`],
    ['the redirect URI twice', `&redirect_uri=${encodeURIComponent(redirectUri)}`],
    ['an unknown parameter twice', '&x=1&x=2'],
    ['hundreds of parameters', Array.from({ length: 300 }, (_, index) => `&p${index}=1`).join('')],
  ] as const
  test.each(malformed)('%s', async (_name, tail) => {
    const response = await fetch(`${authorizeUrl(fixture.server)}${tail}`)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('<h1>Malformed request</h1>')
  })

  test('response_type=code is fine, and so are parameters nobody knows', async () => {
    const { response } = await visitor({
      response_type: 'code',
      code_challenge: 'x',
      product: 'tv',
    }).open()
    expect(response.status).toBe(200)
  })

  test('a redirect URI that was not encoded is understood', async () => {
    const { clientId } = application
    const response = await fetch(
      `${fixture.server.authorizeUrl}?client_id=${clientId}&redirect_uri=${redirectUri}&scope=trading`,
    )
    expect(response.status).toBe(200)
  })
})

describe('sessions and forms', () => {
  test('a wrong password leads to a message, as often as one likes, and then the right one works', async () => {
    const browser = visitor()
    await browser.open()
    for (let attempt = 0; attempt < 12; attempt++) {
      const { response, html } = await browser.send({
        step: 'sign-in',
        username: 'alice',
        password: 'no',
      })
      expect(response.status).toBe(422)
      expect(html).toContain('The user name or the password is wrong.')
    }
    const { response } = await browser.send({
      step: 'sign-in',
      username: 'alice',
      password: alice.password,
    })
    expect(response.status).toBe(303)
  })

  test('the cookie is out of reach of scripts and other sites, named after the port, and changes at sign-in', async () => {
    const browser = visitor()
    const { response } = await browser.open()
    const [line = ''] = response.headers.getSetCookie()
    expect(line).toMatch(
      new RegExp(
        `^ctrader_sandbox_${fixture.server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax$`,
      ),
    )
    const before = browser.cookie
    await browser.signIn()
    expect(browser.cookie).not.toBe(before)
    const fixated = visitor()
    fixated.cookie = before
    expect((await fixated.open()).html).toContain('Sign in with your cTrader ID')
  })

  test('a form without the token of the page, or without the cookie, changes nothing', async () => {
    const browser = visitor()
    await browser.signIn()
    const decision = { step: 'decision', decision: 'allow', account: '1001' }
    const forged = await browser.send({ ...decision, form_token: 'x'.repeat(43) })
    expect(forged.response.status).toBe(422)
    expect(forged.response.headers.get('location')).toBeNull()

    const other = visitor()
    await other.signIn()
    other.cookie = ''
    const cookieless = await other.send(decision)
    expect(cookieless.response.status).toBe(422)
    expect(cookieless.html).toContain('This page has grown old')
  })

  test('deciding before signing in leads to the sign-in page', async () => {
    const browser = visitor()
    await browser.open()
    const { response, html } = await browser.send({
      step: 'decision',
      decision: 'allow',
      account: '1001',
    })
    expect(response.status).toBe(422)
    expect(html).toContain('Please sign in first.')
  })

  test('a session belongs to one person; "Not you?" ends it', async () => {
    const browser = visitor()
    expect((await browser.signIn()).html).toContain('<b>alice</b>')
    const old = browser.cookie
    expect((await browser.send({ step: 'sign-out' })).response.status).toBe(303)
    expect((await browser.open()).html).toContain('Sign in with your cTrader ID')
    expect((await browser.signIn(bob)).html).toContain('<b>bob</b>')
    const stale = visitor()
    stale.cookie = old
    expect((await stale.open()).html).toContain('Sign in with your cTrader ID')
  })

  test('a session ends after eight hours of the sandbox', async () => {
    const browser = visitor()
    await browser.signIn()
    fixture.clock.advance(8 * 3_600_000 - 1)
    expect((await browser.open()).html).toContain('asks for access')
    fixture.clock.advance(1)
    expect((await browser.open()).html).toContain('Sign in with your cTrader ID')
  })

  test('forms that are none are refused', async () => {
    const browser = visitor()
    await browser.signIn()
    expect((await browser.send({ step: 'dance' })).response.status).toBe(400)
    expect((await browser.send({ step: 'decision', decision: 'maybe' })).response.status).toBe(400)
    expect((await browser.send({ step: ['decision', 'sign-out'] })).response.status).toBe(400)
    const url = authorizeUrl(fixture.server)
    const json = await fetch(url, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.status).toBe(415)
    const put = await fetch(url, { method: 'PUT', body: 'a=b' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
  })
})
