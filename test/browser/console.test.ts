import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { openAccount } from '../sandbox/fixture.ts'
import { browserIsHere, openPage, patience, startBrowser, widths } from './chromium.ts'

describe.skipIf(!browserIsHere)('the console', patience, () => {
  let browser: Browser
  let sandbox: Sandbox
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await startBrowser()
    sandbox = await createSandbox({ seed: 7, time: 'owned' })
  }, patience.timeout)
  afterAll(async () => {
    await browser?.close()
    await sandbox?.close()
  }, patience.timeout)

  /** The console, once it shows the state. */
  async function openConsole(width = 1280): Promise<Page> {
    const page = await openPage(browser, { viewport: { width, height: 900 } })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(sandbox.consoleUrl)
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor()
    return page
  }

  test.each(widths)('fits a window %i pixels wide and breaks no rule of its own', async (width) => {
    const page = await openConsole(width)
    const size = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
    expect(size).toEqual([width, width])
    for (const name of ['Market', 'Journal', 'Accounts', 'Positions', 'Connections', 'Faults']) {
      expect(await page.getByRole('heading', { name }).isVisible()).toBe(true)
    }
    expect(await page.getByText('1.1', { exact: false }).count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
  })

  test('moves prices, and closes and opens the market', async () => {
    const page = await openConsole()
    await page.getByLabel('Bid', { exact: true }).fill('1.10000')
    await page.getByRole('button', { name: 'Set and hold' }).click()
    await page.getByRole('cell', { name: '1.10000' }).waitFor()
    expect(sandbox.control.market.price('EURUSD')).toMatchObject({ bid: '1.10000', held: true })
    await page.getByRole('button', { name: 'EURUSD: gap 50 pips down' }).click()
    await page.getByRole('cell', { name: '1.09500' }).waitFor()
    await page.getByRole('button', { name: 'EURUSD: close the market' }).click()
    await page.getByRole('button', { name: 'EURUSD: open the market' }).waitFor()
    expect(sandbox.control.market.price('EURUSD').open).toBe(false)
    await page.getByRole('button', { name: 'Release all' }).click()
    await page.getByRole('button', { name: 'EURUSD: close the market' }).waitFor()
    expect(sandbox.control.market.price('EURUSD')).toMatchObject({ open: true, held: false })
  })

  test('shows connections and what they say, and ends them', async () => {
    const page = await openConsole()
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    await page.getByRole('cell', { name: 'trader', exact: true }).first().waitFor()
    await page.getByLabel('Show only').fill('no such message')
    await page
      .getByRole('cell', { name: 'trader', exact: true })
      .first()
      .waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: /^Reset connection/ }).click()
    await client.closed
    await page.getByText('Nobody is connected.').waitFor()
  })

  test('makes and removes faults, and says what is wrong with one', async () => {
    const page = await openConsole()
    await page.locator('#kind').selectOption('refuse')
    await page.getByLabel('Message', { exact: true }).fill('newOrder')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('alert').filter({ hasText: 'needs errorCode' }).waitFor()
    await page.getByLabel('Error code').fill('MARKET_CLOSED')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('button', { name: /^Remove fault/ }).waitFor()
    expect(sandbox.control.faults.list()[0]?.rule).toEqual({
      ...{ fault: 'refuse', message: 'newOrder', errorCode: 'MARKET_CLOSED' },
    })
    await page.getByRole('button', { name: 'Remove all' }).click()
    await page.getByText('No faults: everything works.').waitFor()
  })

  test('moves owned time and switches maintenance', async () => {
    const page = await openConsole()
    const before = sandbox.time.now()
    await page.getByRole('button', { name: '+1 min' }).click()
    await page.getByRole('button', { name: 'Maintenance' }).click()
    await page.getByRole('button', { name: 'End maintenance' }).waitFor()
    expect(sandbox.control.maintenance.state?.of).toBe('server')
    expect(sandbox.time.now()).toBe(before + 60_000)
    await page.getByRole('button', { name: 'End maintenance' }).click()
    await page.getByRole('button', { name: 'Maintenance', exact: true }).waitFor()
  })
})
