import { expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { OfficialClient, type Received, requestFrame } from './official-client.ts'

/** How a client's bytes are laid into packets. */
type Delivery = (client: OfficialClient, bytes: Buffer) => Promise<void>

const atOnce: Delivery = async (client, bytes) => client.write(bytes)

const inPieces: Delivery = async (client, bytes) => {
  for (let at = 0; at < bytes.length; at += 7) {
    client.write(bytes.subarray(at, at + 7))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Plays the same scene: three connections, quotes, two trades, a refresh. Returns every byte each of them received. */
async function play(seed: number, deliver: Delivery): Promise<readonly Buffer[]> {
  const clock = new ManualClock('2026-01-05T12:00:00Z')
  const sandbox = await createSandbox({ seed, clock })
  try {
    const ports = [sandbox.demo, sandbox.demo, sandbox.live].map(({ protobufPort }) => protobufPort)
    const clients: OfficialClient[] = []
    for (const port of ports) clients.push(await OfficialClient.connect(port, sandbox.ca))
    const [first, second, third] = clients as [OfficialClient, OfficialClient, OfficialClient]
    let count = 0
    const say = async (client: OfficialClient, name: string, fields: object): Promise<Received> => {
      const id = `${++count}`
      await deliver(client, requestFrame(name, fields, id))
      return client.next((message) => message.id === id, `${name} (${id})`)
    }

    const { clientId, clientSecret, accessToken, refreshToken } = sandbox
    for (const client of clients) {
      await say(client, 'ProtoOAApplicationAuthReq', { clientId, clientSecret })
      await say(client, 'ProtoOAGetAccountListByAccessTokenReq', { accessToken })
    }
    const [usd, eur] = sandbox.accounts.filter(({ isLive }) => !isLive)
    const account = { ctidTraderAccountId: usd?.accountId }
    for (const [client, id] of [
      [first, usd?.accountId],
      [second, usd?.accountId],
      [second, eur?.accountId],
      [third, sandbox.accounts.find(({ isLive }) => isLive)?.accountId],
    ] as const) {
      const own = { ctidTraderAccountId: id }
      await say(client, 'ProtoOAAccountAuthReq', { ...own, accessToken })
      await say(client, 'ProtoOATraderReq', own)
      await say(client, 'ProtoOASymbolsListReq', own)
      const symbolId = [1, 4, 9, 41, 10_021, 10_026]
      await say(client, 'ProtoOASymbolByIdReq', { ...own, symbolId })
      const request = { ...own, symbolId, subscribeToSpotTimestamp: client === third }
      await say(client, 'ProtoOASubscribeSpotsReq', request)
    }
    clock.advance(5_000)

    const events: Received[] = []
    const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 300_000 }
    const levels = { relativeStopLoss: 500, relativeTakeProfit: 900 }
    const took = async (name: string, fields: object): Promise<void> => {
      await deliver(first, requestFrame(name, { ...account, ...fields }, `${++count}`))
      // The order has been taken when the next request is answered; only then does time go on.
      await say(first, 'ProtoOAVersionReq', {})
      clock.advance(1_000)
      await say(first, 'ProtoOAVersionReq', {})
      events.push(...first.waiting('ProtoOAExecutionEvent'))
    }
    await took('ProtoOANewOrderReq', { ...order, ...levels })
    const positionId: number = events[0]?.payload['position'].positionId
    await took('ProtoOAClosePositionReq', { positionId, volume: 100_000 })
    await took('ProtoOAClosePositionReq', { positionId, volume: 200_000 })
    clock.advance(10_000)
    await say(second, 'ProtoOAReconcileReq', account)
    await say(first, 'ProtoOARefreshTokenReq', { refreshToken })
    for (const client of clients) await say(client, 'ProtoOAVersionReq', {})
    return clients.map((client) => Buffer.concat(client.bytes))
  } finally {
    await sandbox.close()
  }
}

test('the same seed and the same dialogue give the same bytes, however the packets fall', async () => {
  const one = await play(7, atOnce)
  const two = await play(7, inPieces)
  expect(one.map(({ length }) => length)).toEqual(two.map(({ length }) => length))
  for (const [at, bytes] of one.entries()) expect(bytes.equals(two[at] as Buffer)).toBe(true)
  // Enough was said for this to mean something: quotes, both trades and their events on two connections.
  expect(one[0]?.length).toBeGreaterThan(10_000)
  const other = await play(8, atOnce)
  expect(other[0]?.equals(one[0] as Buffer)).toBe(false)
})
