import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/**
 * Whether these tests run. Without a browser they are skipped on a person's machine and say so; in CI they run all the
 * same, and fail.
 */
export const browserIsHere = existsSync(executablePath) || process.env['CI'] === 'true'

if (!browserIsHere) {
  console.warn(`No ${executablePath}: tests in a browser are skipped. CHROMIUM_PATH names another.`)
}

/** A slow machine takes a while to start a browser. */
export const patience = { timeout: 60_000 }

/** Debian's Chromium with a profile of its own, which goes with it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    timeout: patience.timeout,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
}

export const widths = [1280, 400] as const

/** A page in a context of its own, cookies and all. */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(patience.timeout)
  return context.newPage()
}
