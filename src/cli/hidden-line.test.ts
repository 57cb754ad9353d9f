import { describe, expect, test } from 'vitest'
import { HiddenLine } from './hidden-line.ts'

function press(...chunks: string[]): unknown {
  const line = new HiddenLine()
  let event: unknown
  for (const chunk of chunks) event = line.feed(chunk)
  return event
}

describe('a line that is not shown', () => {
  test('ends with Enter', () => {
    expect(press('abc')).toEqual({ kind: 'more' })
    expect(press('abc', '\r')).toEqual({ kind: 'line', text: 'abc' })
    expect(press('abc\n')).toEqual({ kind: 'line', text: 'abc' })
  })

  test('can be corrected', () => {
    expect(press('abx\u007fc\r')).toEqual({ kind: 'line', text: 'abc' })
    expect(press('\u007fabc\r')).toEqual({ kind: 'line', text: 'abc' })
    expect(press('wrong\u0015abc\r')).toEqual({ kind: 'line', text: 'abc' })
    expect(press('a😀\u007fb\r')).toEqual({ kind: 'line', text: 'ab' })
  })

  test('Ctrl-C interrupts, Ctrl-D ends the input when nothing was typed', () => {
    expect(press('abc\u0003')).toEqual({ kind: 'interrupt' })
    expect(press('\u0004')).toEqual({ kind: 'end' })
    expect(press('abc\u0004', '\r')).toEqual({ kind: 'line', text: 'abc' })
  })

  test('line breaks in a paste belong to it, however the marks are cut', () => {
    expect(press('\u001b[200~ab\r\ncd\u001b[201~', '\r')).toEqual({
      kind: 'line',
      text: 'ab\r\ncd',
    })
    expect(press('\u001b', '[20', '0~ab\ncd\u001b[2', '01~\r')).toEqual({
      kind: 'line',
      text: 'ab\ncd',
    })
  })

  test('a paste cannot press keys', () => {
    expect(press('\u001b[200~a\u0003\u0004b\u001b[201~\r')).toEqual({
      kind: 'line',
      text: 'a\u0003\u0004b',
    })
  })

  test('other keys do nothing', () => {
    expect(press('a\u001b[Ab\u001bOBc\u001b[3~\u0001\u001bx\r')).toEqual({
      kind: 'line',
      text: 'abc',
    })
  })
})
