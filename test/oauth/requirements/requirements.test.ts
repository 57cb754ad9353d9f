import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { requiredIds, requirements } from './requirements.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The titles of tests in a file: what stands right behind the bracket of a call. */
function titlesIn(source: string): Set<string> {
  const literals = source.matchAll(/\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/gs)
  return new Set(Array.from(literals, ([, , text = '']) => text.replace(/\\(['"`\\])/g, '$1')))
}

test('every requirement has a test', () => {
  expect(requiredIds.filter((id) => (requirements[id]?.length ?? 0) === 0)).toEqual([])
})

test('every test that is named exists', () => {
  const titles = new Map<string, Set<string>>()
  const missing: string[] = []
  for (const [id, names] of Object.entries(requirements)) {
    expect(id).toMatch(/^[A-Z]{2}-\d+$/)
    for (const [file, title] of names) {
      const path = `${root}${file}`
      const known = titles.get(file) ?? titlesIn(existsSync(path) ? readFileSync(path, 'utf8') : '')
      titles.set(file, known)
      if (!known.has(title)) missing.push(`${id}: "${title}" in ${file}`)
    }
  }
  expect(missing).toEqual([])
})

test('the check finds a title that is not there', () => {
  const source = "test('one', () => {})\ntest.each([1])(\n  'it\\'s two',\n  () => {})"
  expect(titlesIn(source)).toEqual(new Set(['one', "it's two"]))
  expect(titlesIn("const other = 'one'").has('one')).toBe(false)
})
