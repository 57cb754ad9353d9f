import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findJsonError } from './json-syntax.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('where a text stops being JSON', () => {
  test.each([
    ['', 0],
    ['hello', 0],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['{"a":1} x', 8],
    ['[1 2]', 3],
    ['{"a":tru}', 5],
    ['{"a":01}', 6],
    ['{"a":1', 6],
    ['{"a":"\n"}', 6],
    ['{"a":"x', 7],
    [String.raw`{"a":"\x"}`, 6],
    [String.raw`{"a":"\u12"}`, 6],
    ['{]', 1],
  ])('%j at %i', (text, at) => {
    expect(findJsonError(text)).toBe(at)
    expect(isJson(text)).toBe(false)
  })

  test('nowhere in what is JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonError(text)).toBeUndefined()
      }),
    )
    expect(findJsonError(' [ ] ')).toBeUndefined()
  })

  test('it agrees with the engine about texts with one character changed', () => {
    const changed = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]:,"\\ 01e.-x'))
      .map(([text, at, character]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + character + text.slice(place + 1)
      })
    fc.assert(
      fc.property(changed, (text) => {
        expect(findJsonError(text) === undefined, text).toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('depth and length do not matter', () => {
    const depth = 200_000
    expect(findJsonError('['.repeat(depth))).toBe(depth)
    expect(findJsonError('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined()
    const long = String.raw`\n`.repeat(3_000_000)
    expect(findJsonError(`"${long}"`)).toBeUndefined()
  })
})
