import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createMemoryFlowStore } from '../../src/web/index.ts'
import { Site } from './fixture.ts'

let site: Site

beforeAll(async () => {
  site = await Site.start()
})
afterAll(() => site.close())
beforeEach(() => site.reset())

const cookieName = 'ctrader-login'
const textOf = async (response: Promise<Response>): Promise<string> => (await response).text()

describe('a callback that does not belong to the login changes nothing', () => {
  test.each<[string, (callback: string) => string]>([
    ['of a wrong state', (callback) => `${callback}&state=${'x'.repeat(43)}`],
    ['with two codes', (callback) => `${callback}&code=other`],
    ['with a code and an error', (callback) => `${callback}&error=access_denied`],
    ['with an error of a wrong state', () => '/auth/callback?error=access_denied&state=wrong'],
    ['without anything', () => '/auth/callback'],
  ])('ST-7, ST-8: one %s', async (_what, change) => {
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    expect((await browser.visit(change(callback))).status).toBe(400)
    // The login goes on.
    expect((await browser.visit(callback)).headers.get('location')).toBe('/ctrader/confirm')
  })

  test('ST-6: one in another browser, of another user, or of nobody; and all get the same answer', async () => {
    const alice = site.browserOf('alice')
    const callback = await site.begin(alice)
    const mallory = site.browserOf('mallory')
    const malloryBusy = site.browserOf('mallory')
    await malloryBusy.submit('/ctrader/login')
    const nobody = site.browserOf(undefined)
    const swapped = site.browserOf('mallory')
    swapped.setCookie(cookieName, alice.cookie(cookieName) ?? '')

    const unknown = await textOf(mallory.visit('/auth/callback?code=never-seen'))
    for (const browser of [mallory, nobody, swapped]) {
      const refused = await browser.visit(callback)
      expect(refused.status).toBe(400)
      expect(await refused.text()).toBe(unknown)
    }
    expect((await alice.visit(callback)).headers.get('location')).toBe('/ctrader/confirm')
    expect(site.linked).toHaveLength(0)
  })

  test('WB-8: HEAD, POST and a look ahead do not use the code up', async () => {
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    expect((await browser.send(callback, { method: 'HEAD' })).status).toBe(405)
    expect((await browser.send(callback, { method: 'POST' })).status).toBe(405)
    expect((await browser.visit(callback, { 'sec-purpose': 'prefetch' })).status).toBe(400)
    expect((await browser.visit(callback, { 'sec-fetch-dest': 'image' })).status).toBe(400)
    expect((await browser.visit(callback, { 'sec-fetch-mode': 'no-cors' })).status).toBe(400)
    expect((await browser.visit(callback)).status).toBe(303)
  })

  test('WB-9: only the path of the redirect URI counts, whatever host a proxy shows', async () => {
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    const cookie = `user=alice; ${cookieName}=${browser.cookie(cookieName)}`
    const elsewhere = new Request(`http://inner:3000/other${callback}`, { headers: { cookie } })
    expect((await site.login.callback(elsewhere)).status).toBe(404)
    const behind = new Request(`http://inner:3000${callback}`, { headers: { cookie } })
    expect((await site.login.callback(behind)).status).toBe(303)
  })

  test('a cookie that is there twice is none', async () => {
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    const own = `${cookieName}=${browser.cookie(cookieName)}`
    const headers = { cookie: `user=alice; ${own}; ${cookieName}=${'x'.repeat(43)}` }
    const twice = await site.login.callback(new Request(`${site.origin}${callback}`, { headers }))
    expect(twice.status).toBe(400)
  })
})

describe('a login works once', () => {
  test('ST-3: of two callbacks at the same time one goes on', async () => {
    let exchanges = 0
    site.reset({
      fetch: (url, init) => {
        exchanges++
        return fetch(url, init)
      },
    })
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    const cookie = `user=alice; ${cookieName}=${browser.cookie(cookieName)}`
    const visit = () =>
      site.login.callback(new Request(`${site.origin}${callback}`, { headers: { cookie } }))
    const statuses = (await Promise.all([visit(), visit(), visit()])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([303, 400, 400])
    expect(exchanges).toBe(1)
  })

  test('WB-7: loading the callback again leads on, before and after the confirmation', async () => {
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    await browser.visit(callback)
    expect((await browser.visit(callback)).headers.get('location')).toBe('/ctrader/confirm')
    await browser.submit('/ctrader/confirm', { decision: 'accept' })
    const again = await browser.visit(callback)
    expect(again.headers.get('location')).toBe('/settings?ctrader=linked')
    expect(site.linked).toHaveLength(1)
    // For anybody else it is just a link that does not work.
    expect((await site.browserOf('mallory').visit(callback)).status).toBe(400)
  })

  test('two confirmations at the same time link once', async () => {
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    const accept = () => browser.submit('/ctrader/confirm', { decision: 'accept' })
    const statuses = (await Promise.all([accept(), accept()])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([303, 404])
    expect(site.linked).toHaveLength(1)
  })

  test('ST-6: a second start in the same browser takes the place of the first', async () => {
    const browser = site.browserOf('alice')
    const first = await site.begin(browser)
    const old = browser.cookie(cookieName) ?? ''
    await site.begin(browser)
    const cookie = `user=alice; ${cookieName}=${old}`
    const late = await site.login.callback(
      new Request(`${site.origin}${first}`, { headers: { cookie } }),
    )
    expect(late.status).toBe(400)
  })

  test('ST-3: it expires', async () => {
    const clock = new ManualClock(Date.now())
    site.reset({ clock })
    const browser = site.browserOf('alice')
    const callback = await site.begin(browser)
    clock.advance(600_000)
    expect((await browser.visit(callback)).status).toBe(400)
    expect(site.linked).toHaveLength(0)
  })
})

describe('the confirmation', () => {
  test('WB-4: belongs to the user who began the login', async () => {
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    browser.setCookie('user', 'mallory')
    expect((await browser.visit('/ctrader/confirm')).status).toBe(404)
    expect((await browser.submit('/ctrader/confirm', { decision: 'accept' })).status).toBe(404)
    expect(site.linked).toHaveLength(0)
  })

  test('is a form of the site itself, with a decision', async () => {
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await browser.submit('/ctrader/confirm', { decision: 'accept' }, foreign)).status).toBe(
      400,
    )
    expect((await browser.submit('/ctrader/confirm', {})).status).toBe(400)
    expect((await browser.send('/ctrader/confirm', { method: 'DELETE' })).status).toBe(405)
    expect(site.linked).toHaveLength(0)
    expect((await browser.submit('/ctrader/confirm', { decision: 'accept' })).status).toBe(303)
  })

  test('ST-12: says when it is another cTrader ID than the one to be renewed', async () => {
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser, { renew: '1' }))
    const html = await (await browser.visit('/ctrader/confirm')).text()
    expect(html).toContain('renew the connection of cTrader ID 1')
    const userId = /cTrader ID (\d{3,})/.exec(html)?.[1] ?? ''
    const same = site.browserOf('alice')
    await same.visit(await site.begin(same, { renew: userId }))
    expect(await (await same.visit('/ctrader/confirm')).text()).not.toContain('You wanted to renew')
  })

  test('asks the server again when it was away, and links nothing unseen', async () => {
    let away = true
    site.reset({
      identify: async (tokens) => {
        if (away) throw new Error('no connection')
        return site.identify(tokens)
      },
    })
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    expect((await browser.visit('/ctrader/confirm')).status).toBe(503)
    const unseen = await browser.submit('/ctrader/confirm', { decision: 'accept' })
    expect(unseen.headers.get('location')).toBe('/ctrader/confirm')
    expect(site.linked).toHaveLength(0)
    away = false
    expect((await browser.visit('/ctrader/confirm')).status).toBe(200)
    await browser.submit('/ctrader/confirm', { decision: 'accept' })
    expect(site.linked).toHaveLength(1)
  })

  test('can be repeated when the grant could not be kept', async () => {
    let broken = true
    site.reset({
      link: (grant) => {
        if (broken) throw new Error('database away')
        site.linked.push(grant)
        return { 'Set-Cookie': 'session=fresh' }
      },
    })
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    const failed = await browser.submit('/ctrader/confirm', { decision: 'accept' })
    expect(failed.status).toBe(502)
    expect(await failed.text()).not.toContain('database')
    expect(site.errors).toHaveLength(1)
    broken = false
    await browser.submit('/ctrader/confirm', { decision: 'accept' })
    expect(site.linked).toHaveLength(1)
    // WB-4: what the application returns is added to the answer.
    expect(browser.cookie('session')).toBe('fresh')
  })

  test('texts of the server are shown as texts', async () => {
    const account = {
      accountId: 1,
      login: 5,
      isLive: true,
      broker: '<script>x</script>',
      scope: 'accounts' as const,
    }
    site.reset({ identify: async () => ({ userId: 9, scope: 'accounts', accounts: [account] }) })
    const browser = site.browserOf('alice')
    await browser.visit(await site.begin(browser))
    const html = await (await browser.visit('/ctrader/confirm')).text()
    expect(html).not.toContain('<script>')
    expect(html).toContain('&lt;script&gt;')
  })
})

describe('when the server does not play along', () => {
  test('WB-6: a refused exchange is a page with fixed words, and the login is over', async () => {
    site.reset({ application: { clientId: site.sandbox.clientId, clientSecret: 'wrong-secret-x' } })
    const browser = site.browserOf('alice')
    const failed = await browser.visit(await site.begin(browser))
    expect(failed.status).toBe(502)
    expect(browser.cookie(cookieName)).toBeUndefined()
    expect(await failed.text()).not.toMatch(/ACCESS_DENIED|secret/)
    expect(site.errors).toHaveLength(1)
  })

  test('WB-6: a server that is away is 503', async () => {
    site.reset({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    const browser = site.browserOf('alice')
    expect((await browser.visit(await site.begin(browser))).status).toBe(503)
  })

  test('WB-12: limits of the application are 429', async () => {
    site.reset({ allow: (_request, step) => step !== 'start' })
    expect((await site.browserOf('alice').submit('/ctrader/login')).status).toBe(429)
  })
})

describe('ST-11: unfinished logins', () => {
  test('of one user make room for newer ones; of everybody there is an end', async () => {
    site.reset({ limits: { perOwner: 2, total: 3 } })
    const browsers = ['alice', 'alice', 'alice'].map((user) => site.browserOf(user))
    const callbacks: string[] = []
    for (const browser of browsers) callbacks.push(await site.begin(browser))
    const statuses = []
    for (const [index, browser] of browsers.entries()) {
      statuses.push((await browser.visit(callbacks[index] ?? '')).status)
    }
    expect(statuses).toEqual([400, 303, 303])
    await site.begin(site.browserOf('bob'))
    expect((await site.browserOf('carol').submit('/ctrader/login')).status).toBe(503)
  })

  test('that have expired are swept away', async () => {
    const store = createMemoryFlowStore()
    const entry = { id: 'a', owner: 'x', kind: 'login', expiresAt: 10, data: '' } as const
    await store.put(entry, { perOwner: 5, total: 1 }, 0)
    expect(await store.put({ ...entry, id: 'b', owner: 'y' }, { perOwner: 5, total: 1 }, 9)).toBe(
      false,
    )
    expect(await store.put({ ...entry, id: 'b', owner: 'y' }, { perOwner: 5, total: 1 }, 10)).toBe(
      true,
    )
    expect(await store.find('a', 5)).toBeUndefined()
    expect(await store.take('b', 10)).toBeUndefined()
  })
})
