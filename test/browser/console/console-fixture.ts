import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts'
import { openPage, patience, startBrowser } from '../chromium.ts'

export const tabs = ['Trading', 'Traffic', 'Logins', 'OAuth', 'Sandbox'] as const
export type Tab = (typeof tabs)[number]

export interface ConsoleFixture {
  readonly sandbox: Sandbox
  /** Opens the console at one of its tabs, once it shows the state. */
  open(tab?: Tab, options?: BrowserContextOptions): Promise<Page>
}

// What the API refuses is a line in the browser's log, and not a mistake of the page.
const refused = /^Failed to load resource: the server responded with a status of 4(00|04|09) /

/** A sandbox and a browser for the tests of a file. Each ends well only if its pages had nothing to complain about. */
export function useConsole(options: SandboxOptions = {}): ConsoleFixture {
  let browser: Browser
  let sandbox: Sandbox
  const pages: Page[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await startBrowser()
    sandbox = await createSandbox({ seed: 7, time: 'owned', ...options })
  }, patience.timeout)
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close()
    expect(complaints.splice(0)).toEqual([])
    await sandbox.control.reset()
  })
  afterAll(async () => {
    await browser?.close()
    await sandbox?.close()
  }, patience.timeout)

  return {
    get sandbox() {
      return sandbox
    },
    async open(tab = 'Trading', given = {}) {
      const page = await openPage(browser, { viewport: { width: 1280, height: 900 }, ...given })
      pages.push(page)
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        if (!refused.test(message.text())) complaints.push(message.text())
      })
      await page.goto(sandbox.consoleUrl)
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor()
      await page.getByRole('tab', { name: tab }).click()
      return page
    },
  }
}

/** Presses a button by its full name. */
export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()

/** What a visible label names: a field to type in, or a list to choose from. */
export const field = (page: Page, name: string): Locator =>
  page
    .getByRole('textbox', { name, exact: true })
    .or(page.getByRole('combobox', { name, exact: true }))

/** Waits until the page has shown what the sandbox said after now. */
export async function nextRefresh(page: Page): Promise<void> {
  // The first may have been on its way already; the next one is only asked for when it has been shown.
  for (let count = 0; count < 2; count++) {
    await page.waitForRequest((request) => request.url().includes('/admin/state'))
  }
}
