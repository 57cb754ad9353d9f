import { expect, test } from 'vitest'
import { isLike } from './likeness.ts'

test.each([
  [
    { a: 1, b: [{ c: 'x' }] },
    { b: [{ c: 'x' }], a: 1 },
  ],
  [{ a: 2n ** 60n }, { a: 2n ** 60n }],
  ['[removed]', 'anything'],
  ['of [removed] and [removed].', 'of one and two.'],
  ['[removed]', ''],
])('%o is like %o', (recorded, given) => {
  expect(isLike(recorded, given)).toBe(true)
})

test.each([
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: 1, b: 1 }, { a: 1 }],
  [{ a: 2n ** 60n }, { a: 2n ** 60n + 1n }],
  [{ a: [] }, { a: {} }],
  [[1, 2], [1]],
  ['x', 'y'],
  ['x', 1],
  [{}, null],
  ['of [removed] and [removed].', 'of one or two.'],
  ['a[removed]a', 'a'],
  ['[removed]', 1],
])('%o is not like %o', (recorded, given) => {
  expect(isLike(recorded, given)).toBe(false)
})
