import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { occupy, release } from '../oauth/free-port.ts'
import { LoginFixture, pageAddress } from './login-fixture.ts'
import { hasTerminals, run } from './run.ts'

// Each test starts processes, some of them one after the other.
vi.setConfig({ testTimeout: 60_000 })

let fixture: LoginFixture

beforeAll(async () => {
  fixture = await LoginFixture.start()
})
afterAll(() => fixture.close())
beforeEach(() => fixture.forget())
afterEach(() => fixture.end())

describe('ctrader login', () => {
  test('stores what the listener brought, and says whose it is', async () => {
    const ended = await fixture.logIn('--scope', 'trading', '--json')
    expect(ended).toMatchObject({ code: 0 })
    const accounts = JSON.parse(ended.stdout)
    expect(accounts.map(({ accountId }: { accountId: number }) => accountId)).toEqual(
      fixture.sandbox.accounts.map(({ accountId }) => accountId),
    )
    expect(ended.stderr).toMatch(/Logged in as cTrader ID \d+ with the scope trading, until/)
    expect(statSync(fixture.recordFile()).mode & 0o777).toBe(0o600)
    const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    expect(record).toMatchObject({ generation: 1, scope: 'trading', userId: expect.any(Number) })
    expect(ended.stderr).not.toContain(record.accessToken)
    expect(ended.stderr).not.toContain(record.refreshToken)
    // The stored login is what other commands use.
    expect((await run(['accounts'], { env: fixture.env() })).code).toBe(0)
  })

  test('exits 4 when the consent is declined, and stores nothing', async () => {
    const command = fixture.begin(['login', '--no-browser'])
    const page = await fixture.allow(await command.until(pageAddress), 'deny')
    expect(page).toContain('declined')
    expect(await command.ended()).toBe(4)
    expect(command.stderr).toContain('Access was declined')
    expect(() => fixture.recordFile()).toThrow()
  })

  test('exits 7 when nobody comes, and lets go of the port', async () => {
    const ended = await run(['login', '--no-browser', '--timeout', '0.2'], { env: fixture.env() })
    expect(ended).toMatchObject({ code: 7, stdout: '' })
    expect(ended.stderr).toContain(`register exactly ${fixture.redirectUri}`)
    await release(await occupy('127.0.0.1', fixture.port))
  })

  test('exits 2 when the port is taken, before any page is offered', async () => {
    const rival = await occupy('127.0.0.1', fixture.port)
    const ended = await run(['login', '--no-browser'], { env: fixture.env() })
    await release(rival)
    expect(ended).toMatchObject({ code: 2 })
    expect(ended.stderr).toContain(`port ${fixture.port} (in use)`)
    expect(ended.stderr).not.toMatch(pageAddress)
  })

  test('exits 130 at Ctrl-C, and lets go of the port', async () => {
    const command = fixture.begin(['login', '--no-browser'])
    await command.until(/Waiting for its answer/)
    command.child.kill('SIGINT')
    expect(await command.ended()).toBe(130)
    await release(await occupy('127.0.0.1', fixture.port))
  })

  test('RV-3: does not replace a login unasked', async () => {
    await fixture.logIn()
    const before = readFileSync(fixture.recordFile(), 'utf8')
    const refused = await run(['login', '--no-browser'], { env: fixture.env() })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/of cTrader ID \d+ already/)
    expect(refused.stderr).toContain('--yes')
    expect(readFileSync(fixture.recordFile(), 'utf8')).toBe(before)

    expect((await fixture.logIn('--yes')).code).toBe(0)
    expect(JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))).toMatchObject({ generation: 2 })
  })

  test('ST-12: another person’s consent does not replace the login, unless forced', async () => {
    await fixture.logIn()
    const stranger = { ...JSON.parse(readFileSync(fixture.recordFile(), 'utf8')), userId: 1 }
    writeFileSync(fixture.recordFile(), JSON.stringify(stranger))
    const refused = await fixture.logIn('--yes')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/cTrader ID \d+, not of 1/)
    expect(JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))).toEqual(stranger)

    expect((await fixture.logIn('--force')).code).toBe(0)
    expect(JSON.parse(readFileSync(fixture.recordFile(), 'utf8')).userId).not.toBe(1)
  })

  test('CF-3: is refused while a variable holds a token', async () => {
    for (const verb of ['login', 'logout']) {
      const ended = await run([verb], { env: fixture.env({ CTRADER_ACCESS_TOKEN: 'some-token' }) })
      expect(ended.code).toBe(2)
      expect(ended.stderr).toContain('CTRADER_ACCESS_TOKEN')
      expect(ended.stderr).not.toContain('some-token')
    }
  })

  test('CF-8: profiles keep logins apart', async () => {
    await fixture.logIn('--profile', 'one')
    await fixture.logIn('--profile', 'two', '--scope', 'trading')
    const { stdout } = await run(['profiles', '--json'], { env: fixture.env() })
    expect(JSON.parse(stdout)).toMatchObject([
      { profile: 'one', scope: 'accounts', status: 'live', generation: 1 },
      { profile: 'two', scope: 'trading' },
    ])
    for (const name of ['../evil', '.hidden', 'a b', 'x'.repeat(65)]) {
      const ended = await run(['status', '--profile', name], { env: fixture.env() })
      expect(ended).toMatchObject({ code: 2 })
    }
    const named = await run(['status', '--json'], { env: fixture.env({ CTRADER_PROFILE: 'two' }) })
    expect(JSON.parse(named.stdout)).toMatchObject({ profile: 'two', scope: 'trading' })
  })
})

describe('ctrader login --manual', () => {
  test('MP-1: takes the address from standard input', async () => {
    const command = fixture.begin(['login', '--manual'])
    const address = await fixture.addressAfter(await command.until(pageAddress))
    command.type(`${address}\n`)
    expect(await command.ended()).toBe(0)
    expect(command.stderr).toContain('Logged in')
    expect(command.stdout + command.stderr).not.toContain(new URL(address).searchParams.get('code'))
  })

  test('MP-7: a used code gets a new page', async () => {
    const command = fixture.begin(['login', '--manual'])
    command.type('no-such-code\n')
    await command.until(/60 seconds and works once/)
    const pages = command.stderr.match(/http:\/\/\S+\/apps\/auth\?\S+/g) ?? []
    expect(new Set(pages).size).toBe(2)
  })

  test('MP-4, MP-9: exits 2 at the end of the input, and at once in CI', async () => {
    const ended = await run(['login', '--manual'], { env: fixture.env() })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('The input ended')

    const unattended = await run(['login', '--manual'], {
      env: fixture.env({ CI: 'true' }),
      stdin: 'pipe',
    })
    expect(unattended).toMatchObject({ code: 2 })
    expect(unattended.stderr).toContain('needs a person')
    expect(unattended.stderr).not.toMatch(pageAddress)
  })

  test('MP-8: a code is never taken from an argument', async () => {
    const ended = await run(['login', '--manual', 'the-code'], { env: fixture.env() })
    expect(ended.code).toBe(2)
    const option = await run(['login', '--code', 'the-code'], { env: fixture.env() })
    expect(option.code).toBe(2)
    expect(option.stderr).not.toContain('the-code')
  })

  test('is chosen by itself for a redirect URI that leads elsewhere', async () => {
    const uri = 'https://example.com/callback'
    const line = { ...fixture.sandbox.line(), redirectUris: [uri] }
    const there = fixture.env({ CTRADER_SANDBOX: fixture.writeLine('elsewhere.json', line) })
    const ended = await run(['login'], { env: there })
    expect(ended.stderr).toContain(`begins with ${uri}`)
    expect(ended.code).toBe(2)
  })
})

describe.skipIf(!hasTerminals)('at a terminal', () => {
  test('MP-8: what is pasted is not shown', async () => {
    const command = fixture.beginAtTerminal(['login', '--manual'])
    const address = await fixture.addressAfter(await command.until(pageAddress))
    await command.until(/Paste the address/)
    command.type(`\u001b[200~${address}\u001b[201~\r`)
    expect(await command.ended()).toBe(0)
    expect(command.stdout).toContain('Logged in')
    expect(command.stdout).not.toContain(new URL(address).searchParams.get('code'))
  })

  test('MP-6: an answer can be pasted while the listener waits', async () => {
    const command = fixture.beginAtTerminal(['login', '--no-browser'])
    await command.until(/Paste the address/)
    command.type('nonsense here\r')
    await command.until(/spaces in it/)
    command.type('?error=access_denied\r')
    expect(await command.ended()).toBe(4)
    await release(await occupy('127.0.0.1', fixture.port))
  })

  test('a callback ends the question; Ctrl-C ends it as well', async () => {
    const first = fixture.beginAtTerminal(['login', '--no-browser'])
    await first.until(/Paste the address/)
    await fixture.allow(await first.until(pageAddress))
    expect(await first.ended()).toBe(0)
    expect(first.stdout).toContain('Logged in')

    const second = fixture.beginAtTerminal(['login', '--manual', '--profile', 'other'])
    await second.until(/Paste the address/)
    second.type('\u0003')
    expect(await second.ended()).toBe(130)
  })

  test('asks before it replaces a login; anything but yes changes nothing', async () => {
    await fixture.logIn()
    const before = readFileSync(fixture.recordFile(), 'utf8')
    const command = fixture.beginAtTerminal(['login', '--no-browser'])
    await command.until(/Go on\? \[y\/N\]/)
    command.type('\r')
    await command.until(/Nothing was changed/)
    expect(await command.ended()).toBe(0)
    expect(readFileSync(fixture.recordFile(), 'utf8')).toBe(before)
  })

  test('UX-13: the token is not shown on a screen unless that is asked for', async () => {
    const refused = fixture.beginAtTerminal(['token'])
    expect(await refused.ended()).toBe(2)
    expect(refused.stdout).not.toContain(fixture.sandbox.accessToken)
    const shown = fixture.beginAtTerminal(['token', '--show'])
    expect(await shown.ended()).toBe(0)
    expect(shown.stdout.trim()).toBe(fixture.sandbox.accessToken)
  })

  test('colours are for terminals, and not under NO_COLOR', async () => {
    const coloured = fixture.beginAtTerminal(['status'])
    await coloured.ended()
    expect(coloured.stdout).toContain('\u001b[2m')
    const plain = fixture.beginAtTerminal(['status'], { NO_COLOR: '1' })
    await plain.ended()
    expect(plain.stdout).not.toContain('\u001b[')
  })
})
