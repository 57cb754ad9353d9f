import type { ProtoOACancelOrderReq } from '../../protocol/index.ts'
import type { AccountBook, Order } from '../engine/index.ts'
import { checkRights } from './check-trading.ts'
import { orderNotFound, refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** The order that a request wants gone, or why it cannot be. */
export function orderToCancel(
  book: AccountBook,
  { orderId }: ProtoOACancelOrderReq,
): Order | DeskRefusal {
  const order = book.orders.get(orderId)
  if (order === undefined || order.status !== 'accepted') return orderNotFound(orderId)
  const rights = checkRights(book.account, true)
  if (rights !== undefined) return rights
  if (order.type === 'protection') {
    const description = `Order ${orderId} protects a position: amend the position instead`
    return { ...refused('UNABLE_TO_CANCEL_ORDER', description), orderId }
  }
  return order
}

/** Whether an order is beyond recall: on its way to the market, not waiting for anything. */
export function isBeyondRecall({ stage }: Order): boolean {
  return stage !== 'working'
}
