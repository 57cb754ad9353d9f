import type { Scene } from './row.ts'
import { samples } from './samples.ts'

// Numbers, as both forms take them.
export const market = samples.newOrder
export const limit = { ...market, orderType: 2, limitPrice: 1.01 }
export const stop = { ...market, orderType: 3, stopPrice: 1.41 }

/** What lets an order be executed, ms. */
export const executionMs = 1000

/** Holds EURUSD still, so that levels can be named; in euros and dollars. */
export function holdPrice({ sandbox }: Scene, bid = '1.12560', ask = '1.12566'): void {
  sandbox.control.market.setPrice('EURUSD', { bid, ask })
}

/** Opens a position at the market; gives its id. */
export async function openPosition(scene: Scene, fields: object = {}): Promise<number> {
  holdPrice(scene)
  const accepted = await scene.ask('ProtoOANewOrderReq', { ...market, ...fields })
  if (accepted.payload['executionType'] !== 2) throw new Error(JSON.stringify(accepted))
  scene.clock.advance(executionMs)
  const { payload } = await scene.next('ProtoOAExecutionEvent')
  if (payload['executionType'] !== 3) throw new Error(JSON.stringify(payload))
  return payload['position'].positionId
}

/** Opens a position with a stop loss and a take profit; gives the id of the order that protects it. */
export async function openProtected(scene: Scene): Promise<number> {
  await openPosition(scene, { relativeStopLoss: 5000, relativeTakeProfit: 5000 })
  scene.clock.advance(1)
  const { payload } = await scene.next('ProtoOAExecutionEvent')
  if (payload['isServerEvent'] !== true) throw new Error(JSON.stringify(payload))
  return payload['order'].orderId
}

/** Places an order that waits for its price; gives its id. */
export async function placeOrder(scene: Scene, fields: object = limit): Promise<number> {
  holdPrice(scene)
  const { payload } = await scene.ask('ProtoOANewOrderReq', fields)
  if (payload['executionType'] !== 2) throw new Error(JSON.stringify(payload))
  return payload['order'].orderId
}

/** Takes rights away from the account. */
export function allow({ sandbox, account }: Scene, access: 'close-only' | 'no-trading'): void {
  sandbox.control.accounts.setAccess(account, access)
}
