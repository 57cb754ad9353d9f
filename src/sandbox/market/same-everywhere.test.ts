import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { ProtoOATrendbarPeriod as Period } from '../../protocol/index.ts'
import { Random } from '../random.ts'
import { createWorld } from '../world/index.ts'
import { createMarket } from './index.ts'

/**
 * The digests are of this version of the market and hold on every machine and every version of Node. A change of the
 * market changes them; nothing else may.
 */
test.each([
  ['always', 'cbe868afe94877c7d0f30a6a6bf90a2cc4c99d8c21177d6c235101e626d58f4b'],
  ['real', '5eb4d79862eda219bec279c6c179b5d7bbd30bfb97f73f885aa6f13aa98dc6fc'],
] as const)('prices of a seed are the same everywhere: %s', async (marketHours, digest) => {
  const clock = new ManualClock('2026-03-11T00:00:00Z')
  const world = createWorld({ seed: 20_260_311, marketHours })
  const market = await createMarket({ world, clock, random: new Random(20_260_311) })
  const hash = createHash('sha256')
  for (const [day, limit] of [
    ['2026-03-09T13:00:00Z', 1_000],
    ['2025-11-02T23:00:00Z', 500],
    ['2012-02-29T10:00:00Z', 500],
  ] as const) {
    const from = Date.parse(day)
    for (const symbolId of [1, 9, 41, 10_021]) {
      const range = { from: 0, to: from, limit }
      for (const side of ['bid', 'ask'] as const) {
        hash.update(JSON.stringify(market.ticks(symbolId, side, range)))
      }
      for (const period of [Period.M5, Period.H4]) {
        hash.update(JSON.stringify(market.bars(symbolId, period, { from: 0, to: from, limit: 3 })))
      }
    }
  }
  expect(hash.digest('hex')).toBe(digest)
  market.close()
})
