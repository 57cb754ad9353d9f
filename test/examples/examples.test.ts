import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { consentByHttp } from '../../src/sandbox/index.ts'
import { Watched } from '../cli/run.ts'
import { addressAfterConsent } from '../docs/person.ts'
import { freePort } from '../oauth/free-port.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = fileURLToPath(new URL('../../examples', import.meta.url))
let tokens: string
let running: Watched | undefined

beforeEach(() => {
  tokens = mkdtempSync(join(tmpdir(), 'ctrader-examples-'))
})
afterEach(() => {
  running?.child.kill('SIGKILL')
  rmSync(tokens, { recursive: true, force: true })
})

/** Starts an example as a person would, without the variables of this machine: it makes a sandbox of its own. */
async function startExample(name: string): Promise<Watched> {
  const clean = Object.entries(process.env).filter(([key]) => !key.startsWith('CTRADER_'))
  running = new Watched(
    spawn(process.execPath, [join(folder, name)], {
      cwd: tokens,
      env: {
        ...Object.fromEntries(clean),
        TOKENS: join(tokens, 'store'),
        CTRADER_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/auth/callback`,
      },
    }),
  )
  return running
}

/** Whom the example's sandbox wants to sign in. */
async function personOf(example: Watched): Promise<{ username: string; password: string }> {
  const username = await example.until(/sign in as (\S+) with/)
  return { username, password: await example.until(/with the password (\S+)\.\n/) }
}

async function endWell(example: Watched): Promise<string> {
  expect(await example.ended(), example.stderr).toBe(0)
  expect(example.stderr).toBe('')
  return example.stdout
}

describe('the examples', () => {
  test('automatic-login: a browser, a listener, a stored grant', async () => {
    const example = await startExample('automatic-login.mjs')
    const url = await example.until(/(http\S+\/apps\/auth\?\S+)\n/)
    const page = await consentByHttp({ url, ...(await personOf(example)) })
    expect(page.text).toContain('You are signed in')
    const output = await endWell(example)
    expect(output).toMatch(/Logged in as cTrader ID \d+\./)
    expect(output).toMatch(/works until 20\d\d-/)
    const [file = ''] = readdirSync(join(tokens, 'store')).filter((name) => name.endsWith('.json'))
    expect(readFileSync(join(tokens, 'store', file), 'utf8')).toContain('"generation":1')
  })

  test('manual-login: a wrong paste is explained, the right one ends it', async () => {
    const example = await startExample('manual-login.mjs')
    const url = await example.until(/(http\S+\/apps\/auth\?\S+)\n/)
    await example.until(/paste the address/)
    example.type(`${url}\n`)
    await example.until(/That is the address of the consent page/)
    example.type(`${await addressAfterConsent(url, await personOf(example))}\n`)
    expect(await endWell(example)).toContain('A token for the scope accounts.')
  })

  test('environment-variables: the secrets work and are not shown', async () => {
    const output = await endWell(await startExample('environment-variables.mjs'))
    expect(output).toContain('clientSecret: [secret]')
    expect(output).toContain('5 accounts')
  })

  test('read-accounts: the four steps', async () => {
    const output = await endWell(await startExample('read-accounts.mjs'))
    expect(output).toContain('5 accounts, 3 of them on this host')
    expect(output).toMatch(/Account 1001: balance \d+ /)
    expect(output).toContain('12 symbols')
  })

  test('refresh-and-retry: the account is authorised again with the new token', async () => {
    const output = await endWell(await startExample('refresh-and-retry.mjs'))
    expect(output).toMatch(/refused or lost: [A-Z_]+/)
    expect(output).toMatch(/Balance \d+, with the token of generation 2/)
  })

  test('each of them is looked at here', () => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'))
    const source = readFileSync(fileURLToPath(import.meta.url), 'utf8')
    for (const name of names.filter((name) => name !== 'setting.mjs')) {
      expect(source).toContain(`startExample('${name}')`)
    }
  })
})
