import { describe, expect, test } from 'vitest'
import { lots, units } from '../../src/index.ts'
import { accounts, openBroker } from './broker.ts'

const order = { symbol: 'SYMBOL1', side: 'buy', type: 'market' } as const
const [id] = accounts

function position(
  positionId: number,
  symbolId: number,
  more: object = {},
): Record<string, unknown> {
  const tradeData = { symbolId, volume: 100_000, tradeSide: 1, openTimestamp: 1_767_600_000_000 }
  return { positionId, positionStatus: 1, swap: 0, price: 1.25, tradeData, ...more }
}

describe('what a server says of a symbol', () => {
  test.each([
    ['lotSize', 0],
    ['lotSize', -10_000_000],
    ['minVolume', 0],
    ['stepVolume', -5],
    ['maxVolume', -1],
    ['digits', -1],
    ['digits', 500],
    ['pipPosition', 500],
  ])('%s of %i is refused by name, and nothing is sent', async (field, value) => {
    const broker = await openBroker({ symbol: { [field]: value } })
    const account = await broker.client.account(id)
    // The largest volume is read as a bigint.
    const read = field === 'maxVolume' ? BigInt(value) : value
    const wrong = { code: 'UNUSABLE_SYMBOL', facts: { symbol: 'SYMBOL1', field, value: read } }
    await expect(account.symbol('SYMBOL1')).rejects.toMatchObject(wrong)
    const volume = lots('0.1')
    await expect(account.placeOrder({ ...order, volume })).rejects.toMatchObject(wrong)
    await expect(account.watchQuotes(['SYMBOL1']).next()).rejects.toMatchObject(wrong)
    expect(broker.count('ProtoOANewOrderReq')).toBe(0)
  })

  test('without a lot size, lots are refused and units are sent as they are', async () => {
    const broker = await openBroker({ symbol: { lotSize: undefined } })
    const account = await broker.client.account(id)
    expect((await account.symbol('SYMBOL1')).lotSize).toBeUndefined()
    await expect(account.placeOrder({ ...order, volume: lots('0.1') })).rejects.toMatchObject({
      code: 'UNKNOWN_LOT_SIZE',
    })
    expect(broker.count('ProtoOANewOrderReq')).toBe(0)
    await expect(account.placeOrder({ ...order, volume: units(3_000) })).rejects.toMatchObject({
      serverCode: 'MARKET_CLOSED',
    })
    expect(broker.connection.received.at(-1)?.fields['volume']).toBe(300_000)
  })
})

describe('a position whose symbol is not in the list', () => {
  test('is shown with what is known of it, beside the others', async () => {
    const positions = [position(7, 1), position(8, 42), position(9, 1, { price: Number.NaN })]
    const broker = await openBroker({ positions })
    const account = await broker.client.account(id)
    const shown = await account.positions()
    expect(shown.map(({ symbol, entryPrice }) => [symbol, entryPrice?.toString()])).toEqual([
      ['SYMBOL1', '1.25000'],
      ['#42', '1.25000'],
      ['SYMBOL1', undefined],
    ])
  })

  test('bears the name it had, when the server still knows that', async () => {
    const broker = await openBroker({ positions: [position(8, 42)], archived: { 42: 'OLD' } })
    const account = await broker.client.account(id)
    expect((await account.positions()).map(({ symbol }) => symbol)).toEqual(['OLD'])
  })

  test('is closed wholly, or in units; a part in lots nobody can know', async () => {
    const broker = await openBroker({ positions: [position(8, 42)], archived: { 42: 'OLD' } })
    const account = await broker.client.account(id)
    const answer = { serverCode: 'MARKET_CLOSED' }
    await expect(account.closePosition({ positionId: 8 })).rejects.toMatchObject(answer)
    expect(broker.connection.received.at(-1)?.fields).toMatchObject({ positionId: 8, volume: 1e5 })
    const part = account.closePosition({ positionId: 8, volume: units(500) })
    await expect(part).rejects.toMatchObject(answer)
    expect(broker.connection.received.at(-1)?.fields).toMatchObject({ volume: 5e4 })
    const inLots = account.closePosition({ positionId: 8, volume: lots('0.1') })
    await expect(inLots).rejects.toMatchObject({ code: 'UNKNOWN_LOT_SIZE' })
    expect(broker.count('ProtoOAClosePositionReq')).toBe(2)
  })

  test('is closed also when the server describes its symbol unusably', async () => {
    const broker = await openBroker({ positions: [position(8, 1)], symbol: { digits: 500 } })
    const account = await broker.client.account(id)
    await expect(account.closePosition({ positionId: 8 })).rejects.toMatchObject({
      serverCode: 'MARKET_CLOSED',
    })
    expect((await account.positions())[0]?.entryPrice?.toString()).toBe('1.25')
  })

  test('a moment beyond all dates is not known', async () => {
    const tradeData = { symbolId: 1, volume: 1, tradeSide: 1, openTimestamp: 9e15 }
    const broker = await openBroker({ positions: [position(7, 1, { tradeData })] })
    const account = await broker.client.account(id)
    expect((await account.positions())[0]?.openedAt).toBeUndefined()
  })
})

test.each([
  [9e15, undefined],
  [1_767_600_000_000, '2026-01-05T08:00:00.000Z'],
])('an account registered at %i is so at %s', async (registrationTimestamp, moment) => {
  const broker = await openBroker({ trader: { registrationTimestamp } })
  const account = await broker.client.account(id)
  expect((await account.trader()).registeredAt?.toISOString()).toBe(moment)
})

describe('a quote that cannot be read ends the watch', () => {
  const spot = { ctidTraderAccountId: id, symbolId: 1, bid: 110_000, ask: 110_010 }

  test('for its timestamp', async () => {
    const broker = await openBroker()
    const account = await broker.client.account(id)
    const quotes = account.watchQuotes(['SYMBOL1'])
    const first = quotes.next()
    await expect.poll(() => broker.count('ProtoOASubscribeSpotsReq')).toBe(1)
    broker.connection.send('ProtoOASpotEvent', { ...spot, timestamp: 1_767_600_000_000 })
    expect(String((await first).value?.bid)).toBe('1.10000')
    broker.connection.send('ProtoOASpotEvent', { ...spot, timestamp: 9e15 })
    await expect(quotes.next()).rejects.toMatchObject({
      ...{ code: 'MALFORMED_QUOTE', facts: { symbol: 'SYMBOL1' } },
    })
  })

  test('for its message', async () => {
    const broker = await openBroker()
    const account = await broker.client.account(id)
    const first = account.watchQuotes(['SYMBOL1']).next()
    await expect.poll(() => broker.count('ProtoOASubscribeSpotsReq')).toBe(1)
    const failed = expect(first).rejects.toMatchObject({ code: 'MALFORMED_QUOTE' })
    broker.connection.sendPayload(2131, Buffer.from([0x10]))
    await failed
  })
})
