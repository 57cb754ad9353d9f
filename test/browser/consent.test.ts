import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  AuthorizationDeniedError,
  authorizeWithLoopback,
  sandboxEndpoints,
} from '../../src/oauth/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { freePort } from '../oauth/free-port.ts'
import { browserIsHere, openPage, patience, startBrowser, widths } from './chromium.ts'
import {
  expectContrast,
  expectNames,
  expectNoSidewaysScroll,
  expectPicture,
  expectReachable,
} from './page-checks.ts'

describe.skipIf(!browserIsHere)('the consent pages in a browser', patience, () => {
  let browser: Browser
  let sandbox: Sandbox
  let redirectUri: string
  let pages: Page[]
  beforeAll(async () => {
    browser = await startBrowser()
  }, patience.timeout)
  afterAll(() => browser?.close())
  beforeEach(async () => {
    pages = []
    redirectUri = `http://127.0.0.1:${await freePort()}/callback`
    sandbox = await createSandbox({ redirectUris: [redirectUri] })
    sandbox.auth.applications.update(sandbox.clientId, {
      name: 'Grid Trader',
      description: 'Runs grid strategies on the accounts you choose.',
    })
  })
  afterEach(async () => {
    for (const page of pages) await page.context().close()
    await sandbox.close()
  })

  async function open(options: Parameters<typeof openPage>[1] = {}): Promise<Page> {
    const page = await openPage(browser, options)
    pages.push(page)
    return page
  }

  const authorizeUrl = (changes: Readonly<Record<string, string>> = {}): string => {
    const query = { client_id: sandbox.clientId, redirect_uri: redirectUri, scope: 'trading' }
    return `${sandbox.authorizeUrl}?${new URLSearchParams({ ...query, ...changes })}`
  }

  async function signIn(page: Page): Promise<void> {
    await page.getByLabel('User name').fill(sandbox.username)
    await page.getByLabel('Password').fill(sandbox.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Allow access' }).waitFor()
  }

  /** A login of our client; the browser is opened as a person's would be, and `act` is what they do there. */
  function logIn(page: Page, act: () => Promise<void>) {
    let done: Promise<void> = Promise.resolve()
    const ending = new AbortController()
    const tokens = authorizeWithLoopback({
      application: { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
      redirectUris: [redirectUri],
      scope: 'trading',
      endpoints: sandboxEndpoints(sandbox),
      signal: ending.signal,
      openBrowser: (url) => {
        done = page.goto(url).then(act)
        done.catch((error: unknown) => ending.abort(error))
      },
    })
    return { tokens, done: () => done }
  }

  test('somebody signs in, chooses accounts and allows', async () => {
    const page = await open()
    const live = sandbox.accounts.filter((account) => account.isLive)
    const login = logIn(page, async () => {
      await signIn(page)
      await page.getByRole('button', { name: 'Clear all demo accounts' }).click()
      const first = page.getByRole('checkbox', { name: String(sandbox.accounts[0]?.traderLogin) })
      expect(await first.isChecked()).toBe(false)
      expect(await page.getByRole('group', { name: 'Live accounts' }).isVisible()).toBe(true)
      await page.getByRole('button', { name: 'Allow access' }).click()
    })
    await login.tokens
    await login.done()
    const [grant] = sandbox.auth.grants.list().filter(({ id }) => id > 1)
    expect(grant).toMatchObject({
      scope: 'trading',
      accountIds: live.map(({ accountId }) => accountId),
    })
  })

  test('another one denies', async () => {
    const page = await open()
    const login = logIn(page, async () => {
      await signIn(page)
      await page.getByRole('button', { name: 'Deny' }).click()
      await page.waitForURL((url) => url.origin === new URL(redirectUri).origin)
    })
    await expect(login.tokens).rejects.toBeInstanceOf(AuthorizationDeniedError)
    await login.done()
    expect(sandbox.auth.grants.list()).toHaveLength(1)
  })

  test('the page on which a login ends has no code in its address, and going back finds none', async () => {
    const page = await open()
    const seen: string[] = []
    page.on('framenavigated', (frame) => seen.push(frame.url()))
    const login = logIn(page, async () => {
      await signIn(page)
      await page.getByRole('button', { name: 'Allow access' }).click()
      await page.waitForURL((url) => url.origin === new URL(redirectUri).origin)
    })
    await login.tokens
    await login.done()
    await page.waitForLoadState()
    expect(page.url()).not.toContain('code')
    expect(await page.locator('h1').innerText()).not.toBe('')
    expect(await page.evaluate('document.referrer')).not.toContain('code=')
    await page.goBack({ waitUntil: 'commit' }).catch(() => {})
    expect(page.url()).not.toContain('code=')
    // The browser never stood on an address with a code.
    expect(seen.length).toBeGreaterThan(2)
    expect(seen.filter((url) => /[?&]code=/.test(url))).toEqual([])
  })

  test('everything can be done with the keyboard alone', async () => {
    const page = await open()
    const press = async (name: string, key: string): Promise<void> => {
      const focused = (): Promise<unknown> =>
        page.evaluate(
          "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
        )
      for (let step = 0; step < 30 && (await focused()) !== name; step++) {
        await page.keyboard.press('Tab')
      }
      expect(await focused()).toBe(name)
      await page.keyboard.press(key)
    }
    const live = sandbox.accounts.filter((account) => account.isLive)
    const login = logIn(page, async () => {
      // The field that is needed first has the focus, which comes a moment after the field.
      const hasFocus = (name: string) => page.locator(`input[name=${name}]:focus`).waitFor()
      await hasFocus('username')
      await page.keyboard.type(sandbox.username)
      await page.keyboard.press('Tab')
      await page.keyboard.type('wrong')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await hasFocus('password')
      await page.keyboard.type(sandbox.password)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Allow access' }).waitFor()
      await press('Clear all live accounts', 'Enter')
      const name = String(live[0]?.traderLogin)
      await page.getByRole('checkbox', { name, checked: false }).waitFor()
      // The focus is where it was.
      const focused = page.locator('button:focus')
      expect(await focused.getAttribute('aria-label')).toBe('Clear all live accounts')
      await press('Allow access', 'Space')
    })
    await login.tokens
    await login.done()
    const [grant] = sandbox.auth.grants.list().filter(({ id }) => id > 1)
    expect(grant?.accountIds).toHaveLength(sandbox.accounts.length - live.length)
  })

  /** What goes for every page at every size. */
  async function expectGoodLooks(page: Page): Promise<void> {
    await expectNoSidewaysScroll(page)
    await expectContrast(page)
    await expectPicture(page)
  }

  test.each(widths)('at %i pixels the pages look right', async (width) => {
    const page = await open({ viewport: { width, height: 800 } })
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(authorizeUrl())
    await expectGoodLooks(page)
    await expectNames(page)
    for (const name of ['User name', 'Password']) await expectReachable(page.getByLabel(name))
    await expectReachable(page.getByRole('button', { name: 'Sign in' }))
    await signIn(page)
    await expectGoodLooks(page)
    await expectNames(page)
    const controls = page.locator('button, input:not([type=hidden])')
    expect(await controls.count()).toBe(sandbox.accounts.length + 7)
    for (const control of await controls.all()) await expectReachable(control)
    expect(errors).toEqual([])
  })

  test.each(widths)('at %i pixels in the dark, embedded, and with a mistake', async (width) => {
    const page = await open({ viewport: { width, height: 800 }, colorScheme: 'dark' })
    await page.goto(authorizeUrl({ product: 'web' }))
    await signIn(page)
    expect(await page.locator('header, footer').count()).toBe(0)
    await expectGoodLooks(page)
    await page.goto(authorizeUrl({ redirect_uri: `${redirectUri}/` }))
    expect(await page.locator('h1').innerText()).toBe('Invalid redirect URI')
    expect(await page.getByText('Only the slash at the end').isVisible()).toBe(true)
    await expectGoodLooks(page)
  })
})
