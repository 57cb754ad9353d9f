import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { expect, test } from 'vitest'
import { createClient } from '../../src/index.ts'
import { createSandbox } from '../../src/sandbox/index.ts'

const folder = process.env['CTRADER_TEST_DATA'] ?? join(import.meta.dirname, '../../../shared/data')
const file = join(folder, 'ticks-eurusd-oanda-2014-05-04.csv.gz')
const wanted = 5000

test.skipIf(!existsSync(file))(
  'the first 5,000 recorded quotes arrive in order and with the exact prices of the file',
  { timeout: 60_000 },
  async () => {
    const rows = await readRows()
    await using sandbox = await createSandbox({ replay: { EURUSD: file }, speed: 100_000 })
    await using client = await createClient(sandbox.clientOptions())
    const account = await client.account(sandbox.accounts[0]?.accountId ?? 0)
    const received: (readonly [string, string])[] = []
    for await (const quote of account.watchQuotes(['EURUSD'], {
      overflow: 'fail',
      limit: 1_000_000,
    })) {
      received.push([quote.bid.toString(), quote.ask.toString()])
      if (received.length === wanted) break
    }
    expect(received).toEqual(rows)
  },
)

/** The file as it is, through nothing of this package. */
async function readRows(): Promise<(readonly [string, string])[]> {
  const rows: (readonly [string, string])[] = []
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) })
  for await (const line of lines) {
    const [time, bid = '', ask = ''] = line.split(',')
    if (time === 'timestamp') continue
    rows.push([pad(bid), pad(ask)])
    if (rows.length === wanted) break
  }
  return rows
}

/** Five digits behind the point, which is what the symbol shows. */
function pad(price: string): string {
  const [whole = '', fraction = ''] = price.split('.')
  return `${whole}.${fraction.padEnd(5, '0')}`
}
