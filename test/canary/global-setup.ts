import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Counts over all files what was looked for and where, so that a check that looks at nothing is noticed. */
export function setup(): (() => void) | undefined {
  // Once for a run, and not again for each of its projects.
  if (process.env['CTRADER_CANARY_TALLY'] !== undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'ctrader-canary-'))
  const file = join(directory, 'tally')
  process.env['CTRADER_CANARY_TALLY'] = file
  return () => {
    let text = ''
    try {
      text = readFileSync(file, 'utf8')
    } catch {
      // No file of tests came to its end.
    }
    rmSync(directory, { recursive: true, force: true })
    const rows = text.split('\n').filter((line) => line !== '')
    const sum = (column: number): number =>
      rows.reduce((total, row) => total + Number(row.split(' ')[column]), 0)
    const [secrets, texts] = [sum(0), sum(1)]
    console.log(`canary: looked for ${secrets} secrets in ${texts} texts of ${rows.length} files`)
    // A whole run makes thousands of both.
    if (rows.length > 100 && (secrets < 500 || texts < 5_000)) {
      throw new Error('The canary check has looked at next to nothing: it does not work any more.')
    }
  }
}
