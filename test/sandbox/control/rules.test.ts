import { describe, expect, test } from 'vitest'
import { InvalidArgumentError } from '../../../src/errors.ts'
import type { RulesChange, Sandbox } from '../../../src/sandbox/index.ts'
import { openAccount, startSandbox } from '../fixture.ts'
import type { OfficialClient } from '../official-client.ts'

const owned = { time: 'owned' } as const
const order = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }

async function trading() {
  const sandbox = await startSandbox(owned)
  const opened = await openAccount(sandbox)
  sandbox.control.market.setPrice('EURUSD', { bid: '1.12560', ask: '1.12566' })
  return { sandbox, ...opened, rules: sandbox.control.rules }
}

/** The symbol as the server shows it. */
async function symbol(client: OfficialClient, ctidTraderAccountId: number) {
  const fields = { ctidTraderAccountId, symbolId: [1] }
  return (await client.request('ProtoOASymbolByIdReq', fields)).payload['symbol'][0]
}

describe('rules of a symbol', () => {
  test('are shown as the symbol has them', async () => {
    const { rules } = await trading()
    expect(rules.get('EURUSD')).toEqual({
      ...{ symbol: 'EURUSD', symbolId: 1, tradingMode: 'enabled', shortSelling: true },
      ...{ minLots: '0.01', maxLots: '100', stepLots: '0.01', maxExposureLots: '500' },
      ...{ stopLossDistance: 0, takeProfitDistance: 0, distanceIn: 'points' },
      ...{ guaranteedStopLoss: false, guaranteedDistance: 0, guaranteedCharge: 0 },
    })
    expect(rules.list()).toContainEqual(rules.get('XAUUSD'))
  })

  test('change for everybody who follows an account, and are found changed', async () => {
    const { sandbox, client, ctidTraderAccountId, rules } = await trading()
    const colleague = await openAccount(sandbox, { id: 1003 })
    const changed = rules.change('EURUSD', {
      ...{ tradingMode: 'close-only', shortSelling: false, maxExposureLots: null },
      ...{ minLots: '0.1', maxLots: 5, stepLots: '0.05' },
      ...{ stopLossDistance: 7, takeProfitDistance: 8, distanceIn: 'percent' },
      ...{ guaranteedStopLoss: true, guaranteedDistance: 9, guaranteedCharge: 250 },
    })
    for (const one of [{ client, ctidTraderAccountId }, colleague]) {
      const told = await one.client.next('ProtoOASymbolChangedEvent')
      expect(told.payload).toEqual({ ctidTraderAccountId: one.ctidTraderAccountId, symbolId: [1] })
    }
    expect(changed).toMatchObject({ minLots: '0.1', maxLots: '5', maxExposureLots: null })
    const shown = await symbol(client, ctidTraderAccountId)
    expect(shown).toMatchObject({
      ...{ tradingMode: 'CLOSE_ONLY_MODE', enableShortSelling: false },
      ...{ minVolume: 1_000_000, maxVolume: 50_000_000, stepVolume: 500_000 },
      ...{ slDistance: 7, tpDistance: 8, distanceSetIn: 'SYMBOL_DISTANCE_IN_PERCENTAGE' },
      ...{ guaranteedStopLoss: true, gslDistance: 9, gslCharge: 250 },
    })
    expect(shown).not.toHaveProperty('maxExposure')
  })

  test('hold for orders from then on; a limit that waited is executed when the mode allows it', async () => {
    const { sandbox, client, ctidTraderAccountId, rules } = await trading()
    const limit = { ...order, orderType: 'LIMIT', limitPrice: 1.1 }
    client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...limit })
    await client.request('ProtoOAVersionReq')
    await sandbox.time.advance(1_000)
    await client.next('ProtoOAExecutionEvent')
    rules.change('EURUSD', { tradingMode: 'disabled' })
    sandbox.control.market.setPrice('EURUSD', { bid: '1.09990', ask: '1.09996' })
    await sandbox.time.advance(60_000)
    expect(client.waiting('ProtoOAExecutionEvent')).toEqual([])
    rules.change('EURUSD', { tradingMode: 'pendings-only' })
    await sandbox.time.advance(1_000)
    const filled = await client.next('ProtoOAExecutionEvent')
    expect(filled.payload).toMatchObject({ executionType: 'ORDER_FILLED', isServerEvent: true })
  })

  test('go back with a snapshot, with a reset of their own, and into a fork', async () => {
    const { sandbox, client, rules } = await trading()
    const before = rules.get('EURUSD')
    const { snapshots } = sandbox.control
    const first = snapshots.take()
    const changed = rules.change('EURUSD', { shortSelling: false, maxLots: 3 })
    const second = snapshots.take()
    await client.next('ProtoOASymbolChangedEvent')
    rules.reset('EURUSD')
    await client.next('ProtoOASymbolChangedEvent')
    expect(rules.get('EURUSD')).toEqual(before)
    // What is as it started is not told again.
    rules.reset()
    await client.request('ProtoOAVersionReq')
    expect(client.waiting('ProtoOASymbolChangedEvent')).toEqual([])
    snapshots.revert(second)
    expect(rules.get('EURUSD')).toEqual(changed)
    await using fork = await sandbox.control.fork(second)
    expect(fork.control.rules.get('EURUSD')).toEqual(changed)
    snapshots.revert(first)
    expect(rules.get('EURUSD')).toEqual(before)
    rules.change('EURUSD', { shortSelling: false })
    await sandbox.control.reset()
    expect(rules.get('EURUSD')).toEqual(before)
  })

  test('can be chosen for a sandbox, which then goes back to them', async () => {
    const rules = { EURUSD: { shortSelling: false, minLots: '0.10' }, XAUUSD: { maxLots: 1 } }
    const sandbox = await startSandbox({ ...owned, rules })
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    expect(await symbol(client, ctidTraderAccountId)).toMatchObject({
      ...{ enableShortSelling: false, minVolume: 1_000_000, maxVolume: 1_000_000_000 },
    })
    const chosen = sandbox.control.rules.list()
    expect(chosen.find(({ symbol: name }) => name === 'XAUUSD')).toMatchObject({ maxLots: '1' })
    sandbox.control.rules.change('EURUSD', { shortSelling: true })
    sandbox.control.rules.reset()
    expect(sandbox.control.rules.list()).toEqual(chosen)
    await using fork = await sandbox.control.fork()
    expect(fork.control.rules.list()).toEqual(chosen)
  })

  test.each<[Readonly<Record<string, RulesChange>>, RegExp]>([
    [{ EURUSDX: { minLots: 1 } }, /option rules cannot be used.*no symbol "EURUSDX".*There is/],
    [
      { EURUSD: { minLots: 0 } },
      /option rules cannot be used\. minLots of EURUSD cannot be 0\. Give/,
    ],
    [{ EURUSD: {} }, /No rule of EURUSD was given/],
  ])('that make no sense start no sandbox: %j', async (rules, message) => {
    const started = startSandbox({ rules })
    await expect(started).rejects.toThrow(InvalidArgumentError)
    await expect(started).rejects.toThrow(message)
  })

  test('that make no sense explain themselves, and nothing changes', async () => {
    const { client, rules } = await trading()
    const before = rules.list()
    const change = (given: unknown, symbol = 'EURUSD') => {
      return () => rules.change(symbol, given as RulesChange)
    }
    expect(change({}, 'EURUSDX')).toThrow('no symbol "EURUSDX". There is: EURUSD')
    expect(change({})).toThrow('No rule of EURUSD was given. Give any of tradingMode')
    expect(change(undefined)).toThrow('No rule of EURUSD was given')
    expect(change({ minVolume: 1 })).toThrow('no rule "minVolume". The rules are tradingMode')
    expect(change({ tradingMode: 'off' })).toThrow('Give one of enabled, close-only, pendings-only')
    expect(change({ shortSelling: 1 })).toThrow('shortSelling of EURUSD cannot be 1. Give true or')
    expect(change({ minLots: '0' })).toThrow('minLots of EURUSD cannot be "0". Give lots above 0')
    expect(change({ minLots: '0.000000001' })).toThrow('minLots of EURUSD cannot be')
    expect(change({ stepLots: null })).toThrow('stepLots of EURUSD cannot be null')
    expect(change({ maxExposureLots: -1 })).toThrow('or null for no limit')
    expect(change('close-only')).toThrow('No rule of EURUSD was given')
    expect(change({ stopLossDistance: 5n })).toThrow('cannot be 5n. Give a whole number from 0')
    expect(change({ tradingMode: 'aB3'.repeat(14) })).toThrow('cannot be a text of 42 characters')
    expect(change({ stopLossDistance: 0.5 })).toThrow('Give a whole number from 0')
    expect(change({ distanceIn: 'pips' })).toThrow('Give one of points, percent')
    expect(change({ minLots: 200 })).toThrow('from 200 to 100 lots in steps of 0.01')
    expect(change({ minLots: '0.06', maxLots: '0.09', stepLots: '0.05' })).toThrow(
      'Give minLots, maxLots and stepLots that fit',
    )
    expect(rules.list()).toEqual(before)
    await client.request('ProtoOAVersionReq')
    expect(client.waiting('ProtoOASymbolChangedEvent')).toEqual([])
  })
})

describe('a price that is taken away', () => {
  const spots = (client: OfficialClient) => client.waiting('ProtoOASpotEvent').length

  async function watching(sandbox: Sandbox) {
    const { client, ctidTraderAccountId } = await openAccount(sandbox)
    const symbolId = [1]
    await client.request('ProtoOASubscribeSpotsReq', { ctidTraderAccountId, symbolId })
    return { client, ctidTraderAccountId }
  }

  test('is quoted to nobody until it is released, and the past has a gap there', async () => {
    const sandbox = await startSandbox(owned)
    const { market } = sandbox.control
    const { client, ctidTraderAccountId } = await watching(sandbox)
    await sandbox.time.advance(60_000)
    const before = spots(client)
    expect(before).toBeGreaterThan(10)
    market.silence('EURUSD')
    const from = sandbox.time.now()
    expect(market.price('EURUSD')).toMatchObject({ bid: undefined, open: true, silent: true })
    const late = await watching(sandbox)
    await sandbox.time.advance(60_000)
    expect([spots(client), spots(late.client)]).toEqual([before, 0])
    expect(() => market.gap('EURUSD', { pips: 5 })).toThrow('EURUSD has no price. Set one, or')
    market.release('EURUSD')
    await sandbox.time.advance(60_000)
    expect(spots(client)).toBeGreaterThan(before)
    // The first of a subscription has both sides, whenever it comes.
    const first = await late.client.next('ProtoOASpotEvent')
    expect(first.payload).toHaveProperty('bid')
    expect(first.payload).toHaveProperty('ask')
    const window = { fromTimestamp: from + 1, toTimestamp: from + 60_000 }
    const ticks = await client.request('ProtoOAGetTickDataReq', {
      ...{ ctidTraderAccountId, symbolId: 1, type: 'BID', ...window },
    })
    expect(ticks.payload['tickData'] ?? []).toEqual([])
  })

  test('is there again when one is set, with the spread that it had', async () => {
    const sandbox = await startSandbox(owned)
    const { market, snapshots } = sandbox.control
    market.setPrice('EURUSD', { bid: '1.20000', ask: '1.20007' })
    const id = snapshots.take()
    market.silence()
    expect(market.list().every(({ bid, silent }) => silent && bid === undefined)).toBe(true)
    expect(market.setPrice('EURUSD', { bid: '1.30000' })).toMatchObject({
      ...{ bid: '1.30000', ask: '1.30007', silent: false, held: true },
    })
    market.silence('EURUSD')
    const silent = snapshots.take()
    snapshots.revert(id)
    expect(market.price('EURUSD')).toMatchObject({ bid: '1.20000', silent: false })
    expect(market.price('GBPUSD')).toMatchObject({ bid: expect.any(String), silent: false })
    snapshots.revert(silent)
    expect(market.price('EURUSD')).toMatchObject({ bid: undefined, silent: true })
  })

  test('leaves what is held with its last value, and its levels untouched', async () => {
    const { sandbox, client, ctidTraderAccountId } = await trading()
    const { market } = sandbox.control
    const protectedOrder = { ...order, volume: 1_000_000, relativeStopLoss: 500 }
    client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...protectedOrder })
    await client.request('ProtoOAVersionReq')
    await sandbox.time.advance(1_000)
    market.setPrice('EURUSD', { bid: '1.12160', ask: '1.12166' })
    const profit = async () => {
      const answer = await client.request('ProtoOAGetPositionUnrealizedPnLReq', {
        ctidTraderAccountId,
      })
      return answer.payload['positionUnrealizedPnL']
    }
    const last = await profit()
    expect(last).toMatchObject([{ grossUnrealizedPnL: -4060 }])
    market.silence('EURUSD')
    await sandbox.time.advance(60_000)
    expect(await profit()).toEqual(last)
    const before = client.waiting('ProtoOAExecutionEvent').length
    market.setPrice('EURUSD', { bid: '1.12000', ask: '1.12006' })
    await sandbox.time.advance(1_000)
    const closed = client.waiting('ProtoOAExecutionEvent')
    expect(closed).toHaveLength(before + 1)
    expect(closed.at(-1)?.payload).toMatchObject({
      ...{ executionType: 'ORDER_FILLED', order: { orderType: 'STOP_LOSS_TAKE_PROFIT' } },
    })
  })
})
