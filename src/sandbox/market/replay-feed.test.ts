import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManualClock } from '../../async/manual-clock.ts'
import { type LogFields, silentLogger } from '../../log.ts'
import { Random } from '../random.ts'
import { createWorld } from '../world/index.ts'
import {
  createMarket,
  type Market,
  type QuoteChange,
  ReplayFileError,
  ReplayRowError,
  ReplaySymbolError,
} from './index.ts'

const eurusd = 1
const start = Date.parse('2026-01-07T12:00:00Z')
const header = 'timestamp,bid,ask\n'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(folder, `${++files}.csv`)
  await writeFile(path, content)
  return path
}

async function openMarket(replay: Record<string, string>, speed = 1) {
  const clock = new ManualClock(start)
  const world = createWorld({ seed: 1, marketHours: 'always' })
  const log: [string, LogFields][] = []
  const note = (fields: LogFields, message: string): void => void log.push([message, fields])
  const logger = { ...silentLogger, info: note, warn: note, error: note }
  const random = new Random(1)
  const recordings = new Map(Object.entries(replay))
  const market = await createMarket({ world, clock, random, replay: recordings, speed, logger })
  const changes: QuoteChange[] = []
  market.onChange((change) => changes.push(change))
  const of = (symbolId: number) => changes.filter((change) => change.symbolId === symbolId)
  return { clock, world, market, log, changes, of }
}

/** Lets the file be read on, until the feed has come to a state or a number of rows. */
async function until(market: Market, done: (state: string, rows: number) => boolean) {
  const deadline = performance.now() + 40_000
  while (performance.now() < deadline) {
    const { state, rows } = market.replayProgress(eurusd) ?? { state: '', rows: 0 }
    if (done(state, rows)) return
    await nextTurn()
  }
  throw new Error(`the feed is at ${JSON.stringify(market.replayProgress(eurusd))}`)
}

const five = [
  '1399237200462,1.38817,1.38884',
  '1399237200562,1.38816,1.38884',
  '1399237200562,1.38816,1.38885',
  '1399237201462,1.38816,1.38885',
  '1399237202462,1.38900,1.38899',
]

describe('a replayed symbol', () => {
  it('stands at its first row until somebody subscribes, then keeps the recorded distances', async () => {
    const { clock, market, of } = await openMarket({
      EURUSD: await fileOf(header + five.join('\n')),
    })
    market.start()
    clock.advance(60_000)
    expect(of(eurusd)).toEqual([])
    expect(market.quote(eurusd)).toMatchObject({ bid: 138_817, ask: 138_884 })
    expect(market.replayProgress(eurusd)).toMatchObject({ state: 'waiting', rows: 0 })

    const began = clock.now()
    market.subscribed(eurusd)
    market.subscribed(eurusd)
    expect(market.replayProgress(eurusd)).toMatchObject({ state: 'playing', rows: 1 })
    clock.advance(5000)
    expect(of(eurusd)).toEqual([
      { symbolId: eurusd, bid: 138_816, ask: undefined, timestamp: began + 100 },
      { symbolId: eurusd, bid: undefined, ask: 138_885, timestamp: began + 100 },
      // A row that repeats the one before is an update of both sides.
      { symbolId: eurusd, bid: 138_816, ask: 138_885, timestamp: began + 1000 },
      { symbolId: eurusd, bid: 138_900, ask: 138_899, timestamp: began + 2000 },
    ])
    expect(market.quote(eurusd)).toMatchObject({ bid: 138_900, ask: 138_899 })
    market.close()
  })

  it('plays faster by the speed it is given, rows due together in one go and in order', async () => {
    const path = await fileOf(gzipSync(header + five.join('\n')))
    const { clock, market, of } = await openMarket({ EURUSD: path }, 1000)
    market.subscribed(eurusd)
    clock.advance(1)
    expect(of(eurusd).map(({ timestamp }) => timestamp - start)).toEqual([0, 0, 1])
    clock.advance(1)
    expect(of(eurusd)).toHaveLength(4)
    market.close()
  })

  it('stays at its last price, and says so', async () => {
    const { clock, market, log, of } = await openMarket({
      EURUSD: await fileOf(header + five.join('\n')),
    })
    market.subscribed(eurusd)
    clock.advance(10_000)
    await until(market, (state) => state === 'finished')
    expect(log).toEqual([
      [expect.stringContaining('played to its end'), expect.objectContaining({ rows: 5 })],
    ])
    clock.advance(10_000)
    expect(of(eurusd)).toHaveLength(4)
    expect(market.quote(eurusd)?.bid).toBe(138_900)
    market.close()
  })

  it('stops at a bad row, keeps its price, and shows why', async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => `${at},1.1,1.${20_000 + at}`)
    const path = await fileOf(`${header}${rows.join('\n')}\n2000,1.1,1.2\n`)
    const { clock, market, log } = await openMarket({ EURUSD: path })
    market.subscribed(eurusd)
    await until(market, () => {
      clock.advance(100)
      return market.replayProgress(eurusd)?.state === 'failed'
    })
    const { rows: delivered, error } = market.replayProgress(eurusd) ?? {}
    expect(delivered).toBe(30_000)
    expect(error).toBeInstanceOf(ReplayRowError)
    expect(error?.facts).toMatchObject({ file: path, line: 30_002 })
    expect(log).toEqual([
      [expect.stringContaining('broke off'), expect.objectContaining({ error })],
    ])
    expect(market.quote(eurusd)?.ask).toBe(149_999)
    market.close()
  })

  it('delivers prices finer than its digits as they are, with one warning', async () => {
    const yen = await fileOf(`${header}1,147.25012,147.258\n2,147.25013,147.25811\n`)
    const { clock, market, log, of } = await openMarket({ USDJPY: yen })
    market.subscribed(4)
    clock.advance(10)
    expect(of(4)).toMatchObject([{ bid: 14_725_013, ask: 14_725_811 }])
    expect(log.filter(([message]) => message.includes('finer than the digits'))).toHaveLength(1)
    market.close()
  })

  it('delivers every row of a file larger than what is read ahead, none merged, at any speed', async () => {
    const count = 120_000
    const rows = Array.from({ length: count }, (_, at) => `${at},1.${10_000 + (at % 7)},2`)
    const path = await fileOf(gzipSync(header + rows.join('\n')))
    const { clock, market, of } = await openMarket({ EURUSD: path }, 1e5)
    market.subscribed(eurusd)
    await until(market, () => {
      clock.advance(1)
      return market.replayProgress(eurusd)?.state === 'finished'
    })
    const bids = of(eurusd).map(({ bid }) => bid)
    expect(bids).toHaveLength(count - 1)
    expect(bids.every((bid, at) => bid === 110_000 + ((at + 1) % 7))).toBe(true)
    market.close()
  })

  it('keeps the crosses in line with it', async () => {
    const { clock, market, of } = await openMarket({
      EURUSD: await fileOf(header + five.join('\n')),
    })
    const middle = (symbolId: number): number => {
      const { bid = 0, ask = 0 } = market.quote(symbolId) ?? {}
      return (bid + ask) / 2
    }
    market.subscribed(9)
    market.start()
    clock.advance(5000)
    expect(of(2).length).toBeGreaterThan(5)
    expect(of(9).length).toBeGreaterThan(5)
    expect(middle(9) / 100_000).toBeCloseTo(middle(eurusd) / middle(2), 4)
    market.close()
  })

  it('keeps the crosses in line with it where nobody watches them either', async () => {
    const { clock, market } = await openMarket({ EURUSD: await fileOf(header + five.join('\n')) })
    market.start()
    market.subscribed(eurusd)
    const middle = (symbolId: number): number => {
      const { bid = 0, ask = 0 } = market.quote(symbolId) ?? {}
      return (bid + ask) / 2
    }
    const [before, pound] = [middle(9), middle(2)]
    clock.advance(86_400_000)
    // The pound has moved far enough to tell.
    expect(Math.abs(middle(2) / pound - 1)).toBeGreaterThan(5e-4)
    expect(middle(9)).not.toBe(before)
    expect(middle(9) / 100_000).toBeCloseTo(middle(eurusd) / middle(2), 4)
    clock.advance(3_600_000)
    market.watch(9)
    expect(market.depth(9)?.timestamp).toBe(clock.now())
    market.close()
  })

  it('leaves no timer behind when the market is closed', async () => {
    const { clock, market, changes } = await openMarket({
      EURUSD: await fileOf(header + five.join('\n')),
    })
    market.start()
    market.subscribed(eurusd)
    market.close()
    market.close()
    expect(clock.pending).toBe(0)
    market.start()
    market.subscribed(eurusd)
    clock.advance(5000)
    expect(changes).toEqual([])
  })
})

describe('a market with a recording is not opened', () => {
  it('for a symbol that there is not', async () => {
    const opening = openMarket({ EURPLN: await fileOf(header + five.join('\n')) })
    await expect(opening).rejects.toBeInstanceOf(ReplaySymbolError)
    await expect(opening).rejects.toMatchObject({
      code: 'REPLAY_SYMBOL_UNKNOWN',
      facts: { symbol: 'EURPLN' },
      remedy: expect.stringContaining('EURUSD'),
    })
  })

  it('for a file that is missing, broken, empty, or bad in its first rows', async () => {
    const failure = (path: string) => openMarket({ EURUSD: path }).catch((error: unknown) => error)
    expect(await failure(join(folder, 'none.csv'))).toBeInstanceOf(ReplayFileError)
    expect(await failure(await fileOf(gzipSync(header).subarray(0, 12)))).toBeInstanceOf(
      ReplayFileError,
    )
    expect(await failure(await fileOf(''))).toMatchObject({ facts: { line: 1 } })
    expect(await failure(await fileOf(header))).toMatchObject({
      code: 'REPLAY_ROW_INVALID',
      facts: { line: 2, problem: 'there is no row below the header' },
    })
    expect(await failure(await fileOf(`${header}x,1,1\n`))).toMatchObject({ facts: { line: 2 } })
    const early = `${header}${five.join('\n')}\n1,1.1,1.2\n`
    expect(await failure(await fileOf(early))).toMatchObject({ facts: { line: 7 } })
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('for a speed of %s', async (speed) => {
    await expect(openMarket({}, speed)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

const data = process.env['CTRADER_TEST_DATA'] ?? '../shared/data'
const recorded = join(data, 'ticks-eurusd-oanda-2014-05-04.csv.gz')

describe.skipIf(!existsSync(recorded))('the recorded week of EURUSD', () => {
  it('gives its first 5,000 rows in order and with the exact prices', async () => {
    const text = gunzipSync(await readFile(recorded)).toString('utf8')
    const expected = text.split('\n').slice(1, 5001)
    const { clock, market } = await openMarket({ EURUSD: recorded }, 50)
    const shown = (points: number): string =>
      `${String(points).slice(0, -5)}.${String(points).slice(-5)}`
    const first = market.quote(eurusd)
    let { bid = 0, ask = 0 } = first ?? {}
    const received = [`${shown(bid)},${shown(ask)}`]
    market.onChange((change) => {
      if (change.symbolId !== eurusd) return
      bid = change.bid ?? bid
      ask = change.ask ?? ask
      received.push(`${shown(bid)},${shown(ask)}`)
    })
    market.subscribed(eurusd)
    await until(market, (_, rows) => {
      clock.advance(1000)
      return rows >= 5000
    })
    expect(received.slice(0, 5000)).toEqual(
      expected.map((row) => row.slice(row.indexOf(',') + 1).trim()),
    )
    market.close()
  })
})
