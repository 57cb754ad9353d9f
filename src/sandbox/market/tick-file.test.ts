import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ReplayFileError, ReplayRowError } from './errors.ts'
import { TickFile } from './tick-file.ts'
import { parseTickRow, type Tick } from './tick-row.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ticks-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(folder, `${++files}.csv`)
  await writeFile(path, content)
  return path
}

/** Everything a file gives, and what it ends with. */
async function readAll(path: string): Promise<{ ticks: Tick[]; error: unknown }> {
  const ticks: Tick[] = []
  let file: TickFile | undefined
  try {
    file = await TickFile.open(path)
    for (let rows = await file.read(); rows !== undefined; rows = await file.read()) {
      ticks.push(...rows)
    }
    return { ticks, error: undefined }
  } catch (error) {
    return { ticks, error }
  } finally {
    file?.close()
  }
}

const header = 'timestamp,bid,ask\n'
const good = `${header}1000,1.12568,1.12569\n1200,1.12567,1.12569\n`
const goodTicks = [
  { at: 1000, bid: 112_568, ask: 112_569 },
  { at: 1200, bid: 112_567, ask: 112_569 },
]

describe('a row', () => {
  it('becomes integers without a float on the way', () => {
    // 1.15 times 100000 is 114999.99999999999 in doubles.
    expect(parseTickRow('5,1.15,1.16')).toEqual({ at: 5, bid: 115_000, ask: 116_000 })
    expect(parseTickRow('5,1300.151,1301')).toEqual({ at: 5, bid: 130_015_100, ask: 130_100_000 })
    expect(parseTickRow('5,0.00001,0.5')).toEqual({ at: 5, bid: 1, ask: 50_000 })
  })

  it('may have more than five decimals when they are zeros', () => {
    expect(parseTickRow('5,1.1256800,1.12569')).toMatchObject({ bid: 112_568 })
  })

  it.each([
    ['5,1.125681,1.13', 'the bid 1.125681 has more than 5 decimals'],
    ['5,1.1,', 'the ask is empty'],
    ['5,,1.1', 'the bid is empty'],
    ['5,1.1', 'there is no ask column in "5,1.1"'],
    ['5', 'there is no bid column in "5"'],
    ['5,1.1,1.2,3', '"5,1.1,1.2,3" has more than three columns'],
    ['five,1.1,1.2', 'the timestamp "five" is not a whole number of milliseconds'],
    [',1.1,1.2', 'the timestamp "" is not a whole number of milliseconds'],
    ['5.5,1.1,1.2', 'the timestamp "5.5" is not a whole number of milliseconds'],
    ['-5,1.1,1.2', 'the timestamp "-5" is not a whole number of milliseconds'],
    ['99999999999999999,1.1,1.2', 'the timestamp 99999999999999999 is too large'],
    ['5,1e3,1.2', 'the bid "1e3" is not a decimal number'],
    ['5,-1.1,1.2', 'the bid "-1.1" is not a decimal number'],
    ['5,1.1,1.', 'the ask "1." is not a decimal number'],
    ['5,.1,1.2', 'the bid ".1" is not a decimal number'],
    ['5, 1.1,1.2', 'the bid " 1.1" is not a decimal number'],
    ['5,1.2.3,1.2', 'the bid "1.2.3" is not a decimal number'],
    ['5,0.00000,1.2', 'the bid is zero'],
    ['5,99999999999999,1.2', 'the bid 99999999999999 is too large'],
  ])('is refused with a reason: %s', (row, problem) => {
    expect(parseTickRow(row)).toBe(problem)
  })
})

describe('a recording', () => {
  it.each([
    ['plain', good],
    ['gzip', gzipSync(good)],
    ['with CRLF', good.replaceAll('\n', '\r\n')],
    ['without a line end at the end', good.trimEnd()],
    ['with empty lines at the end', `${good}\n\n`],
    ['with a byte order mark', `\uFEFF${good}`],
  ])('is read %s', async (_, content) => {
    const { ticks, error } = await readAll(await fileOf(content))
    expect(error).toBeUndefined()
    expect(ticks).toEqual(goodTicks)
  })

  it('may have zero and negative spreads, equal timestamps and repeated rows', async () => {
    const rows = ['7,1.1,1.1', '7,1.2,1.1', '7,1.2,1.1', '8,1.2,1.1']
    const { ticks, error } = await readAll(await fileOf(header + rows.join('\n')))
    expect(error).toBeUndefined()
    expect(ticks).toHaveLength(4)
    expect(ticks[1]).toEqual({ at: 7, bid: 120_000, ask: 110_000 })
    const file = await TickFile.open(await fileOf(header + rows.join('\n')))
    while ((await file.read()) !== undefined);
    expect(file.oddities).toEqual({ crossed: 3, locked: 1, sameTime: 2 })
    file.close()
  })

  it.each([
    ['this project', 'timestamp,bid,ask', ['1767214800123,1.1,1.2', '1767214801000,1.15,1.16']],
    [
      'dukascopy-node, with volumes',
      'timestamp,askPrice,bidPrice,askVolume,bidVolume',
      ['1767214800123,1.2,1.1,1.5,0.75', '1767214801000,1.16,1.15,3,2'],
    ],
    [
      "Dukascopy's desktop program",
      'Gmt time,Ask,Bid,AskVolume,BidVolume',
      ['31.12.2025 21:00:00.123,1.2,1.1,1.5,0.75', '31.12.2025 21:00:01.000,1.16,1.15,3,2'],
    ],
    [
      'the same, year first, the columns in quotes',
      '"Time (UTC)","Ask","Bid"',
      ['2025.12.31 21:00:00.123,1.2,1.1', '2025.12.31 21:00:01,1.16,1.15'],
    ],
    [
      'others, with ISO 8601',
      'symbol,DateTime,BID,ASK',
      ['EURUSD,2025-12-31T21:00:00.123Z,1.1,1.2', 'EURUSD,2025-12-31T22:00:01+01:00,1.15,1.16'],
    ],
  ])('is read as written by %s', async (_, head, rows) => {
    const { ticks, error } = await readAll(await fileOf(`${head}\n${rows.join('\n')}\n`))
    expect(error).toBeUndefined()
    expect(ticks).toEqual([
      { at: 1_767_214_800_123, bid: 110_000, ask: 120_000 },
      { at: 1_767_214_801_000, bid: 115_000, ask: 116_000 },
    ])
  })

  it('is read across any number of pieces', async () => {
    const rows = Array.from({ length: 50_000 }, (_, at) => `${at},1.${10_000 + at},2`)
    const { ticks, error } = await readAll(await fileOf(gzipSync(header + rows.join('\n'))))
    expect(error).toBeUndefined()
    expect(ticks).toHaveLength(50_000)
    expect(ticks.every(({ at, bid }, index) => at === index && bid === 110_000 + index)).toBe(true)
  })

  it.each<[string, string, number, string]>([
    ['an empty file', '', 1, 'the file is empty'],
    ['another header', 'when,bid,ask\n1,1,1\n', 1, 'the header is "when,bid,ask" where'],
    ['two bids', 'time,bid,ask,bid\n1,1,1,1\n', 1, 'the header is "time,bid,ask,bid" where'],
    [
      'a time of no stated zone',
      'Time,Ask,Bid\n2025-12-31 21:00:00,1.2,1.1\n',
      2,
      'the timestamp "2025-12-31 21:00:00" is not',
    ],
    ['a day there is not', 'Time,Ask,Bid\n31.02.2025 21:00:00,1.2,1.1\n', 2, 'the timestamp'],
    ['no header', '1000,1.1,1.2\n', 1, 'the header is "1000,1.1,1.2" where'],
    ['a missing column', `${good}1300,1.1\n`, 4, 'there is no ask column'],
    ['an empty side', `${good}1300,1.1,\n`, 4, 'the ask is empty'],
    ['text for a number', `${good}1300,n/a,1.1\n`, 4, 'the bid "n/a" is not a decimal number'],
    ['six decimals', `${good}1300,1.123456,1.2\n`, 4, 'has more than 5 decimals'],
    ['a step back in time', `${good}1199,1.1,1.2\n`, 4, 'timestamp 1199 is before the one above'],
    ['an empty line between rows', `${good}\n1300,1.1,1.2\n`, 5, 'follows an empty line (line 4)'],
    ['a line without end', good + '9'.repeat(100_000), 4, 'it is longer than 4096 characters'],
  ])('is refused at its line: %s', async (_, content, line, problem) => {
    const path = await fileOf(content)
    const { ticks, error } = await readAll(path)
    expect(error).toBeInstanceOf(ReplayRowError)
    expect(error).toMatchObject({
      code: 'REPLAY_ROW_INVALID',
      facts: { file: path, line, problem: expect.stringContaining(problem) },
      message: expect.stringContaining(`Line ${line} of ${path}: `),
    })
    expect(ticks).toEqual(line > 2 ? goodTicks : [])
  })

  it.each<[string, () => Promise<string>]>([
    ['missing', async () => join(folder, 'nowhere.csv')],
    ['a folder', async () => folder],
    ['gzip that is cut off', () => fileOf(gzipSync(good).subarray(0, -12))],
    ['no gzip behind the first bytes', () => fileOf(Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]))],
  ])('is refused when it is %s', async (_, make) => {
    const path = await make()
    const { error } = await readAll(path)
    expect(error).toBeInstanceOf(ReplayFileError)
    expect(error).toMatchObject({ code: 'REPLAY_FILE_UNREADABLE', facts: { file: path } })
  })
})
