import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Watched } from '../cli/run.ts'
import { freePort } from '../oauth/free-port.ts'
import { structureOf, writeProgram } from './guide-program.ts'
import { addressAfterConsent } from './person.ts'

const english = 'docs/guide/oauth.md'
const russian = 'docs/guide/oauth.ru.md'

describe('the guide', () => {
  test('its blocks are one program that runs against a sandbox', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ctrader-guide-'))
    const redirectUri = `http://127.0.0.1:${await freePort()}/auth/callback`
    const program = new Watched(
      spawn(process.execPath, [writeProgram(english)], {
        cwd: folder,
        env: { ...process.env, CTRADER_REDIRECT_URI: redirectUri },
      }),
    )
    try {
      const page = await program.until(/^Open (http\S+)/m)
      await program.until(/Paste the address/)
      const username = await program.until(/^Sign in as (\S+)/m)
      const password = await program.until(/^Sign in as \S+ with (\S+)/m)
      program.type(`${await addressAfterConsent(page, { username, password })}\n`)
      expect(await program.ended(), program.stderr).toBe(0)
      for (const line of [
        'Automatic: a token for the scope trading',
        'Manual: a token for the scope trading',
        'Web: 303, and the browser goes to the consent page',
        'Stored: generation 1',
        'Refreshed: generation 2',
        'API: 12 symbols on account 1001',
        'Client: balance 10000.00 USD',
        'Environment: "[secret]" is all that a log shows',
        'Redirect URI: trailing-slash',
        'State: mismatch',
        'Retried: with generation 3',
      ]) {
        expect(program.stdout.split('\n')).toContain(line)
      }
      expect(readdirSync(join(folder, 'tokens')).length).toBeGreaterThan(0)
    } finally {
      program.child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('says in Russian what it says in English: same parts, same code', () => {
    const [left, right] = [structureOf(english), structureOf(russian)]
    expect(right.code).toEqual(left.code)
    expect(right.headings).toEqual(left.headings)
    expect(right.names).toEqual(left.names)
    expect(right.links).toEqual(left.links)
    expect({ ...right, code: 0, headings: 0, names: 0, links: 0 }).toEqual({
      ...left,
      code: 0,
      headings: 0,
      names: 0,
      links: 0,
    })
  })

  test('has every part that a guide to this login needs', () => {
    const { code } = structureOf(english)
    expect(code.filter((block) => block.startsWith('ts\n')).length).toBeGreaterThanOrEqual(12)
    expect(code.some((block) => block.startsWith('mermaid\n'))).toBe(true)
  })
})
