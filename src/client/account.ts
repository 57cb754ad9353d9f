import { randomBytes } from 'node:crypto'
import {
  type AccountSummary,
  type Asset,
  assetName,
  getTrader,
  listAssets,
  type Trader,
} from '../accounts/index.ts'
import type { Clock } from '../async/clock.ts'
import type { WaitOptions } from '../async/wait-options.ts'
import { checkOptionNames } from '../known-options.ts'
import {
  checkQuoteRequest,
  type Quote,
  SpotFeed,
  SymbolBook,
  type SymbolRef,
  type SymbolSummary,
  UnknownLotSizeError,
  type WatchQuotesOptions,
  watchQuotes,
} from '../market/index.ts'
import type { Metrics, ReconnectingSession } from '../session/index.ts'
import {
  type ClosePositionOptions,
  checkClosePosition,
  closePosition,
  fetchPositions,
  type Order,
  type PlaceOrderOptions,
  type Position,
  PositionNotFoundError,
  placeOrder,
  placeOrderOptionNames,
  type TradingContext,
  toPosition,
} from '../trading/index.ts'
import type { Instrument, Volume } from '../units/index.ts'

import { type OrderLookUp, prepareOrder } from './prepare-order.ts'
import { readablePosition } from './readable-position.ts'
import { ClientClosedError } from './session-pool.ts'

/** What a client lends its accounts. */
interface AccountTools {
  readonly clock: Clock
  readonly metrics: Metrics | undefined
  /** The deadline of what names none, in milliseconds. */
  readonly requestTimeoutMs: number
}

/** One trading account, authorised on its host's connection. Made by {@link Client.account}. */
export class Account {
  readonly accountId: number
  /** What the account list says of it. */
  readonly summary: AccountSummary
  /** The session it lives on, which outlives its links, with the typed raw calls (`session.call`) for everything not offered here. */
  readonly session: ReconnectingSession
  readonly #tools: AccountTools
  readonly #symbols: SymbolBook
  readonly #spots: SpotFeed
  /** The orders whose end has not come; none of them rejects. */
  readonly #underway = new Set<Promise<void>>()
  #isClosing = false
  #assets: readonly Asset[]
  #currency: string

  private constructor(
    summary: AccountSummary,
    session: ReconnectingSession,
    tools: AccountTools,
    assets: readonly Asset[],
    currency: string,
  ) {
    this.accountId = summary.accountId
    this.summary = summary
    this.session = session
    this.#tools = tools
    this.#assets = assets
    this.#currency = currency
    this.#symbols = new SymbolBook({
      session,
      accountId: summary.accountId,
      clock: tools.clock,
      requestTimeoutMs: tools.requestTimeoutMs,
      assetName: (assetId) => assetName(this.#assets, assetId),
    })
    this.#spots = new SpotFeed(session, summary.accountId)
  }

  /** @internal Reads what amounts and names need; the account is authorised already. */
  static async open(
    summary: AccountSummary,
    session: ReconnectingSession,
    tools: AccountTools,
  ): Promise<Account> {
    const assets = await listAssets(session, summary.accountId)
    const trader = await getTrader(session, summary.accountId, assets)
    return new Account(summary, session, tools, assets, trader.currency)
  }

  /** Balance, currency, leverage and type, read anew. */
  async trader(options: WaitOptions = {}): Promise<Trader> {
    return getTrader(this.session, this.accountId, this.#assets, options)
  }

  /** The broker's symbols. Listed once and kept until the server says that something changed. */
  symbols(options: WaitOptions = {}): Promise<readonly SymbolSummary[]> {
    return this.#symbols.list(options)
  }

  /**
   * Everything about one symbol: digits, lot size, volumes.
   *
   * @throws `UnknownSymbolError`, with names that look alike
   */
  async symbol(symbol: SymbolRef, options: WaitOptions = {}): Promise<Instrument> {
    const [instrument] = await this.#symbols.details([symbol], options)
    return instrument as Instrument
  }

  /**
   * Live quotes of some symbols, bid and ask always both there, until the loop is left.
   *
   * @example
   * for await (const quote of account.watchQuotes(['EURUSD'])) console.log(`${quote.bid} / ${quote.ask}`)
   */
  watchQuotes(
    symbols: readonly SymbolRef[],
    options: WatchQuotesOptions = {},
  ): AsyncGenerator<Quote, void, undefined> {
    checkQuoteRequest(symbols, options)
    const find = (): Promise<readonly Instrument[]> => this.#symbols.details(symbols, options)
    const { metrics } = this.#tools
    const onDrop = (): void => metrics?.count('drops', { stream: 'quotes' })
    return watchQuotes(this.session, this.#spots, find, { ...options, onDrop })
  }

  /**
   * The open positions, read anew. One whose symbol the account's list no longer holds bears the name it had, or `#` and
   * the symbol's id; a price or moment that the server does not say readably is undefined.
   */
  async positions(options: WaitOptions = {}): Promise<readonly Position[]> {
    const positions = await fetchPositions(this.session, this.accountId, options)
    const instruments = await this.#symbols.describe(
      positions.map((position) => position.tradeData.symbolId),
      options,
    )
    return positions.map((position, index) =>
      toPosition(readablePosition(position), instruments[index] as Instrument, this.#currency),
    )
  }

  /**
   * Sends a market order. Resolves when the server has taken it; `await order.filled` waits for the fill.
   *
   * The deadline is one for all of it, looking the symbol up included; the client's `requestTimeoutMs` unless another is
   * given. Nothing is sent after it.
   *
   * @throws what looking up and sending reject with; its `outcome` speaks of the order. `OrderNotSentError` when the
   * server refused what had to be asked before.
   *
   * @example
   * const order = await account.placeOrder({ symbol: 'EURUSD', side: 'buy', type: 'market', volume: lots('0.10') })
   * const fill = await order.filled
   */
  async placeOrder(options: PlaceOrderOptions & { readonly symbol: SymbolRef }): Promise<Order> {
    checkOptionNames('placeOrder', options, { symbol: true, ...placeOrderOptionNames })
    const { ready, rest } = await this.#before('newOrder', options, async (wait) => {
      const [instrument] = await this.#symbols.details([options.symbol], wait)
      return instrument as Instrument
    })
    checkLots(options.volume, ready)
    return this.#follow(placeOrder(this.#trading(), ready, { ...options, ...rest }))
  }

  /**
   * Closes an open position, wholly or in part. Resolves when the server has taken the closing order; its fill's
   * `closed` says what was settled.
   *
   * The deadline is one for all of it, as with {@link Account.placeOrder}.
   *
   * @throws `PositionNotFoundError`
   */
  async closePosition(options: ClosePositionOptions): Promise<Order> {
    checkClosePosition(options)
    const { ready, rest } = await this.#before('closePosition', options, async (wait) => {
      const positions = await fetchPositions(this.session, this.accountId, wait)
      const position = positions.find((item) => item.positionId === options.positionId)
      if (position === undefined) throw new PositionNotFoundError(options.positionId)
      const { symbolId } = position.tradeData
      // What closes a position is its id and its volume, whatever is known of its symbol.
      const [instrument] = await this.#symbols.describe([symbolId], wait)
      return { position, instrument: instrument as Instrument }
    })
    const { position, instrument } = ready
    checkLots(options.volume, instrument)
    return this.#follow(
      closePosition(this.#trading(), instrument, position, { ...options, ...rest }),
    )
  }

  /** @internal Takes no more orders. Resolves when those under way have come to their end, whatever it is. */
  async drain(): Promise<void> {
    this.#isClosing = true
    await Promise.all(this.#underway)
  }

  #follow(placing: Promise<Order>): Promise<Order> {
    const end = placing
      .then(({ filled }) => filled)
      .then(
        () => {},
        () => {},
      )
    this.#underway.add(end)
    void end.then(() => this.#underway.delete(end))
    return placing
  }

  /** @internal Stops listening. The connection is the client's. */
  close(): void {
    this.#symbols.close()
    this.#spots.close()
  }

  /** Learns what an order needs to know, within the order's own deadline. */
  #before<T>(
    request: 'newOrder' | 'closePosition',
    options: WaitOptions,
    lookUp: OrderLookUp<T>,
  ): ReturnType<typeof prepareOrder<T>> {
    if (this.#isClosing) throw new ClientClosedError()
    const { clock, requestTimeoutMs } = this.#tools
    return prepareOrder(
      { request, accountId: this.accountId, clock, requestTimeoutMs },
      options,
      lookUp,
    )
  }

  #trading(): TradingContext {
    return {
      session: this.session,
      accountId: this.accountId,
      currency: this.#currency,
      clock: this.#tools.clock,
      newId: () => randomBytes(12).toString('base64url'),
    }
  }
}

/** @throws {@link UnknownLotSizeError}: what a lot is differs from symbol to symbol, and is not guessed */
function checkLots(volume: Volume | undefined, { name, lotSize }: Instrument): void {
  if (volume?.kind === 'lots' && lotSize === undefined) throw new UnknownLotSizeError(name)
}
