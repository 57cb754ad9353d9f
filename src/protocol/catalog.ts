import type { Messages } from './generated/messages.ts'

/**
 * What a request needs before it may be sent.
 *
 * - `link`: nothing but an open link (application authentication itself)
 * - `application`: the application is authenticated on this connection
 * - `account`: the account named in it is authorised on this connection
 * - `trade`: the same, with a token of scope `trading`
 */
export type RequestScope = 'link' | 'application' | 'account' | 'trade'

/** Which of the server's two rate limits a request counts against: 50 a second, or 5 a second for history. */
export type RateBudget = 'general' | 'historical'

/**
 * What goes first when not everything may be sent at once, the most urgent first: getting out of the market, changing what
 * stands in it, going into it; then questions about the account, about the market, and about the past.
 */
export const urgencies = ['close', 'amend', 'open', 'account', 'market', 'history'] as const

/** One of {@link urgencies}. */
export type RequestUrgency = (typeof urgencies)[number]

/**
 * What answers a request.
 *
 * - `response`: one message of the type named in `expect`
 * - `events`: execution events, several per request, correlated by `clientMsgId`; the type named in `expect` is theirs
 */
export type AnswerKind = 'response' | 'events'

/** One request of the {@link catalog}. */
export interface CatalogRow<Send extends keyof Messages, Expect extends keyof Messages> {
  readonly send: Send
  readonly expect: Expect
  readonly answer: AnswerKind
  readonly scope: RequestScope
  readonly budget: RateBudget
  readonly urgency: RequestUrgency
  /** Whether sending it again after a lost connection changes nothing but the answer's arrival. */
  readonly repeatable: boolean
}

function row<const Send extends keyof Messages, const Expect extends keyof Messages>(
  scope: RequestScope,
  send: Send,
  expect: Expect,
  more: Partial<Omit<CatalogRow<Send, Expect>, 'scope' | 'send' | 'expect'>> = {},
): CatalogRow<Send, Expect> {
  return {
    ...{ send, expect, scope, answer: 'response', budget: 'general' },
    ...{ urgency: 'account', repeatable: true },
    ...more,
  }
}

const opening = { answer: 'events', urgency: 'open', repeatable: false } as const
const amending = { answer: 'events', urgency: 'amend', repeatable: false } as const
const closing = { answer: 'events', urgency: 'close', repeatable: false } as const
const market = { urgency: 'market' } as const
const historical = { budget: 'historical', urgency: 'history' } as const

/**
 * One row per request of the protocol. Typed calls, rate budgets, the command line's `raw`, the documentation's
 * table and the sandbox's list of handlers are all derived from it.
 *
 * Historical: bars and ticks are documented so; deals, orders and cash flow are counted by careful clients too, which
 * errs on the side of fewer refusals.
 */
export const catalog = {
  applicationAuth: row('link', 'ProtoOAApplicationAuthReq', 'ProtoOAApplicationAuthRes'),
  version: row('application', 'ProtoOAVersionReq', 'ProtoOAVersionRes'),
  accountListByAccessToken: row(
    'application',
    'ProtoOAGetAccountListByAccessTokenReq',
    'ProtoOAGetAccountListByAccessTokenRes',
  ),
  ctidProfileByToken: row(
    'application',
    'ProtoOAGetCtidProfileByTokenReq',
    'ProtoOAGetCtidProfileByTokenRes',
  ),
  refreshToken: row('application', 'ProtoOARefreshTokenReq', 'ProtoOARefreshTokenRes', {
    repeatable: false,
  }),
  accountAuth: row('application', 'ProtoOAAccountAuthReq', 'ProtoOAAccountAuthRes'),
  accountLogout: row('account', 'ProtoOAAccountLogoutReq', 'ProtoOAAccountLogoutRes'),

  assetList: row('account', 'ProtoOAAssetListReq', 'ProtoOAAssetListRes', market),
  assetClassList: row('account', 'ProtoOAAssetClassListReq', 'ProtoOAAssetClassListRes', market),
  symbolCategoryList: row(
    'account',
    'ProtoOASymbolCategoryListReq',
    'ProtoOASymbolCategoryListRes',
    market,
  ),
  symbolsList: row('account', 'ProtoOASymbolsListReq', 'ProtoOASymbolsListRes', market),
  symbolById: row('account', 'ProtoOASymbolByIdReq', 'ProtoOASymbolByIdRes', market),
  symbolsForConversion: row(
    'account',
    'ProtoOASymbolsForConversionReq',
    'ProtoOASymbolsForConversionRes',
    market,
  ),
  dynamicLeverageById: row(
    'account',
    'ProtoOAGetDynamicLeverageByIDReq',
    'ProtoOAGetDynamicLeverageByIDRes',
    market,
  ),

  trader: row('account', 'ProtoOATraderReq', 'ProtoOATraderRes'),
  reconcile: row('account', 'ProtoOAReconcileReq', 'ProtoOAReconcileRes'),
  positionUnrealizedPnL: row(
    'account',
    'ProtoOAGetPositionUnrealizedPnLReq',
    'ProtoOAGetPositionUnrealizedPnLRes',
  ),
  expectedMargin: row('account', 'ProtoOAExpectedMarginReq', 'ProtoOAExpectedMarginRes'),
  marginCallList: row('account', 'ProtoOAMarginCallListReq', 'ProtoOAMarginCallListRes'),
  marginCallUpdate: row('account', 'ProtoOAMarginCallUpdateReq', 'ProtoOAMarginCallUpdateRes', {
    repeatable: false,
  }),

  trendbars: row('account', 'ProtoOAGetTrendbarsReq', 'ProtoOAGetTrendbarsRes', historical),
  tickData: row('account', 'ProtoOAGetTickDataReq', 'ProtoOAGetTickDataRes', historical),
  dealList: row('account', 'ProtoOADealListReq', 'ProtoOADealListRes', historical),
  dealListByPositionId: row(
    'account',
    'ProtoOADealListByPositionIdReq',
    'ProtoOADealListByPositionIdRes',
    historical,
  ),
  dealOffsetList: row(
    'account',
    'ProtoOADealOffsetListReq',
    'ProtoOADealOffsetListRes',
    historical,
  ),
  orderList: row('account', 'ProtoOAOrderListReq', 'ProtoOAOrderListRes', historical),
  orderListByPositionId: row(
    'account',
    'ProtoOAOrderListByPositionIdReq',
    'ProtoOAOrderListByPositionIdRes',
    historical,
  ),
  orderDetails: row('account', 'ProtoOAOrderDetailsReq', 'ProtoOAOrderDetailsRes', historical),
  cashFlowHistoryList: row(
    'account',
    'ProtoOACashFlowHistoryListReq',
    'ProtoOACashFlowHistoryListRes',
    historical,
  ),

  subscribeSpots: row('account', 'ProtoOASubscribeSpotsReq', 'ProtoOASubscribeSpotsRes', market),
  unsubscribeSpots: row(
    'account',
    'ProtoOAUnsubscribeSpotsReq',
    'ProtoOAUnsubscribeSpotsRes',
    market,
  ),
  subscribeLiveTrendbar: row(
    'account',
    'ProtoOASubscribeLiveTrendbarReq',
    'ProtoOASubscribeLiveTrendbarRes',
    market,
  ),
  unsubscribeLiveTrendbar: row(
    'account',
    'ProtoOAUnsubscribeLiveTrendbarReq',
    'ProtoOAUnsubscribeLiveTrendbarRes',
    market,
  ),
  subscribeDepthQuotes: row(
    'account',
    'ProtoOASubscribeDepthQuotesReq',
    'ProtoOASubscribeDepthQuotesRes',
    market,
  ),
  unsubscribeDepthQuotes: row(
    'account',
    'ProtoOAUnsubscribeDepthQuotesReq',
    'ProtoOAUnsubscribeDepthQuotesRes',
    market,
  ),

  newOrder: row('trade', 'ProtoOANewOrderReq', 'ProtoOAExecutionEvent', opening),
  cancelOrder: row('trade', 'ProtoOACancelOrderReq', 'ProtoOAExecutionEvent', closing),
  amendOrder: row('trade', 'ProtoOAAmendOrderReq', 'ProtoOAExecutionEvent', amending),
  amendPositionSltp: row('trade', 'ProtoOAAmendPositionSLTPReq', 'ProtoOAExecutionEvent', amending),
  closePosition: row('trade', 'ProtoOAClosePositionReq', 'ProtoOAExecutionEvent', closing),
} as const

/** The name of a request in the catalogue. */
export type RequestName = keyof typeof catalog
/** The message a request sends. */
export type RequestMessage<K extends RequestName> = Messages[(typeof catalog)[K]['send']]
/** The message that answers a request. */
export type ResponseMessage<K extends RequestName> = Messages[(typeof catalog)[K]['expect']]
