import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ManualClock } from '../../../src/async/manual-clock.ts'
import { ProtoOATrendbarPeriod as Period } from '../../../src/protocol/index.ts'
import { createMarket } from '../../../src/sandbox/market/index.ts'
import { Random } from '../../../src/sandbox/random.ts'
import { createWorld } from '../../../src/sandbox/world/index.ts'

const folder =
  process.env['CTRADER_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data')
const file = join(folder, 'ticks-eurusd-oanda-2014-05-04.csv.gz')
const euro = 1

interface Row {
  readonly at: number
  readonly bid: number
  readonly ask: number
}

/** The file as it is, through nothing of this package. */
function readRows(): readonly Row[] {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [at, bid, ask] = line.split(',').map(Number)
    const points = (price = 0): number => Math.round(price * 100_000)
    return { at: at ?? 0, bid: points(bid), ask: points(ask) }
  })
}

/** Bars of even length, the plain way: updates of the bid, and rows that repeat the one before. */
function barsOf(rows: readonly Row[], length: number) {
  const bars = new Map<number, number[]>()
  for (const [index, { at, bid, ask }] of rows.entries()) {
    const before = rows[index - 1]
    if (before !== undefined && before.bid === bid && before.ask !== ask) continue
    const start = at - (at % length)
    bars.set(start, [...(bars.get(start) ?? []), bid])
  }
  return [...bars].map(([start, bids]) => ({
    ...{ start, open: bids[0], high: Math.max(...bids), low: Math.min(...bids) },
    ...{ close: bids.at(-1), volume: bids.length },
  }))
}

test.skipIf(!existsSync(file))(
  'the recorded week of EURUSD: every tick in order, and the bars that follow from the file',
  async () => {
    const rows = readRows()
    const [first] = rows
    const clock = new ManualClock(first?.at ?? 0)
    const world = createWorld({ seed: 1, marketHours: 'real' })
    const replay = new Map([['EURUSD', file]])
    const market = await createMarket({ world, clock, random: new Random(1), replay })
    const received = [first]
    let last = first ?? { at: 0, bid: 0, ask: 0 }
    market.onChange(({ symbolId, timestamp, bid = last.bid, ask = last.ask }) => {
      if (symbolId !== euro) return
      last = { at: timestamp, bid, ask }
      received.push(last)
    })
    market.watch(euro)
    market.start()
    while (market.replayProgress(euro)?.state === 'playing') {
      clock.advance(600_000)
      await setImmediate()
    }
    expect(market.replayProgress(euro)).toMatchObject({ state: 'finished', rows: rows.length })
    expect(received.length).toBe(rows.length)
    const differing = rows.findIndex(({ bid, ask }, index) => {
      const one = received[index]
      return one === undefined || one.bid !== bid || one.ask !== ask
    })
    expect(differing).toBe(-1)
    for (const [period, length] of [
      [Period.M1, 60_000],
      [Period.M5, 300_000],
      [Period.H1, 3_600_000],
    ] as const) {
      const got = market.bars(euro, period, { from: 0, to: clock.now(), limit: 100_000 })
      expect(got).toEqual({ items: barsOf(rows, length), more: false })
    }
    market.close()
  },
  120_000,
)
