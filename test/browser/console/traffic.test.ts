import { describe, expect, test } from 'vitest'
import { openAccount } from '../../sandbox/fixture.ts'
import { browserIsHere, patience } from '../chromium.ts'
import { field, press, useConsole } from './console-fixture.ts'

describe.skipIf(!browserIsHere)('the traffic in the console', patience, () => {
  const console = useConsole()

  test('shows connections and what they say, and ends them', async () => {
    const page = await console.open('Traffic')
    const { client, ctidTraderAccountId } = await openAccount(console.sandbox)
    await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    const said = page.getByRole('cell', { name: 'trader', exact: true })
    await said.waitFor()
    await page.getByLabel('Show only').fill('no such message')
    await said.waitFor({ state: 'hidden' })
    await page.getByText(/^Nothing of that in the last \d+ messages\.$/).waitFor()
    await page.getByLabel('Show only').fill('')
    await press(page, 'trader')
    const dialog = page.getByRole('dialog', { name: /^#\d+ ProtoOATraderReq$/ })
    expect(await dialog.locator('pre').innerText()).toContain(String(ctidTraderAccountId))
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: /^Reset connection/ }).click()
    await client.closed
    await page.getByText('Nobody is connected.').waitFor()
  })

  test('holds the journal still, goes on, and clears it', async () => {
    const page = await console.open('Traffic')
    await page.getByText('Nothing was said yet.').waitFor()
    await press(page, 'Pause')
    const { client } = await openAccount(console.sandbox)
    await page.getByRole('button', { name: /^Go on \(\d+\)$/ }).waitFor()
    expect(await page.getByRole('cell', { name: 'accountAuth', exact: true }).count()).toBe(0)
    await page.getByRole('button', { name: /^Go on/ }).click()
    await page.getByRole('cell', { name: 'accountAuth', exact: true }).waitFor()
    await client.close()
    await press(page, 'Clear the journal')
    await page.getByText('Nothing was said yet.').waitFor()
    expect(console.sandbox.control.journal.size).toBe(0)
  })

  test('secrets of a login are not among what the journal shows', async () => {
    const page = await console.open('Traffic')
    await openAccount(console.sandbox)
    await press(page, 'applicationAuth')
    const shown = await page.getByRole('dialog').locator('pre').innerText()
    expect(shown).toContain('[hidden]')
    expect(shown).not.toContain(console.sandbox.clientSecret)
  })

  test('makes and removes faults, and says what is wrong with one', async () => {
    const page = await console.open('Traffic')
    const { faults } = console.sandbox.control
    await page.locator('#kind').selectOption('refuse')
    await field(page, 'Message').fill('newOrder')
    await press(page, 'Add')
    await page.getByRole('alert').filter({ hasText: 'needs errorCode' }).waitFor()
    // Nothing that was typed is lost by that.
    expect(await field(page, 'Message').inputValue()).toBe('newOrder')
    await field(page, 'Error code').fill('MARKET_CLOSED')
    await press(page, 'Add')
    await page.getByRole('button', { name: /^Remove fault/ }).waitFor()
    await page.getByRole('alert').waitFor({ state: 'hidden' })
    expect(faults.list()[0]?.rule).toEqual({
      ...{ fault: 'refuse', message: 'newOrder', errorCode: 'MARKET_CLOSED' },
    })
    await page.getByRole('tab', { name: /^Traffic 1 fault$/ }).waitFor()
    // What a fault does not take is not sent with it, and not forgotten either.
    await page.locator('#kind').selectOption('slice')
    await field(page, 'Bytes').fill('5')
    await press(page, 'Add')
    await page.getByRole('cell', { name: 'slice' }).waitFor()
    expect(faults.list()[1]?.rule).toEqual({ fault: 'slice', bytes: 5 })
    await press(page, 'Remove all')
    await page.getByText('No faults: everything works.').waitFor()
  })
})
