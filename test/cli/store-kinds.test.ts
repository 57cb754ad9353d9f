import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSecretService } from '../stores/secret-service.ts'
import { LoginFixture, pageAddress } from './login-fixture.ts'
import { hasTerminals, run } from './run.ts'

// Each test starts processes, some of them one after the other.
vi.setConfig({ testTimeout: 60_000 })

let fixture: LoginFixture
const secrets = await startSecretService()

beforeAll(async () => {
  fixture = await LoginFixture.start()
})
afterAll(async () => {
  await fixture.close()
  await secrets?.stop()
})
beforeEach(() => fixture.forget())
afterEach(() => fixture.end())

const passphrase = { CTRADER_STORE_PASSPHRASE: 'correct horse battery' }

async function logIn(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const command = fixture.begin(['login', '--no-browser', ...args], more)
  await fixture.allow(await command.until(pageAddress))
  const code = await command.ended()
  return { code, stdout: command.stdout, stderr: command.stderr }
}

/** The access token as the command gives it to other programs. */
async function tokenOf(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout } = await run(['token'], { env: fixture.env(more) })
  expect(code).toBe(0)
  return stdout.trim()
}

function textOfRecords(): string {
  const directory = join(fixture.config, 'grants')
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
  return names.map((name) => readFileSync(join(directory, name), 'utf8')).join('')
}

describe('ctrader login --store encrypted', () => {
  test('keeps the login with a passphrase, which every later command needs', async () => {
    const ended = await logIn(['--store', 'encrypted'], passphrase)
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stderr).toContain('Stored encrypted with your passphrase, in ')
    const token = await tokenOf(passphrase)
    expect(textOfRecords()).not.toContain(token)

    const status = await run(['status', '--json'], { env: fixture.env(passphrase) })
    expect(status.code).toBe(0)
    expect(JSON.parse(status.stdout)).toMatchObject({
      loggedIn: true,
      store: { kind: 'encrypted' },
    })
    const shown = await run(['status'], { env: fixture.env(passphrase) })
    expect(shown.stdout).toContain('encrypted with your passphrase')
    expect((await run(['refresh'], { env: fixture.env(passphrase) })).code).toBe(0)
    expect(await tokenOf(passphrase)).not.toBe(token)
  })

  test('without the passphrase, or with another, it is not "logged out"', async () => {
    await logIn(['--store', 'encrypted'], passphrase)
    const before = textOfRecords()
    const none = await run(['status'], { env: fixture.env() })
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('CTRADER_STORE_PASSPHRASE')
    const other = { CTRADER_STORE_PASSPHRASE: 'another' }
    const wrong = await run(['status', '--json'], { env: fixture.env(other) })
    expect(wrong.code).toBe(2)
    expect(JSON.parse(wrong.stderr)).toMatchObject({ error: { code: 'TOKEN_STORE_CORRUPT' } })
    const again = await run(['login', '--no-browser', '--yes'], { env: fixture.env(other) })
    expect(again.code).toBe(2)
    expect(again.stderr).not.toMatch(pageAddress)
    expect(textOfRecords()).toBe(before)
  })

  test('what was in plain text is encrypted with it, of every profile', async () => {
    await logIn(['--profile', 'first'])
    expect(textOfRecords()).toContain('"accessToken"')
    await logIn(['--profile', 'second', '--store', 'encrypted'], passphrase)
    expect(textOfRecords()).not.toContain('"accessToken"')
    const profiles = await run(['profiles', '--json'], { env: fixture.env(passphrase) })
    expect(JSON.parse(profiles.stdout)).toHaveLength(2)
    const status = await run(['status', '--profile', 'first'], { env: fixture.env(passphrase) })
    expect(status.code).toBe(0)
  })

  test('goes back to plain text only by way of a logout', async () => {
    await logIn(['--store', 'encrypted'], passphrase)
    const refused = await run(['login', '--no-browser', '--yes', '--store', 'file'], {
      env: fixture.env(passphrase),
    })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('ctrader logout --all')
    expect((await run(['logout', '--all'], { env: fixture.env(passphrase) })).code).toBe(0)
    const plain = await logIn(['--store', 'file'])
    expect(plain.stderr).toContain('in plain text, readable by you alone')
    expect(await tokenOf()).not.toBe('')
  })

  test('a choice that cannot be read is not taken for "plain text"', async () => {
    await logIn(['--store', 'encrypted'], passphrase)
    writeFileSync(join(fixture.config, 'store.json'), '{"store":')
    const { code, stderr } = await run(['status'], { env: fixture.env(passphrase) })
    expect(code).toBe(2)
    expect(stderr).toContain('store.json')
  })

  test('a way that does not exist is refused before anything happens', async () => {
    const { code, stderr } = await run(['login', '--store', 'cloud'], { env: fixture.env() })
    expect(code).toBe(2)
    expect(stderr).toContain('--store keychain')
  })

  test.skipIf(!hasTerminals)('asks whoever sits there, and shows nothing of it', async () => {
    await logIn(['--store', 'encrypted'], passphrase)
    const command = fixture.beginAtTerminal(['status'])
    await command.until(/Passphrase of the logins/)
    command.child.stdin?.write(`${passphrase.CTRADER_STORE_PASSPHRASE}\r`)
    expect(await command.ended()).toBe(0)
    expect(command.stdout).toContain('encrypted with your passphrase')
    expect(command.stdout).not.toContain(passphrase.CTRADER_STORE_PASSPHRASE)
  })
})

describe('ctrader login --store keychain', () => {
  test.skipIf(secrets === undefined)('keeps the key where the system keeps secrets', async () => {
    const more = secrets?.env ?? {}
    const ended = await logIn(['--store', 'keychain'], more)
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stderr).toContain('with the key in the keychain of this system')
    const token = await tokenOf(more)
    expect(textOfRecords()).not.toContain(token)
    const status = await run(['status', '--json'], { env: fixture.env(more) })
    expect(JSON.parse(status.stdout)).toMatchObject({ loggedIn: true, store: { kind: 'keychain' } })
    expect((await run(['refresh'], { env: fixture.env(more) })).code).toBe(0)
  })

  test('one that cannot be used is told before any page is offered', async () => {
    const nowhere = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }
    const { code, stderr } = await run(['login', '--no-browser', '--store', 'keychain'], {
      env: fixture.env(nowhere),
    })
    expect(code).toBe(2)
    expect(stderr).toContain('keychain')
    expect(stderr).not.toMatch(pageAddress)
    // And the choice was not made.
    const status = await run(['status', '--json'], { env: fixture.env() })
    expect(JSON.parse(status.stdout)).toMatchObject({ store: { kind: 'file' } })
  })
})

test('CX-17: a login that allows less than was asked for is stored, and said to be that', async () => {
  const { clientId, auth, control } = fixture.sandbox
  const { userId } = control.accounts.createTrader('reader')
  control.accounts.create({ userId })
  const issued = auth.grants.issue({ clientId, userId, scope: 'accounts' })
  const { accessToken, refreshToken } = issued
  const ended = await run(['login', '--with-token', '--scope', 'trading', '--json'], {
    env: fixture.env(),
    stdin: JSON.stringify({ accessToken, refreshToken }),
  })
  expect(ended.code).toBe(4)
  expect(ended.stderr).toContain('the server granted the scope accounts, not trading')
  expect(ended.stderr).toContain('SCOPE_INSUFFICIENT')
  expect(await tokenOf()).toBe(accessToken)
})

describe('TS-15: tokens from elsewhere', () => {
  const withToken = (text: string, ...args: string[]) =>
    run(['login', '--with-token', ...args], { env: fixture.env(), stdin: text })

  test('TS-15: are taken only by an explicit command, from standard input', async () => {
    const { accessToken, refreshToken } = fixture.sandbox.line()
    const ended = await withToken(JSON.stringify({ accessToken, refreshToken }))
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stderr).toMatch(/Logged in as cTrader ID \d+/)
    for (const secret of [accessToken, refreshToken]) expect(ended.stderr).not.toContain(secret)
    expect(await tokenOf()).toBe(accessToken)
    const inArguments = await run(['login', '--with-token', 'a-refresh-token'], {
      env: fixture.env(),
    })
    expect(inArguments.code).toBe(2)
  })

  test('TS-15: a refresh token alone is traded for a pair at once', async () => {
    await logIn(['--profile', 'other'])
    const file = fixture.recordFile()
    const { refreshToken } = JSON.parse(readFileSync(file, 'utf8')) as { refreshToken: string }
    const ended = await withToken(`${refreshToken}\n`)
    expect(ended).toMatchObject({ code: 0 })
    expect((await run(['accounts'], { env: fixture.env() })).code).toBe(0)
    // It works once: the same again is refused by the server.
    const twice = await withToken(`${refreshToken}\n`, '--profile', 'again')
    expect(twice.code).not.toBe(0)
  })

  test.each([
    ['a line break inside', 'begin-of-it\r\nend-of-it'],
    ['a space inside', 'begin-of-it end-of-it'],
    ['half a JSON object', '{"refreshToken":"begin-of-it'],
    ['a token that is no text', '{"refreshToken":["begin-of-it"]}'],
    ['a line break inside of JSON', '{"accessToken":"begin-of-it\\nend-of-it"}'],
    ['nothing', '\n'],
  ])('TS-15: %s is refused, not repeated and not stored', async (_what, text) => {
    const { code, stderr } = await withToken(text)
    expect(code).toBe(2)
    expect(stderr).not.toContain('begin-of-it')
    expect(() => fixture.recordFile()).toThrow()
  })

  test('TS-15: they leave again only as the one line of `ctrader token`', async () => {
    await logIn([])
    const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    const given = await run(['token'], { env: fixture.env() })
    expect(given).toEqual({ code: 0, stdout: `${record.accessToken}\n`, stderr: '' })
    for (const args of [
      ['status'],
      ['status', '--json'],
      ['profiles', '--json'],
      ['logout', '--json'],
    ]) {
      const { stdout, stderr } = await run(args, { env: fixture.env() })
      expect(stdout + stderr).not.toContain(record.refreshToken)
      expect(stdout + stderr).not.toContain(record.accessToken)
    }
  })
})
