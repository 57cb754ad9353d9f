import type { RulesChange } from '../../../src/sandbox/index.ts'
import type { FailureRow, Scene } from './row.ts'
import { samples } from './samples.ts'
import { executionMs, holdPrice, limit, market, openPosition, placeOrder } from './trades.ts'

const ctidTraderAccountId = 1001
const orderError = { channel: 'order-error', own: {} } as const
const order = { request: 'newOrder', ...orderError } as const
const amend = { request: 'amendOrder', ...orderError } as const
const protect = { request: 'amendPositionSltp', ...orderError } as const
const close = { request: 'closePosition', ...orderError } as const

const silent = {
  failure: 'a symbol without a price',
  code: 'NO_QUOTES',
  text: 'No quotes for symbol EURUSD',
} as const
const disabled = {
  failure: 'a disabled symbol',
  code: 'TRADING_DISABLED',
  text: 'Trading is disabled for symbol EURUSD',
} as const
const exposed = {
  failure: 'more than the greatest exposure',
  code: 'MAX_EXPOSURE_REACHED',
  text: 'Maximum exposure for EURUSD is reached. Exposure = 3000.00, maximum allowed exposure = 2000.00',
} as const
const notOffered = {
  failure: 'a guarantee that is not offered',
  channel: 'error',
  code: 'INVALID_REQUEST',
  text: 'Guaranteed Stop Loss is not available for symbol EURUSD',
} as const
const limited = {
  failure: 'no guarantee on a limited risk account',
  code: 'TRADING_BAD_STOPS',
  text: 'A limited risk account needs a Guaranteed Stop Loss',
} as const

/** With a stop loss 500 points away that is guaranteed. */
const guaranteed = { relativeStopLoss: 500, guaranteedStopLoss: true }
const offered: RulesChange = { guaranteedStopLoss: true }

function rule({ sandbox }: Scene, change: RulesChange): void {
  sandbox.control.rules.change('EURUSD', change)
}

/** Changes the rules when the fields are known, so that what they need is there before. */
const under =
  (change: RulesChange, fields: object | ((scene: Scene) => Promise<object>)) =>
  async (scene: Scene) => {
    holdPrice(scene)
    const request = typeof fields === 'function' ? await fields(scene) : fields
    rule(scene, change)
    return request
  }

const silenced = (fields: (scene: Scene) => Promise<object>) => async (scene: Scene) => {
  const request = await fields(scene)
  scene.sandbox.control.market.silence('EURUSD')
  return request
}

const ofPosition = (change: object) => async (scene: Scene) => {
  const positionId = await openPosition(scene)
  return { ctidTraderAccountId, positionId, ...change }
}

const ofOrder = (change: object) => async (scene: Scene) => {
  const orderId = await placeOrder(scene, limit)
  return { ctidTraderAccountId, orderId, ...change }
}

/** Changes to a long position whose stop loss, 1.12066, is guaranteed. */
const ofGuaranteed = (change: object) => async (scene: Scene) => {
  rule(scene, offered)
  const positionId = await openPosition(scene, guaranteed)
  scene.clock.advance(1)
  await scene.next('ProtoOAExecutionEvent')
  return { ctidTraderAccountId, positionId, ...change }
}

const limitRisk = ({ sandbox, account }: Scene): void => {
  sandbox.control.accounts.change(account, { limitedRisk: true })
}

/** What goes wrong because of what an instrument or an account takes, or because there is no price. */
export const ruleFailures: readonly FailureRow[] = [
  {
    ...{ ...silent, request: 'expectedMargin', channel: 'error', own: {} },
    fields({ sandbox }) {
      sandbox.control.market.silence('EURUSD')
      return samples.expectedMargin
    },
  },

  {
    ...{ ...order, failure: 'a holiday', code: 'SYMBOL_HAS_HOLIDAY' },
    text: 'Symbol EURUSD has holiday',
    // A Friday.
    ...{ own: { marketHours: 'real' }, at: '2026-12-25T12:00:00Z', fields: market },
  },
  { ...order, ...silent, fields: silenced(async () => market) },
  {
    ...{ ...order, failure: 'a price that goes before the execution', code: 'NO_QUOTES' },
    channel: 'event',
    fields(scene) {
      holdPrice(scene)
      return market
    },
    meanwhile({ sandbox, clock }) {
      sandbox.control.market.silence('EURUSD')
      clock.advance(executionMs)
    },
  },
  { ...order, ...disabled, fields: under({ tradingMode: 'disabled' }, market) },
  {
    ...{ ...order, ...disabled, failure: 'a symbol that may only be closed' },
    fields: under({ tradingMode: 'close-only' }, market),
  },
  {
    ...{ ...order, ...disabled, failure: 'a symbol that only executes what waits' },
    fields: under({ tradingMode: 'pendings-only' }, limit),
  },
  {
    ...{ ...order, failure: 'selling short', code: 'SHORT_SELLING_NOT_ALLOWED' },
    text: 'EURUSD cannot be sold short',
    fields: under({ shortSelling: false }, { ...market, tradeSide: 2 }),
  },
  {
    ...{ ...order, ...exposed },
    async fields(scene) {
      rule(scene, { maxExposureLots: '0.02' })
      await openPosition(scene, { volume: 200_000 })
      return market
    },
  },
  {
    ...{ ...order, failure: 'a position too many', code: 'TOO_MANY_POSITIONS' },
    text: 'Maximum number of positions = 1 is reached',
    async fields(scene) {
      scene.sandbox.control.accounts.change(scene.account, { maxPositions: 1 })
      await openPosition(scene)
      return market
    },
  },
  {
    ...{ ...order, failure: 'a guaranteed stop loss too close' },
    ...{ code: 'PROTECTION_IS_TOO_CLOSE_TO_MARKET', text: /SL should be at least 501 points/ },
    fields: under(
      { guaranteedStopLoss: true, guaranteedDistance: 501 },
      { ...market, ...guaranteed },
    ),
  },
  {
    ...{ ...order, ...limited },
    async fields(scene) {
      limitRisk(scene)
      return under(offered, { ...market, relativeStopLoss: 500 })(scene)
    },
  },

  {
    ...{ ...amend, ...exposed },
    fields: under({ maxExposureLots: '0.02' }, ofOrder({ volume: 300_000 })),
  },
  {
    ...{ ...amend, ...disabled },
    fields: under({ tradingMode: 'disabled' }, ofOrder({ limitPrice: 1.02 })),
  },
  {
    ...{ ...amend, ...notOffered },
    fields: ofOrder({ relativeStopLoss: 500, guaranteedStopLoss: true }),
  },
  {
    ...{ ...amend, ...limited },
    async fields(scene) {
      rule(scene, offered)
      limitRisk(scene)
      const orderId = await placeOrder(scene, { ...limit, ...guaranteed })
      return { ctidTraderAccountId, orderId, guaranteedStopLoss: false }
    },
  },

  { ...protect, ...silent, fields: silenced(ofPosition({ stopLoss: 1.1 })) },
  { ...protect, ...notOffered, fields: ofPosition({ stopLoss: 1.1, guaranteedStopLoss: true }) },
  {
    ...{ ...protect, failure: 'a guaranteed stop loss farther away' },
    ...{ code: 'WORSE_GSL_NOT_ALLOWED', text: /only be moved towards the market/ },
    fields: ofGuaranteed({ stopLoss: 1.12 }),
  },
  {
    ...{ ...protect, failure: 'a guarantee taken back' },
    ...{ code: 'WORSE_GSL_NOT_ALLOWED', text: /only be moved towards the market/ },
    fields: ofGuaranteed({ stopLoss: 1.121, guaranteedStopLoss: false }),
  },
  {
    ...{ ...protect, ...limited },
    async fields(scene) {
      const request = await ofPosition({ stopLoss: 1.1 })(scene)
      limitRisk(scene)
      return request
    },
  },

  { ...close, ...silent, fields: silenced(ofPosition({ volume: 100_000 })) },
  {
    ...{ ...close, ...disabled },
    fields: under({ tradingMode: 'disabled' }, ofPosition({ volume: 100_000 })),
  },
]
