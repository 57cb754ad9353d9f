import { expect, test } from 'vitest'
import { accountOf, openAccount, startSandbox } from './fixture.ts'

const event = 'ProtoOAExecutionEvent'
const market = { symbolId: 1, orderType: 'MARKET', tradeSide: 'BUY', volume: 100_000 }

test('every connection on which the account is authorised hears what happens to it', async () => {
  const sandbox = await startSandbox()
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const colleague = await openAccount(sandbox)
  const second = sandbox.accounts.filter(({ isLive }) => !isLive)[1]?.accountId ?? 0
  const stranger = await openAccount(sandbox, { id: second })

  const id = client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...market }, 'mine')
  for (const connection of [client, colleague.client]) {
    const accepted = await connection.next(event)
    const filled = await connection.next(event)
    expect([accepted.id, filled.id]).toEqual([id, id])
    expect(filled.payload['executionType']).toBe('ORDER_FILLED')
  }
  await stranger.client.request('ProtoOAVersionReq')
  expect(stranger.client.waiting(event)).toEqual([])

  // The colleague closes what was opened here.
  const open = await colleague.client.request('ProtoOAReconcileReq', { ctidTraderAccountId })
  const [position] = open.payload['position']
  const close = { ctidTraderAccountId, positionId: position.positionId, volume: 100_000 }
  colleague.client.send('ProtoOAClosePositionReq', close, 'yours')
  const closing = await client.next((message) => message.id === 'yours')
  expect(closing.payload).toMatchObject({
    executionType: 'ORDER_ACCEPTED',
    order: { closingOrder: true },
  })
})

test('what the desk refuses comes back on the channel of the original, with the id of the request', async () => {
  const sandbox = await startSandbox()
  const { client, ctidTraderAccountId } = await openAccount(sandbox)
  const order = { ctidTraderAccountId, ...market }

  const small = await client.request('ProtoOANewOrderReq', { ...order, volume: 1600 })
  expect(small).toMatchObject({
    name: 'ProtoOAOrderErrorEvent',
    payload: {
      ctidTraderAccountId,
      errorCode: 'TRADING_BAD_VOLUME',
      description: 'Order volume = 16.00 is smaller than minimum allowed volume = 1000.00.',
    },
  })
  const absolute = await client.request('ProtoOANewOrderReq', { ...order, stopLoss: 1.1 })
  expect(absolute).toMatchObject({
    name: 'ProtoOAErrorRes',
    payload: {
      errorCode: 'INVALID_REQUEST',
      description:
        'SL/TP in absolute values are allowed only for order types: [LIMIT, STOP, STOP_LIMIT]',
    },
  })
  const close = { ctidTraderAccountId, positionId: 4711, volume: 100_000 }
  const unknown = await client.request('ProtoOAClosePositionReq', close)
  expect(unknown).toMatchObject({
    name: 'ProtoOAOrderErrorEvent',
    payload: {
      errorCode: 'POSITION_NOT_FOUND',
      description: 'Position not found with id 4711',
      orderId: 0,
      positionId: 0,
    },
  })
})

test('a live account trades on the live host', async () => {
  const sandbox = await startSandbox()
  const { accountId } = accountOf(sandbox, true)
  const { client, ctidTraderAccountId } = await openAccount(sandbox, { id: accountId })
  const id = client.send('ProtoOANewOrderReq', { ctidTraderAccountId, ...market })
  await client.next(event)
  const filled = await client.next(event)
  expect(filled).toMatchObject({ id, payload: { executionType: 'ORDER_FILLED' } })
})
