import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { payloadTypes } from '../../src/protocol/index.ts'
import { carriers, connectSession, type Session } from '../../src/session/index.ts'
import { patience } from '../patience.ts'
import { type CarrierConnection, createCarrierPeer } from '../peer/carrier-peer.ts'
import { createAuthority, type KeyPair } from '../peer/certificates.ts'
import { openSockets } from '../peer/resources.ts'

let ca: string
let certificate: KeyPair
const closers: (() => Promise<void>)[] = []

beforeAll(() => {
  const authority = createAuthority()
  ca = authority.ca
  certificate = authority.issue()
})

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

describe.each(carriers)('a session over %s', (carrier) => {
  async function open(
    options: { readonly frameLimit?: number } = {},
  ): Promise<{ session: Session; peer: CarrierConnection }> {
    const server = await createCarrierPeer(carrier, certificate)
    closers.push(() => server.close())
    const connecting = connectSession({
      endpoint: { host: 'localhost', port: server.port },
      application: { clientId: 'id', clientSecret: 's3cret' },
      ca,
      carrier,
      ...options,
    })
    const peer = await server.connection()
    const { clientMsgId } = await peer.next()
    peer.send('ProtoOAApplicationAuthRes', {}, clientMsgId)
    const session = await connecting
    closers.push(() => session.close())
    return { session, peer }
  }

  test('hears what it does not know and what it cannot read, and goes on', async () => {
    const { session, peer } = await open()
    const unknown: number[] = []
    const malformed: string[] = []
    session.onUnknown((type) => void unknown.push(type))
    session.onMalformed((error) => void malformed.push(error.code))
    peer.sendPayload(4711, { bytes: Buffer.from([1]), json: { new: true } })
    peer.sendPayload(payloadTypes.ProtoOASpotEvent, {
      bytes: Buffer.from([0xff]),
      json: { ctidTraderAccountId: 'x' },
    })
    const version = session.call.version({})
    const { clientMsgId } = await peer.next()
    peer.send('ProtoOAVersionRes', { version: '91' }, clientMsgId)
    expect(await version).toMatchObject({ version: '91' })
    expect(unknown).toEqual([4711])
    expect(malformed).toEqual(['MALFORMED_MESSAGE'])
  })

  test('keeps identifiers up to 2^53-1 exact and refuses larger ones', async () => {
    const { session, peer } = await open()
    const ids: number[] = []
    const malformed: string[] = []
    session.on('ProtoOAAccountDisconnectEvent', (event) => ids.push(event.ctidTraderAccountId))
    session.onMalformed((error) => void malformed.push(error.code))
    peer.send('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId: 2 ** 53 - 1 })
    peer.send('ProtoOAAccountDisconnectEvent', { ctidTraderAccountId: 2 ** 53 })
    await vi.waitFor(() => expect(malformed).toEqual(['UNSAFE_INTEGER']), patience)
    expect(ids).toEqual([2 ** 53 - 1])
  })

  const garbage = { tcp: 'ÿÿÿÿ this is nothing', websocket: 'this is nothing' }
  test('ends at bytes that make no sense, and what waits is of unknown outcome', async () => {
    const { session, peer } = await open()
    const version = session.call.version({})
    await peer.next()
    peer.sendRaw(Buffer.from(carrier.endsWith('tcp') ? garbage.tcp : garbage.websocket, 'latin1'))
    await expect(version).rejects.toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect(await session.closed).toMatchObject({ kind: 'failure' })
  })

  test('ends at a message that is too long', async () => {
    const { session, peer } = await open({ frameLimit: 1000 })
    peer.send('ProtoOAVersionRes', { version: 'x'.repeat(1001) })
    expect(await session.closed).toMatchObject({
      kind: 'failure',
      error: { code: 'FRAME_TOO_LONG' },
    })
  })

  test('a goodbye, and a break, end it at once and as what they are', async () => {
    const polite = await open()
    const first = polite.session.call.version({})
    await polite.peer.next()
    polite.peer.end()
    await expect(first).rejects.toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect(await polite.session.closed).toMatchObject({ kind: 'server' })

    const rude = await open()
    const second = rude.session.call.version({})
    await rude.peer.next()
    rude.peer.reset()
    await expect(second).rejects.toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' })
    expect(await rude.session.closed).toMatchObject({ kind: 'failure' })
  })

  test('leaves no socket behind', async () => {
    for (const close of closers.splice(0).reverse()) await close()
    await vi.waitFor(() => expect(openSockets()).toBe(0), patience)
  })
})

test.each(['protobuf-tcp', 'json-tcp'] as const)(
  'a goodbye inside of a message is no good order over %s',
  async (carrier) => {
    const server = await createCarrierPeer(carrier, certificate)
    closers.push(() => server.close())
    const connecting = connectSession({
      endpoint: { host: 'localhost', port: server.port },
      application: { clientId: 'id', clientSecret: 's3cret' },
      ca,
      carrier,
    })
    const peer = await server.connection()
    const { clientMsgId } = await peer.next()
    peer.send('ProtoOAApplicationAuthRes', {}, clientMsgId)
    const session = await connecting
    peer.sendRaw(carrier === 'json-tcp' ? Buffer.from('{"pay') : Buffer.from([0, 0, 0, 9, 8]))
    peer.end()
    expect(await session.closed).toMatchObject({ kind: 'failure', error: { code: 'FRAME_CUT' } })
  },
)
