import { describe, expect, test } from 'vitest'
import { openAccount } from '../../sandbox/fixture.ts'
import { browserIsHere, patience } from '../chromium.ts'
import { field, press, useConsole } from './console-fixture.ts'

describe.skipIf(!browserIsHere)('the sandbox itself in the console', patience, () => {
  const console = useConsole()

  test('moves owned time', async () => {
    const page = await console.open('Sandbox')
    const { time } = console.sandbox
    const before = time.now()
    await press(page, '+1 min')
    await expect.poll(() => time.now()).toBe(before + 60_000)
    await field(page, 'Move on by').fill('soon')
    await press(page, 'Move on')
    await page.getByRole('alert').filter({ hasText: 'ms cannot be "soon"' }).waitFor()
    await field(page, 'Move on by').fill('1.5')
    await field(page, 'Unit').selectOption('minutes')
    await press(page, 'Move on')
    await expect.poll(() => time.now()).toBe(before + 150_000)
  })

  test('runs until a message, and says when there was none', async () => {
    const page = await console.open('Sandbox')
    const { client, ctidTraderAccountId } = await openAccount(console.sandbox)
    console.sandbox.control.terminal(ctidTraderAccountId).open({
      ...{ symbol: 'EURUSD', side: 'buy', lots: '0.10' },
    })
    await field(page, 'Run until').fill('ProtoOAExecutionEvent')
    await field(page, 'Way').selectOption('sent')
    await press(page, 'Run')
    await page.getByText(/^Number \d+ of the journal\.$/).waitFor()
    await client.next('ProtoOAExecutionEvent')
    await field(page, 'Run until').fill('newOrder')
    await field(page, 'Way').selectOption('received')
    await field(page, 'Within minutes').fill('1')
    await press(page, 'Run')
    await page.getByRole('alert').filter({ hasText: 'did not happen within 60000 ms' }).waitFor()
  })

  test('begins and ends maintenance, with a click or in every detail', async () => {
    const page = await console.open('Sandbox')
    const { maintenance } = console.sandbox.control
    await press(page, 'Maintenance')
    await page.getByRole('button', { name: 'End maintenance' }).waitFor()
    expect(maintenance.state?.of).toBe('server')
    await press(page, 'End maintenance')
    await page.getByRole('button', { name: 'Maintenance', exact: true }).waitFor()
    await field(page, 'Host').selectOption('demo')
    await field(page, 'Who is away').selectOption('broker')
    await field(page, 'For seconds').fill('90')
    await press(page, 'Begin')
    await page
      .getByText('The demo host: the broker behind it is away, for another 1 min 30 s.')
      .waitFor()
    expect(maintenance.state).toMatchObject({ host: 'demo', of: 'broker' })
    await press(page, '+1 h')
    await page.getByText('None. Connections stay during one').waitFor()
  })

  test('takes a snapshot and goes back to it', async () => {
    const page = await console.open('Sandbox')
    const { accounts, snapshots } = console.sandbox.control
    await page.getByText('No snapshots.').waitFor()
    await press(page, 'Take a snapshot')
    await page.getByRole('button', { name: /^Revert to snapshot/ }).waitFor()
    accounts.deposit(1001, '5.00')
    const { client } = await openAccount(console.sandbox)
    await page.getByLabel('Clients keep their connections').check()
    await page.getByRole('button', { name: /^Revert to snapshot/ }).click()
    await page.getByText(/^Everything is as in snapshot \d+\.$/).waitFor()
    expect(accounts.get(1001).balance).toBe('10000.00')
    expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAVersionRes')
    await page.getByLabel('Clients keep their connections').uncheck()
    await page.getByRole('button', { name: /^Revert to snapshot/ }).click()
    await client.closed
    await page.getByRole('button', { name: /^Forget snapshot/ }).click()
    await page.getByText('No snapshots.').waitFor()
    expect(snapshots.list()).toEqual([])
    // Whose button is gone does not have to begin at the top of the page.
    await page.locator('#snapshots-title:focus').waitFor()
  })

  test('starts over, when that was meant', async () => {
    const page = await console.open('Sandbox')
    const { accounts } = console.sandbox.control
    accounts.deposit(1001, '5.00')
    console.sandbox.auth.behaviour.set({ echoState: 'always' })
    await press(page, 'Reset the sandbox')
    const dialog = page.getByRole('dialog', { name: 'Are you sure?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(accounts.get(1001).balance).toBe('10005.00')
    await press(page, 'Reset the sandbox')
    await dialog.getByRole('button', { name: 'Reset' }).click()
    await page.getByText('The sandbox is as at its start.').waitFor()
    expect(accounts.get(1001).balance).toBe('10000.00')
    expect(console.sandbox.auth.behaviour.current.echoState).toBe('never')
  })

  test('hands out where to connect', async () => {
    const { sandbox } = console
    const page = await console.open('Sandbox', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await press(page, 'Copy: Token endpoint')
    await page.getByText('Copied.').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(sandbox.tokenUrl)
    await page.getByText(`127.0.0.1:${sandbox.demo.protobufPort}`).waitFor()
    expect(await page.content()).not.toContain(sandbox.clientSecret)
  })
})
