import { expect, test } from 'vitest'
import { missingTests, titlesIn } from '../../named-tests.ts'
import { requiredIds, requirements } from './requirements.ts'

test('every requirement has a test', () => {
  expect(requiredIds.filter((id) => (requirements[id]?.length ?? 0) === 0)).toEqual([])
})

test('every test that is named exists', () => {
  expect(Object.keys(requirements).filter((id) => !/^[A-Z]{2}-\d+$/.test(id))).toEqual([])
  expect(missingTests(requirements)).toEqual([])
})

test('the check finds a title that is not there', () => {
  const source = "test('one', () => {})\ntest.each([1])(\n  'it\\'s two',\n  () => {})"
  expect(titlesIn(source)).toEqual(new Set(['one', "it's two"]))
  expect(titlesIn("const other = 'one'").has('one')).toBe(false)
})
