import { Mailbox, type Overflow } from '../async/mailbox.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { InvalidArgumentError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { say } from '../say.ts'
import type { Session } from '../session/index.ts'
import type { Instrument } from '../units/index.ts'
import type { Quote } from './quote.ts'
import type { SpotFeed } from './spot-feed.ts'

export interface WatchQuotesOptions extends WaitOptions {
  /**
   * What happens when quotes come faster than they are read: `keep-latest` gives a slow reader the newest quote of each
   * symbol, `drop-oldest` forgets the ones that waited longest, `fail` ends the loop with a `StreamOverflowError`.
   *
   * @defaultValue 'keep-latest'
   */
  readonly overflow?: Overflow
  /** How many quotes may wait. @defaultValue 1024 */
  readonly limit?: number
}

const optionNames: OptionNames<WatchQuotesOptions> = {
  overflow: true,
  limit: true,
  signal: true,
  timeoutMs: true,
}

/**
 * @throws {@link InvalidArgumentError} for symbols that are not a list, no symbol at all, or an option that does not
 * exist
 */
export function checkQuoteRequest(symbols: unknown, options: unknown): void {
  checkOptionNames('watchQuotes', options, optionNames)
  if (Array.isArray(symbols) && symbols.length > 0) return
  throw new InvalidArgumentError(
    Array.isArray(symbols)
      ? 'No symbol to watch was given.'
      : `watchQuotes takes a list of symbols, not ${say(symbols)}.`,
    { remedy: "Name at least one, such as watchQuotes(['EURUSD'])." },
  )
}

interface QuoteStreamOptions extends WatchQuotesOptions {
  /** Called for every quote that its reader is too slow to see. */
  readonly onDrop?: () => void
}

/**
 * Quotes of the given symbols until the loop is left, the signal aborts, or the link ends (which throws its error). A quote
 * that cannot be read ends it with a {@link MalformedQuoteError}: what came then was missed.
 *
 * - Wire: `ProtoOASubscribeSpotsReq`, `ProtoOASpotEvent`
 */
export async function* watchQuotes(
  session: Session,
  feed: SpotFeed,
  find: () => Promise<readonly Instrument[]>,
  options: QuoteStreamOptions = {},
): AsyncGenerator<Quote, void, undefined> {
  const { signal } = options
  signal?.throwIfAborted()
  const instruments = await find()
  const quotes = new Mailbox<Quote>({
    overflow: options.overflow ?? 'keep-latest',
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    onDrop: options.onDrop,
    key: (quote) => quote.symbolId,
  })
  const leave: (() => void)[] = []
  const abort = (): void => quotes.fail(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  leave.push(() => signal?.removeEventListener('abort', abort))
  leave.push(session.onEnd((end) => quotes.fail(end.error)))
  const listener = {
    quote: (quote: Quote) => void quotes.push(quote),
    fail: (error: Error) => quotes.fail(error),
  }
  try {
    for (const instrument of instruments) {
      const known = feed.last(instrument.symbolId)
      if (known !== undefined) quotes.push(known)
      leave.push(await feed.watch(instrument, listener, options))
    }
    yield* quotes
  } finally {
    for (const stop of leave.reverse()) stop()
  }
}
