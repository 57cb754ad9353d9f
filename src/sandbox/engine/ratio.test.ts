import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, over, plus, ratio, roundAway, roundHalfAway, times, toDouble } from './ratio.ts'

describe('rounding', () => {
  it('sends halves away from zero', () => {
    expect([5, 4, -5, -4].map((tenths) => roundHalfAway(ratio(tenths, 10)))).toEqual([
      1n,
      0n,
      -1n,
      0n,
    ])
    expect([25, 15, -25].map((tenths) => roundHalfAway(ratio(tenths, 10)))).toEqual([3n, 2n, -3n])
  })

  it('sends any rest away from zero where fees are charged', () => {
    expect([1, -1, 0, 10].map((tenths) => roundAway(ratio(tenths, 10)))).toEqual([1n, -1n, 0n, 1n])
  })
})

describe('fractions', () => {
  it('keep the sign in the numerator', () => {
    expect(over(ratio(1), ratio(-2))).toEqual({ num: -1n, den: 2n })
    expect(compare(over(ratio(1), ratio(-2)), ratio(0))).toBeLessThan(0)
  })

  it('become the double that division gives where both parts fit', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1 }), (num, den) => {
        // Reducing a fraction does not change the nearest double, but for zero's sign.
        expect(toDouble(ratio(num, den)) + 0).toBe(num / den + 0)
      }),
    )
  })

  it('become a double also when their parts do not fit', () => {
    const huge = ratio(28_950_748_296n * 10n ** 20n, 10n ** 26n)
    expect(toDouble(huge)).toBe(28_950.748296)
    const third = times(ratio(10n ** 30n + 1n, 3n), ratio(1n, 10n ** 30n))
    expect(toDouble(third)).toBe(1 / 3)
    expect(toDouble(times(third, ratio(-1)))).toBe(-1 / 3)
    expect(toDouble(plus(ratio(1, 10), ratio(2, 10)))).toBe(0.3)
  })
})
