export {
  AmbiguousSymbolError,
  MalformedQuoteError,
  UnknownLotSizeError,
  UnknownSymbolError,
  UnusableSymbolError,
} from './errors.ts'
export type { Quote } from './quote.ts'
export { SpotFeed } from './spot-feed.ts'
export { SymbolBook, type SymbolRef, type SymbolSummary } from './symbol-book.ts'
export { checkQuoteRequest, type WatchQuotesOptions, watchQuotes } from './watch-quotes.ts'
