import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../errors.ts'
import { Random } from './random.ts'

function draw(random: Random, count = 20): number[] {
  return Array.from({ length: count }, () => random.next())
}

describe('random', () => {
  test('the same seed gives the same numbers, another seed gives others', () => {
    expect(draw(new Random(7))).toEqual(draw(new Random(7)))
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)))
    expect(draw(new Random(7))).not.toEqual(draw(new Random(-7)))
    expect(draw(new Random(7))).not.toEqual(draw(new Random(7 + 2 ** 32)))
  })

  test('the numbers do not change from release to release', () => {
    const random = new Random(7)
    // Computed once with an independent sfc32.
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toEqual([
      431, 297, 735,
    ])
    expect(new Random(7).fork('quotes').token(12)).toBe('-OBSq9LBzxVD')
  })

  test('next stays in [0, 1) and is spread evenly', () => {
    const random = new Random(1)
    const buckets = new Array<number>(10).fill(0)
    for (let index = 0; index < 100_000; index++) {
      // A value outside [0, 1) would make an eleventh bucket.
      const bucket = Math.floor(random.next() * 10)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    expect(buckets).toHaveLength(10)
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  })

  test('integer stays below its bound, also beyond 2^32, and reaches every value of a small range', () => {
    const random = new Random(3)
    expect(new Set(Array.from({ length: 200 }, () => random.integer(6)))).toEqual(
      new Set([0, 1, 2, 3, 4, 5]),
    )
    const large = 2 ** 52 + 1
    const drawn = Array.from({ length: 200 }, () => random.integer(large))
    expect(drawn.every((value) => Number.isSafeInteger(value) && value < large)).toBe(true)
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 51)
    expect(random.integer(1)).toBe(0)
  })

  test('a fork depends on the label and the seed, not on what was drawn before', () => {
    const used = new Random(7)
    draw(used, 1000)
    expect(draw(used.fork('quotes'))).toEqual(draw(new Random(7).fork('quotes')))
    expect(draw(used.fork('quotes'))).not.toEqual(draw(used.fork('tokens')))
    expect(draw(used.fork('quotes'))).not.toEqual(draw(new Random(8).fork('quotes')))
    expect(draw(used.fork('a').fork('b'))).not.toEqual(draw(used.fork('b').fork('a')))
  })

  test('forks of similar labels and seeds do not collide', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      for (let label = 0; label < 50; label++) seen.add(new Random(seed).fork(`${label}`).token(8))
    }
    expect(seen.size).toBe(2500)
  })

  test('token has the length and the alphabet asked for', () => {
    expect(new Random(1).token(43)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(new Random(1).token(50, '0123456789abcdef')).toMatch(/^[0-9a-f]{50}$/)
    expect(new Random(1).token(0)).toBe('')
  })

  test('seeds and bounds that are no usable integers are refused', () => {
    for (const seed of [Number.NaN, 0.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(() => new Random(seed)).toThrow(InvalidArgumentError)
    }
    for (const below of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => new Random(1).integer(below)).toThrow(InvalidArgumentError)
    }
  })
})
