import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const script = join(import.meta.dirname, 'children/digest.mjs')
const run = promisify(execFile)

/** The versions that must agree with the one that runs the tests. `.ci/run` puts their programs here. */
const wanted = [22, 24].map((major) => ({
  major,
  program: join(root, `.cache/node/node_modules/node${major}/bin/node`),
}))
const named = (process.env['CTRADER_TEST_NODES'] ?? '')
  .split(delimiter)
  .filter((path) => path !== '')
const programs = named.length > 0 ? named : wanted.map(({ program }) => program).filter(existsSync)
const isCi = process.env['CI'] === 'true'

if (programs.length === 0 && !isCi) {
  console.warn(
    'No other version of Node is here; set CTRADER_TEST_NODES to their programs. The test that they agree is skipped.',
  )
}

async function digests(program: string): Promise<Record<string, unknown> & { version: string }> {
  const { stdout } = await run(program, [script], { cwd: root, timeout: 240_000 })
  return JSON.parse(stdout)
}

test.skipIf(programs.length === 0 && !isCi)(
  'the same seed and inputs give the same frames and prices on every version of Node',
  { timeout: 300_000 },
  async () => {
    const [own, ...others] = await Promise.all([process.execPath, ...programs].map(digests))
    const majors = others.map(({ version }) => Number(version.slice(1).split('.')[0]))
    if (isCi) expect(majors.sort()).toEqual(wanted.map(({ major }) => major))
    for (const other of others) expect({ ...other, version: own?.version }).toEqual(own)
    // Enough was said for this to mean something: quotes, trades, pages of history.
    const { frames } = (own?.['always'] ?? { frames: [] }) as { frames: [number, string][] }
    expect(frames).toHaveLength(2)
    for (const [length] of frames) expect(length).toBeGreaterThan(50_000)
    expect(own?.['always']).not.toEqual(own?.['real'])
  },
)
