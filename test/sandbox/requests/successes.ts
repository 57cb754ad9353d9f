import { expect } from 'vitest'
import type { RequestName } from '../../../src/protocol/index.ts'
import type { Scene, SuccessRow } from './row.ts'
import { samples } from './samples.ts'
import { executionMs, limit, market, openPosition, placeOrder } from './trades.ts'

const ctidTraderAccountId = 1001
const named = { ctidTraderAccountId }
const withToken = ({ sandbox: { accessToken } }: Scene) => ({ accessToken })
const some = (what: object) => expect.arrayContaining([expect.objectContaining(what)])

/** A position that was opened and closed. */
async function closed(scene: Scene): Promise<number> {
  const positionId = await openPosition(scene)
  await scene.askAccount('ProtoOAClosePositionReq', { positionId, volume: 100_000 })
  scene.clock.advance(executionMs)
  await scene.next('ProtoOAExecutionEvent')
  return positionId
}

const afterSpots =
  (request: RequestName, before?: string) =>
  async ({ ask }: Scene) => {
    await ask('ProtoOASubscribeSpotsReq', samples.subscribeSpots)
    if (before !== undefined) await ask(before, samples[request])
    return samples[request]
  }

/** How each request succeeds, and what its answer holds. */
export const successes: Readonly<Record<RequestName, SuccessRow>> = {
  applicationAuth: {
    fields: ({ sandbox: { clientId, clientSecret } }) => ({ clientId, clientSecret }),
    answer: {},
  },
  version: { fields: {}, answer: { version: '91' } },
  accountListByAccessToken: {
    fields: withToken,
    answer: { accessToken: expect.any(String), ctidTraderAccount: some(named) },
  },
  ctidProfileByToken: { fields: withToken, answer: { profile: { userId: expect.any(Number) } } },
  refreshToken: {
    own: {},
    fields: ({ sandbox: { refreshToken } }) => ({ refreshToken }),
    answer: {
      accessToken: expect.stringMatching(/^[\w-]{43}$/),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      ...{ tokenType: 'bearer', expiresIn: 2_628_000 },
    },
  },
  accountAuth: { fields: (scene) => ({ ...named, ...withToken(scene) }), answer: named },
  accountLogout: { fields: named, answer: named },

  assetList: { fields: named, answer: { ...named, asset: some({ assetId: 5, name: 'USD' }) } },
  assetClassList: { fields: named, answer: { ...named, assetClass: some({ name: 'Forex' }) } },
  symbolCategoryList: {
    fields: named,
    answer: { ...named, symbolCategory: some({ id: 1, assetClassId: 1, name: 'Forex Majors' }) },
  },
  symbolsList: {
    fields: named,
    answer: { ...named, symbol: some({ symbolId: 1, symbolName: 'EURUSD' }) },
  },
  symbolById: {
    // Unknown ones are left out, unless the switch says otherwise.
    fields: { ...named, symbolId: [1, 77] },
    answer: { ...named, symbol: [{ symbolId: 1, digits: 5, pipPosition: 4, lotSize: 10_000_000 }] },
  },
  symbolsForConversion: {
    fields: samples.symbolsForConversion,
    answer: { ...named, symbol: [{ symbolId: 1 }] },
  },
  dynamicLeverageById: {
    async fields({ askAccount }) {
      const { payload } = await askAccount('ProtoOASymbolByIdReq', { symbolId: [1] })
      return { ...named, leverageId: payload['symbol'][0].leverageId }
    },
    answer: { ...named, leverage: { tiers: some({ leverage: expect.any(Number) }) } },
  },

  trader: {
    fields: named,
    answer: {
      ...named,
      trader: { ...named, balance: 1_000_000, moneyDigits: 2, traderLogin: 5001 },
    },
  },
  reconcile: {
    own: {},
    async fields(scene) {
      await openPosition(scene)
      await placeOrder(scene)
      return named
    },
    answer: { ...named, position: [{ price: 1.12566 }], order: [{ limitPrice: 1.01 }] },
  },
  positionUnrealizedPnL: {
    own: {},
    async fields(scene) {
      await openPosition(scene)
      return named
    },
    // The spread of 6 points on 1000 euros; the commission of opening, and of closing where that is foreseen.
    answer: { ...named, moneyDigits: 2, positionUnrealizedPnL: [{ grossUnrealizedPnL: -6 }] },
  },
  expectedMargin: {
    fields: samples.expectedMargin,
    answer: { ...named, moneyDigits: 2, margin: [{ volume: 100_000 }] },
  },
  marginCallList: {
    fields: named,
    answer: { marginCall: [{}, {}, { marginLevelThreshold: 60 }] },
  },
  marginCallUpdate: { own: {}, fields: samples.marginCallUpdate, answer: {} },

  trendbars: {
    fields: { ...named, period: 5, symbolId: 1, count: 3 },
    answer: {
      ...named,
      symbolId: 1,
      hasMore: true,
      trendbar: [{}, {}, { low: expect.any(Number) }],
    },
  },
  tickData: {
    fields: ({ clock }) => ({
      ...samples.tickData,
      ...{ fromTimestamp: clock.now() - 60_000, toTimestamp: clock.now() },
    }),
    answer: { ...named, hasMore: false, tickData: some({ tick: expect.any(Number) }) },
  },
  dealList: {
    own: {},
    async fields(scene) {
      await closed(scene)
      return named
    },
    answer: {
      ...named,
      hasMore: false,
      deal: [{ closePositionDetail: { entryPrice: 1.12566 } }, {}],
    },
  },
  dealListByPositionId: {
    own: {},
    fields: async (scene) => ({ ...named, positionId: await closed(scene) }),
    answer: { ...named, hasMore: false, deal: [{}, { executionPrice: 1.12566 }] },
  },
  dealOffsetList: {
    own: {},
    async fields(scene) {
      const positionId = await closed(scene)
      const { payload } = await scene.askAccount('ProtoOADealListByPositionIdReq', { positionId })
      return { ...named, dealId: payload['deal'][1].dealId }
    },
    answer: { ...named, offsetBy: [{ volume: 100_000 }] },
  },
  orderList: {
    own: {},
    async fields(scene) {
      await closed(scene)
      return named
    },
    answer: { ...named, hasMore: false, order: [{ closingOrder: true }, { closingOrder: false }] },
  },
  orderListByPositionId: {
    own: {},
    fields: async (scene) => ({ ...named, positionId: await closed(scene) }),
    answer: { ...named, hasMore: false, order: [{ executedVolume: 100_000 }, {}] },
  },
  orderDetails: {
    own: {},
    fields: async (scene) => ({ ...named, orderId: await placeOrder(scene) }),
    answer: { ...named, order: { limitPrice: 1.01, executedVolume: 0 } },
  },
  cashFlowHistoryList: {
    async fields({ askAccount }) {
      const { payload } = await askAccount('ProtoOATraderReq')
      const fromTimestamp = payload['trader'].registrationTimestamp
      return { ...named, fromTimestamp, toTimestamp: fromTimestamp + 604_800_000 }
    },
    answer: { ...named, depositWithdraw: [{ delta: 1_000_000, balance: 1_000_000 }] },
  },

  subscribeSpots: { fields: samples.subscribeSpots, answer: named },
  unsubscribeSpots: { fields: afterSpots('unsubscribeSpots'), answer: named },
  subscribeLiveTrendbar: { fields: afterSpots('subscribeLiveTrendbar'), answer: named },
  unsubscribeLiveTrendbar: {
    fields: afterSpots('unsubscribeLiveTrendbar', 'ProtoOASubscribeLiveTrendbarReq'),
    answer: named,
  },
  subscribeDepthQuotes: { fields: afterSpots('subscribeDepthQuotes'), answer: named },
  unsubscribeDepthQuotes: {
    fields: afterSpots('unsubscribeDepthQuotes', 'ProtoOASubscribeDepthQuotesReq'),
    answer: named,
  },

  newOrder: {
    own: {},
    fields: market,
    answer: { ...named, executionType: 2, isServerEvent: false, order: { executedVolume: 0 } },
  },
  cancelOrder: {
    own: {},
    fields: async (scene) => ({ ...named, orderId: await placeOrder(scene) }),
    answer: { ...named, executionType: 5, order: { executedVolume: 0 } },
  },
  amendOrder: {
    own: {},
    fields: async (scene) => ({
      ...named,
      orderId: await placeOrder(scene, limit),
      limitPrice: 1.02,
    }),
    answer: { ...named, executionType: 4, order: { limitPrice: 1.02 } },
  },
  amendPositionSltp: {
    own: {},
    fields: async (scene) => ({ ...named, positionId: await openPosition(scene), stopLoss: 1 }),
    answer: { ...named, executionType: 2, position: { stopLoss: 1 }, order: { stopPrice: 1 } },
  },
  closePosition: {
    own: {},
    fields: async (scene) => ({ ...named, positionId: await openPosition(scene), volume: 100_000 }),
    answer: { ...named, executionType: 2, order: { closingOrder: true } },
  },
}
