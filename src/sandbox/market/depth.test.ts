import { describe, expect, it } from 'vitest'
import { createWorld } from '../world/index.ts'
import { depthBehind } from './depth.ts'

const world = createWorld({ seed: 1, marketHours: 'always' })

describe('the book behind a quote', () => {
  it.each([...world.instruments.values()].map((one) => [one.name, one] as const))(
    '%s: starts at bid and ask, leads away from them, and can be traded',
    (_, instrument) => {
      const { symbolId, quoting, minVolume, stepVolume } = instrument
      const [bid, ask] = [quoting.level, quoting.level + quoting.spread]
      const quote = { symbolId, bid, ask, timestamp: 1_000_000, sessionClose: undefined }
      const { bids, asks } = depthBehind(quote, instrument)
      expect([bids.length, asks.length]).toEqual([10, 10])
      expect([bids[0]?.price, asks[0]?.price]).toEqual([bid, ask])
      for (const [side, direction] of [
        [bids, -1],
        [asks, 1],
      ] as const) {
        for (const [at, { price, size }] of side.entries()) {
          if (at > 0) expect((price - (side[at - 1]?.price ?? 0)) * direction).toBeGreaterThan(0)
          expect(size).toBeGreaterThanOrEqual(minVolume)
          expect(size % stepVolume).toBe(0)
        }
      }
      expect(depthBehind(quote, instrument)).toEqual({ symbolId, timestamp: 1_000_000, bids, asks })
    },
  )

  it('stays above zero and does not fold over a crossed quote', () => {
    const instrument = world.instruments.get(1)
    if (instrument === undefined) throw new Error('there is no EURUSD')
    const quote = { symbolId: 1, bid: 3, ask: 1, timestamp: 0, sessionClose: undefined }
    const { bids, asks } = depthBehind(quote, instrument)
    expect(bids.map(({ price }) => price)).toEqual([3, 2, 1])
    expect(asks.map(({ price }) => price)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})
