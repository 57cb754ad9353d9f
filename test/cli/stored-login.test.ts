import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { LoginFixture } from './login-fixture.ts'
import { run } from './run.ts'

// Each test starts processes, some of them one after the other.
vi.setConfig({ testTimeout: 60_000 })

let fixture: LoginFixture

beforeAll(async () => {
  fixture = await LoginFixture.start()
})
afterAll(() => fixture.close())
beforeEach(() => fixture.forget())
afterEach(() => fixture.end())

/** The environment of somebody whose sandbox gives no token by itself. */
function env(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return fixture.env(more)
}

function changeRecord(changes: Readonly<Record<string, unknown>>): void {
  const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
  writeFileSync(fixture.recordFile(), JSON.stringify({ ...record, ...changes }))
}

describe('ctrader status', () => {
  test('UX-12: says without asking the server who is logged in, for what and until when', async () => {
    await fixture.logIn('--scope', 'trading')
    const { code, stdout } = await run(['status', '--json'], { env: env() })
    expect(code).toBe(0)
    const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    expect(JSON.parse(stdout)).toMatchObject({
      profile: 'sandbox',
      loggedIn: true,
      state: 'valid',
      source: 'stored login',
      userId: record.userId,
      scope: 'trading',
      expiresAt: new Date(record.expiresAt).toISOString(),
      renewable: true,
      generation: 1,
      store: { location: join(fixture.config, 'grants') },
      check: 'not asked',
    })
    expect(JSON.parse(stdout).accounts).toHaveLength(fixture.sandbox.accounts.length)
    for (const secret of [record.accessToken, record.refreshToken]) {
      expect(stdout).not.toContain(secret)
    }
    const shown = await run(['status'], { env: env() })
    expect(shown.stdout).toMatch(/cTrader ID\s+\d+\n/)
    expect(shown.stdout).toContain('30 days left')
  })

  test('--check asks the server, and tells a refused token from a server that is away', async () => {
    await fixture.logIn()
    const good = await run(['status', '--check', '--json'], { env: env() })
    expect(good.code).toBe(0)
    expect(JSON.parse(good.stdout)).toMatchObject({ check: 'accepted' })

    changeRecord({ accessToken: 'not-a-token-of-this-server' })
    const refused = await run(['status', '--check', '--json'], { env: env() })
    expect(refused.code).toBe(3)
    expect(JSON.parse(refused.stdout)).toMatchObject({ check: 'failed' })

    const line = {
      ...fixture.sandbox.line(),
      demo: { protobufPort: fixture.port, jsonPort: fixture.port },
    }
    const gone = fixture.writeLine('gone.json', line)
    const away = await run(['status', '--check'], { env: env({ CTRADER_SANDBOX: gone }) })
    expect(away.code).toBe(7)
    expect(away.stderr).toContain('Nobody listens')
  })

  test.each([
    ['expired', { expiresAt: 1000 }, 'expired'],
    ['ended by the server', { status: 'dead', expiresAt: 1000 }, 'ended'],
  ])('exits 3 for a login that is %s', async (_what, changes, state) => {
    await fixture.logIn()
    changeRecord(changes)
    const { code, stdout, stderr } = await run(['status', '--json'], { env: env() })
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ loggedIn: false, state })
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'LOGIN_NEEDED', exitCode: 3 } })
  })

  test('exits 3 for nobody, and names the variable that gives a token', async () => {
    const real = { CTRADER_CONFIG_DIR: fixture.config, CTRADER_CLIENT_ID: '7_id' }
    const none = await run(['status', '--json'], { env: real })
    expect(none.code).toBe(3)
    expect(JSON.parse(none.stdout)).toMatchObject({ loggedIn: false, state: 'none', source: null })

    const given = { ...real, CTRADER_ACCESS_TOKEN: 'some-token' }
    const variable = await run(['status', '--json'], { env: given })
    expect(variable.code).toBe(0)
    expect(JSON.parse(variable.stdout)).toMatchObject({ source: 'CTRADER_ACCESS_TOKEN' })
    expect(variable.stdout).not.toContain('some-token')
  })

  test('TS-6: a damaged login is not the same as none: exit 2, the file named and kept', async () => {
    await fixture.logIn()
    writeFileSync(fixture.recordFile(), '{"half')
    const { code, stderr } = await run(['status'], { env: env() })
    expect(code).toBe(2)
    expect(stderr).toContain(fixture.recordFile())
    expect(readFileSync(fixture.recordFile(), 'utf8')).toBe('{"half')
  })
})

describe('ctrader token', () => {
  test('UX-13: prints the access token and nothing else', async () => {
    await fixture.logIn()
    const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    const plain = await run(['token'], { env: env() })
    expect(plain).toEqual({ code: 0, stdout: `${record.accessToken}\n`, stderr: '' })
    const json = await run(['token', '--json'], { env: env() })
    expect(JSON.parse(json.stdout)).toMatchObject({
      accessToken: record.accessToken,
      tokenType: 'bearer',
      expiresAt: new Date(record.expiresAt).toISOString(),
      scope: 'accounts',
      source: 'stored login',
    })
    expect(json.stdout).not.toContain(record.refreshToken)
  })
})

describe('ctrader refresh', () => {
  test('UX-15: trades the stored tokens for new ones, and says until when they work', async () => {
    await fixture.logIn()
    const before = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    const ended = await run(['refresh', '--json'], { env: env() })
    expect(ended.code).toBe(0)
    const after = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    expect(JSON.parse(ended.stdout)).toEqual({
      profile: 'sandbox',
      generation: 2,
      expiresAt: new Date(after.expiresAt).toISOString(),
    })
    expect(after.accessToken).not.toBe(before.accessToken)
    expect(after.userId).toBe(before.userId)
    for (const secret of [after.accessToken, after.refreshToken]) {
      expect(ended.stdout + ended.stderr).not.toContain(secret)
    }
    expect((await run(['accounts'], { env: env() })).code).toBe(0)
  })

  test('an expired login is renewed by whatever needs it', async () => {
    await fixture.logIn()
    changeRecord({ expiresAt: 1000 })
    expect((await run(['accounts'], { env: env() })).code).toBe(0)
    expect(JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))).toMatchObject({ generation: 2 })
  })

  test('exits 3 when there is nothing to renew, and when the server does not renew it', async () => {
    const none = await run(['refresh'], { env: env() })
    expect(none.code).toBe(3)
    expect(none.stderr).toContain('ctrader login')

    await fixture.logIn()
    changeRecord({ refreshToken: 'a-token-that-was-used' })
    const refused = await run(['refresh'], { env: env() })
    expect(refused.code).toBe(3)
    expect(refused.stderr).not.toContain('a-token-that-was-used')
    expect(JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))).toMatchObject({ status: 'dead' })
    // The access token is as good as before, for as long as it lasts.
    const rest = await run(['status', '--json'], { env: env() })
    expect(rest.code).toBe(0)
    expect(JSON.parse(rest.stdout)).toMatchObject({ state: 'valid', renewable: false })
    changeRecord({ expiresAt: 1000 })
    expect((await run(['accounts'], { env: env() })).code).toBe(3)
  })

  test('SE-7: tokens are in the files of the store and nowhere else', async () => {
    await fixture.logIn()
    await run(['refresh'], { env: env() })
    await run(['status', '--check'], { env: env() })
    const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    const files = readdirSync(fixture.config, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
    const holders = files.filter((file) => readFileSync(file, 'utf8').includes(record.accessToken))
    expect(holders).toEqual([fixture.recordFile()])
    expect(files.join('\n')).not.toContain(record.accessToken)
    expect(files.length).toBeGreaterThan(1)
    const argument = await run(['accounts', '--access-token=a-made-up-one'], { env: env() })
    expect(argument).toMatchObject({ code: 2 })
    expect(argument.stderr).toContain('never taken from arguments')
    expect(argument.stderr).not.toContain('a-made-up-one')
  })
})

describe('ctrader logout', () => {
  test('RV-1: forgets the tokens, and says that the consent remains and until when the token works', async () => {
    await fixture.logIn()
    const record = JSON.parse(readFileSync(fixture.recordFile(), 'utf8'))
    const ended = await run(['logout'], { env: env() })
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain(new Date(record.expiresAt).toISOString().slice(0, 10))
    expect(ended.stderr).toMatch(/consent itself remains/)
    expect(ended.stderr).toContain('https://id.ctrader.com')
    expect(() => readFileSync(fixture.recordFile())).toThrow()
    const again = await run(['logout'], { env: env() })
    expect(again).toMatchObject({ code: 0, stdout: '' })
    expect(again.stderr).toContain('no login')
  })

  test('--all forgets every profile and says which, as data too', async () => {
    await fixture.logIn('--profile', 'one')
    await fixture.logIn('--profile', 'two')
    const ended = await run(['logout', '--all', '--json'], { env: env() })
    expect(ended.code).toBe(0)
    const names = JSON.parse(ended.stdout).map(({ profile }: { profile: string }) => profile)
    expect(names.sort()).toEqual(['one', 'two'])
    expect((await run(['profiles', '--json'], { env: env() })).stdout).toBe('[]\n')
  })
})

describe('variables', () => {
  test('CF-2: a refresh token is a seed: it becomes a login once, and is not used again', async () => {
    const { refreshToken } = fixture.sandbox.issueTokens()
    const seeded = env({ CTRADER_REFRESH_TOKEN: refreshToken })
    const first = await run(['accounts'], { env: seeded })
    expect(first.code).toBe(0)
    expect(first.stderr).toContain('has become a stored login')
    const second = await run(['accounts'], { env: seeded })
    expect(second.code).toBe(0)
    expect(second.stderr).not.toContain('CTRADER_REFRESH_TOKEN')

    await run(['logout'], { env: env() })
    const spent = await run(['accounts'], { env: seeded })
    expect(spent.code).toBe(3)
    expect(spent.stderr).toContain('was used already')
    expect(spent.stderr).not.toContain(refreshToken)
  })

  test('CF-1: a value can be in a file', async () => {
    const file = join(fixture.folder, 'token.txt')
    writeFileSync(file, `${fixture.sandbox.accessToken}\n`)
    const named = { CTRADER_ACCESS_TOKEN_FILE: file }
    expect((await run(['accounts'], { env: env(named) })).code).toBe(0)

    const both = env({ ...named, CTRADER_ACCESS_TOKEN: 'other-token' })
    const twice = await run(['accounts'], { env: both })
    expect(twice).toMatchObject({ code: 2 })
    expect(twice.stderr).toContain('both set')
    rmSync(file)
    const missing = await run(['accounts'], { env: env(named) })
    expect(missing).toMatchObject({ code: 2 })
    expect(missing.stderr).toContain('ENOENT')
  })

  test.each([
    ['  ', 'white space'],
    ['"quoted"', 'quotes'],
    ['your_client_id', 'placeholder'],
  ])('CF-5: %j as a client id is a mistake that is named', async (value, problem) => {
    const ended = await run(['status'], { env: env({ CTRADER_CLIENT_ID: value }) })
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('CTRADER_CLIENT_ID')
    expect(ended.stderr).toContain(problem)
  })
})
