import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { type AuthFaultRule, authorizationPresets } from '../../src/sandbox/index.ts'
import { startFixture } from '../auth-server/fixture.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const prose = readFileSync(join(root, 'docs/sandbox-authorization.md'), 'utf8')
const blocks = Array.from(prose.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code)

/** Runs a block as a program of its own and returns what it prints. */
async function printed(code: string, name: string): Promise<string[]> {
  const folder = join(root, '.cache/doc-run')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.ts`)
  writeFileSync(file, code)
  const lines: string[] = []
  const spy = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
    lines.push(values.join(' '))
  })
  try {
    await import(/* @vite-ignore */ file)
    return lines
  } finally {
    spy.mockRestore()
  }
}

describe('the page about the authorization server', () => {
  const expected = [
    ['a new token', 'ACCESS_DENIED', 'tokens, tokens, used-refresh-token'],
    ['a new secret'],
    ['no answer 1', '2'],
    ['S256', 'never'],
    ['201', '429 30'],
  ]

  test('has the blocks that are run here', () => {
    expect(blocks).toHaveLength(expected.length)
    expect(prose.match(/^```/gm)).toHaveLength(2 * expected.length)
  })

  test.each(expected.map((lines, index) => [index + 1, lines] as const))(
    'block %i runs and prints what the page says',
    { timeout: 30_000 },
    async (number, lines) => {
      const code = blocks[number - 1] ?? ''
      expect(await printed(code, `sandbox-authorization-${number}`)).toEqual(lines)
    },
  )

  test('lists every switch with its default, and every fault', async () => {
    const row = (name: string) => prose.split('\n').find((line) => line.startsWith(`| \`${name}\``))
    for (const [name, value] of Object.entries(authorizationPresets.ctrader)) {
      const shown = Array.isArray(value) ? value.join('`, `') : String(value)
      expect(row(name), name).toContain(name === 'errorCodes' ? 'none' : shown)
    }
    await using fixture = await startFixture()
    const rule = { action: { kind: 'unheard of' } } as unknown as AuthFaultRule
    let kinds: string[] = []
    try {
      fixture.server.control.faults.add(rule)
    } catch (error) {
      kinds = /Choose one of (.*)\.$/.exec(String(error))?.[1]?.split(', ') ?? []
    }
    expect(kinds.length).toBeGreaterThan(10)
    for (const kind of kinds) expect(prose).toContain(`\`${kind}\``)
  })
})
