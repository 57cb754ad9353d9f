import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A test that holds the code to something: its file, and its title as it stands there. */
export type TestName = readonly [file: string, title: string]

/** The titles of tests in a file: what stands right behind the bracket of a call. */
export function titlesIn(source: string): Set<string> {
  const literals = source.matchAll(/\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/gs)
  return new Set(Array.from(literals, ([, , text = '']) => text.replace(/\\(['"`\\])/g, '$1')))
}

/** The titles of the tests in a file of this repository; none when there is no such file. */
export function titlesOf(file: string): Set<string> {
  const path = `${root}${file}`
  return titlesIn(existsSync(path) ? readFileSync(path, 'utf8') : '')
}

/** What is promised without a test, or with one that does not exist, one line each. */
export function missingTests(rows: Readonly<Record<string, readonly TestName[]>>): string[] {
  const known = new Map<string, Set<string>>()
  return Object.entries(rows).flatMap(([id, names]) => {
    if (names.length === 0) return [`${id}: no test`]
    return names.flatMap(([file, title]) => {
      const titles = known.get(file) ?? titlesOf(file)
      known.set(file, titles)
      return titles.has(title) ? [] : [`${id}: "${title}" in ${file}`]
    })
  })
}
