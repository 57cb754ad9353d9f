export { createMarket, type MarketOptions } from './create-market.ts'
export { ReplayFileError, ReplayRowError, ReplaySymbolError } from './errors.ts'
export type {
  Depth,
  DepthLevel,
  Market,
  MarketHours,
  Quote,
  QuoteChange,
  ReplayProgress,
} from './market.ts'
export { createScriptedMarket, type ScriptedMarket } from './scripted-market.ts'
