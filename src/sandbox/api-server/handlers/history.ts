import type { HandlersFor } from '../call.ts'
import { unsupported } from './unsupported.ts'

/** Questions about the past. */
export const historyHandlers = {
  trendbars: unsupported('history of trend bars'),
  tickData: unsupported('history of ticks'),
  dealList: unsupported('history of deals'),
  dealListByPositionId: unsupported('history of deals'),
  dealOffsetList: unsupported('history of deals'),
  orderList: unsupported('history of orders'),
  orderListByPositionId: unsupported('history of orders'),
  orderDetails: unsupported('history of orders'),
  cashFlowHistoryList: unsupported('history of cash flow'),
} satisfies HandlersFor<
  | 'trendbars'
  | 'tickData'
  | 'dealList'
  | 'dealListByPositionId'
  | 'dealOffsetList'
  | 'orderList'
  | 'orderListByPositionId'
  | 'orderDetails'
  | 'cashFlowHistoryList'
>
