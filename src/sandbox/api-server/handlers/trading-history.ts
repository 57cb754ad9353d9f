import type { AccountCall, HandlersFor } from '../call.ts'
import { type HistoryWindow, historyWindow } from '../history-window.ts'
import { Refusal } from '../refusal.ts'

/** Questions about past trades and money. Lists begin with the newest. */
export const tradingHistoryHandlers = {
  dealList(request, call) {
    const { ctidTraderAccountId: accountId, maxRows } = request
    const window = historyWindow(request, call)
    if (window instanceof Refusal) return window
    if (maxRows !== undefined && maxRows < 1) {
      return new Refusal('INVALID_REQUEST', `Maximum of rows = ${maxRows} should be at least 1`)
    }
    const { desk, limits } = call.services
    const most = Math.min(maxRows ?? limits.dealsPerAnswer, limits.dealsPerAnswer)
    const { rows, hasMore } = desk.deals(accountId, { ...window, most })
    // Deals of one moment stand on one page, unless the client wants fewer than those.
    const deal = maxRows === undefined ? rows : rows.slice(0, maxRows)
    return { ctidTraderAccountId: accountId, deal, hasMore: hasMore || deal.length < rows.length }
  },

  dealListByPositionId(request, call) {
    const { ctidTraderAccountId: accountId, positionId } = request
    const window = windowOfPosition(request, call)
    if (window instanceof Refusal) return window
    const { desk, limits } = call.services
    const query = { ...window, most: limits.dealsPerAnswer }
    const { rows, hasMore } = desk.dealsOfPosition(accountId, positionId, query)
    return { ctidTraderAccountId: accountId, deal: rows, hasMore }
  },

  dealOffsetList({ ctidTraderAccountId: accountId, dealId }, { services }) {
    const offsets = services.desk.dealOffsets(accountId, dealId)
    if (offsets === undefined) {
      return new Refusal('ENTITY_NOT_FOUND', `Deal not found with id ${dealId}`)
    }
    return { ctidTraderAccountId: accountId, ...offsets }
  },

  orderList(request, call) {
    const { ctidTraderAccountId: accountId } = request
    const window = historyWindow(request, call)
    if (window instanceof Refusal) return window
    const { desk, limits } = call.services
    const { rows, hasMore } = desk.orders(accountId, { ...window, most: limits.ordersPerAnswer })
    return { ctidTraderAccountId: accountId, order: rows, hasMore }
  },

  orderListByPositionId(request, call) {
    const { ctidTraderAccountId: accountId, positionId } = request
    const window = windowOfPosition(request, call)
    if (window instanceof Refusal) return window
    const { desk, limits } = call.services
    const query = { ...window, most: limits.ordersPerAnswer }
    const { rows, hasMore } = desk.ordersOfPosition(accountId, positionId, query)
    return { ctidTraderAccountId: accountId, order: rows, hasMore }
  },

  orderDetails({ ctidTraderAccountId: accountId, orderId }, { services }) {
    const details = services.desk.orderDetails(accountId, orderId)
    if (details === undefined) {
      const { traderLogin } = services.desk.account(accountId)
      const text = `Order ${orderId} not found or not belong to trader ${traderLogin}`
      return new Refusal('ORDER_NOT_FOUND', text)
    }
    return { ctidTraderAccountId: accountId, ...details }
  },

  cashFlowHistoryList(request, call) {
    const { ctidTraderAccountId: accountId } = request
    const window = historyWindow(request, call, { atMostOneWeek: true })
    if (window instanceof Refusal) return window
    const { from, to } = window
    const depositWithdraw = call.services.desk.cashFlows(accountId, from, to)
    return { ctidTraderAccountId: accountId, depositWithdraw }
  },
} satisfies HandlersFor<
  | 'dealList'
  | 'dealListByPositionId'
  | 'dealOffsetList'
  | 'orderList'
  | 'orderListByPositionId'
  | 'orderDetails'
  | 'cashFlowHistoryList'
>

function windowOfPosition(
  request: Parameters<typeof historyWindow>[0],
  call: AccountCall,
): HistoryWindow | Refusal {
  const notAfterNow = call.services.behaviour.futureOfPositions === 'refused'
  return historyWindow(request, call, { notAfterNow })
}
