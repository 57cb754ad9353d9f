import { InvalidArgumentError } from '../../../errors.ts'
import type { StartClient } from './client-under-test.ts'
import { type Patience, playScenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

export interface ConformanceOptions {
  /** Ids of the scenarios to play. @defaultValue all */
  readonly only?: readonly string[]
  /** How long to wait. */
  readonly patience?: Partial<Patience>
}

/** What came of one scenario. */
export interface ConformanceResult {
  readonly id: string
  /** What a client must do. */
  readonly must: string
  /** `skipped`: the client cannot do what it takes. */
  readonly verdict: 'passed' | 'failed' | 'skipped'
  /** What it did instead. */
  readonly reason: string | undefined
}

/** What came of a client. */
export interface ConformanceReport {
  readonly results: readonly ConformanceResult[]
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The scenarios there are: their ids, and what they ask of a client. */
export const conformanceScenarios: readonly { readonly id: string; readonly must: string }[] =
  scenarios.map(({ id, must }) => ({ id, must }))

/**
 * Drives a client through everything that clients of this API have been seen to get wrong, each on a sandbox of its own.
 * Takes real time: a client is waited for when it should send a heartbeat, or should not send an order again.
 *
 * @throws InvalidArgumentError for a scenario that does not exist
 */
export async function runConformance(
  start: StartClient,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const { only, patience = {} } = options
  const unknown = only?.find((id) => !scenarios.some((scenario) => scenario.id === id))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no scenario "${unknown}".`, {
      facts: { scenario: unknown },
      remedy: `The scenarios are ${scenarios.map(({ id }) => id).join(', ')}.`,
    })
  }
  const settled = { outcomeMs: 15_000, quietMs: 2_500, heartbeatMs: 12_000, ...patience }
  const results: ConformanceResult[] = []
  for (const scenario of scenarios) {
    if (only !== undefined && !only.includes(scenario.id)) continue
    const { id, must } = scenario
    const client = await start()
    if (scenario.needs === 'ask' && client.ask === undefined) {
      await client.close()
      results.push({ id, must, verdict: 'skipped', reason: 'the client cannot ask' })
      continue
    }
    try {
      await playScenario(scenario, client, settled)
      results.push({ id, must, verdict: 'passed', reason: undefined })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      results.push({ id, must, verdict: 'failed', reason })
    }
  }
  const count = (verdict: string): number =>
    results.filter((result) => result.verdict === verdict).length
  return { results, passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}
