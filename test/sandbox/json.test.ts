import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { accountOf, startSandbox } from './fixture.ts'
import { connectJson, type JsonClient } from './official-json-client.ts'

const clients: JsonClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

async function open(sandbox: Sandbox, carrier: 'tcp' | 'websocket'): Promise<JsonClient> {
  const client = await connectJson(carrier, sandbox.demo.jsonPort, sandbox.ca)
  clients.push(client)
  return client
}

async function logIn(sandbox: Sandbox, carrier: 'tcp' | 'websocket') {
  const client = await open(sandbox, carrier)
  const { clientId, clientSecret, accessToken } = sandbox
  const ctidTraderAccountId = accountOf(sandbox).accountId
  await client.request(2100, { clientId, clientSecret })
  await client.request(2102, { ctidTraderAccountId, accessToken })
  return { client, ctidTraderAccountId }
}

describe.each(['websocket', 'tcp'] as const)(
  'a JSON client that knows the documents, over %s',
  (carrier) => {
    test('walks from authentication over quotes and history to a trade', async () => {
      const sandbox = await startSandbox()
      const client = await open(sandbox, carrier)
      const { clientId, clientSecret, accessToken } = sandbox
      const auth = await client.request(2100, { clientId, clientSecret })
      expect(auth).toEqual({ payloadType: 2101, clientMsgId: 'cm_id_1' })
      const list = await client.request(2149, { accessToken })
      expect(list.payload).toMatchObject({ accessToken, permissionScope: 1 })
      expect(list.payload?.['ctidTraderAccount']).toHaveLength(sandbox.accounts.length)
      const ctidTraderAccountId = accountOf(sandbox).accountId
      const account = await client.request(2102, { ctidTraderAccountId, accessToken })
      expect(account).toMatchObject({ payloadType: 2103, payload: { ctidTraderAccountId } })

      const symbols = await client.request(2114, { ctidTraderAccountId })
      const { symbolId } =
        symbols.payload?.['symbol']?.find(
          (symbol: { symbolName: string }) => symbol.symbolName === 'EURUSD',
        ) ?? {}
      expect(
        (await client.request(2127, { ctidTraderAccountId, symbolId: [symbolId] })).payloadType,
      ).toBe(2128)
      const spot = await client.next(2131)
      expect(spot.payload).toMatchObject({ bid: expect.any(Number), ask: expect.any(Number) })

      const order = { ctidTraderAccountId, symbolId, orderType: 1, tradeSide: 1, volume: 100_000 }
      const accepted = await client.request(2106, order)
      expect(accepted).toMatchObject({ payloadType: 2126, payload: { executionType: 2 } })
      const filled = await client.next(2126)
      expect(filled).toMatchObject({
        clientMsgId: accepted.clientMsgId,
        payload: { executionType: 3, deal: { filledVolume: 100_000 } },
      })
      // Enums and 64-bit integers are numbers, prices are plain decimals.
      const { order: placed, deal } = filled.payload as Record<string, Record<string, unknown>>
      expect(placed).toMatchObject({ orderId: expect.any(Number), orderType: 1, orderStatus: 2 })
      expect(String(deal?.['executionPrice'])).toMatch(/^1\.\d{1,5}$/)
      if (carrier === 'websocket') expect(client.texts).toHaveLength(client.received.length)
    })

    test('enums by name and digits in strings are understood; what is refused is told with the id', async () => {
      const sandbox = await startSandbox()
      const { client, ctidTraderAccountId } = await logIn(sandbox, carrier)
      const order = {
        ctidTraderAccountId: String(ctidTraderAccountId),
        symbolId: '1',
        orderType: 'MARKET',
        tradeSide: 'SELL',
        timeInForce: 'IMMEDIATE_OR_CANCEL',
        volume: '1',
      }
      const refused = await client.request(2106, order)
      expect(refused).toMatchObject({
        payloadType: 2132,
        payload: {
          errorCode: 'TRADING_BAD_VOLUME',
          description: expect.stringMatching(/^Order volume = 0\.01 is smaller than minimum/),
        },
      })
      const incomplete = await client.request(2106, { ctidTraderAccountId })
      expect(incomplete).toMatchObject({
        payloadType: 2142,
        payload: {
          errorCode: 'INVALID_REQUEST',
          description: 'Message missing required fields: symbolId, orderType, tradeSide, volume',
        },
      })
      expect(await client.request(9999, { anything: [1] })).toMatchObject({
        payloadType: 2142,
        payload: { errorCode: 'UNSUPPORTED_MESSAGE' },
      })
    })

    test('a payload may be missing or empty, and keys that are not known are skipped', async () => {
      const sandbox = await startSandbox({ behaviour: { versionBeforeAuthentication: true } })
      const client = await open(sandbox, carrier)
      expect(await client.request(2104)).toMatchObject({ payloadType: 2105 })
      expect(await client.request(2104, {})).toMatchObject({ payloadType: 2105 })
      expect(await client.request(2104, { colour: 'red' })).toMatchObject({ payloadType: 2105 })
      client.write('{"payloadType":51}')
      expect(await client.request(2104)).toMatchObject({ payloadType: 2105 })
    })

    test.each([
      ['{"payloadType":2100,}', 'Malformed JSON message at 1:21'],
      ['{"payloadType"\n 2100}', 'Malformed JSON message at 2:2'],
      ['[]', carrier === 'tcp' ? 'Malformed JSON message at 1:1' : 'Malformed JSON message'],
      ['{"clientMsgId":"x"}', 'Malformed JSON message'],
    ])('%j is answered and ends the connection', async (text, description) => {
      const sandbox = await startSandbox()
      const client = await open(sandbox, carrier)
      client.write(text)
      expect(await client.next(2142)).toEqual({
        payloadType: 2142,
        payload: { errorCode: 'INVALID_REQUEST', description },
      })
      expect(await client.closed).toEqual(carrier === 'tcp' ? {} : { code: 1000, reason: 'Bye' })
    })

    test('a message beyond the limit is refused by its length', async () => {
      const sandbox = await startSandbox({ limits: { frameBytes: 1000 } })
      const client = await open(sandbox, carrier)
      client.write(JSON.stringify({ payloadType: 2100, payload: { clientId: 'x'.repeat(2000) } }))
      expect(await client.next(2142)).toMatchObject({ payload: { errorCode: 'FRAME_TOO_LONG' } })
      expect((await client.closed).code).toBe(carrier === 'tcp' ? undefined : 1009)
    })

    test('a heartbeat after 25 quiet seconds, and Bye after 30 without authentication', async () => {
      const clock = new ManualClock()
      const sandbox = await startSandbox({ clock })
      const client = await open(sandbox, carrier)
      clock.advance(25_000)
      expect(await client.next(51)).toEqual({ payloadType: 51 })
      clock.advance(5_000)
      expect(await client.closed).toEqual(carrier === 'tcp' ? {} : { code: 1000, reason: 'Bye' })
    })
  },
)

test('over TCP objects need no line feeds between them', async () => {
  const sandbox = await startSandbox({ behaviour: { versionBeforeAuthentication: true } })
  const client = await open(sandbox, 'tcp')
  client.write('{"payloadType":2104,"clientMsgId":"a"}{"payloadType":2104,')
  client.write('"clientMsgId":"b"} \r\n {"payloadType":2104,"clientMsgId":"c"}')
  for (let i = 0; i < 3; i++) await client.next(2105)
  expect(client.received.map((message) => message.clientMsgId)).toEqual(['a', 'b', 'c'])
})

test('binary messages have no place on a JSON port', async () => {
  const sandbox = await startSandbox()
  const client = await open(sandbox, 'websocket')
  client.write(Buffer.from('{"payloadType":51}'))
  expect(await client.closed).toMatchObject({ code: 1003 })
})
