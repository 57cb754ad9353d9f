import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../../src/async/manual-clock.ts'
import { createMarket } from '../../../src/sandbox/market/index.ts'
import { Random } from '../../../src/sandbox/random.ts'
import { createWorld } from '../../../src/sandbox/world/index.ts'
import { differences, factsOf, type Week } from './stylised-facts.ts'

const folder =
  process.env['CTRADER_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data')
const fileOf = (name: string): string =>
  join(folder, `ticks-${name.toLowerCase()}-oanda-2014-05-04.csv.gz`)

// The week of the recordings: Sunday evening to Friday evening.
const from = Date.parse('2014-05-04T20:00:00Z')
const to = Date.parse('2014-05-09T22:00:00Z')
const everyHour = Array.from({ length: 24 }, (_, slot) => slot)
const subjects = [
  { name: 'EURUSD', symbolId: 1, open: everyHour },
  // The hour of the daily break.
  { name: 'XAUUSD', symbolId: 41, open: everyHour.filter((slot) => slot !== 21) },
] as const

function realWeek(name: string): Week {
  const [at, bid, ask]: [number[], number[], number[]] = [[], [], []]
  const rows = gunzipSync(readFileSync(fileOf(name)))
    .toString('latin1')
    .trim()
    .split('\n')
  for (const row of rows.slice(1)) {
    const [time, one, two] = row.split(',').map(Number)
    at.push(time ?? 0)
    bid.push(one ?? 0)
    ask.push(two ?? 0)
  }
  return { at, bid, ask }
}

/** The same week of a seeded market, as listeners hear it. */
async function seededWeek(symbolId: number, seed: number, begin = from, end = to): Promise<Week> {
  const clock = new ManualClock(begin)
  const world = createWorld({ seed, marketHours: 'real' })
  const market = await createMarket({ world, clock, random: new Random(seed) })
  const [at, bid, ask]: [number[], number[], number[]] = [[], [], []]
  market.onChange(({ timestamp }) => {
    const quote = market.quote(symbolId)
    at.push(timestamp)
    bid.push((quote?.bid ?? 0) / 100_000)
    ask.push((quote?.ask ?? 0) / 100_000)
  })
  market.watch(symbolId)
  market.start()
  clock.advanceTo(end)
  market.close()
  return { at, bid, ask }
}

/** Quotes at even distances around a price that takes steps of the same kind, at the same pace, all week long. */
function randomWalk(real: Week): Week {
  const random = new Random(1)
  const [at, bid, ask]: [number[], number[], number[]] = [[], [], []]
  const step = (to - from) / real.at.length
  const start = real.bid[0] ?? 1
  const spread = (real.ask[0] ?? 1) - start
  let middle = start
  for (let moment = from; moment < to; moment += step) {
    middle += (random.next() - 0.5) * start * 2e-5
    at.push(moment)
    bid.push(middle - spread / 2)
    ask.push(middle + spread / 2)
  }
  return { at, bid, ask }
}

describe.skipIf(!existsSync(fileOf('EURUSD')))('a seeded week held against a recorded one', () => {
  test.each(subjects)(
    '$name looks like the real thing, whatever the seed',
    async (subject) => {
      const { name, symbolId, open } = subject
      const real = factsOf(realWeek(name))
      expect(differences(real, real, open)).toEqual([])
      for (const seed of [1, 2, 3]) {
        expect(differences(factsOf(await seededWeek(symbolId, seed)), real, open)).toEqual([])
      }
    },
    120_000,
  )

  test.each(subjects)(
    'a plain random walk in place of $name is found out',
    ({ name, open }) => {
      const real = realWeek(name)
      const wrong = differences(factsOf(randomWalk(real)), factsOf(real), open).join('\n')
      expect(wrong).toMatch(/kurtosis/)
      expect(wrong).toMatch(/clustering/)
      expect(wrong).toMatch(/spread/)
      expect(wrong).toMatch(/quotes/)
    },
    120_000,
  )
})

describe('a seeded market', () => {
  test('jumps over the weekend, as far as the time without trading lets it', async () => {
    const jumps: number[] = []
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const friday = Date.parse('2026-01-09T20:00:00Z')
      const week = await seededWeek(1, seed, friday, Date.parse('2026-01-11T23:00:00Z'))
      const { pause, gapMoves } = factsOf(week)
      // Friday 16:55 to Sunday 17:05 New York.
      expect(pause).toBeGreaterThanOrEqual(48 * 3_600_000)
      expect(pause).toBeLessThan(49 * 3_600_000)
      jumps.push(gapMoves)
    }
    // Minutes' moves follow each other; a weekend's is many of them at once.
    expect(jumps.filter((moves) => moves > 3).length).toBeGreaterThanOrEqual(3)
  }, 60_000)
})
