import { similarNames } from '../known-options.ts'
import type { ProtoOALightSymbol, ProtoOASymbol } from '../protocol/index.ts'
import type { CallOptions, Session } from '../session/index.ts'
import { type Decimal, type Instrument, unitsFromCents } from '../units/index.ts'
import { AmbiguousSymbolError, UnknownSymbolError } from './errors.ts'

/** A symbol as the account's list tells it. Digits and volumes are not in the list: ask for the {@link Instrument}. */
export interface SymbolSummary {
  readonly symbolId: number
  readonly name: string
  readonly description: string | undefined
  readonly baseAsset: string
  readonly quoteAsset: string
  /** Whether the broker offers it to this account now. */
  readonly isEnabled: boolean
}

/** Names a symbol: its name as the broker spells it, or its id. */
export type SymbolRef = string | number

export interface SymbolBookOptions {
  readonly session: Session
  readonly accountId: number
  /** Turns an asset's id into its name. */
  assetName(assetId: number | undefined): string
}

/**
 * The symbols of one account: listed once, described in detail on demand, forgotten when the server says that one has
 * changed.
 */
export class SymbolBook {
  readonly #options: SymbolBookOptions
  readonly #stops: readonly (() => void)[]
  #list: Promise<readonly SymbolSummary[]> | undefined
  readonly #details = new Map<number, Instrument>()

  constructor(options: SymbolBookOptions) {
    this.#options = options
    const { session, accountId } = options
    this.#stops = [
      session.on('ProtoOASymbolChangedEvent', (event) => {
        if (event.ctidTraderAccountId !== accountId) return
        this.#list = undefined
        for (const symbolId of event.symbolId) this.#details.delete(symbolId)
      }),
      session.onRestored((restored) => {
        if (restored !== accountId) return
        // Changes are not told to those who are away.
        this.#list = undefined
        this.#details.clear()
      }),
    ]
  }

  close(): void {
    for (const stop of this.#stops) stop()
  }

  /**
   * Every symbol of the account.
   *
   * - Wire: `ProtoOASymbolsListReq`
   */
  list(options: CallOptions = {}): Promise<readonly SymbolSummary[]> {
    if (this.#list !== undefined) return this.#list
    const list = this.#fetchList(options)
    this.#list = list
    // A failed attempt is not kept: the next call asks again.
    list.catch(() => {
      if (this.#list === list) this.#list = undefined
    })
    return list
  }

  /**
   * Finds one symbol.
   *
   * @throws {@link UnknownSymbolError}, with names that look alike; {@link AmbiguousSymbolError}
   */
  async find(symbol: SymbolRef, options: CallOptions = {}): Promise<SymbolSummary> {
    const list = await this.list(options)
    if (typeof symbol === 'number') {
      const found = list.find((item) => item.symbolId === symbol)
      if (found === undefined) throw new UnknownSymbolError(symbol, [])
      return found
    }
    const matches = list.filter((item) => item.name === symbol)
    const [first, ...others] = matches
    if (first === undefined) {
      const names = list.map((item) => item.name)
      throw new UnknownSymbolError(symbol, similarNames(names, symbol))
    }
    if (others.length > 0)
      throw new AmbiguousSymbolError(
        symbol,
        matches.map((item) => item.symbolId),
      )
    return first
  }

  /**
   * Everything about some symbols, in the order asked for.
   *
   * - Wire: `ProtoOASymbolByIdReq`
   *
   * @throws {@link UnknownSymbolError}, {@link AmbiguousSymbolError}
   */
  async details(
    symbols: readonly SymbolRef[],
    options: CallOptions = {},
  ): Promise<readonly Instrument[]> {
    const found: SymbolSummary[] = []
    for (const symbol of symbols) found.push(await this.find(symbol, options))
    const missing = found.filter((item) => !this.#details.has(item.symbolId))
    if (missing.length > 0) await this.#fetchDetails(missing, options)
    return found.map((item) => {
      const details = this.#details.get(item.symbolId)
      if (details === undefined) throw new UnknownSymbolError(item.name, [])
      return details
    })
  }

  async #fetchList(options: CallOptions): Promise<readonly SymbolSummary[]> {
    const { session, accountId } = this.#options
    const answer = await session.call.symbolsList({ ctidTraderAccountId: accountId }, options)
    return answer.symbol.map((symbol) => this.#summary(symbol))
  }

  #summary(symbol: ProtoOALightSymbol): SymbolSummary {
    return {
      symbolId: symbol.symbolId,
      name: symbol.symbolName ?? `#${symbol.symbolId}`,
      description: symbol.description,
      baseAsset: this.#options.assetName(symbol.baseAssetId),
      quoteAsset: this.#options.assetName(symbol.quoteAssetId),
      isEnabled: symbol.enabled ?? true,
    }
  }

  async #fetchDetails(symbols: readonly SymbolSummary[], options: CallOptions): Promise<void> {
    const { session, accountId } = this.#options
    const answer = await session.call.symbolById(
      { ctidTraderAccountId: accountId, symbolId: symbols.map((symbol) => symbol.symbolId) },
      options,
    )
    for (const full of answer.symbol) {
      const summary = symbols.find((symbol) => symbol.symbolId === full.symbolId)
      if (summary !== undefined) this.#details.set(full.symbolId, toInstrument(summary, full))
    }
  }
}

/** The lot of symbols whose server names none: the standard lot of 100,000 units. */
const standardLotCents = 10_000_000

function toInstrument(summary: SymbolSummary, full: ProtoOASymbol): Instrument {
  const volume = (cents: number | bigint | undefined): Decimal | undefined =>
    cents === undefined ? undefined : unitsFromCents(cents)
  return {
    symbolId: summary.symbolId,
    name: summary.name,
    description: summary.description,
    baseAsset: summary.baseAsset,
    quoteAsset: summary.quoteAsset,
    digits: full.digits,
    pipPosition: full.pipPosition,
    lotSize: unitsFromCents(full.lotSize ?? standardLotCents),
    minVolume: volume(full.minVolume),
    stepVolume: volume(full.stepVolume),
    maxVolume: volume(full.maxVolume),
  }
}
