import type { RequestName } from '../../../protocol/index.ts'
import type { HandlersFor } from '../call.ts'
import { accountHandlers } from './account.ts'
import { applicationHandlers } from './application.ts'
import { liveDataHandlers } from './live-data.ts'
import { priceHistoryHandlers } from './price-history.ts'
import { referenceHandlers } from './reference.ts'
import { tradingHandlers } from './trading.ts'
import { tradingHistoryHandlers } from './trading-history.ts'

/** What carries out each request of the catalogue. A row without a handler does not compile. */
export const handlers: HandlersFor<RequestName> = {
  ...applicationHandlers,
  ...accountHandlers,
  ...referenceHandlers,
  ...liveDataHandlers,
  ...tradingHandlers,
  ...tradingHistoryHandlers,
  ...priceHistoryHandlers,
}
