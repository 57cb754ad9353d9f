import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from './errors.ts'
import { checkOptionNames, similarNames } from './known-options.ts'
import { say } from './say.ts'

describe('similar names', () => {
  const names = ['stopLoss', 'takeProfit', 'label', 'comment', 'volume', 'EURUSD', 'EURGBP']

  test.each([
    ['lable', 'label'],
    ['stoploss', 'stopLoss'],
    ['stop_loss', 'stopLoss'],
    ['volum', 'volume'],
    ['takeProfitt', 'takeProfit'],
    ['EUR/USD', 'EURUSD'],
    ['eurusd.x', 'EURUSD'],
  ])('%s is meant to be %s', (wanted, name) => {
    expect(similarNames(names, wanted)[0]).toBe(name)
  })

  test.each(['', '---', 'zzzzzz', 'q'])('%j resembles nothing', (wanted) => {
    expect(similarNames(names, wanted)).toEqual([])
  })
})

describe('options', () => {
  const known = { one: true, two: true } as const

  test('that are known pass, also when they are left undefined', () => {
    expect(() => checkOptionNames('call', { one: undefined }, known)).not.toThrow()
    expect(() => checkOptionNames('call', {}, known)).not.toThrow()
  })

  test.each([
    ['nothing', undefined, 'call takes an object of options, not undefined.'],
    ['null', null, 'not null.'],
    ['a list', [], 'not an array.'],
    ['an id', 42, 'not 42.'],
    ['a name every object has', { toString: 1 }, 'call has no option "toString".'],
  ])('that are %s are refused', (_name, options, message) => {
    expect(() => checkOptionNames('call', options, known)).toThrow(InvalidArgumentError)
    expect(() => checkOptionNames('call', options, known)).toThrow(message)
  })
})

test('an option whose name may be a token is not repeated', () => {
  const token = 'q9XvT0aRk2LmZ7yWc4Ns'
  const seen = (): unknown => checkOptionNames('call', { [token]: 1 }, { one: true })
  expect(seen).toThrow('call has no option a text of 20 characters.')
  expect(seen).not.toThrow(token)
})

test('a value in a message shows no content of objects', () => {
  expect(say({ accessToken: 'x' })).toBe('an object')
  expect(say(() => {})).toBe('a function')
  expect(say('x'.repeat(100))).toBe('a text of 100 characters')
  expect(say('a1B2c3D4e5F6')).toBe('a text of 12 characters')
  expect(say('connectTimeoutMs')).toBe('"connectTimeoutMs"')
  expect(say(5n)).toBe('5n')
})
