import { expect, test } from 'vitest'
import type { TestModule } from 'vitest/node'
import TallyReporter from './tally-reporter.ts'

interface FakeModule {
  readonly states: readonly string[]
  readonly fileErrors?: number
  readonly suiteErrors?: number
}

/** The three things of a finished file that the reporter reads. */
function finished(module: FakeModule): TestModule {
  const errors = (count = 0) => Array.from({ length: count }, () => new Error('broken'))
  return {
    errors: () => errors(module.fileErrors),
    children: {
      allSuites: () => [{ errors: () => errors(module.suiteErrors) }],
      allTests: () => module.states.map((state) => ({ result: () => ({ state }) })),
    },
  } as unknown as TestModule
}

function lineOf(
  modules: readonly FakeModule[],
  escaped: readonly unknown[] = [],
): string | undefined {
  const lines: string[] = []
  const reporter = new TallyReporter({ print: (line) => lines.push(line) })
  reporter.onTestRunEnd(modules.map(finished), escaped)
  expect(lines).toHaveLength(1)
  return lines[0]
}

test('the closing line counts the tests of all files', () => {
  const modules = [{ states: ['passed', 'failed', 'skipped'] }, { states: ['passed', 'skipped'] }]
  expect(lineOf(modules)).toBe('2 passed, 1 failed, 2 skipped')
})

test('a file that could not be loaded counts as failed', () => {
  expect(lineOf([{ states: ['passed'] }, { states: [], fileErrors: 1 }])).toBe(
    '1 passed, 1 failed, 0 skipped',
  )
})

test('a broken suite hook counts as failed', () => {
  expect(lineOf([{ states: ['skipped'], suiteErrors: 1 }])).toBe('0 passed, 1 failed, 1 skipped')
})

test('an error that escaped every test counts as failed', () => {
  expect(lineOf([{ states: ['passed'] }], [new Error('unhandled rejection')])).toBe(
    '1 passed, 1 failed, 0 skipped',
  )
})

test('a test that never ran counts as failed', () => {
  expect(lineOf([{ states: ['pending'] }])).toBe('0 passed, 1 failed, 0 skipped')
})
