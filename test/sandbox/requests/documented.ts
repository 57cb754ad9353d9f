import { catalog, type RequestName } from '../../../src/protocol/index.ts'

/** The forms in which every failure is told. */
export const forms = ['protobuf', 'json'] as const

export type Form = (typeof forms)[number]

const tokens = [
  'an expired token',
  'an unknown token',
  'a token that was refreshed',
  "another application's token",
]
const window = ['a beginning before 1970', 'an end after 2038', 'an end before the beginning']

/** What the documents and captured sessions know to go wrong with each request, besides what goes wrong with all of its kind. */
const particular: Readonly<Record<RequestName, readonly string[]>> = {
  applicationAuth: [
    'a wrong secret',
    'an unknown client id',
    'an application without approval',
    'too many connections, where they are bounded',
    'authenticated already',
  ],
  version: [],
  accountListByAccessToken: tokens,
  ctidProfileByToken: tokens,
  refreshToken: [
    'a consumed token',
    'an unknown token',
    "another application's token",
    'an approval withdrawn',
  ],
  accountAuth: [
    ...tokens,
    'an account of the other host',
    'a disabled account',
    'a disabled account, where that is said',
    'a login number',
    'an unknown account',
    'an account that was not shared',
    'authorised already',
  ],
  accountLogout: ['logged out already'],

  assetList: [],
  assetClassList: [],
  symbolCategoryList: [],
  symbolsList: [],
  symbolById: ['an unknown symbol, where they are refused'],
  symbolsForConversion: ['an unknown asset'],
  dynamicLeverageById: ['an unknown leverage'],

  trader: [],
  reconcile: [],
  positionUnrealizedPnL: [],
  expectedMargin: ['an unknown symbol', 'a symbol without a price'],
  marginCallList: [],
  marginCallUpdate: ['a threshold at the stop-out level'],

  trendbars: [
    ...window,
    'an unknown symbol',
    'a stretch too long, where they are bounded',
    'no bars at all',
  ],
  tickData: [...window, 'an unknown symbol', 'more than a week'],
  dealList: [...window, 'more than a week, where it is enforced', 'no rows at all'],
  dealListByPositionId: [...window, 'an end in the future'],
  dealOffsetList: ['an unknown deal'],
  orderList: [...window, 'more than a week, where it is enforced'],
  orderListByPositionId: [...window, 'an end in the future'],
  orderDetails: ['an unknown order'],
  cashFlowHistoryList: [...window, 'more than a week'],

  subscribeSpots: ['an unknown symbol', 'no symbol', 'subscribed already'],
  unsubscribeSpots: ['an unknown symbol', 'no symbol', 'not subscribed'],
  subscribeLiveTrendbar: [
    'an unknown symbol',
    'without spots',
    'without spots, as a user saw it',
    'subscribed already',
  ],
  unsubscribeLiveTrendbar: ['an unknown symbol', 'not subscribed'],
  subscribeDepthQuotes: ['an unknown symbol', 'no symbol', 'without spots', 'subscribed already'],
  unsubscribeDepthQuotes: ['an unknown symbol', 'no symbol', 'not subscribed'],

  newOrder: [
    'an unknown symbol',
    "the server's own order type",
    'a limit order without limit',
    'a stop order without stop',
    'a stop limit order without slippage',
    'a market range without base',
    'absolute levels on a market order',
    'absolute levels on a market range order',
    'a price with too many decimals',
    'a stop loss with too many decimals',
    'a take profit with too many decimals',
    'a relative stop loss off the grid',
    'a relative take profit off the grid',
    'a level given twice',
    'a price of zero',
    'a stop beyond the market',
    'a stop loss on the wrong side',
    'a take profit on the wrong side',
    'a stop loss too close',
    'a volume too small',
    'a volume too large',
    'a volume off the step',
    'an unknown position',
    'a position of another symbol',
    'an expiration in the past',
    'a date that is missing',
    'a limit for the opening',
    'a label too long',
    'a comment too long',
    'a client order id too long',
    'trailing without stop loss',
    'a guarantee that is not offered',
    'not enough money',
    'a closed market',
    'a market that closes before the execution',
    'a holiday',
    'a symbol without a price',
    'a price that goes before the execution',
    'a disabled symbol',
    'a symbol that may only be closed',
    'a symbol that only executes what waits',
    'selling short',
    'more than the greatest exposure',
    'a position too many',
    'a guaranteed stop loss too close',
    'no guarantee on a limited risk account',
    'an account that may only close',
    'an account that may not trade',
  ],
  cancelOrder: [
    'an unknown order',
    'a cancelled order',
    'an order that is being executed',
    'a protection order',
    'an account that may not trade',
  ],
  amendOrder: [
    'an unknown order',
    'a price with too many decimals',
    'a level with too many decimals',
    'a relative level off the grid',
    'a level on the wrong side',
    'the price of another type',
    'a volume too small',
    'more than the greatest exposure',
    'a stop beyond the market',
    'an expiration in the past',
    'a protection order',
    'an order that is being executed',
    'a disabled symbol',
    'a guarantee that is not offered',
    'no guarantee on a limited risk account',
    'an account that may not trade',
  ],
  amendPositionSltp: [
    'an unknown position',
    'a stop loss of a long above the bid',
    'a take profit of a long below the bid',
    'a stop loss of a short below the ask',
    'a take profit of a short above the ask',
    'a level with too many decimals',
    'a level too close',
    'nothing to amend',
    'trailing without stop loss',
    'a position that is being closed',
    'a symbol without a price',
    'a guarantee that is not offered',
    'a guaranteed stop loss farther away',
    'a guarantee taken back',
    'no guarantee on a limited risk account',
    'an account that may not trade',
  ],
  closePosition: [
    'an unknown position',
    'a closed position',
    'a volume too small',
    'a volume off the step',
    'more than there is',
    'a closed market',
    'a symbol without a price',
    'a disabled symbol',
    'a position that is being closed',
    'an account that may not trade',
  ],
}

/** Every failure of a request. */
export function documentedFailures(request: RequestName): readonly string[] {
  return [...commonFailures(request), ...particular[request]]
}

/** What goes wrong with every request of a kind: it follows from what the request needs before it may be sent. */
export function commonFailures(request: RequestName): readonly CommonFailure[] {
  const { scope } = catalog[request]
  const found: CommonFailure[] = ['too many a second', 'maintenance', 'a broker that is away']
  if (request !== 'version') found.push('required fields missing')
  if (scope !== 'link') found.push('before the application')
  if (scope === 'account' || scope === 'trade') found.push('before the account')
  if (scope === 'trade') found.push('a token that may only look')
  return found
}

export type CommonFailure =
  | 'too many a second'
  | 'maintenance'
  | 'a broker that is away'
  | 'required fields missing'
  | 'before the application'
  | 'before the account'
  | 'a token that may only look'
