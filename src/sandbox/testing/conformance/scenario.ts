import { systemClock } from '../../../async/clock.ts'
import { createSandbox } from '../../create-sandbox.ts'
import type { SandboxOptions } from '../../options.ts'
import type { Sandbox } from '../../sandbox.ts'
import type { ClientUnderTest, ConnectionDetails, OrderOutcome } from './client-under-test.ts'

/** A client does not do what it must. */
export class Nonconformity extends Error {
  override readonly name = 'Nonconformity'
}

/** How long the suite waits, in real milliseconds. */
export interface Patience {
  /** For connecting, and for an order's outcome: longer than the client's own deadline. @defaultValue 15,000 */
  readonly outcomeMs: number
  /** For something that must not happen, such as an order that is sent again. @defaultValue 2,500 */
  readonly quietMs: number
  /** For a heartbeat; the documentation wants one every ten seconds. @defaultValue 12,000 */
  readonly heartbeatMs: number
}

/** What a scenario works with. */
export interface Stage {
  readonly sandbox: Sandbox
  readonly client: ClientUnderTest
  readonly patience: Patience
  readonly details: ConnectionDetails
  /** Connects, in time. */
  connect(details?: ConnectionDetails): Promise<void>
  /** Buys, and gives what the client says became of it; `failed` when it rejected. */
  buy(): Promise<OrderOutcome | 'failed'>
  /** Lets real time pass. */
  wait(ms: number): Promise<void>
}

export interface Scenario {
  readonly id: string
  /** What a client must do. */
  readonly must: string
  readonly options?: SandboxOptions
  /** What the client must be able to do for it. */
  readonly needs?: 'ask'
  /** Throws a Nonconformity, or anything else, when the client does not. */
  play(stage: Stage): Promise<void>
}

/** Plays a scenario on a sandbox of its own. */
export async function playScenario(
  scenario: Scenario,
  client: ClientUnderTest,
  patience: Patience,
): Promise<void> {
  const sandbox = await createSandbox(scenario.options ?? {})
  try {
    await playIn(sandbox, scenario, client, patience)
  } finally {
    await sandbox.close()
  }
}

async function playIn(
  sandbox: Sandbox,
  scenario: Scenario,
  client: ClientUnderTest,
  patience: Patience,
): Promise<void> {
  const [account] = sandbox.accounts
  const { clientId, clientSecret, accessToken, ca, host } = sandbox
  const details: ConnectionDetails = {
    ...{ host, port: sandbox.demo.protobufPort, jsonPort: sandbox.demo.jsonPort, ca },
    ...{ clientId, clientSecret, accessToken },
    accountId: account?.accountId ?? 0,
  }
  const stage: Stage = {
    ...{ sandbox, client, patience, details, wait },
    connect: (other = details) => inTime(client.connect(other), patience.outcomeMs, 'connect'),
    async buy() {
      const order = { symbol: 'EURUSD', symbolId: 1, volume: 100_000 }
      let failed = false
      const outcome = client.buy(order).catch((): 'failed' => {
        failed = true
        return 'failed'
      })
      const said = await inTime(outcome, patience.outcomeMs, 'say what became of an order')
      return failed ? 'failed' : said
    },
  }
  try {
    await scenario.play(stage)
  } finally {
    await inTime(client.close(), patience.outcomeMs, 'close').catch(() => {})
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve))
}

async function inTime<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    const timer = systemClock.after(ms, () =>
      reject(new Nonconformity(`The client did not ${what} within ${ms} ms.`)),
    )
    cancel = () => timer.cancel()
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    cancel()
  }
}
