import type { RequestName } from '../../../src/protocol/index.ts'
import type { FailureRow } from './row.ts'
import { samples } from './samples.ts'

const error = 'error'
const latest = 2_147_483_646_000
const week = 604_800_000

const unknownSymbol = {
  failure: 'an unknown symbol',
  channel: error,
  code: 'SYMBOL_NOT_FOUND',
} as const

/** The three ways in which a stretch of time makes no sense. */
function windowRows(request: RequestName): readonly FailureRow[] {
  const row = {
    request,
    channel: error,
    code: 'INCORRECT_BOUNDARIES',
    text: /0\.\.2147483646000/,
  } as const
  const fields = (fromTimestamp: number, toTimestamp: number) => ({
    fields: { ...samples[request], fromTimestamp, toTimestamp },
  })
  return [
    { ...row, failure: 'a beginning before 1970', ...fields(-1, 5) },
    { ...row, failure: 'an end after 2038', ...fields(latest - week + 1, latest + 1) },
    { ...row, failure: 'an end before the beginning', ...fields(9, 5) },
  ]
}

/** A stretch that is longer than it may be. */
function tooLong(
  request: RequestName,
  failure: string,
  longest: number,
  own?: FailureRow['own'],
): FailureRow {
  return {
    ...{ request, failure, channel: error, code: 'INCORRECT_BOUNDARIES' },
    ...(own === undefined ? {} : { own }),
    text: `From 0 to ${longest + 1} is more than ${longest} milliseconds`,
    fields: { ...samples[request], fromTimestamp: 0, toTimestamp: longest + 1 },
  }
}

function inTheFuture(request: RequestName): FailureRow {
  return {
    ...{ request, failure: 'an end in the future', channel: error, code: 'INCORRECT_BOUNDARIES' },
    text: /after now/,
    fields: ({ clock }) => ({
      ...samples[request],
      ...{ fromTimestamp: 0, toTimestamp: clock.now() + 1 },
    }),
  }
}

/** What may be wrong with a list of symbols. */
function symbolRows(request: RequestName): readonly FailureRow[] {
  return [
    { ...unknownSymbol, request, text: /77/, fields: { ...samples[request], symbolId: [1, 77] } },
    {
      ...{ request, failure: 'no symbol', channel: error, code: 'INVALID_REQUEST' },
      text: 'Message missing required fields: symbolId',
      fields: { ...samples[request], symbolId: [] },
    },
  ]
}

/** Requests that have been sent before. */
function after(request: RequestName, ...sent: readonly string[]): Pick<FailureRow, 'fields'> {
  return {
    async fields({ ask }) {
      for (const name of sent) {
        const bars = name.includes('Trendbar')
        const answer = await ask(
          name,
          bars ? samples.subscribeLiveTrendbar : samples.subscribeSpots,
        )
        if (answer.name !== name.replace(/Req$/, 'Res')) throw new Error(JSON.stringify(answer))
      }
      return samples[request]
    },
  }
}

const spots = 'ProtoOASubscribeSpotsReq'
const held = { failure: 'subscribed already', channel: error, code: 'ALREADY_SUBSCRIBED' } as const
const blind = { channel: error, text: /Not subscribed to spots of symbol 1/ } as const
const missing = { failure: 'not subscribed', channel: error, text: /Not subscribed/ } as const

/** What goes wrong with questions about the market, its past and its present. */
export const marketFailures: readonly FailureRow[] = [
  {
    ...{ ...unknownSymbol, request: 'symbolById', text: /77/ },
    failure: 'an unknown symbol, where they are refused',
    own: { behaviour: { unknownSymbolIds: 'refused' } },
    fields: { ctidTraderAccountId: 1001, symbolId: [1, 77] },
  },
  {
    ...{ request: 'symbolsForConversion', failure: 'an unknown asset', channel: error },
    ...{ code: 'ENTITY_NOT_FOUND', text: /Asset 77/ },
    fields: { ...samples.symbolsForConversion, lastAssetId: 77 },
  },
  {
    ...{ request: 'dynamicLeverageById', failure: 'an unknown leverage', channel: error },
    ...{ code: 'ENTITY_NOT_FOUND', text: /77/ },
    fields: { ...samples.dynamicLeverageById, leverageId: 77 },
  },
  {
    ...{ ...unknownSymbol, request: 'expectedMargin', text: /77/ },
    fields: { ...samples.expectedMargin, symbolId: 77 },
  },
  {
    ...{ request: 'marginCallUpdate', failure: 'a threshold at the stop-out level' },
    ...{ channel: error, code: 'INVALID_REQUEST', text: /stop out level = 50/ },
    fields: {
      ctidTraderAccountId: 1001,
      marginCall: { marginCallType: 61, marginLevelThreshold: 50 },
    },
  },

  ...windowRows('trendbars'),
  { ...unknownSymbol, request: 'trendbars', fields: { ...samples.trendbars, symbolId: 77 } },
  tooLong('trendbars', 'a stretch too long, where they are bounded', 3_024_000_000, {
    behaviour: { trendbarWindow: 'by-period' },
  }),
  {
    ...{ request: 'trendbars', failure: 'no bars at all', channel: error },
    ...{ code: 'INVALID_REQUEST', text: /at least 1/ },
    fields: { ...samples.trendbars, count: 0 },
  },
  ...windowRows('tickData'),
  { ...unknownSymbol, request: 'tickData', fields: { ...samples.tickData, symbolId: 77 } },
  tooLong('tickData', 'more than a week', week),

  ...windowRows('dealList'),
  tooLong('dealList', 'more than a week, where it is enforced', week, {
    behaviour: { historyWindow: 'week' },
  }),
  {
    ...{ request: 'dealList', failure: 'no rows at all', channel: error },
    ...{ code: 'INVALID_REQUEST', text: /at least 1/ },
    fields: { ...samples.dealList, maxRows: 0 },
  },
  ...windowRows('dealListByPositionId'),
  inTheFuture('dealListByPositionId'),
  {
    ...{ request: 'dealOffsetList', failure: 'an unknown deal', channel: error },
    ...{ code: 'ENTITY_NOT_FOUND', text: /77/ },
    fields: { ...samples.dealOffsetList, dealId: 77 },
  },
  ...windowRows('orderList'),
  tooLong('orderList', 'more than a week, where it is enforced', week, {
    behaviour: { historyWindow: 'week' },
  }),
  ...windowRows('orderListByPositionId'),
  inTheFuture('orderListByPositionId'),
  {
    ...{ request: 'orderDetails', failure: 'an unknown order', channel: error },
    ...{ code: 'ORDER_NOT_FOUND' },
    text: 'Order 6000008 not found or not belong to trader 5001',
    fields: { ...samples.orderDetails, orderId: 6_000_008 },
  },
  ...windowRows('cashFlowHistoryList'),
  tooLong('cashFlowHistoryList', 'more than a week', week),

  ...symbolRows('subscribeSpots'),
  { ...held, request: 'subscribeSpots', ...after('subscribeSpots', spots) },
  ...symbolRows('unsubscribeSpots'),
  {
    ...{ ...missing, request: 'unsubscribeSpots', code: 'NOT_SUBSCRIBED_TO_SPOTS' },
    fields: samples.unsubscribeSpots,
  },
  {
    ...{ ...unknownSymbol, request: 'subscribeLiveTrendbar' },
    fields: { ...samples.subscribeLiveTrendbar, symbolId: 77 },
  },
  {
    ...{ ...blind, request: 'subscribeLiveTrendbar', failure: 'without spots' },
    ...{ code: 'NOT_SUBSCRIBED_TO_SPOTS', fields: samples.subscribeLiveTrendbar },
  },
  {
    ...{ ...blind, request: 'subscribeLiveTrendbar', failure: 'without spots, as a user saw it' },
    ...{ code: 'INVALID_REQUEST', fields: samples.subscribeLiveTrendbar },
    own: { behaviour: { trendbarWithoutSpots: 'INVALID_REQUEST' } },
  },
  {
    ...{ ...held, request: 'subscribeLiveTrendbar' },
    ...after('subscribeLiveTrendbar', spots, 'ProtoOASubscribeLiveTrendbarReq'),
  },
  {
    ...{ ...unknownSymbol, request: 'unsubscribeLiveTrendbar' },
    fields: { ...samples.unsubscribeLiveTrendbar, symbolId: 77 },
  },
  {
    ...{ ...missing, request: 'unsubscribeLiveTrendbar', code: 'INVALID_REQUEST' },
    ...after('unsubscribeLiveTrendbar', spots),
  },
  ...symbolRows('subscribeDepthQuotes'),
  {
    ...{ ...blind, request: 'subscribeDepthQuotes', failure: 'without spots' },
    ...{ code: 'NOT_SUBSCRIBED_TO_SPOTS', fields: samples.subscribeDepthQuotes },
  },
  {
    ...{ ...held, request: 'subscribeDepthQuotes' },
    ...after('subscribeDepthQuotes', spots, 'ProtoOASubscribeDepthQuotesReq'),
  },
  ...symbolRows('unsubscribeDepthQuotes'),
  {
    ...{ ...missing, request: 'unsubscribeDepthQuotes', code: 'INVALID_REQUEST' },
    ...after('unsubscribeDepthQuotes', spots),
  },
]
