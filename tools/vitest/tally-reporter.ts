import type { Reporter, TestModule } from 'vitest/node'

/** What a run came to. A file that cannot be loaded and an error outside every test count as failed. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/**
 * Closes a run with the bare line `N passed, N failed, N skipped`, the last one printed.
 *
 * Counting tests alone would call a run green whose files did not load, so what vitest reports beside the
 * tests (broken files, broken suite hooks, errors that escaped) is counted too.
 */
export default class TallyReporter implements Reporter {
  readonly #print: (line: string) => void

  constructor(options: { readonly print?: (line: string) => void } = {}) {
    this.#print = options.print ?? console.log
  }

  onTestRunEnd(modules: readonly TestModule[], escaped: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: escaped.length, skipped: 0 }
    for (const module of modules) {
      tally.failed += module.errors().length
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        // A test that never ran, because its run was cut short, did not pass.
        tally[state === 'pending' ? 'failed' : state] += 1
      }
    }
    this.#print(formatTally(tally))
  }
}

/** The closing line. */
export function formatTally(tally: Readonly<Tally>): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
}
