import {
  ProtoOACommissionType,
  type ProtoOALightSymbol,
  type ProtoOASymbol,
} from '../../protocol/index.ts'
import type { CommissionTerms, Instrument } from './instrument.ts'

/** The short wire form, as in the list of all symbols. */
export function lightSymbolOf(
  instrument: Instrument,
  assetIds: ReadonlyMap<string, number>,
  sortingNumber: number,
): ProtoOALightSymbol {
  return {
    symbolId: instrument.symbolId,
    symbolName: instrument.name,
    enabled: true,
    baseAssetId: assetIds.get(instrument.base),
    quoteAssetId: assetIds.get(instrument.quote),
    symbolCategoryId: instrument.categoryId,
    description: instrument.description,
    sortingNumber,
  }
}

/**
 * The full wire form, as it is asked for by id.
 *
 * @param newYorkLag how many minutes New York is behind UTC: the time of the swap is told in UTC, and moves with it
 */
export function symbolOf(instrument: Instrument, newYorkLag = 240): ProtoOASymbol {
  const { commission, swap, rollover } = instrument
  return {
    symbolId: instrument.symbolId,
    digits: instrument.digits,
    pipPosition: instrument.pipPosition,
    enableShortSelling: instrument.shortSelling,
    guaranteedStopLoss: instrument.guaranteedStopLoss,
    swapRollover3Days: swap.tripleDay,
    swapLong: swap.long,
    swapShort: swap.short,
    maxVolume: BigInt(instrument.maxVolume),
    minVolume: instrument.minVolume,
    stepVolume: instrument.stepVolume,
    maxExposure: instrument.maxExposure === undefined ? undefined : BigInt(instrument.maxExposure),
    schedule: instrument.tradingWeek.sessions.map(({ start, end }) => ({
      startSecond: start,
      endSecond: end,
    })),
    commission: oldCommission(commission),
    commissionType: commission.type,
    slDistance: instrument.stopLossDistance,
    tpDistance: instrument.takeProfitDistance,
    gslDistance: instrument.guaranteedDistance,
    gslCharge: instrument.guaranteedCharge,
    distanceSetIn: instrument.distanceType,
    minCommission: Number(commission.minimum / 1_000_000n),
    minCommissionType: commission.minimumType,
    minCommissionAsset: commission.minimumAsset,
    rolloverCommission: rollover.perLot,
    skipRolloverDays: rollover.skipDays,
    rolloverCommission3Days: rollover.tripleDay,
    scheduleTimeZone: instrument.tradingWeek.timeZone,
    tradingMode: instrument.tradingMode,
    swapCalculationType: swap.type,
    lotSize: instrument.lotSize,
    preciseTradingCommissionRate: Number(commission.rate),
    preciseMinCommission: Number(commission.minimum),
    holiday: instrument.holidays.map(({ date, ...rest }) => ({
      ...rest,
      holidayDate: date,
      scheduleTimeZone: instrument.tradingWeek.timeZone,
    })),
    pnlConversionFeeRate: instrument.conversionFeeRate,
    leverageId: instrument.leverageId,
    swapPeriod: swap.periodHours,
    swapTime: (swap.minuteOfDay + newYorkLag) % 1440,
    skipSWAPPeriods: swap.skipPeriods,
    chargeSwapAtWeekends: swap.atWeekends,
    measurementUnits: instrument.measurementUnits,
  }
}

/** The field that the precise rate replaced, in hundredths; servers still fill it. No capture shows a percentage there. */
function oldCommission(terms: CommissionTerms): number | undefined {
  if (terms.type === ProtoOACommissionType.PERCENTAGE_OF_VALUE) return undefined
  return Number(terms.rate / 1_000_000n)
}
