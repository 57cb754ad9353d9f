import { describe, expect, test } from 'vitest'
import { beginDialogue, type Dialogue } from './dialogue.ts'
import { startSandbox } from './fixture.ts'
import { payloadTypeOf } from './official-client.ts'

const executionEvent = payloadTypeOf('ProtoOAExecutionEvent')

// Numbers, as both forms take them.
const marketBuy = { symbolId: 1, orderType: 1, tradeSide: 1, volume: 100_000 }
const limitBuy = { ...marketBuy, orderType: 2, limitPrice: 1.01 }

/** At once, so that nobody waits. */
const latency = { acceptance: 0, execution: 1, protection: 0, amendment: 0 }

async function start(format: 'protobuf' | 'json') {
  const sandbox = await startSandbox({ latency, limits: { historicalPerSecond: 100 } })
  const dialogue = await beginDialogue(sandbox, format)
  return { sandbox, ...dialogue }
}

/** Opens a protected position at the market. */
async function open({ ask, next }: Dialogue, fields: object = {}) {
  const accepted = await ask('ProtoOANewOrderReq', { ...marketBuy, ...fields })
  expect(accepted).toMatchObject({ payloadType: executionEvent, payload: { executionType: 2 } })
  const { payload } = await next('ProtoOAExecutionEvent')
  expect(payload).toMatchObject({ executionType: 3, isServerEvent: false })
  return { ...payload, positionId: payload['position'].positionId, deal: payload['deal'] }
}

async function place({ ask }: Dialogue, fields: object = {}): Promise<number> {
  const { payload } = await ask('ProtoOANewOrderReq', { ...limitBuy, ...fields })
  expect(payload).toMatchObject({ executionType: 2, order: { executedVolume: 0 } })
  return payload['order'].orderId
}

describe.each(['protobuf', 'json'] as const)('over %s', (format) => {
  test('orders are placed, amended and cancelled', async () => {
    const dialogue = await start(format)
    const { ask } = dialogue
    const orderId = await place(dialogue, { label: 'mine', stopLoss: 1, relativeTakeProfit: 500 })
    const change = { orderId, limitPrice: 1.02, volume: 200_000 }
    const replaced = await ask('ProtoOAAmendOrderReq', change)
    expect(replaced).toMatchObject({
      payloadType: executionEvent,
      payload: {
        executionType: 4,
        order: { orderId, limitPrice: 1.02, stopLoss: 1, relativeTakeProfit: 500 },
      },
    })
    const reconciled = await ask('ProtoOAReconcileReq')
    expect(reconciled.payload['order']).toMatchObject([{ orderId, limitPrice: 1.02 }])
    const cancelled = await ask('ProtoOACancelOrderReq', { orderId })
    expect(cancelled.payload).toMatchObject({ executionType: 5, order: { orderId } })
  })

  test('positions are opened, protected, reported and closed', async () => {
    const dialogue = await start(format)
    const { ask, next } = dialogue
    const { positionId } = await open(dialogue, { volume: 200_000 })
    const levels = { positionId, stopLoss: 1, takeProfit: 1.5 }
    const guarded = await ask('ProtoOAAmendPositionSLTPReq', levels)
    expect(guarded.payload).toMatchObject({
      ...{ executionType: 2, isServerEvent: false },
      position: { positionId, stopLoss: 1, takeProfit: 1.5 },
      order: { stopPrice: 1, limitPrice: 1.5, closingOrder: true },
    })
    const all = await ask('ProtoOAReconcileReq', { returnProtectionOrders: true })
    expect(all.payload).toMatchObject({
      position: [{ positionId, stopLoss: 1, takeProfit: 1.5 }],
      order: [{ stopPrice: 1, limitPrice: 1.5 }],
    })
    const open_ = await ask('ProtoOAGetPositionUnrealizedPnLReq')
    expect(open_.payload).toMatchObject({ moneyDigits: 2, positionUnrealizedPnL: [{ positionId }] })
    const [profit] = open_.payload['positionUnrealizedPnL']
    expect(profit.netUnrealizedPnL).toBe(profit.grossUnrealizedPnL - 5)

    await ask('ProtoOAClosePositionReq', { positionId, volume: 100_000 })
    expect((await next('ProtoOAExecutionEvent')).payload).toMatchObject({
      executionType: 3,
      position: { tradeData: { volume: 100_000 } },
      deal: { closePositionDetail: { closedVolume: 100_000 } },
    })
    const margin = await next('ProtoOAMarginChangedEvent')
    expect(margin.payload).toMatchObject({ positionId, moneyDigits: 2 })
    expect((await next('ProtoOAExecutionEvent')).payload).toMatchObject({ executionType: 4 })
    await ask('ProtoOAClosePositionReq', { positionId, volume: 100_000 })
    const closed = await next('ProtoOAExecutionEvent')
    const ended = await next('ProtoOAExecutionEvent')
    expect([closed.payload['executionType'], ended.payload['executionType']]).toEqual([3, 5])
    const trader = await ask('ProtoOATraderReq')
    const { balance } = closed.payload['deal'].closePositionDetail
    expect(trader.payload['trader']).toMatchObject({ balance, moneyDigits: 2 })
  })

  test('margin can be asked for, and margin calls be read and changed', async () => {
    const { sandbox, ask } = await start(format)
    const colleague = await beginDialogue(sandbox, format)
    const margin = await ask('ProtoOAExpectedMarginReq', {
      symbolId: 1,
      volume: [100_000, 200_000],
    })
    expect(margin.payload).toMatchObject({ moneyDigits: 2, margin: [{ volume: 100_000 }, {}] })
    const [one, two] = margin.payload['margin']
    expect(one.buyMargin).toBeGreaterThan(1000)
    expect(Math.abs(two.sellMargin - 2 * one.sellMargin)).toBeLessThan(2)

    const list = await ask('ProtoOAMarginCallListReq')
    const calls = list.payload['marginCall']
    expect(calls).toHaveLength(3)
    expect(list.payload['ctidTraderAccountId']).toBeUndefined()
    const marginCall = { ...calls[1], marginLevelThreshold: 88.5 }
    const updated = await ask('ProtoOAMarginCallUpdateReq', { marginCall })
    expect(updated.payloadType).toBe(payloadTypeOf('ProtoOAMarginCallUpdateRes'))
    const told = await colleague.next('ProtoOAMarginCallUpdateEvent')
    expect(told.payload['marginCall']).toMatchObject({ marginLevelThreshold: 88.5 })
    const again = await ask('ProtoOAMarginCallListReq')
    expect(again.payload['marginCall'][1].marginLevelThreshold).toBe(88.5)
  })

  test('what happened can be looked up: deals, orders, offsets and cash flow', async () => {
    const dialogue = await start(format)
    const { ask, next, ctidTraderAccountId } = dialogue
    const { positionId, deal } = await open(dialogue)
    await ask('ProtoOAClosePositionReq', { positionId, volume: 100_000 })
    const closing = (await next('ProtoOAExecutionEvent')).payload['deal']
    const ids = [closing.dealId, deal.dealId]

    const deals = await ask('ProtoOADealListReq')
    expect(deals.payload).toMatchObject({ ctidTraderAccountId, hasMore: false })
    expect(deals.payload['deal'].map((one: { dealId: number }) => one.dealId)).toEqual(ids)
    const newest = await ask('ProtoOADealListReq', { maxRows: 1 })
    expect(newest.payload).toMatchObject({ hasMore: true, deal: [{ dealId: ids[0] }] })
    const early = await ask('ProtoOADealListReq', { fromTimestamp: 0, toTimestamp: 1 })
    expect(early.payload['hasMore']).toBe(false)
    expect(early.payload['deal'] ?? []).toEqual([])
    const own = await ask('ProtoOADealListByPositionIdReq', { positionId })
    expect(own.payload['deal']).toHaveLength(2)
    const offsets = await ask('ProtoOADealOffsetListReq', { dealId: deal.dealId })
    expect(offsets.payload['offsetBy']).toMatchObject([{ dealId: closing.dealId, volume: 100_000 }])

    const orders = await ask('ProtoOAOrderListReq')
    const orderIds = [closing.orderId, deal.orderId]
    expect(orders.payload['order'].map((one: { orderId: number }) => one.orderId)).toEqual(orderIds)
    const ofPosition = await ask('ProtoOAOrderListByPositionIdReq', { positionId })
    expect(ofPosition.payload).toMatchObject({ hasMore: false, order: [{}, {}] })
    const details = await ask('ProtoOAOrderDetailsReq', { orderId: deal.orderId })
    expect(details.payload).toMatchObject({
      order: { orderId: deal.orderId, executedVolume: 100_000 },
      deal: [{ dealId: deal.dealId }],
    })

    const registered = (await ask('ProtoOATraderReq')).payload['trader'].registrationTimestamp
    const window = { fromTimestamp: registered, toTimestamp: registered + 604_800_000 }
    const flow = await ask('ProtoOACashFlowHistoryListReq', window)
    const [paid] = flow.payload['depositWithdraw']
    expect(paid).toMatchObject({ balanceVersion: 2, moneyDigits: 2 })
    expect(paid.delta).toBe(paid.balance)
  })

  test('a token that may only look may look, and nothing else', async () => {
    const sandbox = await startSandbox({ latency })
    const { accessToken: token } = sandbox.issueTokens({ scope: 'accounts' })
    const { ask } = await beginDialogue(sandbox, format, { token })
    const refused = await ask('ProtoOANewOrderReq', marketBuy)
    expect(refused.payload).toMatchObject({ errorCode: 'ACCOUNT_NOT_AUTHORIZED' })
    expect((await ask('ProtoOATraderReq')).payloadType).toBe(payloadTypeOf('ProtoOATraderRes'))
    expect((await ask('ProtoOAReconcileReq')).payload['position'] ?? []).toEqual([])
  })
})
