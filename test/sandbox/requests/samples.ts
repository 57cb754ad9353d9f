import type { RequestName } from '../../../src/protocol/index.ts'

const account = { ctidTraderAccountId: 1001 }
const symbols = { ...account, symbolId: [1] }
const bars = { ...account, period: 1, symbolId: 1 }
const token = { accessToken: 'none' }

/** Of each request one with its required fields, in their order, and no others that matter. */
export const samples: Readonly<Record<RequestName, object>> = {
  applicationAuth: { clientId: 'none', clientSecret: 'none' },
  version: {},
  accountListByAccessToken: token,
  ctidProfileByToken: token,
  refreshToken: { refreshToken: 'none' },
  accountAuth: { ...account, ...token },
  accountLogout: account,
  assetList: account,
  assetClassList: account,
  symbolCategoryList: account,
  symbolsList: account,
  symbolById: symbols,
  symbolsForConversion: { ...account, firstAssetId: 4, lastAssetId: 5 },
  dynamicLeverageById: { ...account, leverageId: 12 },
  trader: account,
  reconcile: account,
  positionUnrealizedPnL: account,
  expectedMargin: { ...account, symbolId: 1, volume: [100_000] },
  marginCallList: account,
  marginCallUpdate: { ...account, marginCall: { marginCallType: 61, marginLevelThreshold: 90 } },
  trendbars: { ...bars, count: 1 },
  tickData: { ...account, symbolId: 1, type: 1 },
  dealList: account,
  dealListByPositionId: { ...account, positionId: 1 },
  dealOffsetList: { ...account, dealId: 1 },
  orderList: account,
  orderListByPositionId: { ...account, positionId: 1 },
  orderDetails: { ...account, orderId: 1 },
  cashFlowHistoryList: { ...account, fromTimestamp: 0, toTimestamp: 1 },
  subscribeSpots: symbols,
  unsubscribeSpots: symbols,
  subscribeLiveTrendbar: bars,
  unsubscribeLiveTrendbar: bars,
  subscribeDepthQuotes: symbols,
  unsubscribeDepthQuotes: symbols,
  newOrder: { ...account, symbolId: 1, orderType: 1, tradeSide: 1, volume: 100_000 },
  cancelOrder: { ...account, orderId: 1 },
  amendOrder: { ...account, orderId: 1 },
  amendPositionSltp: { ...account, positionId: 1 },
  closePosition: { ...account, positionId: 1, volume: 100_000 },
}

const optional = new Set(['count'])
// Lists are never required by the schema.
const isRequired = ([name, value]: [string, unknown]): boolean =>
  !Array.isArray(value) && !optional.has(name)

/** The names of a request's required fields, in their order. */
export function requiredFields(request: RequestName): readonly string[] {
  return Object.entries(samples[request])
    .filter(isRequired)
    .map(([name]) => name)
}
