import { InvalidArgumentError } from '../errors.ts'
import type { OptionNames } from '../known-options.ts'
import { type ProtoOANewOrderReq, ProtoOAOrderType, ProtoOATradeSide } from '../protocol/index.ts'
import { say } from '../say.ts'
import { checkDistance } from '../units/distance.ts'
import {
  type Decimal,
  type Distance,
  formatDistance,
  formatVolume,
  type Instrument,
  toRelativePoints,
  toVolumeCents,
  type Volume,
} from '../units/index.ts'
import { checkVolume, describeVolume } from '../units/volume.ts'
import { InvalidDistanceError, InvalidVolumeError } from './errors.ts'
import type { Side } from './fill.ts'
import type { Order } from './order.ts'
import {
  sendOrder,
  type TradingContext,
  type TradingOptions,
  tradingOptionNames,
} from './send-order.ts'

export interface PlaceOrderOptions extends TradingOptions {
  readonly side: Side
  /** A market order is executed at once at the market's price. Further types follow. */
  readonly type: 'market'
  /** `lots('0.10')` or `units(10_000)`. */
  readonly volume: Volume
  /** How far from the price of the fill the loss is cut: `pips(20)`, `points(200)`, `priceDistance('0.0020')`. */
  readonly stopLoss?: Distance
  /** How far from the price of the fill the profit is taken. */
  readonly takeProfit?: Distance
  /** The position to enlarge, on a hedged account. By default every order opens its own. */
  readonly positionId?: number
  /** A short text of yours that stays with the position; at most 100 characters. */
  readonly label?: string
  /** A longer text of yours that stays with the position; at most 512 characters, and some servers take 256. */
  readonly comment?: string
  /** Your own id of the order, at most 50 characters. The server stores it and does not check it for duplicates. @defaultValue a random one */
  readonly clientOrderId?: string
}

export const placeOrderOptionNames: OptionNames<PlaceOrderOptions> = {
  side: true,
  type: true,
  volume: true,
  stopLoss: true,
  takeProfit: true,
  positionId: true,
  label: true,
  comment: true,
  clientOrderId: true,
  ...tradingOptionNames,
}

/**
 * Sends a market order. Resolves when the server has taken it; the fill is the order's `filled`.
 *
 * - Wire: `ProtoOANewOrderReq`, answered by `ProtoOAExecutionEvent` or `ProtoOAOrderErrorEvent`
 *
 * @throws {@link InvalidVolumeError}, {@link InvalidDistanceError}: nothing was sent;
 * `OrderRejectedError`, `RequestRefusedError`: the server refused; {@link OrderOutcomeUnknownError}: it was sent and the
 * answer is missing. It is never sent twice.
 */
export function placeOrder(
  context: TradingContext,
  instrument: Instrument,
  options: PlaceOrderOptions,
): Promise<Order> {
  const { side, type } = options
  if (side !== 'buy' && side !== 'sell') {
    throw new InvalidArgumentError(`An order's side is 'buy' or 'sell', not ${say(side)}.`)
  }
  if (type !== 'market') {
    throw new InvalidArgumentError(`Orders of type ${say(type)} cannot be placed yet.`, {
      remedy: "Use type: 'market', or the typed raw call newOrder.",
    })
  }
  checkText('label', options.label, 100)
  checkText('comment', options.comment, 512)
  checkText('clientOrderId', options.clientOrderId, 50)
  const clientOrderId = options.clientOrderId ?? context.newId()
  const request: ProtoOANewOrderReq = {
    ctidTraderAccountId: context.accountId,
    symbolId: instrument.symbolId,
    orderType: ProtoOAOrderType.MARKET,
    tradeSide: side === 'buy' ? ProtoOATradeSide.BUY : ProtoOATradeSide.SELL,
    volume: orderVolume(options.volume, instrument),
    relativeStopLoss: relative('stop loss', options.stopLoss, instrument),
    relativeTakeProfit: relative('take profit', options.takeProfit, instrument),
    positionId: options.positionId,
    label: options.label,
    comment: options.comment,
    clientOrderId,
  }
  return sendOrder(context, 'newOrder', request, { instrument, clientOrderId }, options)
}

/**
 * A volume in the protocol's hundredths of a unit, checked against the symbol's rules.
 *
 * @throws {@link InvalidVolumeError}
 */
function orderVolume(volume: Volume, instrument: Instrument): number {
  const { name, minVolume, maxVolume, stepVolume, lotSize } = instrument
  checkVolume(volume)
  const said = formatVolume(volume)
  const allowed = (value: Decimal): string => describeVolume(value, volume.kind, instrument)
  const refuse = (problem: string, remedy: string): never => {
    throw new InvalidVolumeError(name, said, problem, remedy)
  }
  const cents = toVolumeCents(volume, instrument.lotSize)
  if (cents === undefined || cents > BigInt(Number.MAX_SAFE_INTEGER)) {
    return refuse(
      'cannot be said in hundredths of a unit',
      lotSize === undefined
        ? 'Order a multiple of 0.01 units.'
        : `One lot is ${lotSize} ${instrument.baseAsset}.`,
    )
  }
  if (minVolume !== undefined && cents < toCents(minVolume)) {
    refuse('is less than the smallest order', `Order at least ${allowed(minVolume)}.`)
  }
  if (maxVolume !== undefined && maxVolume.coefficient > 0n && cents > toCents(maxVolume)) {
    refuse('is more than the largest order', `Order at most ${allowed(maxVolume)}.`)
  }
  if (
    stepVolume !== undefined &&
    stepVolume.coefficient > 0n &&
    cents % toCents(stepVolume) !== 0n
  ) {
    refuse('is not a whole number of steps', `Order a multiple of ${allowed(stepVolume)}.`)
  }
  return Number(cents)
}

function toCents(value: Decimal): bigint {
  // The value came from hundredths, so nothing is lost.
  return value.rescaled(2)?.coefficient ?? 0n
}

function relative(
  what: string,
  distance: Distance | undefined,
  instrument: Instrument,
): number | undefined {
  if (distance === undefined) return undefined
  checkDistance(what, distance)
  const points = toRelativePoints(distance, instrument)
  if (points === undefined || points > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new InvalidDistanceError(
      instrument.name,
      what,
      formatDistance(distance),
      instrument.digits,
    )
  }
  return Number(points)
}

function checkText(what: string, text: string | undefined, limit: number): void {
  if (text !== undefined && text.length > limit) {
    throw new InvalidArgumentError(
      `The ${what} has ${text.length} characters; ${limit} are allowed.`,
      {
        facts: { length: text.length, limit },
        remedy: 'Shorten it; the server refuses the order otherwise.',
      },
    )
  }
}
