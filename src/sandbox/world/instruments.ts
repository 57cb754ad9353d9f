import {
  ProtoOACommissionType as CommissionType,
  ProtoOADayOfWeek as DayOfWeek,
  ProtoOASwapCalculationType as SwapType,
  ProtoOATradingMode as TradingMode,
} from '../../protocol/index.ts'
import { category } from './assets.ts'
import { leverage } from './dynamic-leverages.ts'
import { germanHolidays, worldHolidays } from './holidays.ts'
import type { CommissionTerms, Instrument, SwapTerms } from './instrument.ts'
import { cryptoWeek, currencyWeek, germanIndexWeek, metalWeek } from './trading-weeks.ts'

const perLot: CommissionTerms = {
  type: CommissionType.USD_PER_LOT,
  rate: 250_000_000n,
  minimum: 0n,
  minimumAsset: 'USD',
}

function swap(long: number, short: number, rest: Partial<SwapTerms> = {}): SwapTerms {
  return {
    type: SwapType.PIPS,
    long,
    short,
    tripleDay: DayOfWeek.WEDNESDAY,
    periodHours: 24,
    minuteOfDay: 1259,
    ...rest,
  }
}

type Own = 'symbolId' | 'name' | 'description' | 'base' | 'quote' | 'swap' | 'quoting'
type Row = Pick<Instrument, Own> & Partial<Instrument>

/** A currency pair: 5 digits, lots of 100,000 units, at least 0.01 lot. */
function currency(row: Row): Instrument {
  return {
    categoryId: category.majors,
    digits: 5,
    pipPosition: 4,
    lotSize: 10_000_000,
    minVolume: 100_000,
    stepVolume: 100_000,
    maxVolume: 1_000_000_000,
    stopLossDistance: 0,
    takeProfitDistance: 0,
    shortSelling: true,
    tradingMode: TradingMode.ENABLED,
    commission: perLot,
    conversionFeeRate: 70,
    leverageId: leverage.currencies,
    measurementUnits: undefined,
    tradingWeek: currencyWeek,
    holidays: worldHolidays,
    ...row,
  }
}

const yen = { digits: 3, pipPosition: 2 }

/**
 * The instruments of the sandbox's broker. Digits, lot sizes, steps, commissions and swap settings are of the kind seen
 * at real brokers; EURUSD's and BTCUSD's terms are those of recorded trades. XAUUSD has three decimals, so that recorded
 * gold prices fit it exactly.
 */
export const instruments: readonly Instrument[] = [
  currency({
    symbolId: 1,
    name: 'EURUSD',
    description: 'Euro vs US Dollar',
    base: 'EUR',
    quote: 'USD',
    swap: swap(-0.941, 0.01),
    quoting: { level: 112_560, dailyVolatility: 0.005, spread: 6, gap: 260 },
  }),
  currency({
    symbolId: 2,
    name: 'GBPUSD',
    description: 'British Pound vs US Dollar',
    base: 'GBP',
    quote: 'USD',
    swap: swap(-0.42, -0.31),
    quoting: { level: 132_480, dailyVolatility: 0.0055, spread: 9, gap: 300 },
  }),
  currency({
    ...yen,
    symbolId: 3,
    name: 'EURJPY',
    description: 'Euro vs Japanese Yen',
    base: 'EUR',
    quote: 'JPY',
    categoryId: category.minors,
    commission: {
      type: CommissionType.QUOTE_CCY_PER_LOT,
      rate: 36_000_000_000n,
      minimum: 0n,
      minimumAsset: 'USD',
    },
    swap: swap(0.52, -1.38),
    quoting: { level: 16_574_500, dailyVolatility: 0.006, spread: 1_400, gap: 300 },
  }),
  currency({
    ...yen,
    symbolId: 4,
    name: 'USDJPY',
    description: 'US Dollar vs Japanese Yen',
    base: 'USD',
    quote: 'JPY',
    swap: swap(0.88, -1.72),
    quoting: { level: 14_725_000, dailyVolatility: 0.006, spread: 800, gap: 280 },
  }),
  currency({
    symbolId: 5,
    name: 'AUDUSD',
    description: 'Australian Dollar vs US Dollar',
    base: 'AUD',
    quote: 'USD',
    commission: {
      type: CommissionType.USD_PER_MILLION_USD,
      rate: 3_000_000_000n,
      minimum: 0n,
      minimumAsset: 'USD',
    },
    swap: swap(-0.33, -0.12),
    quoting: { level: 65_420, dailyVolatility: 0.0065, spread: 8, gap: 380 },
  }),
  currency({
    symbolId: 6,
    name: 'USDCHF',
    description: 'US Dollar vs Swiss Franc',
    base: 'USD',
    quote: 'CHF',
    swap: swap(0.71, -1.15),
    quoting: { level: 81_240, dailyVolatility: 0.0052, spread: 11, gap: 420 },
  }),
  currency({
    symbolId: 8,
    name: 'USDCAD',
    description: 'US Dollar vs Canadian Dollar',
    base: 'USD',
    quote: 'CAD',
    swap: swap(0.19, -0.64),
    quoting: { level: 137_150, dailyVolatility: 0.0042, spread: 12, gap: 400 },
  }),
  currency({
    symbolId: 9,
    name: 'EURGBP',
    description: 'Euro vs British Pound',
    base: 'EUR',
    quote: 'GBP',
    categoryId: category.minors,
    swap: swap(-0.58, 0.04),
    quoting: { level: 84_960, dailyVolatility: 0.0038, spread: 11, gap: 400 },
  }),
  currency({
    symbolId: 12,
    name: 'NZDUSD',
    description: 'New Zealand Dollar vs US Dollar',
    base: 'NZD',
    quote: 'USD',
    swap: swap(-0.24, -0.19),
    quoting: { level: 59_830, dailyVolatility: 0.0066, spread: 14, gap: 480 },
  }),
  currency({
    symbolId: 41,
    name: 'XAUUSD',
    description: 'Gold vs US Dollar',
    base: 'XAU',
    quote: 'USD',
    categoryId: category.metals,
    digits: 3,
    pipPosition: 2,
    lotSize: 10_000,
    minVolume: 100,
    stepVolume: 100,
    maxVolume: 500_000,
    stopLossDistance: 50,
    takeProfitDistance: 50,
    commission: {
      type: CommissionType.USD_PER_MILLION_USD,
      rate: 3_000_000_000n,
      minimum: 5_000_000n,
      minimumAsset: 'USD',
    },
    leverageId: leverage.metals,
    measurementUnits: 'Ounces',
    swap: swap(-28.6, 12.4),
    tradingWeek: metalWeek,
    quoting: { level: 331_240_000, dailyVolatility: 0.01, spread: 28_000, gap: 110 },
  }),
  currency({
    symbolId: 10_021,
    name: 'GER40',
    description: 'Germany 40 Index',
    base: 'GER40',
    quote: 'EUR',
    categoryId: category.indices,
    digits: 2,
    pipPosition: 0,
    lotSize: 100,
    minVolume: 10,
    stepVolume: 10,
    maxVolume: 50_000,
    stopLossDistance: 100,
    takeProfitDistance: 100,
    commission: { ...perLot, rate: 0n },
    leverageId: leverage.indices,
    measurementUnits: 'Contracts',
    swap: swap(-5.15, 1.02, { type: SwapType.POINTS, tripleDay: DayOfWeek.FRIDAY }),
    tradingWeek: germanIndexWeek,
    holidays: germanHolidays,
    quoting: { level: 2_548_000_000, dailyVolatility: 0.011, spread: 120_000, gap: 350 },
  }),
  currency({
    symbolId: 10_026,
    name: 'BTCUSD',
    description: 'Bitcoin vs US Dollar',
    base: 'BTC',
    quote: 'USD',
    categoryId: category.crypto,
    digits: 2,
    pipPosition: 0,
    lotSize: 100,
    minVolume: 1,
    stepVolume: 1,
    maxVolume: 1_000,
    stopLossDistance: 1_000,
    takeProfitDistance: 1_000,
    commission: {
      type: CommissionType.PERCENTAGE_OF_VALUE,
      rate: 3_250n,
      minimum: 0n,
      minimumAsset: 'USD',
    },
    leverageId: leverage.crypto,
    measurementUnits: 'BTC',
    swap: swap(-20, -20, { type: SwapType.PERCENTAGE, tripleDay: DayOfWeek.FRIDAY }),
    tradingWeek: cryptoWeek,
    holidays: [],
    quoting: { level: 8_528_700_000, dailyVolatility: 0.025, spread: 1_500_000, gap: 220 },
  }),
]
