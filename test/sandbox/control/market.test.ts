import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAccount, startSandbox } from '../fixture.ts'

async function watching(symbolId: readonly number[] = [1]) {
  const sandbox = await startSandbox({ time: 'owned' })
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId })
  const { market } = sandbox.control
  return { sandbox, client, ctidTraderAccountId, market }
}

describe('prices', () => {
  test('a price that was set is sent, stands still, and moves again when released', async () => {
    const { sandbox, client, market } = await watching()
    market.setPrice('EURUSD', { bid: '1.20000', ask: 1.2001 })
    await sandbox.time.settle()
    expect(client.waiting('ProtoOASpotEvent').at(-1)?.payload).toMatchObject({
      ...{ bid: 120_000, ask: 120_010 },
    })
    await sandbox.time.advance(60_000)
    expect(market.price('EURUSD')).toMatchObject({ bid: '1.20000', ask: '1.20010', held: true })
    market.release('EURUSD')
    await sandbox.time.advance(60_000)
    expect(market.price('EURUSD')).toMatchObject({ held: false })
    expect(market.price('EURUSD').bid).not.toBe('1.20000')
  })

  test('with one side the spread stays', async () => {
    const { market } = await watching()
    market.setPrice('USDJPY', { bid: '150.000', ask: '150.012' })
    expect(market.setPrice('USDJPY', { ask: '151.000' })).toMatchObject({
      ...{ bid: '150.988', ask: '151.000' },
    })
  })

  test('a gap is one jump, and later quotes go on from there', async () => {
    const { sandbox, market } = await watching()
    await sandbox.time.advance(5_000)
    const before = Number(market.price('EURUSD').bid)
    market.gap('EURUSD', { pips: -120 })
    expect(Number(market.price('EURUSD').bid)).toBeCloseTo(before - 0.012, 5)
    await sandbox.time.advance(30_000)
    const later = Number(market.price('EURUSD').bid)
    expect(Math.abs(later - (before - 0.012))).toBeLessThan(0.002)
    expect(later).not.toBe(before - 0.012)
  })

  test('crosses follow, so that there is nothing to be had by going round', async () => {
    const { market } = await watching()
    market.setPrice('EURUSD', { bid: '1.20000', ask: '1.20010' })
    market.setPrice('USDJPY', { bid: '150.000', ask: '150.010' })
    const { bid, ask } = market.price('EURJPY')
    expect(Number(bid)).toBeLessThan(1.20005 * 150.005)
    expect(Number(ask)).toBeGreaterThan(1.20005 * 150.005)
  })

  test('what waited for a market to open happens as it does, also where the price stands still', async () => {
    const { sandbox, client, ctidTraderAccountId, market } = await watching()
    const terminal = sandbox.control.terminal(ctidTraderAccountId)
    market.setPrice('EURUSD', { bid: '1.20000', ask: '1.20010' })
    terminal.open({ symbol: 'EURUSD', side: 'buy', lots: '0.10', stopLossPoints: 100 })
    await sandbox.time.advance(1_000)
    market.close('EURUSD')
    market.setPrice('EURUSD', { bid: '1.10000', ask: '1.10010' })
    const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'SELL', volume: 200_000 }
    const waiting = { ctidTraderAccountId, ...order, timeInForce: 'MARKET_ON_OPEN' }
    client.send('ProtoOANewOrderReq', waiting, 'at the opening')
    await sandbox.time.advance(1_000)
    expect(terminal.positions()).toHaveLength(1)
    const events = client.waiting('ProtoOAExecutionEvent').length
    market.open('EURUSD')
    await sandbox.time.settle()
    const told = client.waiting('ProtoOAExecutionEvent').slice(events)
    expect(told.map(({ payload }) => payload)).toMatchObject([
      { executionType: 'ORDER_FILLED', order: { orderType: 'STOP_LOSS_TAKE_PROFIT' } },
      { executionType: 'ORDER_FILLED', deal: { filledVolume: 200_000, executionPrice: 1.1 } },
    ])
    expect(terminal.positions()).toMatchObject([{ tradeData: { volume: 200_000 } }])
  })

  test('a spike widens the spread and comes back in part', async () => {
    const { sandbox, market } = await watching()
    await sandbox.time.advance(5_000)
    const spread = (): number =>
      Number(market.price('EURUSD').ask) - Number(market.price('EURUSD').bid)
    const middle = (): number => Number(market.price('EURUSD').bid) + spread() / 2
    const [calm, from] = [spread(), middle()]
    market.spike('EURUSD', { pips: 100, lastsMs: 60_000, retrace: 0.5, spread: 10 })
    expect(spread()).toBeGreaterThan(calm * 8)
    expect(middle()).toBeCloseTo(from + 0.01, 3)
    await sandbox.time.advance(120_000)
    expect(spread()).toBeLessThan(calm * 4)
    expect(Math.abs(middle() - (from + 0.005))).toBeLessThan(0.003)
  })

  test('nonsense explains itself and changes nothing', async () => {
    const { market } = await watching()
    const before = market.price('EURUSD')
    expect(() => market.setPrice('EURUSDX', { bid: 1 })).toThrow(
      'no symbol "EURUSDX". There is: EURUSD',
    )
    expect(() => market.setPrice('EURUSD', {})).toThrow('No price for EURUSD was given')
    expect(() => market.setPrice('EURUSD', { bid: '1.123456' })).toThrow('at most 5 decimals')
    expect(() => market.setPrice('USDJPY', { bid: '150.0001' })).toThrow('at most 3 decimals')
    expect(() => market.setPrice('EURUSD', { bid: '1.2', ask: '1.1' })).toThrow('below the ask')
    expect(() => market.setPrice('EURUSD', { bid: -1 })).toThrow('cannot be -1')
    expect(() => market.gap('EURUSD', {})).toThrow('cannot be moved by nothing')
    expect(() => market.gap('EURUSD', { pips: 1, percent: 1 })).toThrow('Give one of')
    expect(() => market.gap('EURUSD', { percent: -100 })).toThrow('stays above 0')
    expect(() => market.spike('EURUSD', { pips: 5, retrace: 2 })).toThrow('from 0 to 1')
    expect(market.price('EURUSD')).toEqual(before)
  })
})

test('a market closed by hand sends nothing and takes no orders, until it is opened', async () => {
  const { sandbox, client, ctidTraderAccountId, market } = await watching()
  market.close('EURUSD')
  const quotes = client.waiting('ProtoOASpotEvent').length
  await sandbox.time.advance(30_000)
  expect(client.waiting('ProtoOASpotEvent')).toHaveLength(quotes)
  expect(market.price('EURUSD')).toMatchObject({ open: false, tradingByHand: true })
  expect(market.price('GBPUSD').open).toBe(true)
  const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }
  const refused = await client.request('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
  expect(refused.payload['errorCode']).toBe('MARKET_CLOSED')
  market.release()
  await sandbox.time.advance(30_000)
  expect(client.waiting('ProtoOASpotEvent').length).toBeGreaterThan(quotes)
  const taken = client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...order })
  await sandbox.time.runUntil({ message: 'ProtoOAExecutionEvent', clientMsgId: taken })
})

describe('a recording', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recording-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function playing(rows: readonly string[]) {
    const file = join(folder, 'ticks.csv')
    await writeFile(file, ['timestamp,bid,ask', ...rows].join('\n'))
    const sandbox = await startSandbox({ time: 'owned', replay: { EURUSD: file } })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const { market } = sandbox.control
    expect(market.price('EURUSD').recording).toMatchObject({ state: 'waiting', rows: 0, file })
    await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId: [1] })
    await sandbox.time.advance(60_000)
    return { sandbox, file }
  }

  test('says how far it is and what is odd about it', async () => {
    const rows = ['1000,1.1,1.2', '1000,1.1,1.1', '2000,1.2,1.1', '3000,1.1,1.2']
    const { sandbox, file } = await playing(rows)
    const { market } = sandbox.control
    expect(market.price('EURUSD').recording).toEqual({
      ...{ state: 'finished', file, rows: 4, error: undefined },
      oddities: { crossed: 1, locked: 1, sameTime: 1 },
    })
    expect(market.price('GBPUSD').recording).toBeUndefined()
    const headers = { authorization: `Bearer ${sandbox.adminToken}` }
    const asked = await fetch(`${sandbox.adminUrl}/market/EURUSD`, { headers })
    expect(await asked.json()).toMatchObject({ recording: { state: 'finished', rows: 4 } })
  })

  test('says in which line it broke off', async () => {
    // More than is looked at before the sandbox starts.
    const good = Array.from({ length: 20_000 }, (_, row) => `${1_000 + row},1.1,1.2`)
    const { sandbox, file } = await playing([...good, '1500,1.1,1.2'])
    const { recording } = sandbox.control.market.price('EURUSD')
    expect(recording).toMatchObject({ state: 'failed', rows: 20_000 })
    expect(recording?.error).toContain(`Line 20002 of ${file}: its timestamp 1500 is before`)
  })
})
