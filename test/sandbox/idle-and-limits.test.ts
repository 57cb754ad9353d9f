import { expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { connectTo, logIn, openAccount, startSandbox } from './fixture.ts'
import { type OfficialClient, payloadTypeOf } from './official-client.ts'

const heartbeat = 'ProtoHeartbeatEvent'

/** Waits until the server has taken everything sent so far. Costs one request of the rate limit. */
async function settle(client: OfficialClient): Promise<void> {
  await client.request('ProtoOAVersionReq')
}

test('a connection that never authenticates is closed at 30 s, though it sends heartbeats', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  const client = await connectTo(sandbox)
  for (let second = 10; second <= 20; second += 10) {
    clock.advance(10_000)
    client.send(heartbeat)
    await settle(client)
  }
  clock.advance(9_999)
  await settle(client)
  clock.advance(1)
  await client.closed
})

test('an authenticated connection is closed after 30 s in which nothing arrives', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  const silent = await logIn(sandbox)
  const lively = await logIn(sandbox)
  clock.advance(20_000)
  lively.send(heartbeat)
  await settle(lively)
  clock.advance(9_999)
  expect(silent.socket.destroyed).toBe(false)
  clock.advance(1)
  await silent.closed
  await settle(lively)
})

test('the server sends a heartbeat after 25 s in which it had nothing to say', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  const client = await logIn(sandbox)
  clock.advance(24_999)
  await settle(client)
  expect(client.waiting(heartbeat)).toEqual([])
  // What was said just now put it off.
  clock.advance(24_999)
  client.send(heartbeat)
  clock.advance(1)
  const beat = await client.next(heartbeat)
  expect(beat).toMatchObject({ payloadType: 51, id: undefined, payload: {} })
})

test('50 requests a second are served, the next is refused and not carried out', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  clock.advance(1000)
  const ids = Array.from({ length: 50 }, () => client.send('ProtoOAVersionReq'))
  for (const id of ids) await client.next((message) => message.id === id)
  // Heartbeats are no requests.
  for (let count = 0; count < 100; count++) client.send(heartbeat)
  const spots = { ctidTraderAccountId, symbolId: [1] }
  const refused = await client.request('ProtoOASubscribeSpotsReq', spots)
  expect(refused.payload).toEqual({
    ctidTraderAccountId,
    errorCode: 'REQUEST_FREQUENCY_EXCEEDED',
    description: 'You have reached the rate limit of requests',
  })
  // The limit is the connection's: another one is not concerned.
  await settle(await logIn(sandbox))
  clock.advance(999)
  expect((await client.request('ProtoOAVersionReq')).name).toBe('ProtoOAErrorRes')
  clock.advance(1)
  // Had the refused subscription been carried out, this one would be one too many.
  const served = await client.request('ProtoOASubscribeSpotsReq', spots)
  expect(served.name).toBe('ProtoOASubscribeSpotsRes')
})

test('5 historical requests a second; a breach blocks that payload type until retryAfter has passed', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const bars = { ctidTraderAccountId, symbolId: 1, period: 1 }
  const ticks = { ctidTraderAccountId, symbolId: 1, type: 1 }
  const codeOf = async (name: string, fields: object): Promise<string | undefined> =>
    (await client.request(name, fields)).payload['errorCode']
  for (let count = 0; count < 5; count++) {
    expect(await codeOf('ProtoOAGetTrendbarsReq', bars)).not.toBe('BLOCKED_PAYLOAD_TYPE')
  }
  const refused = await client.request('ProtoOAGetTrendbarsReq', bars)
  expect(refused.payload).toEqual({
    ctidTraderAccountId,
    errorCode: 'BLOCKED_PAYLOAD_TYPE',
    description: 'You are being rate limited',
    retryAfter: 1,
  })
  expect((await client.request('ProtoOATraderReq', { ctidTraderAccountId })).name).toBe(
    'ProtoOATraderRes',
  )
  clock.advance(999)
  expect(await codeOf('ProtoOAGetTickDataReq', ticks)).toBe('BLOCKED_PAYLOAD_TYPE')
  clock.advance(1)
  expect(await codeOf('ProtoOAGetTrendbarsReq', bars)).not.toBe('BLOCKED_PAYLOAD_TYPE')
})

test('how a breach is answered, and the limits themselves, can be chosen', async () => {
  const clock = new ManualClock()
  const sandbox = await startSandbox({
    clock,
    limits: { generalPerSecond: 2 },
    behaviour: { generalBreach: 'BLOCKED_PAYLOAD_TYPE' },
  })
  const client = await logIn(sandbox)
  await settle(client)
  const refused = await client.request('ProtoOAVersionReq')
  expect(refused.payload).toMatchObject({ errorCode: 'BLOCKED_PAYLOAD_TYPE', retryAfter: 1 })
  expect(payloadTypeOf('ProtoOAVersionReq')).toBe(2104)
})
