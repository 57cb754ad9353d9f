export { createMarket, type MarketOptions } from './create-market.ts'
export { ReplayFileError, ReplayRowError, ReplaySymbolError } from './errors.ts'
export type {
  Bar,
  ControlledMarket,
  Depth,
  DepthLevel,
  Market,
  MarketHours,
  Page,
  PastRange,
  PastTick,
  Quote,
  QuoteChange,
  ReplayProgress,
} from './market.ts'
export type { PriceControl, PriceInterventions, PriceState, Spike } from './price-control.ts'
export { createScriptedMarket, type ScriptedMarket } from './scripted-market.ts'
