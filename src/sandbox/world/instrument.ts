import type {
  ProtoOACommissionType,
  ProtoOADayOfWeek,
  ProtoOAMinCommissionType,
  ProtoOASwapCalculationType,
  ProtoOASymbolDistanceType,
  ProtoOATradingMode,
} from '../../protocol/index.ts'

/** One stretch of the week in which an instrument trades, in seconds from Sunday 00:00 local time; the end is exclusive. */
export interface Session {
  readonly start: number
  readonly end: number
}

/** When an instrument trades: sessions of a week, read in a time zone. */
export interface TradingWeek {
  /** IANA name, e.g. `America/New_York`. */
  readonly timeZone: string
  readonly sessions: readonly Session[]
}

/** A day, or a part of one, on which an instrument does not trade; read in the time zone of its trading week. */
export interface Holiday {
  readonly holidayId: number
  readonly name: string
  /** Days since 1970-01-01. */
  readonly date: number
  /** Whether it returns every year on the same day and month. */
  readonly isRecurring: boolean
  /** Seconds after 00:00 of the day; the whole day where both are absent. The end is exclusive. */
  readonly startSecond?: number
  readonly endSecond?: number
}

/** What a broker charges on each side of a trade. */
export interface CommissionTerms {
  readonly type: ProtoOACommissionType
  /** As on the wire: units of 1e-8, for a percentage 1e-5 of a percent. */
  readonly rate: bigint
  /** Least charge of one side, units of 1e-8; 0 for none. */
  readonly minimum: bigint
  /** Whether the least charge is in `minimumAsset` or in the instrument's quote asset. */
  readonly minimumType: ProtoOAMinCommissionType
  readonly minimumAsset: string
}

/** What holding a position over night costs. */
export interface SwapTerms {
  readonly type: ProtoOASwapCalculationType
  readonly long: number
  readonly short: number
  /** The day whose charge is threefold, for the weekend. */
  readonly tripleDay: ProtoOADayOfWeek
  /** Hours between two charges. */
  readonly periodHours: number
  /** Minutes after midnight in New York, where trading days end. */
  readonly minuteOfDay: number
  /** How many charges a new position is spared. */
  readonly skipPeriods: number
  readonly atWeekends: boolean
}

/** What swap-free accounts pay instead of swap. */
export interface RolloverTerms {
  /** Whole USD per lot and day. */
  readonly perLot: number
  /** How many days a new position is spared. */
  readonly skipDays: number
  readonly tripleDay: ProtoOADayOfWeek
}

/** How the sandbox makes prices for an instrument when no recording is played. */
export interface QuotingTerms {
  /** Level around which the price starts, units of 1e-5. */
  readonly level: number
  /** Standard deviation of a day's return, as a fraction. */
  readonly dailyVolatility: number
  /** Usual distance from bid to ask, units of 1e-5. */
  readonly spread: number
  /** Average time between two quotes in the busiest hour of the day, ms. */
  readonly gap: number
  /** Correlation of its moves with those of the dollar, -1 to 1: below 0 for what falls when the dollar rises. */
  readonly dollarShare: number
  /** How its day goes. */
  readonly rhythm: 'currency' | 'metal' | 'index' | 'crypto'
}

/**
 * Everything the sandbox knows about a tradable instrument. The wire forms are made from it, and so are market hours,
 * prices, margin and commission, so that they cannot disagree.
 *
 * Volumes and `lotSize` are in hundredths of a unit.
 */
export interface Instrument {
  readonly symbolId: number
  readonly name: string
  readonly description: string
  readonly base: string
  readonly quote: string
  readonly categoryId: number
  /** Decimals of a price. */
  readonly digits: number
  /** Decimal place of a pip. */
  readonly pipPosition: number
  readonly lotSize: number
  readonly minVolume: number
  readonly stepVolume: number
  readonly maxVolume: number
  /** Most that an account may hold on one side, hundredths of a unit; undefined for no limit. */
  readonly maxExposure: number | undefined
  /** Least distance of a stop loss from the market. */
  readonly stopLossDistance: number
  /** Least distance of a take profit from the market. */
  readonly takeProfitDistance: number
  /** Whether distances are in points (10^-digits) or in hundredths of a percent of the price. */
  readonly distanceType: ProtoOASymbolDistanceType
  /** Whether stop losses can be guaranteed, from how far away, and for how many US cents per lot. */
  readonly guaranteedStopLoss: boolean
  readonly guaranteedDistance: number
  readonly guaranteedCharge: number
  readonly shortSelling: boolean
  readonly tradingMode: ProtoOATradingMode
  readonly commission: CommissionTerms
  readonly swap: SwapTerms
  readonly rollover: RolloverTerms
  /** Charge on realised profit or loss that is converted to another asset; 1 is 0.01 %. */
  readonly conversionFeeRate: number
  readonly leverageId: number
  /** What one unit is called, where it is not simply money. */
  readonly measurementUnits: string | undefined
  readonly tradingWeek: TradingWeek
  readonly holidays: readonly Holiday[]
  readonly quoting: QuotingTerms
}
