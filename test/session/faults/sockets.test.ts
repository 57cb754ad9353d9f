import { beforeAll, describe, expect, test } from 'vitest'
import { type Authority, createAuthority, type KeyPair } from '../../peer/certificates.ts'
import { describeFailure, describeRun, type MakeWorld, run } from './run.ts'
import { socketWorld } from './socket-world.ts'

// One seed: CTRADER_FAULT_SEED=42 npx vitest run test/session/faults/sockets
const file = 'test/session/faults/sockets'
const only = process.env['CTRADER_FAULT_SEED']
// One for each twenty in memory: the same faults over TLS take some ten times as long.
const count = Math.ceil(Number(process.env['CTRADER_FAULT_RUNS'] ?? 2_000) / 20)
const seeds = Array.from({ length: count }, (_, index) => index + 1)

let authority: Authority
let certificate: KeyPair

beforeAll(() => {
  authority = createAuthority()
  certificate = authority.issue({ addresses: ['127.0.0.1', '127.0.0.2'] })
})

const overSockets: MakeWorld = (parts, carrier) =>
  socketWorld(parts, carrier, { authority, certificate })

describe.skipIf(only !== undefined)('a session that lives through faults over real TLS', () => {
  test.each(seeds)('keeps its promises for seed %i', async (seed) => {
    const report = await run(seed, overSockets)
    expect(report.complaints.length > 0 ? describeFailure(file, seed, report) : '').toBe('')
  })
})

test.runIf(only !== undefined)('a session that lives through the faults of one seed', async () => {
  const report = await run(Number(only), overSockets)
  console.log(describeRun(report))
  expect(report.complaints.join('\n')).toBe('')
})
