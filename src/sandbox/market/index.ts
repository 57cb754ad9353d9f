export { createMarket, type MarketOptions } from './create-market.ts'
export { ReplayFileError, ReplayRowError, ReplaySymbolError } from './errors.ts'
export type {
  ControlledMarket,
  Depth,
  DepthLevel,
  Market,
  MarketHours,
  Quote,
  QuoteChange,
  ReplayProgress,
} from './market.ts'
export type { PriceControl, PriceState, Spike } from './price-control.ts'
export { createScriptedMarket, type ScriptedMarket } from './scripted-market.ts'
