// What a server can do wrong, over each carrier and with real TLS, to a session that heals itself.
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/async/clock.ts'
import {
  carriers,
  type OpenSessionOptions,
  openSession,
  type ReconnectingSession,
} from '../../src/session/index.ts'
import { patience } from '../patience.ts'
import { type CarrierConnection, createCarrierPeer } from '../peer/carrier-peer.ts'
import { createAuthority, type KeyPair } from '../peer/certificates.ts'
import { openSockets, type WatchedClock, watchClock } from '../peer/resources.ts'
import { nameOf } from '../peer/wire.ts'

type Message = Awaited<ReturnType<CarrierConnection['next']>> & { readonly name: string }
/** Returning true says that the message has been dealt with. */
type Override = (message: Message, connection: CarrierConnection, links: number) => boolean

const account = { ctidTraderAccountId: 7 }
const trader = { ...account, trader: { ...account, balance: 1, depositAssetId: 1 } }
const answers: Readonly<Record<string, readonly [name: string, fields: object]>> = {
  ProtoOAApplicationAuthReq: ['ProtoOAApplicationAuthRes', {}],
  ProtoOAAccountAuthReq: ['ProtoOAAccountAuthRes', account],
  ProtoOASubscribeSpotsReq: ['ProtoOASubscribeSpotsRes', account],
  ProtoOAVersionReq: ['ProtoOAVersionRes', { version: '91' }],
  ProtoOAReconcileReq: ['ProtoOAReconcileRes', account],
  ProtoOATraderReq: ['ProtoOATraderRes', trader],
}

let ca: string
let certificate: KeyPair
const closers: (() => Promise<void>)[] = []
const clocks: WatchedClock[] = []

beforeAll(() => {
  const authority = createAuthority()
  ca = authority.ca
  certificate = authority.issue()
})

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
  expect(clocks.splice(0).filter((clock) => clock.pending > 0)).toEqual([])
})

describe.each(carriers)('over %s', (carrier) => {
  /** A server that answers, unless it is told otherwise, and a session on it with an account and a subscription. */
  async function open(
    override: Override = () => false,
    options: Partial<OpenSessionOptions> = {},
  ): Promise<{ session: ReconnectingSession; links: readonly (readonly string[])[] }> {
    const server = await createCarrierPeer(carrier, certificate)
    closers.push(() => server.close())
    const links: string[][] = []
    const serve = async (): Promise<never> => {
      for (;;) {
        const connection = await server.connection()
        const heard: string[] = []
        links.push(heard)
        void listen(connection, heard, links.length)
      }
    }
    const listen = async (
      connection: CarrierConnection,
      heard: string[],
      count: number,
    ): Promise<never> => {
      for (;;) {
        const received = await connection.next()
        const message = { ...received, name: nameOf(received.payloadType) }
        if (message.name !== 'ProtoHeartbeatEvent') heard.push(message.name)
        if (override(message, connection, count)) continue
        const [name, fields] = answers[message.name] ?? []
        if (name !== undefined) connection.send(name, fields, message.clientMsgId)
      }
    }
    void serve()
    const clock = watchClock(systemClock)
    clocks.push(clock)
    const session = await openSession({
      endpoint: { host: '127.0.0.1', port: server.port },
      application: { clientId: 'app', clientSecret: 's3cret' },
      reconnect: { firstDelayMs: 5, maxDelayMs: 20, stableAfterMs: 1 },
      ...{ carrier, ca, clock, frameLimit: 100_000 },
      ...options,
    })
    closers.push(() => session.close({ drainMs: 0 }))
    await session.authorizeAccount(7, 'tok3n')
    await session.call.subscribeSpots({ ...account, symbolId: [1] })
    return { session, links }
  }

  const restored = [
    'ProtoOAApplicationAuthReq',
    'ProtoOAAccountAuthReq',
    'ProtoOASubscribeSpotsReq',
  ]
  const failure = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => {
        throw new Error('it did not fail')
      },
      (error: unknown) => error,
    )

  test.each<[string, (connection: CarrierConnection) => void]>([
    [
      'half a message and a goodbye',
      (connection) => {
        connection.sendHalf('ProtoOATraderRes', trader)
        connection.hangUp()
      },
    ],
    [
      'half a message and a reset',
      (connection) => {
        connection.sendHalf('ProtoOATraderRes', trader)
        setTimeout(() => connection.reset(), 20)
      },
    ],
    ['a giant length', (connection) => connection.sendGiant()],
    ['garbage', (connection) => connection.sendRaw(Buffer.from('\xff\xff\xff\xff[}', 'latin1'))],
    [
      'text that is nearly JSON',
      (connection) => connection.sendRaw(Buffer.from('{"payloadType":2122,"payload":{]}}\n')),
    ],
    ['a goodbye instead of an answer', (connection) => connection.end()],
    ['a reset instead of an answer', (connection) => connection.reset()],
  ])('%s: what waits is unknown, and everything is restored on a new link', async (_what, act) => {
    const { session, links } = await open(({ name }, connection, count) => {
      if (name !== 'ProtoOATraderReq' || count > 1) return false
      act(connection)
      return true
    })
    expect(await failure(session.call.trader(account))).toMatchObject({
      ...{ code: 'CONNECTION_LOST', outcome: 'unknown' },
    })
    expect(await session.ready()).toMatchObject({ generation: 2, accounts: [7], missing: [] })
    expect(links[1]).toEqual(restored)
  })

  test.each<[string, (message: Message, connection: CarrierConnection) => void]>([
    ['never', () => {}],
    [
      'under another id',
      (_message, connection) => connection.send('ProtoOATraderRes', trader, 'somebody'),
    ],
    ['without an id', (_message, connection) => connection.send('ProtoOATraderRes', trader)],
    [
      'for another account',
      ({ clientMsgId }, connection) =>
        connection.send('ProtoOATraderRes', { ...trader, ctidTraderAccountId: 8 }, clientMsgId),
    ],
    [
      'with an answer to something else',
      ({ clientMsgId }, connection) => connection.send('ProtoOAReconcileRes', account, clientMsgId),
    ],
    [
      'with a type that nobody knows',
      (_message, connection) =>
        connection.sendPayload(9_999, { bytes: Buffer.from([1]), json: { new: true } }),
    ],
  ])('answered %s: one request is unknown, and the link stays', async (_how, act) => {
    const { session } = await open((message, connection) => {
      if (message.name !== 'ProtoOATraderReq') return false
      act(message, connection)
      return true
    })
    expect(await failure(session.call.trader(account, { timeoutMs: 100 }))).toMatchObject({
      ...{ code: 'REQUEST_TIMEOUT', outcome: 'unknown' },
    })
    await session.call.reconcile(account)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
  })

  test('answered twice, and after the deadline: the rest belongs to nobody', async () => {
    let late: (() => void) | undefined
    const { session } = await open(({ name, clientMsgId }, connection) => {
      if (name !== 'ProtoOATraderReq') return false
      const answer = (): void => connection.send('ProtoOATraderRes', trader, clientMsgId)
      if (late === undefined) late = answer
      else for (const _time of [1, 2]) answer()
      return true
    })
    const options = { timeoutMs: 50, clientMsgId: 'late' }
    expect(await failure(session.call.trader(account, options))).toMatchObject({
      ...{ code: 'REQUEST_TIMEOUT', clientMsgId: 'late' },
    })
    late?.()
    expect((await session.call.trader(account)).trader.balance).toBe(1n)
    await session.call.reconcile(account)
    expect(session.pending).toBe(0)
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
  })

  test.each(restored)('closed at %s: it is tried again until it gets through', async (stage) => {
    let closes = 0
    const { session, links } = await open(({ name }, connection, count) => {
      if (count === 1 && name === 'ProtoOATraderReq') connection.reset()
      if (count === 1 || name !== stage || closes === 3) return false
      closes++
      connection.end()
      return true
    })
    await failure(session.call.trader(account))
    await expect.poll(async () => closes === 3 && (await session.ready()).missing.length).toBe(0)
    expect(links.at(-1)).toEqual(restored)
  })

  test('silence is found out', async () => {
    const { session } = await open(
      ({ name }, _connection, count) => count === 1 && name === 'ProtoOATraderReq',
      { silenceMs: 1_500 },
    )
    expect(await failure(session.call.trader(account))).toMatchObject({
      ...{ code: 'CONNECTION_LOST', outcome: 'unknown', cause: { code: 'SERVER_SILENT' } },
    })
    expect(await session.ready()).toMatchObject({ generation: 2, accounts: [7], missing: [] })
  })

  test('a flood is read to its end, in order, and requests are answered in the middle of it', async () => {
    const { session } = await open(({ name, clientMsgId }, connection) => {
      if (name !== 'ProtoOATraderReq') return false
      for (let bid = 1; bid <= 5_000; bid++) {
        connection.send('ProtoOASpotEvent', { ...account, symbolId: 1, bid })
        if (bid === 2_500) connection.send('ProtoOATraderRes', trader, clientMsgId)
      }
      return true
    })
    const bids: unknown[] = []
    session.on('ProtoOASpotEvent', ({ bid }) => bids.push(bid))
    await session.call.trader(account, { timeoutMs: 30_000 })
    await session.call.reconcile(account, { timeoutMs: 30_000 })
    expect(bids).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1))
    expect(session.status).toMatchObject({ phase: 'ready', generation: 1 })
  })

  test('a bad certificate is not trusted, whatever is wrong with it', async () => {
    const authority = createAuthority('Somebody else')
    const known = createAuthority()
    const bad: readonly (readonly [problem: string, pair: KeyPair, ca: string])[] = [
      ['untrusted', authority.issue(), ca],
      ['expired', known.issue({ notAfter: new Date(Date.now() - 1_000) }), known.ca],
      ['wrong-host', known.issue({ names: ['other.test'], addresses: [] }), known.ca],
    ]
    for (const [problem, pair, trusted] of bad) {
      const server = await createCarrierPeer(carrier, pair)
      closers.push(() => server.close())
      const opening = openSession({
        endpoint: { host: '127.0.0.1', port: server.port },
        application: { clientId: 'app', clientSecret: 's3cret' },
        ...{ carrier, ca: trusted },
      })
      expect(await failure(opening)).toMatchObject({ code: 'CERTIFICATE_REJECTED', problem })
    }
  })
})
