import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { openAccount } from '../../sandbox/fixture.ts'
import { browserIsHere, openPage, patience, widths } from '../chromium.ts'
import {
  expectContrast,
  expectNames,
  expectNoSidewaysScroll,
  expectPicture,
  expectReachable,
} from '../page-checks.ts'
import { field, nextRefresh, press, type Tab, tabs, useConsole } from './console-fixture.ts'

const markup = '<img src=x onerror="document.title=\'owned\'">'

describe.skipIf(!browserIsHere)('the page of the console', patience, () => {
  const console = useConsole()

  /** Something in every list, with names that mean harm. */
  async function fillLists(): Promise<void> {
    const { auth, control, time } = console.sandbox
    auth.applications.create({
      ...{ name: `App ${markup}`, description: markup, status: 'submitted' },
      redirectUris: ['https://dashboard.example/callback?one=more&than=fits&on=a&narrow=screen'],
    })
    control.accounts.createTrader(markup)
    auth.grants.issue({ clientId: auth.applications.list()[1]?.clientId ?? '' })
    auth.faults.add({ times: 'always', action: { kind: 'html', title: markup } })
    control.faults.add({ fault: 'refuse', message: 'newOrder', errorCode: markup })
    control.snapshots.take()
    control.market.setPrice('USDJPY', { bid: '150.000' })
    const { client, ctidTraderAccountId } = await openAccount(console.sandbox)
    const order = { ctidTraderAccountId, symbolId: 1, tradeSide: 1, volume: 1_000_000 }
    control.faults.clear()
    client.send('ProtoOANewOrderReq', { ...order, orderType: 2, limitPrice: 0.9, label: markup })
    client.send(
      'ProtoOANewOrderReq',
      { ...order, orderType: 1, label: markup, comment: markup },
      markup,
    )
    await client.request('ProtoOATraderReq', { ctidTraderAccountId })
    await time.advance(2_000)
    control.faults.add({ fault: 'refuse', message: 'newOrder', errorCode: markup })
    await fetch(`${console.sandbox.tokenUrl}?${new URLSearchParams({ grant_type: markup })}`)
  }

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    widths.map((width) => ({ width, colorScheme })),
  )

  test.each(looks)(
    'at $width pixels, $colorScheme, every part looks right',
    async ({ width, colorScheme }) => {
      await fillLists()
      const page = await console.open('Trading', { viewport: { width, height: 900 }, colorScheme })
      for (const tab of tabs) {
        await page.getByRole('tab', { name: tab }).click()
        await page.getByRole('tabpanel', { name: tab }).waitFor()
        await expectNoSidewaysScroll(page)
        const size = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
        expect(size).toEqual([width, width])
        await expectContrast(page)
        await expectNames(page)
        await expectPicture(page)
      }
    },
  )

  const places = widths.flatMap((width) => tabs.map((tab) => ({ width, tab })))

  test.each(places)(
    'at $width pixels everything of $tab can be pressed',
    async ({ width, tab }) => {
      await fillLists()
      const page = await console.open(tab, { viewport: { width, height: 900 } })
      // One of each kind in a list stands for all of its rows.
      const controls = page.locator(
        '.panel:not([hidden]) :is(.head, form, dl, tbody tr:first-child, li:first-child) :is(button, input, select, a):visible',
      )
      await expect.poll(() => controls.count()).toBeGreaterThan(10)
      for (const control of await controls.all()) await expectReachable(control)
    },
  )

  test.each(tabs)('every control of %s is reached by the keyboard, and shows it', async (tab) => {
    await fillLists()
    const page = await console.open(tab)
    const all = `[...document.querySelectorAll('button, input, select, textarea, a[href], [tabindex="0"]')]
      .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)`
    const count = Number(await page.evaluate(`${all}.length`))
    expect(count).toBeGreaterThan(15)
    await page.evaluate(
      'window.reached = new Set(); window.faint = []; document.activeElement.blur()',
    )
    for (let step = 0; step <= count; step++) {
      await page.keyboard.press('Tab')
      await page.evaluate(`(() => {
        const one = document.activeElement
        reached.add(one)
        if (one !== document.body && getComputedStyle(one).outlineStyle === 'none') faint.push(one.outerHTML)
      })()`)
    }
    const missed = await page.evaluate(
      `${all}.filter((one) => !reached.has(one)).map((one) => one.outerHTML)`,
    )
    expect(missed).toEqual([])
    expect(await page.evaluate('faint')).toEqual([])
  })

  test('tabs follow the arrow keys, and a page that is loaded again shows the same', async () => {
    const page = await console.open()
    const chosen = (): Promise<string> => page.locator('[role=tab][aria-selected=true]').innerText()
    await page.getByRole('tab', { name: 'Trading' }).focus()
    for (const [key, tab] of [
      ['ArrowRight', 'Traffic'],
      ['End', 'Sandbox'],
      ['ArrowRight', 'Trading'],
      ['ArrowLeft', 'Sandbox'],
      ['Home', 'Trading'],
      ['ArrowRight', 'Traffic'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await chosen()).toBe(tab)
      expect(await page.locator(':focus').innerText()).toBe(tab)
      expect(await page.getByRole('tabpanel').count()).toBe(1)
      await page.getByRole('tabpanel', { name: tab }).waitFor()
    }
    await page.reload()
    expect(await chosen()).toBe('Traffic')
  })

  test('what is typed, chosen, focused and about to be pressed stays while the page refreshes', async () => {
    const page = await console.open()
    await field(page, 'Symbol').first().selectOption('XAUUSD')
    const bid = field(page, 'Bid')
    await bid.fill('12')
    await bid.press('Home')
    const button = await page.getByRole('button', { name: 'EURUSD: news spike' }).elementHandle()
    const box = await button?.boundingBox()
    await nextRefresh(page)
    await console.sandbox.time.advance(5_000)
    console.sandbox.control.accounts.create({})
    await page.getByRole('cell', { name: '10000.00 USD' }).nth(1).waitFor()
    await page.keyboard.type('9')
    expect(await bid.inputValue()).toBe('912')
    expect(await field(page, 'Symbol').first().inputValue()).toBe('XAUUSD')
    // The same button at the same place: nobody presses another one than was aimed at.
    expect(
      await button?.evaluate((one) => (one as unknown as { isConnected: boolean }).isConnected),
    ).toBe(true)
    expect(await button?.boundingBox()).toEqual(box)
    await button?.focus()
    await page.mouse.move((box?.x ?? 0) + 5, (box?.y ?? 0) + 5)
    await page.mouse.down()
    await nextRefresh(page)
    // Pressed before the refresh and let go after it, it is pressed all the same.
    const pressed = page.waitForRequest((request) => request.url().endsWith('/market/EURUSD/spike'))
    await page.mouse.up()
    await pressed
  })

  test('a dialog keeps what is typed, and gives the focus back', async () => {
    const page = await console.open('Logins')
    await press(page, 'Edit Sandbox application')
    await field(page, 'Description').fill('half a sent')
    await nextRefresh(page)
    expect(await field(page, 'Description').inputValue()).toBe('half a sent')
    await page.keyboard.press('Escape')
    const edit = page.getByRole('button', { name: 'Edit Sandbox application' })
    await edit.and(page.locator(':focus')).waitFor()
    // The next one begins with how things are.
    await edit.click()
    expect(await field(page, 'Description').inputValue()).toBe('')
  })

  test('what comes from outside is text, wherever it is shown', async () => {
    await fillLists()
    const page = await console.open()
    const shown: Record<Tab, number> = { Trading: 2, Traffic: 1, Logins: 4, OAuth: 2, Sandbox: 0 }
    const seen = async (tab: Tab): Promise<number> => {
      await page.getByRole('tab', { name: tab }).click()
      return page.getByRole('tabpanel').getByText(markup).count()
    }
    for (const tab of tabs) {
      await expect.poll(() => seen(tab)).toBeGreaterThanOrEqual(shown[tab])
    }
    await page.getByRole('tab', { name: 'Traffic' }).click()
    await page.getByRole('button', { name: 'newOrder' }).first().click()
    await page.getByRole('dialog').getByText('onerror', { exact: false }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('Console · cTrader sandbox')
  })

  test('the policy lets nothing run that is not a script of the page', async () => {
    const page = await console.open()
    const answer = await fetch(console.sandbox.consoleUrl)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(await page.locator('script:not([src]), style, [style], [onclick]').count()).toBe(0)
  })

  test('says when the sandbox is gone', async () => {
    const gone = await createSandbox()
    const page = await openPage((await console.open()).context().browser() as never, {})
    await page.goto(gone.consoleUrl)
    await expectState(page, 'live')
    await gone.close()
    await expectState(page, 'The sandbox does not answer. Is it still running?')
    await page.context().close()
  })
})

function expectState(page: Page, text: string): Promise<void> {
  return page.getByRole('status').filter({ hasText: text }).waitFor()
}
