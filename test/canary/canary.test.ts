import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Canary, describeLeaks } from './canary.ts'

const secret = 'Abc+/def&ghi jkl="mno'

describe('SE-8: the canary', () => {
  test.each([
    ['as it is', secret],
    ['in a URL', `https://host/?token=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in JSON', JSON.stringify({ deep: { secret } })],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in the middle of base64', Buffer.from(`id:${secret}`).toString('base64')],
    ['one further in base64', Buffer.from(`my_id:${secret} and more`).toString('base64')],
    ['in base64url', Buffer.from(`{"a":"${secret}"}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
  ])('finds a secret %s, and does not repeat it', (_how, text) => {
    const canary = new Canary()
    canary.learn(secret)
    canary.watch('a log', `before ${text} after`)
    const leaks = canary.leaks()
    expect(leaks).toHaveLength(1)
    expect(leaks[0]).toMatchObject({
      where: 'a log',
      fingerprint: expect.stringMatching(/^\w{8}$/),
    })
    expect(describeLeaks(leaks)).not.toContain(secret)
  })

  test('finds what was said before it was known to be secret', () => {
    const canary = new Canary()
    canary.watch('a log', `before ${secret} after`)
    canary.learn(secret)
    expect(canary.leaks()).toHaveLength(1)
  })

  test('finds nothing where nothing is, and counts what it looked at', () => {
    const canary = new Canary()
    canary.learn(secret)
    canary.watch('a log', 'the token was renewed')
    canary.watch('a log', secret.slice(0, 12))
    expect(canary.leaks()).toEqual([])
    expect(canary).toMatchObject({ secrets: 1, watched: 2 })
  })
})

test('SE-8: tests that give a secret away in any of the watched ways make their run fail', async () => {
  const script = fileURLToPath(new URL('planted/run.mjs', import.meta.url))
  // The leaks are meant: this run is not watched in turn.
  const env = { ...process.env, CTRADER_CANARY_TALLY: '', NO_COLOR: '1' }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const [code] = await once(child, 'close')
  expect(code).toBe(1)
  // Each of the tests passed: only the canary failed them.
  expect(output).toMatch(/Tests\s+8 passed \(8\)/)
  const report = output.slice(output.indexOf('Secrets were seen where none may be'))
  for (const way of [
    'the log (info): ',
    'CTraderError: ',
    'CTraderError as JSON: ',
    'CTraderError as text: ',
    'util.inspect: ',
    'stdout of the tests: ',
    'console.warn: ',
    'console.log: ',
    'stdout of node -e ',
    'the arguments of node -e ',
    'stdout of node -e console.log(',
  ]) {
    expect(report).toContain(`  ${way}`)
  }
  expect(report).toContain("[cause]: { url: 'https://x/?t=[...]' }")
  expect(report).toContain('Authorization: Basic ')
}, 60_000)
