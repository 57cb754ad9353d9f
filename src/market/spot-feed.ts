import type { WaitOptions } from '../async/wait-options.ts'
import { type ProtoOASpotEvent, payloadTypes } from '../protocol/index.ts'
import { RequestRefusedError, type Session } from '../session/index.ts'
import { type Instrument, priceFromQuote } from '../units/index.ts'
import { MalformedQuoteError } from './errors.ts'
import type { Quote } from './quote.ts'

interface Listener {
  quote(quote: Quote): void
  /** Quotes were missed. */
  fail(error: MalformedQuoteError): void
}

/** The furthest moment from 1970 that a `Date` can hold, in milliseconds. */
const furthestMs = 8_640_000_000_000_000

interface Watched {
  readonly instrument: Instrument
  readonly listeners: Set<Listener>
  bid: number | undefined
  ask: number | undefined
  timestamp: number | undefined
  /** The request that is under way or was the last one; the next waits for it, so that they never overtake. */
  request: Promise<void>
  isSubscribed: boolean
}

/**
 * The spot subscriptions of one account: each symbol is subscribed once however many watch it, and unsubscribed when the
 * last one leaves. Joins one-sided updates into whole quotes.
 */
export class SpotFeed {
  readonly #session: Session
  readonly #accountId: number
  readonly #watched = new Map<number, Watched>()
  readonly #stops: readonly (() => void)[]

  constructor(session: Session, accountId: number) {
    this.#session = session
    this.#accountId = accountId
    this.#stops = [
      session.on('ProtoOASpotEvent', (event) => this.#take(event)),
      session.onLost((lost) => this.#lost(lost)),
      session.onMalformed((error, payloadType) => {
        if (payloadType !== payloadTypes.ProtoOASpotEvent) return
        // Whose quote it was cannot be read either.
        const told = new MalformedQuoteError(undefined, 'its message is malformed', error)
        for (const entry of this.#watched.values()) fail(entry, told)
      }),
    ]
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#watched.clear()
  }

  /**
   * Subscribes and calls the listener with every quote from then on. Resolves when the server has taken the
   * subscription, with the function that ends it.
   */
  async watch(
    instrument: Instrument,
    listener: Listener,
    options: WaitOptions,
  ): Promise<() => void> {
    const entry = this.#entry(instrument)
    entry.listeners.add(listener)
    const leave = (): void => this.#leave(entry, listener)
    try {
      await this.#ensureSubscribed(entry, options)
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  /** The last quote of a watched symbol, once both sides are known. */
  last(symbolId: number): Quote | undefined {
    const entry = this.#watched.get(symbolId)
    return entry === undefined ? undefined : quoteOf(entry)
  }

  #entry(instrument: Instrument): Watched {
    const known = this.#watched.get(instrument.symbolId)
    if (known !== undefined) return known
    const entry: Watched = {
      instrument,
      listeners: new Set(),
      bid: undefined,
      ask: undefined,
      timestamp: undefined,
      request: Promise.resolve(),
      isSubscribed: false,
    }
    this.#watched.set(instrument.symbolId, entry)
    return entry
  }

  #ensureSubscribed(entry: Watched, options: WaitOptions): Promise<void> {
    return this.#enqueue(entry, async () => {
      if (entry.isSubscribed) return
      try {
        await this.#session.call.subscribeSpots(
          {
            ctidTraderAccountId: this.#accountId,
            symbolId: [entry.instrument.symbolId],
            subscribeToSpotTimestamp: true,
          },
          // A subscription lost on its way is simply made again.
          { ...options, repeat: true },
        )
      } catch (error) {
        // Somebody else on this connection has subscribed it: the events come all the same.
        if (!(error instanceof RequestRefusedError && error.serverCode === 'ALREADY_SUBSCRIBED'))
          throw error
      }
      entry.isSubscribed = true
    })
  }

  #leave(entry: Watched, listener: Listener): void {
    if (!entry.listeners.delete(listener) || entry.listeners.size > 0) return
    const symbolId = entry.instrument.symbolId
    void this.#enqueue(entry, async () => {
      // Somebody may have come back while the last request was under way.
      if (entry.listeners.size > 0) return
      if (this.#watched.get(symbolId) === entry) this.#watched.delete(symbolId)
      if (!entry.isSubscribed) return
      entry.isSubscribed = false
      await this.#session.call.unsubscribeSpots({
        ctidTraderAccountId: this.#accountId,
        symbolId: [symbolId],
      })
    }).catch(() => {
      // With the link or the account's authorisation the subscription is gone as well.
    })
  }

  #enqueue(entry: Watched, action: () => Promise<void>): Promise<void> {
    const run = entry.request.then(action)
    entry.request = run.catch(() => {})
    return run
  }

  /** What moved meanwhile is not known: a half that comes first must not be joined with an old one. */
  #lost(accountId: number): void {
    if (accountId !== this.#accountId) return
    for (const entry of this.#watched.values()) {
      entry.bid = undefined
      entry.ask = undefined
    }
  }

  #take(event: ProtoOASpotEvent): void {
    if (event.ctidTraderAccountId !== this.#accountId) return
    const entry = this.#watched.get(event.symbolId)
    if (entry === undefined) return
    // A missing side is unchanged, not gone.
    if (event.bid !== undefined) entry.bid = event.bid
    if (event.ask !== undefined) entry.ask = event.ask
    const { timestamp } = event
    const isMoment = timestamp === undefined || Math.abs(timestamp) <= furthestMs
    entry.timestamp = isMoment ? timestamp : undefined
    if (!isMoment) {
      const detail = `its timestamp ${timestamp} is no moment`
      return fail(entry, new MalformedQuoteError(entry.instrument.name, detail))
    }
    const quote = quoteOf(entry)
    if (quote !== undefined) for (const listener of entry.listeners) listener.quote(quote)
  }
}

function fail(entry: Watched, error: MalformedQuoteError): void {
  for (const listener of [...entry.listeners]) listener.fail(error)
}

function quoteOf(entry: Watched): Quote | undefined {
  if (entry.bid === undefined || entry.ask === undefined) return undefined
  const { name, symbolId, digits } = entry.instrument
  return {
    symbol: name,
    symbolId,
    bid: priceFromQuote(entry.bid, digits),
    ask: priceFromQuote(entry.ask, digits),
    at: entry.timestamp === undefined ? undefined : new Date(entry.timestamp),
  }
}
