import { describe, expect, test } from 'vitest'
import { faults } from './faults.ts'
import { memoryWorld } from './memory-world.ts'
import { describeFailure, describeRun, type MakeWorld, run } from './run.ts'

// One seed: CTRADER_FAULT_SEED=42 npx vitest run test/session/faults/memory
const file = 'test/session/faults/memory'
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
        const report = await run(seed, memoryWorld)
        if (report.complaints.length > 0) failed.push(describeFailure(file, seed, report))
      }
      expect(failed.join('\n')).toBe('')
    },
    120_000,
  )
})

/** A world in which one message in five reaches the server twice, as if it had been sent again. */
const echoing: MakeWorld = (parts) => {
  const world = memoryWorld(parts)
  return {
    ...world,
    transport: {
      ...world.transport,
      async open(endpoint, handlers, options) {
        const link = await world.transport.open(endpoint, handlers, options)
        const send = link.send.bind(link)
        let sent = 0
        link.send = (bytes) => {
          send(bytes)
          sent++
          if (sent % 5 === 0) send(bytes)
        }
        return link
      },
    },
  }
}

describe.skipIf(only !== undefined)('a run that finds something', () => {
  test('says under which command, and finds the same again', async () => {
    const seeds = Array.from({ length: 8 }, (_, index) => index + 1)
    for (const seed of seeds) {
      const report = await run(seed, echoing)
      const { complaints, carrier } = report
      expect(complaints.join(), carrier).toContain('arrived more often than it was sent')
      const [command, ...rest] = describeFailure(file, seed, report).split('\n  ')
      expect(command).toBe(`CTRADER_FAULT_SEED=${seed} npx vitest run ${file}   # ${carrier}`)
      expect(rest).toEqual(complaints)
      expect((await run(seed, echoing)).complaints).toEqual(complaints)
    }
  })

  test('has had every kind of fault to find it with', async () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 40; seed++) {
      const { plan } = await run(seed, memoryWorld)
      for (const line of plan) seen.add(line.replace(/^\d+ /, ''))
    }
    expect([...seen].sort()).toEqual(Object.keys(faults).sort())
  })
})

test.runIf(only !== undefined)('a session that lives through the faults of one seed', async () => {
  const report = await run(Number(only), memoryWorld)
  console.log(describeRun(report))
  expect(report.complaints.join('\n')).toBe('')
})
