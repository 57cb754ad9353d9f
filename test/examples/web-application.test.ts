import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { browserIsHere, openPage, patience, startBrowser, widths } from '../browser/chromium.ts'
import { Watched } from '../cli/run.ts'
import { freePort } from '../oauth/free-port.ts'
import { findPostgres, runSql, uniqueName } from '../stores/servers.ts'

const postgres = await findPostgres()
const server = fileURLToPath(new URL('../../examples/web-application/server.mjs', import.meta.url))

// Several browsers, one after the other, on a machine that may have other things to do.
const longer = { timeout: 180_000 }

/** Who signs in at cTrader. */
interface Person {
  readonly username: string
  readonly password: string
}

describe.skipIf(postgres === undefined || !browserIsHere)('the web application', longer, () => {
  const schema = uniqueName('example')
  let browser: Browser
  let application: Watched
  let origin: string
  let sandbox: Sandbox
  let folder: string

  beforeAll(async () => {
    origin = `http://127.0.0.1:${await freePort()}`
    sandbox = await createSandbox({ seed: 7, redirectUris: [`${origin}/auth/callback`] })
    folder = await mkdtemp(join(tmpdir(), 'ctrader-web-'))
    const file = join(folder, 'sandbox.json')
    await writeFile(file, JSON.stringify(sandbox.line()), { mode: 0o600 })
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('CTRADER_'))
    application = new Watched(
      spawn(process.execPath, [server], {
        env: {
          ...Object.fromEntries(clean),
          DATABASE_URL: postgres,
          DATABASE_SCHEMA: schema,
          CTRADER_REDIRECT_URI: `${origin}/auth/callback`,
          CTRADER_SANDBOX: file,
        },
      }),
    )
    await application.until(/^Open http/m)
    browser = await startBrowser()
  }, patience.timeout)

  afterAll(async () => {
    await browser?.close()
    application?.child.kill('SIGTERM')
    expect(await application?.ended()).toBe(0)
    expect(application?.stderr).toBe('')
    await sandbox?.close()
    await rm(folder, { recursive: true, force: true })
    await runSql(postgres ?? '', `DROP SCHEMA IF EXISTS ${schema} CASCADE`)
  }, patience.timeout)

  /** A browser of its own, in which somebody has signed in to the application. */
  async function browserOf(user: string): Promise<Page> {
    const page = await openPage(browser, { viewport: { width: widths[0], height: 800 } })
    await page.goto(origin)
    await page.getByPlaceholder('alice').fill(user)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: `Accounts of ${user}` }).waitFor()
    return page
  }

  /** Through cTrader's pages to the page that asks whose grant it is. */
  async function consent(page: Page, button: string, person: Person = sandbox): Promise<void> {
    await page.getByRole('button', { name: button }).click()
    const allow = page.getByRole('button', { name: 'Allow access' })
    const userName = page.getByLabel('User name')
    await allow.or(userName).first().waitFor()
    if (await userName.isVisible()) {
      await userName.fill(person.username)
      await page.getByLabel('Password').fill(person.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await allow.waitFor()
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    await allow.click()
    await page.getByRole('heading', { name: 'Is this you?' }).waitFor()
  }

  test('each user connects, sees and disconnects what is theirs, and nobody else’s', async () => {
    const alice = await browserOf('alice')
    await consent(alice, 'To trade as well')
    expect(new URL(alice.url()).href).toBe(`${origin}/ctrader/confirm`)
    expect(await alice.textContent('main')).toMatch(/cTrader ID \d+.*trade/s)
    await alice.getByRole('button', { name: 'Connect', exact: true }).click()
    await alice.getByText('Connected.').waitFor()
    // No code is left in the address, nor in what "back" leads to.
    expect(alice.url()).toBe(`${origin}/?ctrader=linked`)
    expect(await alice.textContent('body')).toContain('5001')
    expect(await alice.textContent('body')).toContain('trading')

    // Going back and loading again does no harm.
    await alice.goBack()
    await alice.goto(origin)
    expect(await alice.getByRole('heading', { level: 2 }).count()).toBe(2)

    const bob = await browserOf('bob')
    expect(await bob.textContent('body')).not.toContain('5001')
    await consent(bob, 'To look at its accounts')
    await bob.getByRole('button', { name: 'Connect', exact: true }).click()
    await bob.getByRole('heading', { name: 'Connected to another user' }).waitFor()

    await alice.goto(origin)
    await alice.getByRole('button', { name: 'Disconnect' }).click()
    await alice.waitForURL(`${origin}/`)
    expect(await alice.textContent('body')).not.toContain('5001')

    await bob.goto(origin)
    await consent(bob, 'To look at its accounts')
    await bob.getByRole('button', { name: 'No, do not connect' }).click()
    await bob.getByText('Nothing was connected.').waitFor()
    await consent(bob, 'To look at its accounts')
    await bob.getByRole('button', { name: 'Connect', exact: true }).click()
    await bob.getByText('Connected.').waitFor()

    const rows = await runSql(postgres ?? '', `SELECT user_name, scope FROM ${schema}.links`)
    expect(rows).toEqual([{ user_name: 'bob', scope: 'accounts' }])
    const flows = await runSql(
      postgres ?? '',
      `SELECT kind FROM ${schema}.flows WHERE kind <> 'done'`,
    )
    expect(flows).toEqual([])
  })

  test('several users connect several cTrader IDs each, and each sees exactly their own', async () => {
    await runSql(postgres ?? '', `DELETE FROM ${schema}.links`)
    const { accounts } = sandbox.control
    /** Another cTrader ID with one account of its own. */
    const newPerson = (username: string) => {
      const ctid = accounts.createTrader(username)
      const { traderLogin } = accounts.create({ userId: ctid.userId })
      return { ...ctid, login: String(traderLogin) }
    }
    const people = {
      alice: [newPerson('alice-one'), newPerson('alice-two'), newPerson('alice-three')],
      bob: [newPerson('bob-one'), newPerson('bob-two')],
    }
    for (const [user, owned] of Object.entries(people)) {
      for (const person of owned) {
        // A browser for each cTrader ID: at cTrader one browser is signed in as one person.
        const page = await browserOf(user)
        await consent(page, 'To trade as well', person)
        await page.getByRole('button', { name: 'Connect', exact: true }).click()
        await page.getByText('Connected.').waitFor()
      }
    }
    const everybody = [...people.alice, ...people.bob]
    for (const [user, owned] of Object.entries(people)) {
      const page = await browserOf(user)
      const text = (await page.textContent('body')) ?? ''
      const seen = everybody.filter(({ userId }) => text.includes(`cTrader ID ${userId}`))
      expect(seen.map(({ username }) => username)).toEqual(owned.map(({ username }) => username))
      expect(everybody.filter(({ login }) => text.includes(login))).toEqual(owned)
    }
    // What one of them disconnects is gone, and nothing else: of the same user, and of others.
    const [first, ...rest] = people.alice
    const page = await browserOf('alice')
    await page
      .locator('form', { has: page.locator(`input[name="id"][value="${first?.userId}"]`) })
      .getByRole('button', { name: 'Disconnect' })
      .click()
    await page.getByText(`cTrader ID ${first?.userId}`).waitFor({ state: 'detached' })
    for (const { login } of rest) expect(await page.textContent('body')).toContain(login)
    const links = await runSql(
      postgres ?? '',
      `SELECT user_name, ctrader_user_id::int AS id FROM ${schema}.links ORDER BY 1, 2`,
    )
    const expected = [...rest, ...people.bob].map(({ userId, username }) => ({
      user_name: username.split('-')[0],
      id: userId,
    }))
    expect(new Set(links)).toEqual(new Set(expected))
    expect(links).toHaveLength(expected.length)
  })

  test('the page of the confirmation fits a phone', async () => {
    const page = await browserOf('carol')
    await page.setViewportSize({ width: widths[1], height: 800 })
    await consent(page, 'To look at its accounts')
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(widths[1])
  })
})
