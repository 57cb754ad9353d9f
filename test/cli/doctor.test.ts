import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createSandbox, type Sandbox, type SandboxLine } from '../../src/sandbox/index.ts'
import { carriers } from '../../src/session/index.ts'
import { createAuthority } from '../peer/certificates.ts'
import { type Ended, run } from './run.ts'

let folder: string
let sandbox: Sandbox
const closers: (() => Promise<void>)[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ctrader-doctor-'))
  sandbox = await createSandbox()
})

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the command against a sandbox whose line has been changed. */
async function examine(
  change: Partial<SandboxLine> = {},
  more: { args?: readonly string[]; env?: Readonly<Record<string, string>>; of?: Sandbox } = {},
): Promise<Ended & { report: Record<string, unknown>; text: Ended }> {
  const { args = [], env = {}, of = sandbox } = more
  const file = join(folder, `${Math.random().toString(36).slice(2)}.json`)
  writeFileSync(file, JSON.stringify({ ...of.line(), ...change }))
  const options = { env: { CTRADER_SANDBOX: file, ...env } }
  const [json, text] = await Promise.all([
    run(['doctor', '--json', '--timeout', '8', ...args], options),
    run(['doctor', '--timeout', '8', ...args], options),
  ])
  expect(text.code).toBe(json.code)
  return { ...json, report: JSON.parse(json.stdout), text }
}

/** The stages that were tried, and how each went. */
function course({ report }: { report: Record<string, unknown> }): string {
  const stages = report['stages'] as readonly { stage: string; status: string }[]
  expect(stages.map(({ stage }) => stage)).toEqual([
    ...['name', 'tcp', 'tls', 'application', 'token', 'accounts', 'quote'],
  ])
  return stages.map(({ status }) => ({ ok: '+', failed: 'x', skipped: '-' })[status]).join('')
}

/** How long each stage that was tried took, in milliseconds. */
function times({ report }: { report: Record<string, unknown> }): number[] {
  const stages = report['stages'] as readonly { status: string; ms?: number }[]
  return stages.filter(({ status }) => status !== 'skipped').map(({ ms }) => ms as number)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

// Every test runs the command twice or more, each time as a process of its own.
describe('ctrader doctor', { timeout: 60_000 }, () => {
  test('all is well, over every carrier', async () => {
    for (const carrier of carriers) {
      const found = await examine({}, { args: ['--carrier', carrier] })
      expect(found).toMatchObject({ code: 0, stderr: '' })
      expect(found.report).toMatchObject({ ok: true, diagnosis: null, carrier })
      expect(course(found)).toBe('+++++++')
      expect(found.text.stdout).toContain('All is well.')
      // An address is not looked up; everything else takes its time, and is told with it.
      expect(times(found)).toEqual([0, ...Array.from({ length: 6 }, () => expect.any(Number))])
      expect(times(found)[2]).toBeGreaterThan(0)
      expect(found.text.stdout).toMatch(/^✓ TLS .* \d+(\.\d)? ms$/m)
      expect(found.text.stdout).toMatch(/✓ first quote\s+EURUSD \d\.\d{5} \/ \d\.\d{5}/)
    }
  })

  test('no server', async () => {
    const port = await freePort()
    const found = await examine({ demo: { protobufPort: port, jsonPort: port } })
    expect(found.code).toBe(7)
    expect(found.report).toMatchObject({ ok: false, diagnosis: 'SERVER_NOT_REACHABLE' })
    expect(course(found)).toBe('+x-----')
    expect(times(found)).toEqual([0, expect.any(Number)])
    expect(found.text.stdout).toContain(`Nobody listens on 127.0.0.1:${port}`)
  })

  test('a name that nobody knows, and one that is known', async () => {
    const unknown = await examine({ host: 'no-such-host.invalid' })
    expect(unknown.code).toBe(7)
    expect(unknown.report).toMatchObject({ diagnosis: 'HOST_NOT_FOUND' })
    expect(course(unknown)).toBe('x------')
    const known = await examine({ host: 'localhost' })
    expect(known.report).toMatchObject({ ok: true })
    expect(known.text.stdout).toContain('localhost is known')
    expect(times(known)).toHaveLength(7)
  })

  test.each(carriers)('the port of the other format, over %s', async (carrier) => {
    const { protobufPort, jsonPort } = sandbox.line().demo
    const demo = { protobufPort: jsonPort, jsonPort: protobufPort }
    const found = await examine({ demo }, { args: ['--carrier', carrier] })
    expect(found.code).toBe(7)
    expect(found.report).toMatchObject({ diagnosis: 'WRONG_PORT' })
    expect(course(found)).toBe('+++x---')
    expect(found.text.stdout).toContain('--carrier')
  })

  test('an untrusted certificate', async () => {
    const caFile = join(folder, 'stranger.pem')
    writeFileSync(caFile, createAuthority('Stranger').ca)
    const found = await examine({ caFile })
    expect(found.code).toBe(7)
    expect(found.report).toMatchObject({ diagnosis: 'UNTRUSTED_CERTIFICATE' })
    expect(course(found)).toBe('++x----')
  })

  test('a wrong secret', async () => {
    const found = await examine({ clientSecret: 'wr0ng-s3cret' })
    expect(found.code).toBe(4)
    expect(found.report).toMatchObject({ diagnosis: 'WRONG_CREDENTIALS' })
    expect(course(found)).toBe('+++x---')
    for (const { stdout, stderr } of [found, found.text]) {
      expect(stdout + stderr).not.toContain('wr0ng-s3cret')
    }
  })

  test('an application that has not been approved', async () => {
    const { clientId, clientSecret } = sandbox.addApplication({
      ...{ name: 'New', redirectUris: ['http://127.0.0.1:8080/'], status: 'submitted' },
    })
    const found = await examine({ clientId, clientSecret })
    expect(found.code).toBe(4)
    expect(found.report).toMatchObject({ diagnosis: 'APPLICATION_INACTIVE' })
    expect(course(found)).toBe('+++x---')
    expect(found.text.stdout).toContain('approved')
  })

  test('an expired token, and one that nobody has issued', async () => {
    const clock = new ManualClock()
    const old = await createSandbox({ clock, tokenLifetimeSeconds: 60 })
    closers.push(() => old.close())
    clock.advance(61_000)
    const expired = await examine({}, { of: old })
    expect(expired.code).toBe(3)
    expect(expired.report).toMatchObject({ diagnosis: 'TOKEN_EXPIRED' })
    expect(course(expired)).toBe('++++x--')
    expect(expired.text.stdout).toContain('ctrader login')
    const invalid = await examine({ accessToken: 'nobody-issued-this' })
    expect(invalid.report).toMatchObject({ diagnosis: 'TOKEN_INVALID' })
    expect(invalid.stdout + invalid.stderr).not.toContain('nobody-issued-this')
  })

  test('a live account on the demo host', async () => {
    const live = sandbox.accounts.find(({ isLive }) => isLive)?.accountId
    const args = ['--account', String(live)]
    const found = await examine({ live: sandbox.line().demo }, { args })
    expect(found.code).toBe(4)
    expect(found.report).toMatchObject({ diagnosis: 'ACCOUNT_ON_OTHER_HOST' })
    expect(course(found)).toBe('+++++x-')
    expect(found.text.stdout).toContain('--env live')
    // On its own host it is well.
    expect((await examine({}, { args })).report).toMatchObject({ ok: true })
  })

  test('an account that the login does not cover', async () => {
    const found = await examine({}, { args: ['--account', '77'] })
    expect(found.code).toBe(5)
    expect(found.report).toMatchObject({ diagnosis: 'ACCOUNT_NOT_COVERED' })
    expect(course(found)).toBe('+++++x-')
  })
})
