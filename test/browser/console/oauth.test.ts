import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { authorizationPresets } from '../../../src/sandbox/index.ts'
import { browserIsHere, patience } from '../chromium.ts'
import { field, nextRefresh, press, useConsole } from './console-fixture.ts'
import { askForTokens, bodyOf, consentUrl, refresh } from './oauth-client.ts'

describe.skipIf(!browserIsHere)('the authorization server in the console', patience, () => {
  const console = useConsole()

  const unknownCode = () =>
    askForTokens(console.sandbox, console.sandbox, {
      ...{ grant_type: 'authorization_code', code: 'none', redirect_uri: 'http://127.0.0.1' },
    })

  test('a switch that is set counts at once', async () => {
    const { sandbox } = console
    const { behaviour, consents } = sandbox.auth
    const page = await console.open('OAuth')
    await page.getByText('as cTrader', { exact: true }).waitFor()
    const before = await unknownCode()
    expect([before.status, await bodyOf(before)]).toMatchObject([
      200,
      { errorCode: 'ACCESS_DENIED' },
    ])
    await page.getByLabel('Status of a refusal').selectOption('rfc6749')
    await page.getByLabel('A refusal is written').selectOption('rfc6749')
    await page.getByLabel('state comes back').selectOption('always')
    await expect
      .poll(() => behaviour.current)
      .toMatchObject({
        ...{ failureStatus: 'rfc6749', errorStyle: 'rfc6749', echoState: 'always' },
      })
    const after = await unknownCode()
    expect([after.status, await bodyOf(after)]).toMatchObject([400, { error: 'invalid_grant' }])
    const url = consentUrl(sandbox, sandbox.clientId, sandbox.redirectUris[0] ?? '')
    expect(new URL(consents.allow(url)).searchParams.get('state')).toBe('mine')
    await page.getByText('mixed', { exact: true }).waitFor()
    await page.getByRole('tab', { name: 'OAuth 3 faults and changed switches' }).waitFor()
    await expect.poll(() => page.locator('.switch.changed').count()).toBe(3)
    await press(page, 'Set all switches back to the start')
    await page.getByText('as cTrader', { exact: true }).waitFor()
    expect((await unknownCode()).status).toBe(200)
  })

  test('switches with a number and with several positions', async () => {
    const { sandbox } = console
    const { behaviour } = sandbox.auth
    const page = await console.open('OAuth')
    const lifetime = field(page, 'Access token lives')
    await lifetime.fill('soon')
    await lifetime.press('Tab')
    await page.getByRole('alert').filter({ hasText: 'cannot be soon' }).waitFor()
    await nextRefresh(page)
    // What is wrong stays to be mended.
    expect(await lifetime.inputValue()).toBe('soon')
    await lifetime.fill('90')
    await lifetime.press('Enter')
    await expect.poll(() => behaviour.current.tokenLifetimeSeconds).toBe(90)
    await page.getByRole('alert').waitFor({ state: 'hidden' })
    expect((await bodyOf(await refresh(sandbox)))['expiresIn']).toBe(90)
    await page.getByLabel('post-form').uncheck()
    await expect.poll(() => behaviour.current.tokenRequests).toEqual(['get-query', 'post-query'])
    expect((await bodyOf(await unknownCode()))['description']).not.toContain('code')
    // Set from elsewhere, it is shown here.
    behaviour.set({ tokenRequests: ['post-form'], echoState: 'sometimes' })
    await expect.poll(() => page.getByLabel('post-form').isChecked()).toBe(true)
    expect(await page.getByLabel('get-query').isChecked()).toBe(false)
    expect(await page.getByLabel('state comes back').inputValue()).toBe('"sometimes"')
  })

  test('presets, and what is only set over HTTP', async () => {
    const { behaviour } = console.sandbox.auth
    const page = await console.open('OAuth')
    await press(page, 'Set all switches as the standard wants them')
    await page.getByText('as the RFC', { exact: true }).waitFor()
    expect(behaviour.current).toEqual(authorizationPresets.rfc)
    behaviour.set({ errorCodes: { 'wrong-secret': { errorCode: 'NO' } } })
    await page.getByText('Error codes of your own, set over HTTP: 1.').waitFor()
    await press(page, 'Set all switches as cTrader has them')
    await page.getByText('as cTrader', { exact: true }).waitFor()
    expect(behaviour.current).toEqual(authorizationPresets.ctrader)
    // Every switch is on the page, but for those codes.
    const shown = await page
      .locator('[data-switch]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-switch')))
    const expected = Object.keys(authorizationPresets.ctrader).filter((one) => one !== 'errorCodes')
    expect(shown.sort()).toEqual(expected.sort())
  })

  test('an answer that is lost after the tokens were made', async () => {
    const { sandbox } = console
    const page = await console.open('OAuth')
    await field(page, 'Requests').selectOption('refresh_token')
    await press(page, 'Add')
    const counter = (text: string) => page.getByRole('cell', { name: text })
    await counter('0 of 0').waitFor()
    await unknownCode()
    await expect(refresh(sandbox)).rejects.toThrow()
    await counter('1 of 1 used up').waitFor()
    await page.getByRole('row').filter({ hasText: 'tokens fault #' }).waitFor()
    // It was spent all the same.
    expect((await bodyOf(await refresh(sandbox)))['errorCode']).toBe('ACCESS_DENIED')
    await page.getByText(/was sent again after it was spent\.$/).waitFor()
    await press(page, 'Clear the token requests')
    await page.getByText('No request for tokens yet.').waitFor()
    await page.getByRole('button', { name: /^Remove fault \d+ of logins$/ }).click()
    await page.getByText('No faults: logins work.').waitFor()
    expect(sandbox.auth.faults.list()).toEqual([])
  })

  const choose = async (page: Page, text: string, fields: Readonly<Record<string, string>>) => {
    await field(page, 'Fault').selectOption({ label: text })
    for (const [label, value] of Object.entries(fields)) {
      await field(page, label).fill(value)
    }
    await press(page, 'Add')
  }

  test.each([
    ['429, too many requests', { 'Retry-After': '7' }, 429, /^Too many/],
    ['A page of HTML', { Status: '503' }, 503, /^<!doctype html>/],
    ['Any status and body', { Status: '500', Body: 'oops' }, 500, /^oops$/],
    ['JSON that breaks off', { 'Bytes kept': '12' }, 200, /^.{12}$/],
    ['An odd lifetime', { expiresIn: '1e400' }, 200, /"expiresIn":1e400/],
    [
      'Fields missing or changed',
      { 'Taken away': 'refreshToken, refresh_token' },
      200,
      /^(?!.*refresh)/,
    ],
  ])('a fault of the token endpoint: %s', async (text, fields, status, body) => {
    const page = await console.open('OAuth')
    await choose(page, text, { ...fields, Times: 'always' })
    await page.getByRole('button', { name: /^Remove fault \d+ of logins$/ }).waitFor()
    const answer = await refresh(console.sandbox)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toMatch(body)
    await page.getByRole('cell', { name: '1 of 1' }).waitFor()
  })

  test('a fault of the consent page, a delay, and a rule that is none', async () => {
    const { sandbox } = console
    const page = await console.open('OAuth')
    await choose(page, 'Redirect with other parameters', {
      'Taken away': 'code',
      Added: 'error=server_error',
    })
    await page.getByRole('button', { name: /^Remove fault \d+ of logins$/ }).waitFor()
    await choose(page, 'Answered late', { 'Delay, ms': '' })
    await page
      .getByRole('alert')
      .filter({ hasText: 'Give an action, a delayMs, or both.' })
      .waitFor()
    await choose(page, 'Answered late', { 'Delay, ms': '2500', Chance: '0.5' })
    await page.getByRole('cell', { name: /delayMs 2500/ }).waitFor()
    expect(sandbox.auth.faults.list().map(({ rule }) => rule)).toMatchObject([
      {
        endpoint: 'authorize',
        action: { kind: 'callback', remove: ['code'], append: [['error', 'server_error']] },
      },
      { endpoint: 'token', delayMs: 2500, probability: 0.5, when: 'before-commit' },
    ])
    await press(page, 'Remove all faults of logins')
    await page.getByText('No faults: logins work.').waitFor()
  })
})
