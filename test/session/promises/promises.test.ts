import { expect, test } from 'vitest'
import { missingTests, titlesOf } from '../../named-tests.ts'
import { peerBugs } from './peer-bugs.ts'
import { promises } from './promises.ts'

test('every bug that another client has about sessions has a test that shows what ours does', () => {
  expect(Object.keys(peerBugs).length).toBeGreaterThan(25)
  expect(missingTests(peerBugs)).toEqual([])
})

test('every promise about sessions has a test', () => {
  expect(Object.keys(promises).length).toBeGreaterThan(30)
  expect(missingTests(promises)).toEqual([])
})

test('every test about the bugs of others is named by one of them', () => {
  const file = 'test/session/peer-bugs.test.ts'
  const named = Object.values(peerBugs)
    .flat()
    .filter(([where]) => where === file)
    .map(([, title]) => title)
  // Titles are sentences; the groups of tests are clients.
  const titles = [...titlesOf(file)].filter(
    (title) => / /.test(title) && !/^an? .*client/.test(title),
  )
  const loose = titles.filter((title) => !named.includes(title))
  expect(titles.length).toBeGreaterThan(8)
  expect(loose).toEqual([])
})

test('the check finds what has no test, and a test that is not there', () => {
  const file = 'test/session/promises/promises.test.ts'
  const rows = {
    'a bug': [],
    'another bug': [[file, 'nobody wrote this']],
    'a third': [[file, 'every promise about sessions has a test']],
    'a fourth': [['test/nowhere.test.ts', 'anything']],
  } as const
  expect(missingTests(rows)).toEqual([
    'a bug: no test',
    `another bug: "nobody wrote this" in ${file}`,
    'a fourth: "anything" in test/nowhere.test.ts',
  ])
})
