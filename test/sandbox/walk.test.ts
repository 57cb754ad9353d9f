import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { connectTo, startSandbox } from './fixture.ts'
import { OfficialClient, type Received } from './official-client.ts'

// The dialogue that a client written by somebody else has on its first day, on the machine's clock.
test('a client that knows only the official protocol walks from the certificate to a closed trade', async () => {
  const sandbox = await startSandbox({ seed: 7 })
  const line = sandbox.line()
  const ca = await readFile(line.caFile, 'utf8')
  const client = await OfficialClient.connect(line.demo.protobufPort, ca)

  const { clientId, clientSecret } = line
  const authenticated = await client.request('ProtoOAApplicationAuthReq', {
    clientId,
    clientSecret,
  })
  expect(authenticated).toMatchObject({ name: 'ProtoOAApplicationAuthRes', payload: {} })

  const { accessToken } = line
  const list = await client.request('ProtoOAGetAccountListByAccessTokenReq', { accessToken })
  expect(list.payload).toMatchObject({ accessToken, permissionScope: 'SCOPE_TRADE' })
  const listed: { ctidTraderAccountId: number; traderLogin: number; isLive: boolean }[] =
    list.payload['ctidTraderAccount']
  expect(listed.map(({ ctidTraderAccountId: id }) => id)).toEqual(
    line.accounts.map(({ ctidTraderAccountId: id }) => id),
  )
  expect(new Set(listed.map(({ isLive }) => isLive))).toEqual(new Set([false, true]))

  const account = line.accounts.find((one) => !one.isLive && one.accountType === 'HEDGED')
  const ctidTraderAccountId = account?.ctidTraderAccountId
  const authorised = await client.request('ProtoOAAccountAuthReq', {
    ctidTraderAccountId,
    accessToken,
  })
  expect(authorised).toMatchObject({
    name: 'ProtoOAAccountAuthRes',
    payload: { ctidTraderAccountId },
  })

  const trader = await client.request('ProtoOATraderReq', { ctidTraderAccountId })
  expect(trader.payload['trader']).toMatchObject({
    ctidTraderAccountId,
    traderLogin: account?.traderLogin,
    accountType: 'HEDGED',
    moneyDigits: 2,
  })
  expect(trader.payload['trader'].balance).toBeGreaterThan(0)

  const assets = await client.request('ProtoOAAssetListReq', { ctidTraderAccountId })
  const assetNames = new Map<number, string>(
    assets.payload['asset'].map((asset: { assetId: number; name: string }) => [
      asset.assetId,
      asset.name,
    ]),
  )
  expect(assetNames.get(trader.payload['trader'].depositAssetId)).toBe(account?.depositAsset)

  const symbols = await client.request('ProtoOASymbolsListReq', { ctidTraderAccountId })
  const light: Record<string, unknown>[] = symbols.payload['symbol']
  const names = light.map((symbol) => symbol['symbolName'])
  for (const name of [
    ...['EURUSD', 'GBPUSD', 'USDJPY', 'EURGBP', 'AUDUSD', 'USDCHF', 'NZDUSD'],
    ...['XAUUSD', 'BTCUSD'],
  ]) {
    expect(names).toContain(name)
  }
  const eurusd = light.find((symbol) => symbol['symbolName'] === 'EURUSD')
  expect(assetNames.get(eurusd?.['baseAssetId'] as number)).toBe('EUR')
  const symbolId = eurusd?.['symbolId'] as number

  const full = await client.request('ProtoOASymbolByIdReq', {
    ctidTraderAccountId,
    symbolId: [symbolId],
  })
  expect(full.payload['symbol']).toMatchObject([
    { symbolId, digits: 5, pipPosition: 4, lotSize: 10_000_000, minVolume: 100_000 },
  ])

  const subscribed = await client.request('ProtoOASubscribeSpotsReq', {
    ctidTraderAccountId,
    symbolId: [symbolId],
  })
  expect(subscribed.name).toBe('ProtoOASubscribeSpotsRes')
  const first = await client.next('ProtoOASpotEvent')
  expect(first.payload).toEqual({
    ctidTraderAccountId,
    symbolId,
    bid: expect.any(Number),
    ask: expect.any(Number),
    sessionClose: expect.any(Number),
    trendbar: undefined,
  })
  expect(first.payload['ask']).toBeGreaterThan(first.payload['bid'])
  expect(first.payload['bid']).toBeGreaterThan(50_000)
  let oneSided = 0
  for (let count = 0; count < 40 && oneSided === 0; count++) {
    const { payload } = await client.next('ProtoOASpotEvent')
    const sides = ['bid', 'ask'].filter((side) => side in payload)
    expect(sides.length).toBeGreaterThan(0)
    expect(payload).not.toHaveProperty('sessionClose')
    expect(payload).not.toHaveProperty('timestamp')
    if (sides.length === 1) oneSided++
  }
  expect(oneSided).toBe(1)

  const events = await trade(client, ctidTraderAccountId ?? 0, symbolId)
  const closing = events.at(-1)
  expect(closing?.payload['position']).toMatchObject({ positionStatus: 'POSITION_STATUS_CLOSED' })
  await client.close()
})

/** Trace A.1 of the recorded sessions, without its amendments: open with protection, then close. */
async function trade(
  client: OfficialClient,
  ctidTraderAccountId: number,
  symbolId: number,
): Promise<readonly Received[]> {
  const order = client.send('ProtoOANewOrderReq', {
    ctidTraderAccountId,
    symbolId,
    orderType: 'MARKET',
    tradeSide: 'BUY',
    volume: 100_000,
    relativeStopLoss: 100,
    relativeTakeProfit: 100,
    label: 'first',
  })
  const event = () => client.next('ProtoOAExecutionEvent')
  const accepted = await event()
  const filled = await event()
  const protection = await event()
  expect(accepted).toMatchObject({
    id: order,
    payload: {
      executionType: 'ORDER_ACCEPTED',
      isServerEvent: false,
      order: {
        orderType: 'MARKET',
        orderStatus: 'ORDER_STATUS_ACCEPTED',
        timeInForce: 'IMMEDIATE_OR_CANCEL',
        relativeStopLoss: 100,
        relativeTakeProfit: 100,
        executedVolume: 0,
        closingOrder: false,
        tradeData: { symbolId, volume: 100_000, tradeSide: 'BUY', label: 'first' },
      },
      position: { positionStatus: 'POSITION_STATUS_CREATED', tradeData: { volume: 0 }, price: 0 },
    },
  })
  expect(accepted.payload).not.toHaveProperty('deal')
  const { positionId } = accepted.payload['order']
  const price: number = filled.payload['order'].executionPrice
  expect(filled).toMatchObject({
    id: order,
    payload: {
      executionType: 'ORDER_FILLED',
      isServerEvent: false,
      order: {
        orderId: accepted.payload['order'].orderId,
        orderStatus: 'ORDER_STATUS_FILLED',
        executedVolume: 100_000,
        positionId,
      },
      position: { positionId, positionStatus: 'POSITION_STATUS_OPEN', price, commission: -3 },
      deal: {
        positionId,
        dealStatus: 'FILLED',
        filledVolume: 100_000,
        executionPrice: price,
        commission: -3,
      },
    },
  })
  expect(filled.payload['position']).not.toHaveProperty('stopLoss')
  const level = (points: number): number => Math.round((price * 1e5 + points) * 10) / 1e6
  expect(protection.payload).toMatchObject({
    executionType: 'ORDER_ACCEPTED',
    isServerEvent: true,
    order: {
      orderType: 'STOP_LOSS_TAKE_PROFIT',
      closingOrder: true,
      timeInForce: 'GOOD_TILL_CANCEL',
      tradeData: { tradeSide: 'SELL', volume: 100_000 },
      positionId,
    },
    position: { positionId },
  })
  for (const [holder, stop, limit] of [
    ['order', 'stopPrice', 'limitPrice'],
    ['position', 'stopLoss', 'takeProfit'],
  ] as const) {
    expect(protection.payload[holder][stop]).toBeCloseTo(level(-100), 9)
    expect(protection.payload[holder][limit]).toBeCloseTo(level(100), 9)
  }

  const open = await client.request('ProtoOAReconcileReq', { ctidTraderAccountId })
  expect(open.payload['position']).toMatchObject([{ positionId }])
  expect(open.payload).not.toHaveProperty('order')

  const close = client.send('ProtoOAClosePositionReq', {
    ctidTraderAccountId,
    positionId,
    volume: 100_000,
  })
  const closeAccepted = await event()
  const closeFilled = await event()
  const cancelled = await event()
  expect(closeAccepted).toMatchObject({
    id: close,
    payload: { executionType: 'ORDER_ACCEPTED', order: { closingOrder: true } },
  })
  expect(closeFilled).toMatchObject({
    id: close,
    payload: {
      executionType: 'ORDER_FILLED',
      position: { positionStatus: 'POSITION_STATUS_CREATED', tradeData: { volume: 0 }, price: 0 },
      deal: { closePositionDetail: { entryPrice: price, commission: -6, closedVolume: 100_000 } },
    },
  })
  expect(cancelled.payload).toMatchObject({
    executionType: 'ORDER_CANCELLED',
    isServerEvent: true,
    order: { orderType: 'STOP_LOSS_TAKE_PROFIT', orderStatus: 'ORDER_STATUS_CANCELLED' },
  })
  const empty = await client.request('ProtoOAReconcileReq', { ctidTraderAccountId })
  expect(empty.payload).not.toHaveProperty('position')
  return [accepted, filled, protection, closeAccepted, closeFilled, cancelled]
}

test('the certificate stands the strictest check, by name and by address, and nothing else is trusted', async () => {
  const sandbox = await startSandbox()
  const port = sandbox.live.protobufPort
  for (const host of ['127.0.0.1', 'localhost']) {
    const client = await OfficialClient.connect(port, sandbox.ca, host)
    expect(client.socket.authorized).toBe(true)
    await client.close()
  }
  const other = await startSandbox()
  await expect(OfficialClient.connect(port, other.ca)).rejects.toThrow(/self.signed|unable to/i)
  // The failed handshake has disturbed nobody.
  const client = await connectTo(sandbox, 'live')
  const answer = await client.request('ProtoOAVersionReq')
  expect(answer.payload['errorCode']).toBe('CH_CLIENT_NOT_AUTHENTICATED')
})
