import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import type { ProtoOAPosition } from '../protocol/index.ts'
import { say } from '../say.ts'
import {
  formatVolume,
  type Instrument,
  toVolumeCents,
  unitsFromCents,
  type Volume,
} from '../units/index.ts'
import { checkVolume, describeVolume } from '../units/volume.ts'
import { InvalidVolumeError } from './errors.ts'
import type { Order } from './order.ts'
import {
  sendOrder,
  type TradingContext,
  type TradingOptions,
  tradingOptionNames,
} from './send-order.ts'

export interface ClosePositionOptions extends TradingOptions {
  readonly positionId: number
  /** How much of it to close. @defaultValue all of it */
  readonly volume?: Volume
}

const optionNames: OptionNames<ClosePositionOptions> = {
  positionId: true,
  volume: true,
  ...tradingOptionNames,
}

/** @throws {@link InvalidArgumentError} for an option that does not exist, or an id or volume that is none */
export function checkClosePosition(options: ClosePositionOptions): void {
  checkOptionNames('closePosition', options, optionNames)
  const { positionId, volume } = options
  if (!(Number.isSafeInteger(positionId) && positionId > 0)) {
    throw new InvalidArgumentError(`The position's id is a whole number, not ${say(positionId)}.`, {
      remedy: 'Give the positionId of a fill or of one of the open positions.',
    })
  }
  if (volume !== undefined) checkVolume(volume)
}

/**
 * Closes an open position, wholly or in part, at the market's price. Resolves when the server has taken the closing
 * order; what it settled is `closed` of the order's fill.
 *
 * - Wire: `ProtoOAClosePositionReq`, answered by `ProtoOAExecutionEvent` or `ProtoOAOrderErrorEvent`
 *
 * @throws {@link InvalidVolumeError}: nothing was sent; `OrderRejectedError`, `RequestRefusedError`: the server refused;
 * {@link OrderOutcomeUnknownError}: it was sent and the answer is missing. It is never sent twice.
 */
export function closePosition(
  context: TradingContext,
  instrument: Instrument,
  position: ProtoOAPosition,
  options: ClosePositionOptions,
): Promise<Order> {
  const request = {
    ctidTraderAccountId: context.accountId,
    positionId: position.positionId,
    volume: closingVolume(position.tradeData.volume, instrument, options.volume),
  }
  return sendOrder(
    context,
    'closePosition',
    request,
    { instrument, clientOrderId: undefined },
    options,
  )
}

function closingVolume(open: number, instrument: Instrument, volume: Volume | undefined): number {
  if (volume === undefined) return open
  const cents = toVolumeCents(volume, instrument.lotSize)
  if (cents === undefined || cents > BigInt(open)) {
    const holds = describeVolume(unitsFromCents(open), volume.kind, instrument)
    throw new InvalidVolumeError(
      instrument.name,
      formatVolume(volume),
      cents === undefined
        ? 'cannot be said in hundredths of a unit'
        : 'is more than the position holds',
      `The position holds ${holds}; leave the volume out to close all of it.`,
    )
  }
  return Number(cents)
}
