import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openAccount } from '../../sandbox/fixture.ts'
import { browserIsHere, patience } from '../chromium.ts'
import { field, press, useConsole } from './console-fixture.ts'

describe.skipIf(!browserIsHere)('trading in the console', patience, () => {
  const console = useConsole()

  const openByPhone = async (page: Page): Promise<void> => {
    await press(page, 'Open')
    await page.getByText('The order was sent. It is filled when time moves on.').waitFor()
    await press(page, '+1 s')
    await page.getByRole('button', { name: /^Close position/ }).waitFor()
  }

  test('moves prices, and closes and opens the market', async () => {
    const page = await console.open()
    const { market } = console.sandbox.control
    await field(page, 'Bid').fill('1.10000')
    await press(page, 'Set and hold')
    await page.getByRole('cell', { name: '1.10000' }).waitFor()
    expect(market.price('EURUSD')).toMatchObject({ bid: '1.10000', held: true })
    await press(page, 'EURUSD: gap 50 pips down')
    await page.getByRole('cell', { name: '1.09500' }).waitFor()
    await page.getByLabel('Move by').fill('7')
    await press(page, 'EURUSD: gap 7 pips up')
    await page.getByRole('cell', { name: '1.09570' }).waitFor()
    await press(page, 'EURUSD: close the market')
    await page.getByRole('button', { name: 'EURUSD: open the market' }).waitFor()
    expect(market.price('EURUSD').open).toBe(false)
    await press(page, 'EURUSD: closed by hand, release')
    await page.getByRole('button', { name: 'EURUSD: close the market' }).waitFor()
    expect(market.price('EURUSD')).toMatchObject({ open: true, held: false })
    await press(page, 'Close the market of every symbol')
    await page.getByRole('button', { name: 'XAUUSD: open the market' }).waitFor()
    await press(page, 'Release all')
    await page.getByRole('button', { name: 'XAUUSD: close the market' }).waitFor()
  })

  test('a news spike widens the spread, and a move that is none is explained until it is dismissed', async () => {
    const page = await console.open()
    const { market } = console.sandbox.control
    const spread = (): number => {
      const { bid, ask } = market.price('EURUSD')
      return Number(ask) - Number(bid)
    }
    const before = spread()
    await press(page, 'EURUSD: news spike')
    await press(page, '+1 s')
    await expect.poll(spread).toBeGreaterThan(before * 2)
    await page.getByLabel('Move by').fill('far')
    await press(page, 'EURUSD: gap far pips up')
    const alert = page
      .getByRole('alert')
      .filter({ hasText: 'pips cannot be "far". Send a number.' })
    await alert.waitFor()
    await press(page, 'Dismiss')
    await alert.waitFor({ state: 'hidden' })
  })

  test('opens, amends, partly closes and closes on the phone, and the client hears of it', async () => {
    const page = await console.open()
    const { client, ctidTraderAccountId } = await openAccount(console.sandbox)
    await field(page, 'Lots').first().fill('0.30')
    await field(page, 'Stop loss, points').fill('200')
    await field(page, 'Label').fill('by phone')
    await openByPhone(page)
    const event = await client.next('ProtoOAExecutionEvent')
    expect(event.payload).toMatchObject({ ctidTraderAccountId })
    const line = page.getByRole('row').filter({ hasText: 'by phone' })
    expect(await line.innerText()).toMatch(/EURUSD\s+buy\s+30,000/)

    const terminal = console.sandbox.control.terminal(ctidTraderAccountId)
    const levels = () =>
      terminal.positions().map(({ stopLoss, takeProfit }) => [stopLoss, takeProfit])
    const [[stopLoss] = []] = levels()
    await page.getByRole('button', { name: /^Amend position/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Amend the position' })
    expect(Number(await dialog.getByLabel('Stop loss').inputValue())).toBe(stopLoss)
    await dialog.getByLabel('Take profit').fill('0.5')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    // What the server refuses is said in the dialog, which stays.
    await dialog.getByRole('alert').filter({ hasText: 'TRADING_BAD_STOPS' }).waitFor()
    await dialog.getByLabel('Take profit').fill('')
    await dialog.getByLabel('Stop loss').fill('1.00000')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await press(page, '+1 s')
    await page.getByRole('cell', { name: '1.00000' }).waitFor()
    expect(levels()).toEqual([[1, undefined]])

    await page.getByRole('button', { name: /^Close a part/ }).click()
    await page.getByRole('dialog').getByLabel('Lots').fill('0.10')
    await press(page, 'Close it')
    await press(page, '+1 s')
    await page.getByRole('cell', { name: '20,000' }).waitFor()
    await page.getByRole('button', { name: /^Close position/ }).click()
    await press(page, '+1 s')
    await page.getByText('No open positions.').waitFor()
    expect(terminal.positions()).toEqual([])
    terminal.end()
  })

  test('shows what waits, and cancels it', async () => {
    const page = await console.open()
    const { client, ctidTraderAccountId } = await openAccount(console.sandbox)
    client.send('ProtoOANewOrderReq', {
      ...{ ctidTraderAccountId, symbolId: 1, orderType: 2, tradeSide: 1 },
      ...{ volume: 1_000_000, limitPrice: 0.9, label: 'far away' },
    })
    await client.request('ProtoOAVersionReq')
    await console.sandbox.time.advance(1_000)
    const line = page.getByRole('row').filter({ hasText: 'far away' })
    await line.waitFor()
    expect(await line.innerText()).toMatch(/limit\s+10,000\s+0\.90000/)
    await line.getByRole('button', { name: /^Cancel order/ }).click()
    await press(page, '+1 s')
    await page.getByText('No pending orders.').waitFor()
  })

  test('pays in, takes rights away, and opens accounts', async () => {
    const page = await console.open()
    const { accounts } = console.sandbox.control
    const [{ accountId: account } = { accountId: 0 }] = console.sandbox.accounts
    const manage = `Money and access of account ${account}`
    await press(page, manage)
    const dialog = page.getByRole('dialog', { name: `Account ${account}` })
    await dialog.getByLabel('Amount').fill('12.345')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'at most 2 decimals' }).waitFor()
    await dialog.getByLabel('Amount').fill('500.25')
    await dialog.getByLabel('What its owner may do').selectOption('close-only')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('cell', { name: '10500.25 USD' }).waitFor()
    await page.getByText('close only', { exact: true }).waitFor()
    expect(accounts.get(account).balance).toBe('10500.25')
    // It tells where things stand when it is opened again, and nothing is paid twice.
    await press(page, manage)
    expect(await dialog.getByLabel('What its owner may do').inputValue()).toBe('close-only')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(accounts.get(account).balance).toBe('10500.25')

    await press(page, 'New account')
    await field(page, 'Currency').fill('EUR')
    await field(page, 'Deposit').fill('777')
    await press(page, 'Open it')
    await page.getByRole('cell', { name: '777.00 EUR' }).waitFor()
    expect(accounts.list().at(-1)).toMatchObject({ balance: '777.00', depositAsset: 'EUR' })
  })

  test('disconnects an account and ends its tokens', async () => {
    const page = await console.open()
    const { client, ctidTraderAccountId } = await openAccount(console.sandbox)
    await press(page, `Disconnect account ${ctidTraderAccountId}`)
    await client.next('ProtoOAAccountDisconnectEvent')
    await press(page, `Invalidate the tokens of account ${ctidTraderAccountId}`)
    await expect.poll(() => console.sandbox.auth.grants.list()).toEqual([])
  })
})
