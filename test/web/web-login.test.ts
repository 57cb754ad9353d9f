import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createMemoryFlowStore,
  createWebLogin,
  GrantLinkedElsewhereError,
} from '../../src/web/index.ts'
import { Site } from './fixture.ts'

let site: Site

beforeAll(async () => {
  site = await Site.start()
})
afterAll(() => site.close())
beforeEach(() => site.reset())

const cookieName = 'ctrader-login'

describe('a web login', () => {
  test('WB-1: goes from a form to a linked grant, and the tokens never reach the browser', async () => {
    const browser = site.browserOf('alice')
    const seen: string[] = []
    const started = await browser.submit('/ctrader/login', {
      scope: 'trading',
      returnTo: '/accounts?tab=2',
    })
    expect(started.status).toBe(303)
    const url = new URL(started.headers.get('location') ?? '')
    expect(url.searchParams.get('scope')).toBe('trading')
    expect(url.searchParams.get('redirect_uri')).toBe(site.redirectUri)

    const back = await browser.visit(await site.consent(url.href))
    expect(back.status).toBe(303)
    expect(back.headers.get('location')).toBe('/ctrader/confirm')
    expect(site.linked).toHaveLength(0)

    const page = await browser.visit('/ctrader/confirm')
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toMatch(/cTrader ID \d+/)
    expect(html).toContain('5001')
    expect(html).toContain('Sandbox')
    seen.push(html)

    const done = await browser.submit('/ctrader/confirm', { decision: 'accept' })
    expect(done.status).toBe(303)
    expect(done.headers.get('location')).toBe('/accounts?tab=2&ctrader=linked')
    expect(browser.cookie(cookieName)).toBeUndefined()

    const [grant] = site.linked
    expect(grant).toMatchObject({ user: 'alice', identity: { scope: 'trading' } })
    expect(site.linked).toHaveLength(1)
    for (const response of [started, back, page, done]) seen.push(inspect([...response.headers]))
    const { accessToken, refreshToken } = grant?.tokens ?? {}
    expect(seen.join('\n')).not.toContain(accessToken?.reveal())
    expect(seen.join('\n')).not.toContain(refreshToken?.reveal())
    // WB-5: and it is a grant that works.
    expect((await site.identify(grant?.tokens as never)).userId).toBe(grant?.identity.userId)
  })

  test('ST-10: nothing is linked when the person says that it is not theirs', async () => {
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    const declined = await browser.submit('/ctrader/confirm', { decision: 'decline' })
    expect(declined.headers.get('location')).toBe('/settings?ctrader=declined')
    expect(site.linked).toHaveLength(0)
    const again = await browser.submit('/ctrader/confirm', { decision: 'accept' })
    expect(again.status).toBe(404)
    expect(site.linked).toHaveLength(0)
  })

  test('WB-6: a declined consent returns with a fixed word', async () => {
    const browser = site.browserOf('alice')
    const started = await browser.submit('/ctrader/login')
    const back = await browser.visit(await site.consent(started.headers.get('location'), 'deny'))
    expect(back.status).toBe(303)
    expect(back.headers.get('location')).toBe('/settings?ctrader=denied')
    expect(browser.cookie(cookieName)).toBeUndefined()
  })

  test('WB-6: every answer keeps itself out of caches, and no page loads anything', async () => {
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    const answers = [
      await browser.visit('/auth/callback?code=x&state=y'),
      await browser.visit(callback),
      await browser.visit('/ctrader/confirm'),
      await browser.submit('/ctrader/confirm', { decision: 'accept' }),
    ]
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect(answers[2]?.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
    )
  })
})

test('WB-13: no page runs scripts, opens windows or lets itself be framed', async () => {
  const browser = site.browserOf('alice')
  const callback = await site.begin(browser)
  const pages = [await browser.visit('/auth/callback'), await browser.visit('/ctrader/confirm')]
  await browser.visit(callback)
  pages.push(await browser.visit('/ctrader/confirm'))
  pages.push(await site.browserOf(undefined).submit('/ctrader/login'))
  for (const page of pages) {
    expect(await page.text()).not.toMatch(
      /<script|\bon\w+=|target=|window\.\w|postMessage|https?:/i,
    )
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(page.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    )
  }
})

describe('WB-2: a login begins only by a form of the site itself', () => {
  test.each<[string, Record<string, string>]>([
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['of another site that hides it', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['of a sub-domain', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    [
      'of another origin, from an old browser',
      { origin: 'https://evil.example', 'sec-fetch-site': '' },
    ],
  ])('not one %s', async (_what, headers) => {
    const browser = site.browserOf('alice')
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
    const refused = await browser.send('/ctrader/login', {
      method: 'POST',
      body: new URLSearchParams({ scope: 'trading' }),
      headers: sent,
    })
    expect(refused.status).toBe(400)
    expect(refused.headers.getSetCookie()).toEqual([])
  })

  test('not by a link, and not without any word of where it comes from', async () => {
    const browser = site.browserOf('alice')
    const link = await browser.visit('/ctrader/login')
    expect(link.status).toBe(405)
    expect(link.headers.get('allow')).toBe('POST')
    expect((await browser.send('/ctrader/login', { method: 'POST' })).status).toBe(400)
  })

  test('by one of an old browser, or of a page that hides its address', async () => {
    const browser = site.browserOf('alice')
    const old = await browser.send('/ctrader/login', {
      method: 'POST',
      headers: { origin: site.origin },
    })
    expect(old.status).toBe(303)
    const hidden = await browser.submit('/ctrader/login', {}, { origin: 'null' })
    expect(hidden.status).toBe(303)
  })

  test('and only for somebody who is signed in', async () => {
    expect((await site.browserOf(undefined).submit('/ctrader/login')).status).toBe(401)
    site.reset({ signInPath: '/sign-in' })
    const sent = await site.browserOf(undefined).submit('/ctrader/login')
    expect(sent.headers.get('location')).toBe('/sign-in')
  })

  test.each<[string, Record<string, string>]>([
    ['a scope that is not offered', { scope: 'everything' }],
    ['a list of scopes', { scope: 'accounts trading' }],
    ['a path that is not on the list', { returnTo: '/admin' }],
    ['a cTrader ID that is none', { renew: '-1' }],
  ])('%s is refused', async (_what, fields) => {
    const refused = await site.browserOf('alice').submit('/ctrader/login', fields)
    expect(refused.status).toBe(400)
  })

  test('a form that is too long, or of another kind, is refused', async () => {
    const browser = site.browserOf('alice')
    const long = await browser.submit('/ctrader/login', {
      returnTo: `/settings?${'x'.repeat(9000)}`,
    })
    expect(long.status).toBe(400)
    const headers = { origin: site.origin, 'content-type': 'application/json' }
    const other = await browser.send('/ctrader/login', { method: 'POST', body: '{}', headers })
    expect(other.status).toBe(400)
  })
})

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/%5cevil',
  '/settings\\..\\evil',
  'settings',
  '',
  '/\tsettings',
  '/settings\r\nSet-Cookie: a=b',
  '/settings/',
  '/SETTINGS',
])('RU-9: a login does not return to %j', async (returnTo) => {
  const refused = await site.browserOf('alice').submit('/ctrader/login', { returnTo })
  expect(refused.status).toBe(400)
})

describe('WB-3: the cookie', () => {
  test('on loopback: no prefix, and not for scripts or other sites', async () => {
    const started = await site.browserOf('alice').submit('/ctrader/login')
    expect(started.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^ctrader-login=[A-Za-z0-9_-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
      ),
    ])
  })

  test('over https: only for this host, and only over https', async () => {
    const login = createWebLogin(site.options({ redirectUri: 'https://example.com/auth/callback' }))
    const started = await login.start(
      new Request('http://behind-a-proxy:3000/ctrader/login', {
        method: 'POST',
        headers: { origin: 'https://example.com', cookie: 'user=alice' },
      }),
    )
    expect(started.status).toBe(303)
    expect(started.headers.getSetCookie()[0]).toMatch(
      /^__Host-ctrader-login=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    // RU-8: the address of the request plays no part.
    const url = new URL(started.headers.get('location') ?? '')
    expect(url.searchParams.get('redirect_uri')).toBe('https://example.com/auth/callback')
  })

  test('the server keeps only a digest of it, and tokens sealed', async () => {
    const kept: string[] = []
    const store = createMemoryFlowStore()
    site.reset({
      store: {
        ...store,
        put: (entry, limits, now) => {
          kept.push(inspect(entry))
          return store.put(entry, limits, now)
        },
      },
    })
    const browser = site.browserOf('alice')
    const started = await browser.submit('/ctrader/login')
    const first = browser.cookie(cookieName) ?? ''
    const url = started.headers.get('location')
    await browser.visit(await site.consent(url))
    const second = browser.cookie(cookieName) ?? ''
    expect(second).not.toBe(first)
    await browser.submit('/ctrader/confirm', { decision: 'accept' })
    const { accessToken } = site.linked[0]?.tokens ?? {}
    const state = new URL(url ?? '').searchParams.get('state') ?? ''
    for (const secret of [first, second, state, accessToken?.reveal() ?? '']) {
      expect(secret).not.toBe('')
      expect(kept.join('\n')).not.toContain(secret)
    }
  })
})

test('the error that says a cTrader ID is linked elsewhere becomes a page of its own', async () => {
  site.reset({
    link: ({ identity }) => {
      throw new GrantLinkedElsewhereError(identity.userId)
    },
  })
  const browser = site.browserOf('alice')
  await browser.visit(await site.begin(browser))
  const refused = await browser.submit('/ctrader/confirm', { decision: 'accept' })
  expect(refused.status).toBe(409)
  expect(await refused.text()).toContain('another user of this site')
})

describe('options that cannot work', () => {
  test.each([
    ['plain http to another machine', { redirectUri: 'http://example.com/auth/callback' }],
    ['no scope', { scopes: [] }],
    ['a scope there is not', { scopes: ['all' as never] }],
    ['no path to return to', { returnPaths: [] }],
    ['a path that leads elsewhere', { returnPaths: ['//evil.example'] }],
    ['two steps at one path', { confirmPath: '/auth/callback' }],
    ['a path with a query', { startPath: '/login?x=1' }],
  ])('%s', (_what, changes) => {
    expect(() => createWebLogin(site.options(changes))).toThrow()
  })
})
