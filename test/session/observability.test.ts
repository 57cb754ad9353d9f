import { afterEach, describe, expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.ts'
import { createClient, type Metrics, type RequestError } from '../../src/index.ts'
import type { Logger } from '../../src/log.ts'
import { formatWireRecord, parseWireRecord, type WireRecord } from '../../src/protocol/index.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { carriers, connectSession } from '../../src/session/index.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox(options)
  closers.push(() => sandbox.close())
  return sandbox
}

/** Counts and remembers. */
function collect() {
  const counts = new Map<string, number>()
  const measured = new Map<string, number[]>()
  const key = (name: string, labels: object): string => [name, ...Object.values(labels)].join(' ')
  const metrics: Metrics = {
    count: (name, labels) =>
      void counts.set(key(name, labels), (counts.get(key(name, labels)) ?? 0) + 1),
    record: (name, ms, labels) =>
      void measured.set(key(name, labels), [...(measured.get(key(name, labels)) ?? []), ms]),
  }
  return { metrics, counts, measured }
}

/** Everything a logger is given, as text; errors with their causes. */
function logEverything(): { logger: Logger; text: () => string } {
  const lines: string[] = []
  const write = (fields: object, message: string): void => {
    const seen = new Set<unknown>()
    lines.push(
      message,
      JSON.stringify(fields, (_key, value: unknown) => {
        if (typeof value === 'bigint') return String(value)
        if (typeof value !== 'object' || value === null) return value
        if (seen.has(value)) return '[seen]'
        seen.add(value)
        if (!(value instanceof Error)) return value
        const { message, stack, cause } = value
        return { ...value, message, stack, cause }
      }),
    )
  }
  return {
    logger: { debug: write, info: write, warn: write, error: write },
    text: () => lines.join('\n'),
  }
}

describe('the numbers of a session', () => {
  test('count requests by how they ended, links by how they ended, and measure both waits', async () => {
    const sandbox = await startSandbox()
    const { metrics, counts, measured } = collect()
    const session = await connectSession({
      endpoint: { host: '127.0.0.1', port: sandbox.demo.protobufPort },
      application: sandbox,
      ca: sandbox.ca,
      metrics,
    })
    const accountId = sandbox.accounts[0]?.accountId as number
    await session.call.trader({ ctidTraderAccountId: accountId }).catch(() => {})
    await session.authorizeAccount(accountId, sandbox.accessToken)
    await session.call.trader({ ctidTraderAccountId: accountId })
    const given = session.call.trader(
      { ctidTraderAccountId: accountId },
      { signal: AbortSignal.abort() },
    )
    const lost = session.call.version({})
    await Promise.allSettled([given, session.close(), lost])
    expect(Object.fromEntries(counts)).toEqual({
      'linksOpened protobuf-tls': 1,
      'requests applicationAuth answered': 1,
      'requests trader refused': 1,
      'requests accountAuth answered': 1,
      'requests trader answered': 1,
      'requests version lost': 1,
      'linksEnded closed SESSION_CLOSED': 1,
    })
    expect(measured.get('roundTrip trader')).toHaveLength(2)
    expect(measured.get('queueTime trader')).toHaveLength(2)
    for (const [name, list] of measured) {
      for (const ms of list) expect(ms, name).toBeGreaterThanOrEqual(0)
    }
  })
})

describe('what a slow reader never sees is counted', () => {
  test('quotes that newer ones replaced', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const { metrics, counts } = collect()
    const client = await createClient({ ...sandbox.clientOptions(), metrics })
    closers.push(() => client.close())
    const account = await client.account(sandbox.accounts[0]?.accountId as number)
    const { market } = sandbox.control
    market.setPrice('EURUSD', { bid: '1.20000', ask: '1.20010' })
    const quotes = account.watchQuotes(['EURUSD'])
    await quotes.next()
    expect(counts.get('drops quotes')).toBeUndefined()
    const arrived = deferred<void>()
    let spots = 0
    account.session.on('ProtoOASpotEvent', () => {
      spots++
      if (spots === 4) arrived.resolve()
    })
    for (const digit of [1, 2, 3, 4]) market.setPrice('EURUSD', { bid: `1.1900${digit}` })
    await arrived.promise
    const next = await quotes.next()
    expect(next.value?.bid.toString()).toBe('1.19004')
    expect(counts.get('drops quotes')).toBe(3)
    await quotes.return(undefined)
  })

  test('where a session and where a connection stood', async () => {
    const sandbox = await startSandbox({ time: 'owned' })
    const { metrics, counts } = collect()
    const client = await createClient({
      ...sandbox.clientOptions(),
      reconnect: { firstDelayMs: 1, maxDelayMs: 1 },
      metrics,
    })
    closers.push(() => client.close())
    const { session } = await client.account(sandbox.accounts[0]?.accountId as number)
    const ofSession = session.watchStatus()
    const ofClient = client.watchStatus()
    // Nobody reads, and each loss leads through several statuses.
    while (!(counts.has('drops session-status') && counts.has('drops connection-status'))) {
      const lost = deferred<number>()
      const stop = session.onLost(lost.resolve)
      sandbox.control.connections.cut()
      await lost.promise
      stop()
      await session.ready()
    }
    expect((await ofSession.next()).done).toBe(false)
    expect((await ofClient.next()).done).toBe(false)
  }, 60_000)
})

describe.each(carriers)('a wire tap and a logger on %s', (carrier) => {
  test('see everything but the secrets', async () => {
    const sandbox = await startSandbox()
    const { logger, text } = logEverything()
    const records: WireRecord[] = []
    const tap = (record: WireRecord): void => void records.push(record)
    const options = { ...sandbox.clientOptions({ carrier }), logger, tap }
    const client = await createClient(options)
    const account = await client.account(
      sandbox.accounts.find((one) => !one.isLive)?.accountId as number,
    )
    for await (const _quote of account.watchQuotes(['EURUSD'])) break
    // The old refresh token goes out, and a new pair comes in.
    const { refreshToken } = sandbox
    const renewed = await account.session.call.refreshToken({ refreshToken })
    await account.session.call.refreshToken({ refreshToken }).catch((error: RequestError) => error)
    await client.close()
    const wrong = {
      ...options,
      application: { clientId: sandbox.clientId, clientSecret: 'wr0ngs3cret' },
    }
    await createClient(wrong).catch(() => {})

    const lines = records.map(formatWireRecord)
    const everything = [...lines, text()].join('\n')
    const secrets = [
      ...[sandbox.clientSecret, sandbox.accessToken, sandbox.refreshToken, 'wr0ngs3cret'],
      ...[renewed.accessToken, renewed.refreshToken],
    ]
    for (const secret of secrets) expect(everything).not.toContain(secret)

    expect(lines.map(parseWireRecord)).toEqual(records)
    const kinds = records.map((record) =>
      'message' in record ? `${record.kind} ${record.message}` : record.kind,
    )
    expect(kinds.slice(0, 5)).toEqual([
      'opened',
      ...['sent ProtoOAApplicationAuthReq', 'received ProtoOAApplicationAuthRes'],
      ...[
        'sent ProtoOAGetAccountListByAccessTokenReq',
        'received ProtoOAGetAccountListByAccessTokenRes',
      ],
    ])
    expect(kinds).toContain('received ProtoOASpotEvent')
    expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(2)
    expect(kinds.filter((kind) => kind === 'closed')).toHaveLength(2)
    // Each client counts from one.
    expect(new Set(records.map(({ link }) => link))).toEqual(new Set([1]))
  })
})

test('a tap or metrics that throw disturb nobody', async () => {
  const sandbox = await startSandbox()
  const { logger, text } = logEverything()
  const client = await createClient({
    ...sandbox.clientOptions(),
    logger,
    tap() {
      throw new Error('the disk is full')
    },
  })
  expect(client.accounts.length).toBeGreaterThan(0)
  await client.close()
  expect(text()).toContain('the disk is full')
})
