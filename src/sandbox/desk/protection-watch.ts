import {
  type AccountBook,
  judgeProtection,
  type Position,
  type Prices,
  trailedTo,
} from '../engine/index.ts'
import { executesPending } from './check-trading.ts'
import type { Floor } from './floor.ts'
import { PriceWatch, type Reactions } from './price-watch.ts'

/** Which level of a position the market has reached. */
export type ReachedLevel = 'stop-loss' | 'take-profit'

/**
 * Looks after stop losses and take profits: tells which the market has reached, and lets trailing ones follow it. A
 * quote costs as much as there are positions that it reaches, whatever the number of accounts.
 */
export class ProtectionWatch {
  readonly #floor: Floor
  readonly #hit: (book: AccountBook, position: Position, level: ReachedLevel) => void
  readonly #bySymbol = new Map<number, PriceWatch<AccountBook>>()

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
    const quote = this.#quote(position.symbolId)
    if (quote !== undefined) this.#look(book, position.positionId, quote)
  }

  /** Watches a position from the next quote on. */
  resume(book: AccountBook, position: Position): void {
    const { symbolId, positionId } = position
    const watch = this.#bySymbol.get(symbolId) ?? new PriceWatch<AccountBook>()
    this.#bySymbol.set(symbolId, watch)
    watch.add(positionId, book, reactionsOf(position))
  }

  clear(): void {
    this.#bySymbol.clear()
  }

  /** A symbol has a new quote. */
  changed(symbolId: number): void {
    const watch = this.#bySymbol.get(symbolId)
    const quote = watch && this.#quote(symbolId)
    if (quote === undefined) return
    for (const { id, book } of watch?.take(quote) ?? []) this.#look(book, id, quote)
  }

  /** The quote of now; undefined while nothing may be closed at it. */
  #quote(symbolId: number): Prices | undefined {
    const { market } = this.#floor
    const instrument = this.#floor.instrument(symbolId)
    if (instrument === undefined || !executesPending(instrument, true)) return undefined
    return market.isOpen(symbolId, this.#floor.now()) ? market.quote(symbolId) : undefined
  }

  #look(book: AccountBook, positionId: number, quote: Prices): void {
    const position = book.positions.get(positionId)
    const { protection } = position ?? {}
    if (position === undefined || protection === undefined || position.volume === 0) return
    const verdict = judgeProtection(position, quote)
    if (verdict === 'rest') {
      if (protection.trailing) this.#trail(book, position, quote)
    } else if (verdict === 'arm' || verdict === 'disarm') {
      const armed = verdict === 'arm'
      book.putPosition({ ...position, protection: { ...protection, armed } })
    } else this.#hit(book, position, verdict)
    // What could not be closed, for want of a price for a conversion perhaps, is tried again at the next quote.
    const after = book.positions.get(positionId)
    if (after?.protection !== undefined && after.volume > 0) this.resume(book, after)
  }

  #trail(book: AccountBook, position: Position, quote: Prices): void {
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

/** Prices at which something happens to a protected position. */
function reactionsOf({ side, protection }: Position): Reactions {
  if (protection === undefined) return {}
  const { stopLoss, takeProfit, trigger, armed, trailing, distance } = protection
  // The quote after the one that armed a double trigger decides, whatever it is.
  if (armed) return { bidAtLeast: 0 }
  const opposed = trigger === 'opposite' || trigger === 'double-opposite'
  const sign = side === 'buy' ? 1 : -1
  const trails = trailing && stopLoss !== undefined && distance !== undefined
  const moves = trails ? stopLoss + sign * (distance + 1) : undefined
  const nearest = nearer(takeProfit, moves, sign)
  if (side === 'buy') {
    return opposed
      ? { askAtMost: stopLoss, bidAtLeast: nearest }
      : { bidAtMost: stopLoss, bidAtLeast: nearest }
  }
  return opposed
    ? { bidAtLeast: stopLoss, askAtMost: nearest }
    : { askAtLeast: stopLoss, askAtMost: nearest }
}

/** The one that a price reaches first on its way up, or, for a short, down. */
function nearer(
  one: number | undefined,
  other: number | undefined,
  sign: number,
): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return (one - other) * sign < 0 ? one : other
}
