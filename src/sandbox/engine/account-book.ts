import type { SandboxAccount } from '../world/index.ts'
import { Ledger, type LedgerState } from './ledger.ts'
import { jointMargin, type SymbolMargin, shownMargin } from './margin.ts'
import type { Numbers } from './numbers.ts'
import { OrderBook } from './order-book.ts'
import {
  type Deal,
  type Levels,
  newPosition,
  type Order,
  type OrderTerms,
  opposite,
  type Position,
  plainMarketOrder,
  type StopLossTerms,
} from './trade.ts'

/** Everything that a book holds: plain data that never changes, so that it can be kept and put back. */
export interface BookState extends LedgerState {
  readonly account: SandboxAccount
  readonly positions: readonly Position[]
  readonly orders: readonly Order[]
}

/** How a position is to be protected. */
export type ProtectionTerms = Levels & StopLossTerms & { readonly distance: number | undefined }

/**
 * What an account owns and owes: its money, positions, orders and deals. Knows no clock, no prices and no wire; whoever
 * changes it says when. Everything in it is immutable, so what was read stays true of its moment.
 */
export class AccountBook extends Ledger {
  readonly #numbers: Numbers
  readonly #positions = new Map<number, Position>()
  readonly #bySymbol = new Map<number, Set<number>>()
  readonly #margins = new Map<number, SymbolMargin>()
  readonly #orders = new OrderBook()

  /** Opens a book for an account, with its first deposit. */
  constructor(account: SandboxAccount, numbers: Numbers) {
    super(account, numbers)
    this.#numbers = numbers
  }

  /** Positions that are open or on their way; ended ones are forgotten, their deals are not. */
  get positions(): ReadonlyMap<number, Position> {
    return this.#positions
  }

  /** Positions with a volume. */
  *openPositions(): Generator<Position> {
    for (const position of this.#positions.values()) if (position.volume > 0) yield position
  }

  /** Every order there was. */
  get orders(): ReadonlyMap<number, Order> {
    return this.#orders.all
  }

  /** The same, the one changed last at the end; where one was that has changed since there is a gap. */
  get ordersByChange(): readonly (Order | undefined)[] {
    return this.#orders.byChange
  }

  ordersOf(positionId: number): readonly Order[] {
    return this.#orders.ofPosition(positionId)
  }

  /** The same, the one changed last at the end, as they stand in {@link ordersByChange}. */
  ordersOfByChange(positionId: number): readonly Order[] {
    return this.#orders.ofPositionByChange(positionId)
  }

  /** Orders that wait for their price. */
  workingOrders(): readonly Order[] {
    return this.#orders.working()
  }

  /** What the open positions use together; `instead` shows what it were with another position in place of one. */
  usedMargin(instead?: Position): bigint {
    let total = 0n
    for (const [symbolId, sums] of this.#margins) {
      if (symbolId !== instead?.symbolId) total += jointMargin(sums, this.account.totalMargin)
    }
    if (instead === undefined) return total
    const before = this.#positions.get(instead.positionId)
    const sums = this.#exchanged(instead.symbolId, before, instead)
    return total + jointMargin(sums, this.account.totalMargin)
  }

  /** Margin of one position as it is shown. */
  marginOf(position: Position): bigint {
    return shownMargin(position.margin, this.account.moneyDigits)
  }

  /** Positions of a symbol, in the order in which they were opened. */
  *positionsOf(symbolId: number): Generator<Position> {
    for (const positionId of this.#bySymbol.get(symbolId) ?? []) {
      const position = this.#positions.get(positionId)
      if (position !== undefined) yield position
    }
  }

  /** Volume held in a symbol on a side. */
  volumeHeld(symbolId: number, side: Position['side']): number {
    let sum = 0
    for (const position of this.positionsOf(symbolId)) {
      if (position.side === side) sum += position.volume
    }
    return sum
  }

  /** On a netted account: the one position of a symbol, open or on its way, which further orders share. */
  positionOf(symbolId: number): Position | undefined {
    let onItsWay: Position | undefined
    for (const position of this.positionsOf(symbolId)) {
      if (position.volume > 0) return position
      // One whose closing still waits for its protection to go is not coming back.
      if (position.openedAt === undefined) onItsWay = position
    }
    return onItsWay
  }

  /** Takes an order: it is accepted, its position on its way. */
  accept(
    terms: OrderTerms,
    given: {
      readonly positionId?: number | undefined
      readonly clientOrderId?: string | undefined
    },
    at: number,
  ): Order {
    const known = this.#positions.get(given.positionId ?? 0)
    const { positionId } = known ?? this.#newPosition(terms)
    const order: Order = {
      orderId: this.#numbers.order(),
      ...terms,
      positionId,
      ...{ status: 'accepted', stage: 'arriving', activated: false, armed: false },
      clientOrderId: given.clientOrderId ?? this.#numbers.clientOrder(),
      ...{ executedVolume: 0, executedValue: 0n },
      ...{ openedAt: at, updatedAt: at, closedAt: undefined },
    }
    return this.#orders.put(order)
  }

  /** Writes down a changed order. */
  putOrder(order: Order): Order {
    return this.#orders.put(order)
  }

  /** Gives an accepted order a fresh position: the one it was meant for has ended meanwhile. */
  redirect(order: Order): Order {
    const { positionId } = this.#newPosition(order)
    return this.#orders.put({ ...order, positionId })
  }

  /** Writes down what an execution did. */
  record(order: Order, deal: Omit<Deal, 'dealId'>, position: Position): Deal {
    this.#orders.put(order)
    this.putPosition(position)
    return this.addDeal({ dealId: this.#numbers.deal(), ...deal })
  }

  /** Writes down a changed position. */
  putPosition(position: Position): Position {
    const { positionId, symbolId } = position
    const known = this.#bySymbol.get(symbolId)
    if (known === undefined) this.#bySymbol.set(symbolId, new Set([positionId]))
    else known.add(positionId)
    const before = this.#positions.get(positionId)
    this.#margins.set(symbolId, this.#exchanged(symbolId, before, position))
    this.#positions.set(positionId, position)
    return position
  }

  /** Ends an order without an execution, or without a further one. */
  end(order: Order, status: 'rejected' | 'cancelled' | 'expired', at: number): Order {
    return this.#orders.put({ ...order, status, stage: 'ended', updatedAt: at, closedAt: at })
  }

  /** Whether another order that is accepted and not ended is meant for the position. */
  isAwaited(positionId: number, besides: number): boolean {
    return this.#orders.isAwaited(positionId, besides)
  }

  /** Closes a position that has no volume: it is forgotten here, and returned as it ended. */
  endPosition(position: Position, at: number): Position {
    const { positionId, symbolId } = position
    const known = this.#positions.get(positionId)
    this.#positions.delete(positionId)
    const others = this.#bySymbol.get(symbolId)
    others?.delete(positionId)
    if (others?.size === 0) this.#bySymbol.delete(symbolId)
    if (others?.size === 0) this.#margins.delete(symbolId)
    else this.#margins.set(symbolId, this.#exchanged(symbolId, known, undefined))
    return { ...position, status: 'closed', protection: undefined, updatedAt: at, closedAt: at }
  }

  /** Protects a position: makes its protection order, or changes the one it has. */
  protect(
    position: Position,
    terms: ProtectionTerms,
    at: number,
  ): { readonly order: Order; readonly position: Position } {
    const { stopLoss, takeProfit, trailing, guaranteed, trigger, distance } = terms
    const before =
      position.protection === undefined ? undefined : this.orders.get(position.protection.orderId)
    const order = this.#orders.put({
      orderId: before?.orderId ?? this.#numbers.order(),
      ...plainMarketOrder,
      type: 'protection',
      timeInForce: 'good-till-cancel',
      ...{ positionId: position.positionId, symbolId: position.symbolId },
      ...{ side: opposite(position.side), volume: position.volume, closing: true },
      ...{ status: 'accepted', stage: 'working', activated: false, armed: false },
      clientOrderId: before?.clientOrderId ?? this.#numbers.clientOrder(),
      ...{ stopPrice: stopLoss, limitPrice: takeProfit, trailing, guaranteed, trigger },
      ...{ executedVolume: 0, executedValue: 0n },
      ...{ openedAt: before?.openedAt ?? at, updatedAt: at, closedAt: undefined },
    })
    const level = { stopLoss, takeProfit, trailing, guaranteed, trigger, distance }
    const protection = { orderId: order.orderId, ...level, armed: false }
    return { order, position: this.putPosition({ ...position, protection, updatedAt: at }) }
  }

  /** Moves a trailing stop loss. The position does not count as updated by it: a capture shows that. */
  trail(position: Position, stopLoss: number, at: number): Position {
    const { protection } = position
    if (protection === undefined) return position
    const order = this.orders.get(protection.orderId)
    if (order !== undefined) this.#orders.put({ ...order, stopPrice: stopLoss, updatedAt: at })
    return this.putPosition({ ...position, protection: { ...protection, stopLoss } })
  }

  capture(): BookState {
    return {
      account: this.account,
      ...this.captureMoney(),
      positions: [...this.#positions.values()],
      orders: this.ordersByChange.filter((order) => order !== undefined),
    }
  }

  /** The book of a captured state. */
  static restore(state: BookState, numbers: Numbers): AccountBook {
    const book = new AccountBook({ ...state.account, deposit: 0n }, numbers)
    book.account = state.account
    book.restoreMoney(state)
    for (const order of state.orders) book.#orders.put(order)
    for (const position of state.positions) book.putPosition(position)
    return book
  }

  #newPosition(terms: Pick<Order, 'symbolId' | 'side' | 'label' | 'comment'>): Position {
    return this.putPosition(newPosition(this.#numbers.position(), terms))
  }

  /** The margins of a symbol with one position in place of another, which costs the same however many there are. */
  #exchanged(
    symbolId: number,
    before: Position | undefined,
    after: Position | undefined,
  ): SymbolMargin {
    const sums = { buy: 0n, sell: 0n, ...this.#margins.get(symbolId) }
    if (before !== undefined) sums[before.side] -= this.marginOf(before)
    if (after !== undefined) sums[after.side] += this.marginOf(after)
    return sums
  }
}
