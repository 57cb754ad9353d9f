import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

// The files beside this one are compiled, not run: what must compile stands there as it is, what must not compile
// stands under `@ts-expect-error`, which is itself an error where there is none.
const root = fileURLToPath(new URL('../..', import.meta.url))
const files = readdirSync(join(root, 'test/types')).filter((name) => name.endsWith('.test-d.ts'))
let output = ''

beforeAll(() => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', 'tsconfig.json', '--pretty', 'false', '--listFiles']
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  output = run.stdout + run.stderr
}, 60_000)

test.each(files)('%s compiles as it says', (name) => {
  const path = `test/types/${name}`
  expect(output).toContain(join(root, path))
  expect(output.split('\n').filter((line) => line.startsWith(path))).toEqual([])
})

test('there is something to compile', () => {
  expect(files).not.toEqual([])
})
