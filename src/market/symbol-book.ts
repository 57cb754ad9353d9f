import { randomBytes } from 'node:crypto'
import type { Clock } from '../async/clock.ts'
import { Deadline } from '../async/deadline.ts'
import { join } from '../async/join.ts'
import { checkDuration } from '../duration.ts'
import { similarNames } from '../known-options.ts'
import type { ProtoOALightSymbol } from '../protocol/index.ts'
import {
  type CallOptions,
  RequestAbortedError,
  type RequestIdentity,
  type RequestOutcome,
  RequestRefusedError,
  RequestTimeoutError,
  type Session,
  type WhenOffline,
} from '../session/index.ts'
import type { Instrument } from '../units/index.ts'
import { AmbiguousSymbolError, UnknownSymbolError, UnusableSymbolError } from './errors.ts'
import { bareInstrument, type NamedSymbol, toInstrument } from './to-instrument.ts'

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
  readonly clock: Clock
  /** The deadline of who names none, in milliseconds. */
  readonly requestTimeoutMs: number
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
  #list: readonly SymbolSummary[] | undefined
  /** The questions for the list that are under way, by how they are asked. */
  readonly #asked = new Map<string, AskedList>()
  /** Counts the news of changes: what was asked before is not kept after. */
  #edition = 0
  readonly #details = new Map<number, Instrument>()

  constructor(options: SymbolBookOptions) {
    this.#options = options
    const { session, accountId } = options
    this.#stops = [
      session.on('ProtoOASymbolChangedEvent', (event) => {
        if (event.ctidTraderAccountId !== accountId) return
        this.#outdated()
        for (const symbolId of event.symbolId) this.#details.delete(symbolId)
      }),
      session.onRestored((restored) => {
        if (restored !== accountId) return
        // Changes are not told to those who are away.
        this.#outdated()
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
  async list(options: CallOptions = {}): Promise<readonly SymbolSummary[]> {
    const { clock, requestTimeoutMs } = this.#options
    const { signal, timeoutMs = requestTimeoutMs, whenOffline } = options
    const ms = checkDuration('timeoutMs', timeoutMs)
    let asked: AskedList | undefined
    const work = (): Promise<readonly SymbolSummary[]> => {
      if (this.#list !== undefined) return Promise.resolve(this.#list)
      asked = this.#ask(whenOffline)
      return asked.answer
    }
    const about = (): [RequestIdentity, RequestOutcome] => {
      const { session, accountId } = this.#options
      const identity = { request: 'symbolsList', accountId, clientMsgId: asked?.id ?? '' } as const
      // What was under way when the account was lost has failed; what waits for it has not left.
      const mayHaveLeft = asked !== undefined && session.isAuthorized(accountId)
      return [identity, mayHaveLeft ? 'unknown' : 'not-sent']
    }
    return join(work, {
      ...{ ms, clock, signal },
      expired() {
        const [identity, outcome] = about()
        return new RequestTimeoutError(identity, ms, outcome)
      },
      aborted: (reason) => new RequestAbortedError(...about(), reason),
      ranOut: (error) => error instanceof RequestTimeoutError,
    })
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
   * @throws {@link UnknownSymbolError}, {@link AmbiguousSymbolError}, {@link UnusableSymbolError}
   */
  async details(
    symbols: readonly SymbolRef[],
    options: CallOptions = {},
  ): Promise<readonly Instrument[]> {
    const { clock, requestTimeoutMs } = this.#options
    const deadline = new Deadline(
      clock,
      checkDuration('timeoutMs', options.timeoutMs ?? requestTimeoutMs),
    )
    const rest = (): CallOptions => ({ ...options, timeoutMs: Math.max(1, deadline.leftMs) })
    const found: SymbolSummary[] = []
    for (const symbol of symbols) found.push(await this.find(symbol, rest()))
    const missing = found.filter((item) => !this.#details.has(item.symbolId))
    const fetched = missing.length > 0 ? await this.#fetchDetails(missing, rest()) : undefined
    return found.map((item) => {
      const details = fetched?.get(item.symbolId) ?? this.#details.get(item.symbolId)
      if (details === undefined) throw new UnknownSymbolError(item.name, [])
      return details
    })
  }

  /**
   * Describes symbols by their ids as well as they are known, in the order asked for: a position outlives the symbol's
   * place in the list, and what the server says of it may be unusable. It never fails for a symbol.
   *
   * - Wire: `ProtoOASymbolByIdReq`
   */
  async describe(symbolIds: readonly number[], options: CallOptions): Promise<Instrument[]> {
    const { clock, requestTimeoutMs } = this.#options
    const deadline = new Deadline(
      clock,
      checkDuration('timeoutMs', options.timeoutMs ?? requestTimeoutMs),
    )
    const rest = (): CallOptions => ({ ...options, timeoutMs: Math.max(1, deadline.leftMs) })
    const list = symbolIds.length > 0 ? await this.list(rest()) : []
    const found = new Map<number, Instrument>()
    const missing = new Set(symbolIds.filter((id) => !this.#details.has(id)))
    const listed = list.filter(({ symbolId }) => missing.delete(symbolId))
    const lost = [...missing].map((id) => this.#unlisted(id))
    // Those that have gone are asked for by themselves: a server may refuse the whole question because of one.
    for (const symbols of [listed, lost]) {
      if (symbols.length === 0) continue
      for (const symbol of symbols) found.set(symbol.symbolId, bareInstrument(symbol))
      for (const one of await this.#describe(symbols, rest())) found.set(one.symbolId, one)
    }
    return symbolIds.map(
      (id) => found.get(id) ?? this.#details.get(id) ?? bareInstrument(this.#unlisted(id)),
    )
  }

  async #describe(symbols: readonly NamedSymbol[], options: CallOptions): Promise<Instrument[]> {
    const { session, accountId } = this.#options
    const symbolId = symbols.map((symbol) => symbol.symbolId)
    try {
      const request = { ctidTraderAccountId: accountId, symbolId }
      const { symbol: full, archivedSymbol } = await session.call.symbolById(request, options)
      return symbols.map((known) => {
        const archived = archivedSymbol.find((one) => one.symbolId === known.symbolId)
        const named = archived === undefined ? known : { ...known, name: archived.name }
        const facts = full.find((one) => one.symbolId === known.symbolId)
        try {
          return facts === undefined ? bareInstrument(named) : toInstrument(named, facts)
        } catch (error) {
          if (error instanceof UnusableSymbolError) return bareInstrument(named)
          throw error
        }
      })
    } catch (error) {
      if (error instanceof RequestRefusedError) return []
      throw error
    }
  }

  #unlisted(symbolId: number): NamedSymbol {
    const asset = this.#options.assetName(undefined)
    return {
      ...{ symbolId, name: `#${symbolId}`, description: undefined },
      ...{ baseAsset: asset, quoteAsset: asset },
    }
  }

  #outdated(): void {
    this.#edition++
    this.#list = undefined
    this.#asked.clear()
  }

  /** The question that is under way, or a new one. It has a deadline of its own: those who wait come and go. */
  #ask(whenOffline: WhenOffline | undefined): AskedList {
    const { session, accountId } = this.#options
    // Only where the account is away it matters whether the question waits for it.
    const way = session.isAuthorized(accountId) ? 'now' : (whenOffline ?? 'usual')
    const known = this.#asked.get(way)
    if (known !== undefined) return known
    const id = randomBytes(12).toString('base64url')
    const asked = { id, answer: this.#fetchList({ whenOffline, clientMsgId: id }) }
    this.#asked.set(way, asked)
    const edition = this.#edition
    // A failed attempt is not kept: the next call asks again.
    const over = (): void => {
      if (this.#asked.get(way) === asked) this.#asked.delete(way)
    }
    asked.answer.then((list) => {
      if (this.#edition === edition) this.#list = list
      over()
    }, over)
    return asked
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

  async #fetchDetails(
    symbols: readonly SymbolSummary[],
    options: CallOptions,
  ): Promise<ReadonlyMap<number, Instrument>> {
    const { session, accountId } = this.#options
    const edition = this.#edition
    const answer = await session.call.symbolById(
      { ctidTraderAccountId: accountId, symbolId: symbols.map((symbol) => symbol.symbolId) },
      options,
    )
    const fetched = new Map<number, Instrument>()
    for (const full of answer.symbol) {
      const summary = symbols.find((symbol) => symbol.symbolId === full.symbolId)
      if (summary === undefined) continue
      const instrument = toInstrument(summary, full)
      fetched.set(full.symbolId, instrument)
      // The answer may be older than the news that something has changed.
      if (this.#edition === edition) this.#details.set(full.symbolId, instrument)
    }
    return fetched
  }
}

/** A question for the list that is under way. */
interface AskedList {
  readonly id: string
  readonly answer: Promise<readonly SymbolSummary[]>
}
