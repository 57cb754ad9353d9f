import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { silentLogger } from '../../src/log.ts'
import type { RequestName } from '../../src/protocol/index.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { connectSession, type LinkSession, type SessionOptions } from '../../src/session/index.ts'
import { createAuthority } from '../peer/certificates.ts'
import { createRawPeer } from '../peer/raw-peer.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Started {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  readonly session: LinkSession
  readonly warnings: string[]
  readonly ctidTraderAccountId: number
}

/** A session on a sandbox, both going by a clock that stands still: the sandbox counts strictly on receipt. */
async function start(
  server: SandboxOptions = {},
  client: Partial<SessionOptions> = {},
): Promise<Started> {
  const clock = new ManualClock()
  const sandbox = await createSandbox({ clock, ...server })
  closers.push(() => sandbox.close())
  const warnings: string[] = []
  const session = await connectSession({
    endpoint: { host: '127.0.0.1', port: sandbox.demo.protobufPort },
    application: sandbox,
    ca: sandbox.ca,
    clock,
    requestTimeoutMs: 600_000,
    logger: { ...silentLogger, warn: (_fields, message) => void warnings.push(message) },
    ...client,
  })
  closers.push(() => session.close())
  const account = sandbox.accounts.find(({ isLive }) => !isLive)
  const ctidTraderAccountId = account?.accountId as number
  await session.authorizeAccount(ctidTraderAccountId, sandbox.accessToken)
  return { clock, sandbox, session, warnings, ctidTraderAccountId }
}

/** Waits until everything that was sent has been answered. */
async function quiet(session: LinkSession): Promise<void> {
  const queued = (): number => session.queued.general.waiting + session.queued.historical.waiting
  while (session.pending > queued()) await new Promise((resolve) => setImmediate(resolve))
}

const codeOf = (error: { serverCode?: string; code: string }): string =>
  error.serverCode ?? error.code

describe('a session on a server that counts strictly on receipt', () => {
  test('carries a saturated minute at nearly the full rate, without a single refusal', async () => {
    const { clock, session, warnings, ctidTraderAccountId } = await start()
    clock.advance(2_000)
    const answers: Record<string, number> = { general: 0, historical: 0 }
    const codes = new Set<string>()
    const ask = (budget: string, request: 'trader' | 'orderDetails', payload: object): void => {
      session.call[request]({ ctidTraderAccountId, ...payload } as never, {})
        .catch((error) => codes.add(codeOf(error)))
        .finally(() => (answers[budget] = (answers[budget] ?? 0) + 1))
    }
    for (let i = 0; i < 3_200; i++) ask('general', 'trader', {})
    for (let i = 0; i < 320; i++) ask('historical', 'orderDetails', { orderId: 1 })
    const began = clock.monotonic()
    while (clock.monotonic() - began < 60_000) {
      await quiet(session)
      clock.advance(20)
    }
    expect((answers['general'] as number) / 60).toBeGreaterThanOrEqual(47)
    expect((answers['historical'] as number) / 60).toBeGreaterThanOrEqual(4.7)
    expect(warnings).toEqual([])
    for (const code of codes) expect(code).not.toMatch(/FREQUENCY|BLOCKED/)
  }, 60_000)

  test('requests below the limit leave at once', async () => {
    const { session, ctidTraderAccountId } = await start()
    const calls = Array.from({ length: 40 }, () => session.call.trader({ ctidTraderAccountId }))
    expect(session.queued.general.waiting).toBe(0)
    await Promise.all(calls)
  })
})

describe('a server with lower limits than the session knows of', () => {
  test('what may be repeated is repeated until it is answered, what may not fails', async () => {
    const limits = { generalPerSecond: 4, historicalPerSecond: 2 }
    const { clock, session, warnings, ctidTraderAccountId } = await start({ limits })
    clock.advance(2_000)
    const ended: string[] = []
    const note = (name: string, work: Promise<unknown>): void => {
      work.then(
        () => ended.push(name),
        (error) => ended.push(`${name} ${error.outcome} ${codeOf(error)}`),
      )
    }
    for (let i = 0; i < 6; i++) note('trader', session.call.trader({ ctidTraderAccountId }))
    for (let i = 0; i < 4; i++) {
      note('order', session.call.orderDetails({ ctidTraderAccountId, orderId: 1 }))
    }
    const order = { ctidTraderAccountId, symbolId: 1, orderType: 1, tradeSide: 1, volume: 1 }
    note('new order', session.call.newOrder(order))
    for (let i = 0; i < 200 && ended.length < 11; i++) {
      await quiet(session)
      clock.advance(100)
    }
    expect(ended.filter((one) => one === 'trader')).toHaveLength(6)
    expect(ended.filter((one) => one.startsWith('order')).length).toBe(4)
    for (const one of ended) expect(one).not.toMatch(/^order .*(FREQUENCY|BLOCKED)/)
    expect(ended).toContain('new order refused REQUEST_FREQUENCY_EXCEEDED')
    expect(warnings.length).toBeGreaterThan(0)
  })

  test('a refusal whose pause is longer than the deadline is told at once', async () => {
    const limits = { generalPerSecond: 2 }
    const { clock, session, ctidTraderAccountId } = await start({ limits })
    clock.advance(2_000)
    const options = { timeoutMs: 500 }
    const first = session.call.trader({ ctidTraderAccountId }, options)
    const second = session.call.trader({ ctidTraderAccountId }, options)
    const third = session.call.trader({ ctidTraderAccountId }, options)
    await expect(third).rejects.toMatchObject({
      outcome: 'refused',
      serverCode: 'REQUEST_FREQUENCY_EXCEEDED',
    })
    await Promise.all([first, second])
  })
})

describe('a request that waits for its turn', () => {
  async function startPeer() {
    const authority = createAuthority()
    const peer = await createRawPeer({ certificate: authority.issue() })
    closers.push(() => peer.close())
    const clock = new ManualClock()
    const session = await connectSession({
      endpoint: { host: 'localhost', port: peer.port },
      application: { clientId: 'id', clientSecret: 's3cret' },
      ca: authority.ca,
      clock,
      rateLimits: { generalPerSecond: 2 },
    })
    closers.push(() => session.close())
    const connection = await peer.connection()
    return { clock, session, connection }
  }
  const trader = { ctidTraderAccountId: 1 }

  test('is never sent once it was given up or its deadline has passed, and its error says so', async () => {
    const { clock, session, connection } = await startPeer()
    const abort = new AbortController()
    const sent = session.call.version({}).catch((error) => error.outcome)
    const aborted = session.call.trader(trader, { signal: abort.signal })
    const late = session.call.reconcile(trader, { timeoutMs: 500 })
    const patient = session.call.assetList(trader)
    expect(session.queued.general).toEqual({ waiting: 3, longestWaitMs: 0 })
    abort.abort(new Error('changed my mind'))
    await expect(aborted).rejects.toMatchObject({ code: 'REQUEST_ABORTED', outcome: 'not-sent' })
    clock.advance(500)
    await expect(late).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' })
    expect(session.queued.general).toEqual({ waiting: 1, longestWaitMs: 500 })
    clock.advance(520)
    expect(session.queued.general.waiting).toBe(0)
    const answer = await connection.next('ProtoOAAssetListReq')
    connection.send('ProtoOAAssetListRes', trader, answer.clientMsgId)
    await patient
    expect(connection.received.map(({ name }) => name)).toEqual([
      ...['ProtoOAApplicationAuthReq', 'ProtoOAVersionReq', 'ProtoOAAssetListReq'],
    ])
    await session.close()
    expect(await sent).toBe('unknown')
  })

  test('fails as not sent when the connection ends, and leaves no timer', async () => {
    const { clock, session, connection } = await startPeer()
    const requests: RequestName[] = ['version', 'trader', 'reconcile']
    const calls = requests.map((request) => session.call[request](trader as never))
    const outcomes = calls.map((call) => call.catch((error) => error.outcome))
    connection.reset()
    expect(await Promise.all(outcomes)).toEqual(['unknown', 'not-sent', 'not-sent'])
    await session.closed
    expect(clock.pending).toBe(0)
  })

  test('is overtaken by a closing order', async () => {
    const { clock, session, connection } = await startPeer()
    const calls = [
      session.call.version({}),
      session.call.symbolsList(trader),
      session.call.newOrder({ ...trader, symbolId: 1, orderType: 1, tradeSide: 1, volume: 1 }),
      session.call.closePosition({ ...trader, positionId: 1, volume: 1 }),
    ]
    for (const call of calls) call.catch(() => {})
    // The peer does not answer, so nobody knows when the requests have arrived: that takes a little longer.
    clock.advance(1_260)
    await connection.next('ProtoOANewOrderReq')
    clock.advance(1_260)
    await connection.next('ProtoOASymbolsListReq')
    expect(connection.received.map(({ name }) => name).slice(1)).toEqual([
      ...['ProtoOAVersionReq', 'ProtoOAClosePositionReq'],
      ...['ProtoOANewOrderReq', 'ProtoOASymbolsListReq'],
    ])
  })
})
