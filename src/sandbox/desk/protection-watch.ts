import { type AccountBook, judgeProtection, type Position, trailedTo } from '../engine/index.ts'
import { executesPending } from './check-trading.ts'
import type { Floor } from './floor.ts'

/** Which level of a position the market has reached. */
export type ReachedLevel = 'stop-loss' | 'take-profit'

/**
 * Looks after stop losses and take profits: tells which the market has reached, and lets trailing ones follow it. A
 * quote costs as much as there are protected positions in its symbol, whatever the number of accounts.
 */
export class ProtectionWatch {
  readonly #floor: Floor
  readonly #hit: (book: AccountBook, position: Position, level: ReachedLevel) => void
  readonly #bySymbol = new Map<number, Map<number, AccountBook>>()

  constructor(
    floor: Floor,
    hit: (book: AccountBook, position: Position, level: ReachedLevel) => void,
  ) {
    this.#floor = floor
    this.#hit = hit
  }

  /** Watches a position from now on; one that is reached already is closed at once. */
  add(book: AccountBook, position: Position): void {
    this.resume(book, position)
    this.#look(position.symbolId, [[position.positionId, book]])
  }

  /** Watches a position from the next quote on. */
  resume(book: AccountBook, { symbolId, positionId }: Position): void {
    const watched = this.#bySymbol.get(symbolId) ?? new Map<number, AccountBook>()
    this.#bySymbol.set(symbolId, watched)
    watched.set(positionId, book)
  }

  clear(): void {
    this.#bySymbol.clear()
  }

  /** A symbol has a new quote. */
  changed(symbolId: number): void {
    const watched = this.#bySymbol.get(symbolId)
    if (watched === undefined) return
    this.#look(symbolId, watched)
    if (watched.size === 0) this.#bySymbol.delete(symbolId)
  }

  #look(symbolId: number, watched: Iterable<readonly [number, AccountBook]>): void {
    const { market } = this.#floor
    const quote = market.quote(symbolId)
    const instrument = this.#floor.instrument(symbolId)
    if (quote === undefined || instrument === undefined) return
    if (!market.isOpen(symbolId, this.#floor.now()) || !executesPending(instrument, true)) return
    const reached: { book: AccountBook; positionId: number; level: ReachedLevel }[] = []
    for (const [positionId, book] of watched) {
      const position = book.positions.get(positionId)
      const { protection } = position ?? {}
      if (position === undefined || protection === undefined || position.volume === 0) {
        this.#bySymbol.get(symbolId)?.delete(positionId)
        continue
      }
      const verdict = judgeProtection(position, quote)
      if (verdict === 'rest') {
        if (protection.trailing) this.#trail(book, position, quote)
      } else if (verdict === 'arm' || verdict === 'disarm') {
        const armed = verdict === 'arm'
        book.putPosition({ ...position, protection: { ...protection, armed } })
      } else reached.push({ book, positionId, level: verdict })
    }
    for (const { book, positionId, level } of reached) {
      const position = book.positions.get(positionId)
      if (position?.protection !== undefined && position.volume > 0)
        this.#hit(book, position, level)
    }
  }

  #trail(
    book: AccountBook,
    position: Position,
    quote: { readonly bid: number; readonly ask: number },
  ): void {
    const stopLoss = trailedTo(position, quote)
    if (stopLoss === undefined || position.protection === undefined) return
    const at = this.#floor.now()
    book.trail(position, stopLoss, at)
    const { accountId } = book.account
    const { positionId, protection } = position
    this.#floor.tell({
      accountId,
      name: 'ProtoOATrailingSLChangedEvent',
      event: {
        ctidTraderAccountId: accountId,
        positionId,
        orderId: protection.orderId,
        stopPrice: stopLoss / 100_000,
        utcLastUpdateTimestamp: at,
      },
      clientMsgId: undefined,
    })
  }
}
