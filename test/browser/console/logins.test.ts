import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { logIn, openAccount } from '../../sandbox/fixture.ts'
import { browserIsHere, patience } from '../chromium.ts'
import { press, useConsole } from './console-fixture.ts'
import { askForTokens, bodyOf, consentUrl, refresh } from './oauth-client.ts'

const redirectUri = 'http://127.0.0.1:9/callback'

/** Waits until a secret is not in the page: its dialog tells that it was closed a moment after it was. */
const gone = (page: Page, secret: string): Promise<void> =>
  expect.poll(async () => (await page.content()).includes(secret)).toBe(false)

describe.skipIf(!browserIsHere)('logins in the console', patience, () => {
  const console = useConsole()

  test('an application is registered, is refused while submitted, and logs in once it is approved', async () => {
    const { sandbox } = console
    const page = await console.open('Logins')
    await press(page, 'Register an application')
    const form = page.getByRole('dialog', { name: 'Register an application' })
    await form.getByLabel('Name').fill('Dashboard')
    await form.getByLabel('Redirect URIs').fill('no address')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByRole('alert').filter({ hasText: 'redirect URI cannot be' }).waitFor()
    await form.getByLabel('Redirect URIs').fill(`${redirectUri}\nhttps://dashboard.example/back`)
    await form.getByLabel('Type').selectOption('web')
    await form.getByLabel('Status').selectOption('submitted')
    await form.getByRole('button', { name: 'Save' }).click()

    // The secret is there to be copied, and gone with its dialog.
    const secrets = page.getByRole('dialog', { name: 'Client secret' })
    const clientSecret = await secrets.locator('code').innerText()
    const [application] = sandbox.auth.applications.list().slice(-1)
    const clientId = application?.clientId ?? ''
    expect(application).toMatchObject({
      ...{ name: 'Dashboard', type: 'web', status: 'submitted', clientSecret },
      redirectUris: [redirectUri, 'https://dashboard.example/back'],
    })
    await secrets.getByRole('button', { name: 'Close' }).click()
    await gone(page, clientSecret)

    const url = consentUrl(sandbox, clientId, redirectUri)
    expect(await (await fetch(url)).text()).toContain('not in active state')
    await press(page, 'Approve: Dashboard')
    await page.getByRole('button', { name: 'Back to submitted: Dashboard' }).waitFor()
    const code = new URL(sandbox.auth.consents.allow(url)).searchParams.get('code') ?? ''
    const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const answer = await askForTokens(sandbox, { clientId, clientSecret }, fields)
    const { accessToken } = await bodyOf(answer)
    expect(accessToken).toMatch(/.{20}/)
    await page.getByRole('row').filter({ hasText: 'Dashboard' }).waitFor()
  })

  test('the login of an application is tried in another tab', async () => {
    const page = await console.open('Logins')
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: /^Try the login of Sandbox application/ }).click()
    const consent = await opened
    await consent.getByRole('button', { name: 'Sign in' }).waitFor()
    await consent.getByLabel('User name').fill(console.sandbox.username)
    await consent.getByLabel('Password').fill(console.sandbox.password)
    await consent.getByRole('button', { name: 'Sign in' }).click()
    await consent.getByRole('button', { name: 'Allow access' }).click()
    await consent.waitForURL((url) => url.pathname.endsWith('/playground'))
  })

  test('a secret is shown when it is asked for, and replaced', async () => {
    const { sandbox } = console
    const page = await console.open('Logins')
    await gone(page, sandbox.clientSecret)
    await press(page, 'Show the secret of Sandbox application')
    const secrets = page.getByRole('dialog', { name: 'Client secret' })
    await secrets.getByText(sandbox.clientSecret).waitFor()
    await press(page, 'Make a new one')
    await secrets.getByText(sandbox.clientSecret).waitFor({ state: 'hidden' })
    const [now] = sandbox.auth.applications.list()
    expect(now?.clientSecret).not.toBe(sandbox.clientSecret)
    await expect.poll(() => secrets.locator('code').innerText()).toBe(now?.clientSecret)
    await page.keyboard.press('Escape')
    await gone(page, now?.clientSecret ?? '')
    expect((await bodyOf(await refresh(sandbox)))['errorCode']).toBe('ACCESS_DENIED')
  })

  test('an application is edited, sent back to submitted, and removed with its grants', async () => {
    const { applications, grants } = console.sandbox.auth
    const page = await console.open('Logins')
    await press(page, 'Edit Sandbox application')
    const form = page.getByRole('dialog', { name: 'Edit the application' })
    expect(await form.getByLabel('Redirect URIs').inputValue()).toBe(
      console.sandbox.redirectUris.join('\n'),
    )
    await form.getByLabel('Name').fill('Grid Trader')
    await form.getByLabel('Description').fill('Runs grids.')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Runs grids.', { exact: true }).waitFor()
    await press(page, 'Back to submitted: Grid Trader')
    await page.getByRole('button', { name: 'Approve: Grid Trader' }).waitFor()
    await expect(logIn(console.sandbox)).rejects.toThrow('CH_CLIENT_AUTH_FAILURE')
    await press(page, 'Remove Grid Trader')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No applications. Nobody can log in.').waitFor()
    await page.getByText('No grants: nobody has allowed anything.').waitFor()
    expect([applications.list(), grants.list()]).toEqual([[], []])
  })

  test('a grant is issued, its tokens are shown once, and revoking another one leaves it alone', async () => {
    const { sandbox } = console
    const page = await console.open('Logins')
    const { client } = await openAccount(sandbox)
    await press(page, 'Issue a grant')
    const form = page.getByRole('dialog', { name: 'Issue a grant' })
    await form.getByLabel('Scope').selectOption('accounts')
    await form.getByLabel('Accounts', { exact: true }).fill('9999')
    await form.getByRole('button', { name: 'Issue' }).click()
    await form
      .getByRole('alert')
      .filter({ hasText: 'A grant holds one or more accounts' })
      .waitFor()
    await form.getByLabel('Accounts', { exact: true }).fill('1001, 1002')
    await form.getByRole('button', { name: 'Issue' }).click()
    const tokens = page.getByRole('dialog', { name: 'The new tokens' })
    await tokens.waitFor()
    const [token = '', renewal = ''] = await tokens.locator('code').allInnerTexts()
    expect([token, renewal]).not.toContain('')
    await page.keyboard.press('Escape')
    await tokens.waitFor({ state: 'hidden' })
    await gone(page, token)
    await gone(page, renewal)
    const [first, second] = sandbox.auth.grants.list()
    expect(second).toMatchObject({ scope: 'accounts', accountIds: [1001, 1002] })

    await press(page, `Revoke grant ${first?.id}`)
    await client.next('ProtoOAAccountsTokenInvalidatedEvent')
    await page
      .getByRole('button', { name: `Revoke grant ${first?.id}` })
      .waitFor({ state: 'hidden' })
    await expect(openAccount(sandbox)).rejects.toThrow('CH_ACCESS_TOKEN_INVALID')
    expect((await bodyOf(await refresh(sandbox)))['errorCode']).toBe('ACCESS_DENIED')
    const other = await openAccount(sandbox, { token })
    expect((await bodyOf(await refresh(sandbox, renewal)))['errorCode']).toBeNull()
    await other.client.close()
  })

  test('an access token runs out while its refresh token goes on', async () => {
    const { sandbox } = console
    const page = await console.open('Logins')
    const [{ id } = { id: 0 }] = sandbox.auth.grants.list()
    await press(page, `Expire grant ${id}`)
    await page.getByText('expired', { exact: true }).waitFor()
    await expect(openAccount(sandbox)).rejects.toThrow('Access token expired')
    expect((await bodyOf(await refresh(sandbox)))['errorCode']).toBeNull()
    await page.getByRole('cell', { name: 'once' }).waitFor()
    await press(page, 'Revoke all')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke all' }).click()
    await page.getByText('No grants: nobody has allowed anything.').waitFor()
    // Who had pressed the button is not thrown to the top of the page.
    await page.locator('#revoke-all:focus').waitFor()
  })

  test('a trader is made, with an account of their own', async () => {
    const page = await console.open('Logins')
    await press(page, 'New trader')
    const form = page.getByRole('dialog', { name: 'New trader' })
    await form.getByLabel('User name').fill(console.sandbox.username)
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByRole('alert').filter({ hasText: 'Give a name that nobody has.' }).waitFor()
    await form.getByLabel('User name').fill('alice')
    await form.getByRole('button', { name: 'Create' }).click()
    await press(page, 'New account for alice')
    await press(page, 'Open it')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const line = page.getByRole('row').filter({ hasText: 'alice' })
    const [account] = console.sandbox.control.accounts.list().slice(-1)
    await line.getByText(String(account?.account)).waitFor()
  })
})
