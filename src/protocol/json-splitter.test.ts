import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameCutError, FrameTooLongError, JsonFormatError } from './errors.ts'
import { JsonSplitter } from './json-splitter.ts'

function split(chunks: readonly (string | Buffer)[], limit?: number): string[] {
  const texts: string[] = []
  const splitter = new JsonSplitter({
    ...(limit !== undefined && { limit }),
    onText: (text) => void texts.push(text),
  })
  for (const chunk of chunks) splitter.push(Buffer.from(chunk as string))
  splitter.end()
  return texts
}

describe('JSON splitter', () => {
  test('finds objects on lines, side by side, and with nothing or anything blank between them', () => {
    expect(split(['{"a":1}\n{"b":2}{"c":3}\r\n\t {"d":4}'])).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
      '{"d":4}',
    ])
  })

  test('brackets and quotes inside of strings are text', () => {
    const text = String.raw`{"a":"}]\"{[\\","b":{"c":["]"]}}`
    expect(split([text, text])).toEqual([text, text])
  })

  test('finds the same objects wherever the stream is cut', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), value), {
      maxLength: 5,
    })
    const property = fc.property(objects, fc.array(fc.nat()), (given, cuts) => {
      const texts = given.map((one) => JSON.stringify(one))
      const bytes = Buffer.from(texts.join('\n'))
      const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
      const chunks = [0, ...at].map((from, index) => bytes.subarray(from, at[index]))
      expect(split(chunks)).toEqual(texts)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test.each(['hello', '[1]', '{} x', '\u0000\u0000\u0000\u0005', '"{}"'])(
    '%j is not a stream of objects',
    (text) => {
      expect(() => split([text])).toThrow(JsonFormatError)
    },
  )

  test('brackets that do not match are left to the reader of the text', () => {
    expect(split(['{]{"a":1}'])).toEqual(['{]', '{"a":1}'])
  })

  test('text that is not UTF-8 is refused', () => {
    expect(() => split([Buffer.from('7b22a9223a317d', 'hex')])).toThrow(/not UTF-8/)
  })

  test('an object beyond the limit is refused before it is complete', () => {
    expect(split(['{"a":"12"}'], 10)).toHaveLength(1)
    expect(() => split(['{"a":"123"}'], 10)).toThrow(FrameTooLongError)
    expect(() => split(['{"a":"', '123456'], 10)).toThrow(FrameTooLongError)
  })

  test('a stream that ends inside an object says how much of it there was', () => {
    expect(() => split(['{"a":1}', '{"b"'])).toThrow(FrameCutError)
    expect(() => split(['{"a":1}', '{"b"'])).toThrow(/after 4 bytes of a JSON object/)
    expect(split([' \n'])).toEqual([])
  })

  test('a reader that throws does not see the same text again', () => {
    const seen: string[] = []
    const splitter = new JsonSplitter({
      onText(text) {
        seen.push(text)
        throw new Error('no')
      },
    })
    splitter.push(Buffer.from('{"a"'))
    expect(() => splitter.push(Buffer.from(':1}'))).toThrow('no')
    expect(splitter.pendingBytes).toBe(0)
    expect(() => splitter.push(Buffer.from('{"b":2}'))).toThrow('no')
    expect(seen).toEqual(['{"a":1}', '{"b":2}'])
  })
})
