import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalog } from '../../src/protocol/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { beginDialogue, type Dialogue } from './dialogue.ts'
import { startSandbox } from './fixture.ts'
import { payloadTypeOf } from './official-client.ts'

const executionEvent = payloadTypeOf('ProtoOAExecutionEvent')
const errorRes = payloadTypeOf('ProtoOAErrorRes')
const orderError = payloadTypeOf('ProtoOAOrderErrorEvent')

// Numbers, as both forms take them.
const marketBuy = { symbolId: 1, orderType: 1, tradeSide: 1, volume: 100_000 }
const limitBuy = { ...marketBuy, orderType: 2, limitPrice: 1.01 }
const stopBuy = { ...marketBuy, orderType: 3, stopPrice: 1.41 }

/** At once, so that nobody waits. */
const latency = { acceptance: 0, execution: 1, protection: 0, amendment: 0 }

// One for all that is refused: it is the same afterwards.
let strict: Sandbox
beforeAll(async () => {
  const limits = { generalPerSecond: 10_000, historicalPerSecond: 10_000 }
  strict = await createSandbox({ latency, limits })
})
afterAll(() => strict.close())

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

  test.each<[string, string, object, number, string, string | RegExp]>([
    [
      'an order of an unknown symbol',
      'NewOrder',
      { ...marketBuy, symbolId: 77 },
      errorRes,
      'SYMBOL_NOT_FOUND',
      /77/,
    ],
    [
      'a protection order',
      'NewOrder',
      { ...marketBuy, orderType: 4 },
      errorRes,
      'INVALID_REQUEST',
      /not accepted/,
    ],
    [
      'a limit order without limit',
      'NewOrder',
      { ...marketBuy, orderType: 2 },
      errorRes,
      'INVALID_REQUEST',
      'Message missing required fields: limitPrice',
    ],
    [
      'a stop order without stop',
      'NewOrder',
      { ...marketBuy, orderType: 3 },
      errorRes,
      'INVALID_REQUEST',
      'Message missing required fields: stopPrice',
    ],
    [
      'a stop limit order without slippage',
      'NewOrder',
      { ...stopBuy, orderType: 6 },
      errorRes,
      'INVALID_REQUEST',
      'Message missing required fields: slippageInPoints',
    ],
    [
      'a market range without base',
      'NewOrder',
      { ...marketBuy, orderType: 5 },
      errorRes,
      'INVALID_REQUEST',
      'Message missing required fields: baseSlippagePrice, slippageInPoints',
    ],
    [
      'a price with too many decimals',
      'NewOrder',
      { ...limitBuy, limitPrice: 1.0740002441 },
      errorRes,
      'INVALID_REQUEST',
      'Order price = 1.0740002441 has more digits than symbol allows. Allowed 5 digits',
    ],
    [
      'a level with too many decimals',
      'NewOrder',
      { ...limitBuy, stopLoss: 1.0000001 },
      errorRes,
      'INVALID_REQUEST',
      'Order protection = 1.0000001 has more digits than symbol allows. Allowed 5 digits',
    ],
    [
      'absolute levels on a market order',
      'NewOrder',
      { ...marketBuy, stopLoss: 1 },
      errorRes,
      'INVALID_REQUEST',
      'SL/TP in absolute values are allowed only for order types: [LIMIT, STOP, STOP_LIMIT]',
    ],
    [
      'a level in two ways',
      'NewOrder',
      { ...limitBuy, stopLoss: 1, relativeStopLoss: 5 },
      errorRes,
      'INVALID_REQUEST',
      /price and as a distance/,
    ],
    [
      'a distance off the grid',
      'NewOrder',
      { ...marketBuy, symbolId: 4, relativeStopLoss: 150 },
      errorRes,
      'INVALID_REQUEST',
      'Relative stop loss has invalid precision',
    ],
    [
      'a price of zero',
      'NewOrder',
      { ...limitBuy, limitPrice: 0 },
      orderError,
      'TRADING_BAD_PRICES',
      /= 0/,
    ],
    [
      'a stop below the market',
      'NewOrder',
      { ...stopBuy, stopPrice: 0.9 },
      orderError,
      'TRADING_BAD_PRICES',
      /should be >= current ASK price/,
    ],
    [
      'a stop loss above its order',
      'NewOrder',
      { ...limitBuy, stopLoss: 1.2 },
      orderError,
      'TRADING_BAD_STOPS',
      /New SL for BUY order should be <= order price/,
    ],
    [
      'a volume too small',
      'NewOrder',
      { ...marketBuy, volume: 1600 },
      orderError,
      'TRADING_BAD_VOLUME',
      'Order volume = 16.00 is smaller than minimum allowed volume = 1000.00.',
    ],
    [
      'a volume too large',
      'NewOrder',
      { ...marketBuy, volume: 1_000_100_000 },
      orderError,
      'TRADING_BAD_VOLUME',
      /bigger than maximum/,
    ],
    [
      'a volume off the step',
      'NewOrder',
      { ...marketBuy, volume: 100_001 },
      orderError,
      'TRADING_BAD_VOLUME',
      /not a multiple/,
    ],
    [
      'an expiration in the past',
      'NewOrder',
      { ...limitBuy, expirationTimestamp: 9 },
      orderError,
      'TRADING_BAD_EXPIRATION_DATE',
      /in the future/,
    ],
    [
      'a date that is missing',
      'NewOrder',
      { ...limitBuy, timeInForce: 1 },
      errorRes,
      'INVALID_REQUEST',
      /expirationTimestamp/,
    ],
    [
      'a limit for the opening',
      'NewOrder',
      { ...limitBuy, timeInForce: 5 },
      errorRes,
      'INVALID_REQUEST',
      /MARKET_ON_OPEN/,
    ],
    [
      'an order for more than there is money',
      'NewOrder',
      { ...marketBuy, volume: 900_000_000 },
      orderError,
      'NOT_ENOUGH_MONEY',
      /Not enough funds/,
    ],
    [
      'an order for an unknown position',
      'NewOrder',
      { ...marketBuy, positionId: 77 },
      orderError,
      'POSITION_NOT_FOUND',
      'Position not found with id 77',
    ],
    [
      'a label too long',
      'NewOrder',
      { ...marketBuy, label: 'x'.repeat(101) },
      errorRes,
      'INVALID_REQUEST',
      /100/,
    ],
    [
      'a comment too long',
      'NewOrder',
      { ...marketBuy, comment: 'x'.repeat(513) },
      errorRes,
      'INVALID_REQUEST',
      /512/,
    ],
    [
      'a client order id too long',
      'NewOrder',
      { ...marketBuy, clientOrderId: 'x'.repeat(51) },
      errorRes,
      'INVALID_REQUEST',
      /50/,
    ],
    [
      'trailing without a stop loss',
      'NewOrder',
      { ...marketBuy, trailingStopLoss: true },
      errorRes,
      'INVALID_REQUEST',
      /Trailing Stop Loss parameter without/,
    ],
    [
      'a guarantee that is not offered',
      'NewOrder',
      { ...marketBuy, relativeStopLoss: 500, guaranteedStopLoss: true },
      errorRes,
      'INVALID_REQUEST',
      /not available/,
    ],
    [
      'the cancellation of an unknown order',
      'CancelOrder',
      { orderId: 77 },
      orderError,
      'ORDER_NOT_FOUND',
      'Order not found with id 77',
    ],
    [
      'the amend of an unknown order',
      'AmendOrder',
      { orderId: 77 },
      orderError,
      'ORDER_NOT_FOUND',
      'Order not found with id 77',
    ],
    [
      'the amend of an unknown position',
      'AmendPositionSLTP',
      { positionId: 77 },
      orderError,
      'POSITION_NOT_FOUND',
      'Position not found with id 77',
    ],
    [
      'the closing of an unknown position',
      'ClosePosition',
      { positionId: 77, volume: 1 },
      orderError,
      'POSITION_NOT_FOUND',
      'Position not found with id 77',
    ],
    [
      'margin of an unknown symbol',
      'ExpectedMargin',
      { symbolId: 77, volume: [1] },
      errorRes,
      'SYMBOL_NOT_FOUND',
      /77/,
    ],
    [
      'a margin call at the stop-out level',
      'MarginCallUpdate',
      { marginCall: { marginCallType: 61, marginLevelThreshold: 50 } },
      errorRes,
      'INVALID_REQUEST',
      /stop out level = 50/,
    ],
    [
      'an unknown order',
      'OrderDetails',
      { orderId: 6_000_008 },
      errorRes,
      'ORDER_NOT_FOUND',
      'Order 6000008 not found or not belong to trader 5001',
    ],
    ['an unknown deal', 'DealOffsetList', { dealId: 77 }, errorRes, 'ENTITY_NOT_FOUND', /77/],
    [
      'deals before time began',
      'DealList',
      { fromTimestamp: -1, toTimestamp: 5 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /0\.\.2147483646000/,
    ],
    [
      'deals after time ends',
      'DealList',
      { fromTimestamp: 1, toTimestamp: 2_147_483_646_001 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /./,
    ],
    [
      'deals in the wrong order',
      'DealList',
      { fromTimestamp: 9, toTimestamp: 5 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /./,
    ],
    ['no deals at all', 'DealList', { maxRows: 0 }, errorRes, 'INVALID_REQUEST', /at least 1/],
    [
      'deals of a position in the future',
      'DealListByPositionId',
      { positionId: 1, fromTimestamp: 0, toTimestamp: 2_147_483_646_000 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /after now/,
    ],
    [
      'orders before time began',
      'OrderList',
      { fromTimestamp: -1, toTimestamp: 5 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /./,
    ],
    [
      'orders of a position in the future',
      'OrderListByPositionId',
      { positionId: 1, fromTimestamp: 0, toTimestamp: 2_147_483_646_000 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /after now/,
    ],
    [
      'cash flow of more than a week',
      'CashFlowHistoryList',
      { fromTimestamp: 0, toTimestamp: 604_800_001 },
      errorRes,
      'INCORRECT_BOUNDARIES',
      /604800000/,
    ],
  ])('%s is refused', async (_, request, fields, payloadType, errorCode, description) => {
    const { ask, ctidTraderAccountId } = await beginDialogue(strict, format)
    const answer = await ask(`ProtoOA${request}Req`, fields)
    expect(answer).toMatchObject({ payloadType, payload: { ctidTraderAccountId, errorCode } })
    if (typeof description === 'string') expect(answer.payload['description']).toBe(description)
    else expect(answer.payload['description']).toMatch(description)
    // Nothing else was touched.
    const after = await ask('ProtoOAReconcileReq', { returnProtectionOrders: true })
    expect([after.payload['position'] ?? [], after.payload['order'] ?? []]).toEqual([[], []])
  })

  test('a token that may only look is refused each trading request', async () => {
    const { accessToken: token } = strict.issueTokens({ scope: 'accounts' })
    const { ask } = await beginDialogue(strict, format, { token })
    const position = { positionId: 77 }
    for (const [name, fields] of [
      ['ProtoOANewOrderReq', marketBuy],
      ['ProtoOACancelOrderReq', { orderId: 77 }],
      ['ProtoOAAmendOrderReq', { orderId: 77 }],
      ['ProtoOAAmendPositionSLTPReq', position],
      ['ProtoOAClosePositionReq', { ...position, volume: 100_000 }],
    ] as const) {
      expect(await ask(name, fields), name).toMatchObject({
        ...{ payloadType: errorRes, payload: { errorCode: 'ACCOUNT_NOT_AUTHORIZED' } },
      })
    }
    expect((await ask('ProtoOATraderReq')).payloadType).toBe(payloadTypeOf('ProtoOATraderRes'))
  })

  test('every request needs its account to be authorised, and its required fields', async () => {
    const stranger = await beginDialogue(strict, format, { authorised: false })
    const { askBare } = await beginDialogue(strict, format)
    for (const { send, scope } of Object.values(catalog)) {
      const fields = required[send]
      if (fields === undefined || (scope !== 'account' && scope !== 'trade')) continue
      expect(await stranger.ask(send, fields), send).toMatchObject({
        payloadType: errorRes,
        payload: {
          errorCode: 'INVALID_REQUEST',
          description: 'Trading account is not authorized',
        },
      })
      const names = Object.keys(fields)
      if (names.length === 0) continue
      expect(await askBare(send), send).toMatchObject({
        payloadType: errorRes,
        payload: {
          errorCode: 'INVALID_REQUEST',
          description: `Message missing required fields: ${names.join(', ')}`,
        },
      })
    }
  })
})

/** What the requests of trading, accounts and their history cannot be without, besides the account. */
const required: Readonly<Record<string, object>> = {
  ProtoOANewOrderReq: marketBuy,
  ProtoOACancelOrderReq: { orderId: 1 },
  ProtoOAAmendOrderReq: { orderId: 1 },
  ProtoOAAmendPositionSLTPReq: { positionId: 1 },
  ProtoOAClosePositionReq: { positionId: 1, volume: 1 },
  ProtoOATraderReq: {},
  ProtoOAReconcileReq: {},
  ProtoOAGetPositionUnrealizedPnLReq: {},
  ProtoOAExpectedMarginReq: { symbolId: 1 },
  ProtoOAMarginCallListReq: {},
  ProtoOAMarginCallUpdateReq: { marginCall: { marginCallType: 61, marginLevelThreshold: 90 } },
  ProtoOADealListReq: {},
  ProtoOADealListByPositionIdReq: { positionId: 1 },
  ProtoOADealOffsetListReq: { dealId: 1 },
  ProtoOAOrderListReq: {},
  ProtoOAOrderListByPositionIdReq: { positionId: 1 },
  ProtoOAOrderDetailsReq: { orderId: 1 },
  ProtoOACashFlowHistoryListReq: { fromTimestamp: 0, toTimestamp: 1 },
}
