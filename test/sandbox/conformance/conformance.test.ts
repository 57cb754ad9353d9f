import { describe, expect, test } from 'vitest'
import { type Account, type Carrier, type Client, createClient, units } from '../../../src/index.ts'
import {
  type ClientUnderTest,
  conformanceScenarios,
  runConformance,
} from '../../../src/sandbox/testing/index.ts'
import { brokenClient, type Mistake } from './broken-client.ts'

/** This package's own client, as the suite drives it. */
function ownClient(carrier: Carrier = 'protobuf-tcp'): ClientUnderTest {
  let client: Client | undefined
  let account: Account | undefined
  return {
    async connect({ host, port, jsonPort, ca, clientId, clientSecret, accessToken, accountId }) {
      const server = { host, port, jsonPort }
      client = await createClient({
        environment: { name: 'sandbox', demo: server, live: server, ca },
        application: { clientId, clientSecret },
        grants: [{ accessToken }],
        carrier,
        requestTimeoutMs: 4_000,
        connectTimeoutMs: 10_000,
      })
      account = await client.account(accountId)
    },
    async buy({ symbol, volume }) {
      if (account === undefined) return 'unknown'
      try {
        const order = await account.placeOrder({
          ...{ symbol, side: 'buy', type: 'market', volume: units(volume / 100) },
        })
        await order.filled
        return 'filled'
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : ''
        return code === 'ORDER_OUTCOME_UNKNOWN' ? 'unknown' : 'rejected'
      }
    },
    async ask(count) {
      const asking = Array.from({ length: count }, () =>
        account?.session.call.version({}, { timeoutMs: 20_000 }),
      )
      await Promise.all(asking)
    },
    close: async () => client?.close(),
  }
}

describe('the conformance suite', { timeout: 120_000 }, () => {
  test.each<Carrier>(['protobuf-tcp', 'json-websocket'])(
    'passes the client of this package over %s',
    async (carrier) => {
      const report = await runConformance(() => ownClient(carrier), {
        patience: { quietMs: 1_500 },
      })
      expect(report.results.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
      expect(report.passed).toBe(conformanceScenarios.length)
    },
  )

  test('passes a plain client that makes no mistake', async () => {
    const report = await runConformance(() => brokenClient(undefined), {
      patience: { quietMs: 500, heartbeatMs: 4_000 },
    })
    expect(report.results.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
  })

  test.each<[Mistake, readonly string[]]>([
    ['trusts-everybody', ['foreign-certificate']],
    ['no-heartbeats', ['heartbeats']],
    ['filled-when-accepted', ['fill-not-acceptance']],
    ['ignores-order-errors', ['order-error']],
    ['ignores-errors', ['error-response']],
    ['ignores-rejections', ['rejected-event']],
    ['resends-after-a-timeout', ['lost-answer']],
    ['resends-after-a-cut', ['cut-after-commit', 'cut-before-commit']],
    ['any-fill-is-mine', ['foreign-fill']],
    ['floods', ['rate-limit']],
  ])('catches a client that %s', async (mistake, only) => {
    const report = await runConformance(() => brokenClient(mistake), {
      ...{ only, patience: { quietMs: 1_500, heartbeatMs: 2_500, outcomeMs: 15_000 } },
    })
    for (const { id, verdict } of report.results) expect([id, verdict]).toEqual([id, 'failed'])
    expect(report.failed).toBe(only.length)
  })

  test('refuses a scenario that does not exist', async () => {
    await expect(runConformance(() => ownClient(), { only: ['nonsense'] })).rejects.toThrow(
      'no scenario',
    )
  })
})
