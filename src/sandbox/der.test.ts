import { describe, expect, test } from 'vitest'
import * as der from './der.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const header = (size: number): string => hex(der.octets(Buffer.alloc(size)).subarray(0, 4))

describe('der', () => {
  test('lengths take the short form up to 127, then as few bytes as will do', () => {
    expect(header(0)).toBe('0400')
    expect(header(127)).toBe('047f0000')
    expect(header(128)).toBe('04818000')
    expect(header(255)).toBe('0481ff00')
    expect(header(256)).toBe('04820100')
    expect(header(65_535)).toBe('0482ffff')
    expect(() => der.octets(Buffer.alloc(65_536))).toThrow(RangeError)
  })

  test('integers are positive and as short as they can be', () => {
    const integer = (text: string): string => hex(der.integer(Buffer.from(text, 'hex')))
    expect(integer('00')).toBe('020100')
    expect(integer('7f')).toBe('02017f')
    expect(integer('80')).toBe('02020080')
    expect(integer('000001')).toBe('020101')
    expect(integer('00ff')).toBe('020200ff')
  })

  test('bit lists end with their last one', () => {
    expect(hex(der.flags(0))).toBe('03020780')
    expect(hex(der.flags(5, 6))).toBe('03020106')
    expect(hex(der.flags(8))).toBe('0303070080')
  })

  test('object identifiers', () => {
    expect(hex(der.identifier('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302')
    expect(hex(der.identifier('2.5.29.15'))).toBe('0603551d0f')
  })

  test('times change form in 2050', () => {
    expect(der.time(Date.parse('2049-12-31T23:59:59.999Z')).toString('latin1')).toContain(
      '491231235959Z',
    )
    expect(der.time(Date.parse('2050-01-01T00:00:00Z')).toString('latin1')).toContain(
      '20500101000000Z',
    )
  })

  test('children come back as they went in; lengths that lie are refused', () => {
    const parts = [der.octets(Buffer.alloc(300)), der.sequence(), der.utf8('é')]
    expect(der.children(der.sequence(...parts)).map(hex)).toEqual(parts.map(hex))
    expect(() => der.children(Buffer.from('3003040500', 'hex'))).toThrow(RangeError)
    expect(() => der.children(Buffer.from('3001', 'hex').subarray(0, 1))).toThrow(RangeError)
  })
})
