import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

// One seed: CTRADER_FAULT_SEED=42 npx vitest run test/session/faults
const only = process.env['CTRADER_FAULT_SEED']
const count = Number(process.env['CTRADER_FAULT_RUNS'] ?? 2_000)
const batch = 100

const batches = Array.from({ length: Math.ceil(count / batch) }, (_, index) => index * batch + 1)

describe.skipIf(only !== undefined)('a session that lives through faults', () => {
  test.each(batches)(
    'keeps its promises for the seeds from %i on',
    async (first) => {
      const failed: string[] = []
      for (let seed = first; seed < Math.min(first + batch, count + 1); seed++) {
        const { complaints } = await run(seed)
        if (complaints.length === 0) continue
        failed.push(
          `CTRADER_FAULT_SEED=${seed} npx vitest run test/session/faults\n  ${complaints.join('\n  ')}`,
        )
      }
      expect(failed.join('\n')).toBe('')
    },
    120_000,
  )
})

test.runIf(only !== undefined)('a session that lives through the faults of one seed', async () => {
  const { complaints, plan, requests, links } = await run(Number(only))
  console.log([...plan, `${requests} requests over ${links} links`].join('\n'))
  expect(complaints.join('\n')).toBe('')
})
