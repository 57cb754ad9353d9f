import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/guide/sandbox.md'), 'utf8')
const recipes = Array.from(page.matchAll(/^```mjs\n(.*?)^```$/gms), ({ 1: code = '', index }) => ({
  code,
  line: page.slice(0, index).split('\n').length,
}))

test('the page has recipes', () => {
  expect(recipes.length).toBeGreaterThan(8)
})

test.each(recipes)('the recipe of line $line runs', { timeout: 60_000 }, async ({ code, line }) => {
  // Inside the repository, so that the package's own name leads to what was built.
  const folder = join(root, '.cache/sandbox-guide')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `recipe-${line}.mjs`)
  writeFileSync(file, code)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const [exitCode] = await once(child, 'close')
  expect(exitCode, output).toBe(0)
})
