import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../errors.ts'
import {
  CurrencyMismatchError,
  Decimal,
  lots,
  Money,
  pips,
  points,
  priceDistance,
  priceFromDouble,
  priceFromQuote,
  toRelativePoints,
  toVolumeCents,
  units,
  unitsFromCents,
} from './index.ts'

test('a decimal takes no coefficient but a bigint, and no scale but a whole number', () => {
  expect(() => new Decimal(1.5 as never, 2)).toThrow(InvalidArgumentError)
  for (const scale of [1.5, -1, Number.NaN, 401]) {
    expect(() => Decimal.from('1.25').round(scale)).toThrow(InvalidArgumentError)
    expect(() => Decimal.from('1.25').rescaled(scale)).toThrow(InvalidArgumentError)
  }
})

describe('operators', () => {
  const many = units('1000.5').value
  const few = units('999.5').value
  const refused = /operators do not know\. Use compare/

  test('compare no texts: 999.5 is not more than 1000.5', () => {
    expect(String(few) > String(many)).toBe(true)
    expect(() => few > many).toThrow(refused)
    expect(() => Number(few)).toThrow(InvalidArgumentError)
    expect(few.compare(many)).toBe(-1)
  })

  test('join no texts either', () => {
    const value: unknown = few
    expect(() => (value as number) + 0).toThrow(refused)
    expect(`${few}`).toBe('999.5')
  })

  test('the same for money, which compares within its currency', () => {
    const loss = Money.fromMinor(-25n, 2, 'USD')
    const smaller = Money.fromMinor(-23n, 2, 'USD')
    expect(() => loss > smaller).toThrow(refused)
    expect(loss.compare(smaller)).toBe(-1)
    expect(loss.compare(loss)).toBe(0)
    expect(() => loss.compare(Money.fromMinor(1n, 2, 'EUR'))).toThrow(CurrencyMismatchError)
    expect(`${loss}`).toBe('-0.25 USD')
  })
})

describe('Decimal', () => {
  test.each([
    ['0', '0'],
    ['-0.30', '-0.30'],
    ['0.005', '0.005'],
    [1.12569, '1.12569'],
    [1e-7, '0.0000001'],
    [1e21, '1000000000000000000000'],
    [9007199254740993n, '9007199254740993'],
  ])('reads %s as %s', (input, text) => {
    expect(Decimal.from(input).toString()).toBe(text)
  })

  test.each([
    '',
    ' 1',
    '1,5',
    '0x10',
    'NaN',
    '1e999',
    '.5',
    '5.',
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('refuses %s', (input) => {
    expect(() => Decimal.from(input)).toThrow(InvalidArgumentError)
  })

  test('adds exactly where doubles do not', () => {
    expect(Decimal.from('0.1').plus('0.2').toString()).toBe('0.3')
  })

  test('compares by value, not by the number of digits', () => {
    expect(Decimal.from('1.10').equals('1.1')).toBe(true)
    expect(Decimal.from('-2').compare('1.5')).toBe(-1)
    expect(Decimal.from('2').compare('-1.5')).toBe(1)
  })

  test.each([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['1.0049', 2, '1.00'],
    ['-0.4', 0, '0'],
    ['7', 2, '7.00'],
  ])('rounds %s to %i digits as %s, halves away from zero', (value, scale, text) => {
    expect(Decimal.from(value).round(scale).toString()).toBe(text)
  })

  test('is rescaled only when nothing is lost', () => {
    expect(Decimal.from('1.50').rescaled(1)?.toString()).toBe('1.5')
    expect(Decimal.from('1.55').rescaled(1)).toBeUndefined()
  })

  test('sums, products and texts agree with scaled integers', () => {
    const number = fc.record({
      coefficient: fc.bigInt(-(10n ** 20n), 10n ** 20n),
      scale: fc.integer({ min: 0, max: 10 }),
    })
    fc.assert(
      fc.property(number, number, (a, b) => {
        const left = new Decimal(a.coefficient, a.scale)
        const right = new Decimal(b.coefficient, b.scale)
        expect(left.plus(right).minus(right).equals(left)).toBe(true)
        expect(left.times(right).coefficient).toBe(a.coefficient * b.coefficient)
        expect(Decimal.from(left.toString()).equals(left)).toBe(true)
        expect(Decimal.from(left.toString()).scale).toBe(left.scale)
      }),
    )
  })
})

describe('Money', () => {
  test('keeps every digit in text and JSON', () => {
    const amount = Money.fromMinor(-9007199254740993n, 8, 'BTC')
    expect(String(amount)).toBe('-90071992.54740993 BTC')
    expect(JSON.stringify(amount)).toBe('{"amount":"-90071992.54740993","currency":"BTC"}')
  })

  test('refuses to add different currencies', () => {
    const usd = Money.fromMinor(1n, 2, 'USD')
    expect(() => usd.plus(Money.fromMinor(1n, 2, 'EUR'))).toThrow(CurrencyMismatchError)
    expect(usd.plus(usd).minus(usd).toString()).toBe('0.01 USD')
  })
})

describe('prices', () => {
  test('quote-side integers are x 100,000 whatever the digits', () => {
    expect(priceFromQuote(112569, 5).toString()).toBe('1.12569')
    expect(priceFromQuote(15_612_300_000, 3).toString()).toBe('156123.000')
    expect(priceFromQuote(234_567_000, 2).toString()).toBe('2345.67')
  })

  test('a price off the grid of its symbol is shown whole instead of rounded', () => {
    expect(priceFromQuote(112569, 3).toString()).toBe('1.12569')
    expect(priceFromDouble(131.07400024414062, 3).toString()).toBe('131.07400024414062')
    expect(priceFromDouble(1.1247, 5).toString()).toBe('1.12470')
  })
})

describe('volumes', () => {
  const eurusdLot = Decimal.from(100_000)
  test.each([
    [lots('0.10'), 1_000_000n],
    [lots(0.01), 100_000n],
    [units(1000), 100_000n],
    [units('0.01'), 1n],
  ])('%o is %s hundredths of a unit', (volume, cents) => {
    expect(toVolumeCents(volume, eurusdLot)).toBe(cents)
  })

  test('a part of a hundredth is not one', () => {
    expect(toVolumeCents(units('0.001'), eurusdLot)).toBeUndefined()
    expect(toVolumeCents(lots('0.001'), Decimal.from(1))).toBeUndefined()
  })

  test.each([0, -1, '0.00'])('%s lots are refused', (value) => {
    expect(() => lots(value)).toThrow(InvalidArgumentError)
  })

  test('hundredths come back as units', () => {
    expect(unitsFromCents(100_000).toString()).toBe('1000')
    expect(unitsFromCents(1n).toString()).toBe('0.01')
    expect(unitsFromCents(150).toString()).toBe('1.5')
  })
})

describe('distances', () => {
  test.each([
    [pips(20), { digits: 5, pipPosition: 4 }, 200n],
    [pips('1.5'), { digits: 5, pipPosition: 4 }, 15n],
    [pips(20), { digits: 3, pipPosition: 2 }, 20_000n],
    [points(20), { digits: 3, pipPosition: 2 }, 2_000n],
    [priceDistance('0.0020'), { digits: 5, pipPosition: 4 }, 200n],
    [pips(3), { digits: 1, pipPosition: 0 }, 300_000n],
    [pips(3), { digits: 0, pipPosition: -1 }, 3_000_000n],
  ])('%o on %o is %s hundred-thousandths', (distance, scale, expected) => {
    expect(toRelativePoints(distance, scale)).toBe(expected)
  })

  test('a distance off the digit grid has no exact form', () => {
    expect(toRelativePoints(priceDistance('0.001'), { digits: 2, pipPosition: 2 })).toBeUndefined()
    expect(toRelativePoints(pips('0.05'), { digits: 5, pipPosition: 4 })).toBeUndefined()
  })
})
