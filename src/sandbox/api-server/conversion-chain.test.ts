import { expect, test } from 'vitest'
import { conversionChain } from './conversion-chain.ts'

const [eur, usd, jpy, gbp, gold, index] = [1, 2, 3, 4, 5, 6] as const
const symbols = [
  { symbolId: 10, baseAssetId: eur, quoteAssetId: usd },
  { symbolId: 11, baseAssetId: usd, quoteAssetId: jpy },
  { symbolId: 12, baseAssetId: gbp, quoteAssetId: usd },
  { symbolId: 13, baseAssetId: eur, quoteAssetId: gbp },
  { symbolId: 14, baseAssetId: gold, quoteAssetId: usd },
]
const ids = (from: number, to: number): number[] | undefined =>
  conversionChain(symbols, from, to)?.map(({ symbolId }) => symbolId)

test('one symbol, forwards or backwards', () => {
  expect(ids(eur, usd)).toEqual([10])
  expect(ids(usd, eur)).toEqual([10])
})

test('the shortest way over several symbols, in the order in which they are walked', () => {
  expect(ids(jpy, eur)).toEqual([11, 10])
  expect(ids(gold, gbp)).toEqual([14, 12])
  expect(ids(eur, gbp)).toEqual([13])
})

test('nothing to convert, and no way to do it, are different things', () => {
  expect(ids(usd, usd)).toEqual([])
  expect(ids(index, usd)).toBeUndefined()
})
