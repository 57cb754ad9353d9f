import type { SandboxAccount } from '../world/index.ts'
import { shownMargin, totalMargin } from './margin.ts'
import {
  type Deal,
  type Deposit,
  newPosition,
  type Order,
  opposite,
  type Position,
  type Protection,
} from './trade.ts'

/** Numbers for new things: unique in the whole sandbox, and the same on every run. */
export interface Numbers {
  position(): number
  order(): number
  deal(): number
  deposit(): number
  clientOrder(): string
}

/** A new order, before the book gives it its numbers. */
export type OrderTerms = Pick<
  Order,
  | 'symbolId'
  | 'side'
  | 'volume'
  | 'closing'
  | 'label'
  | 'comment'
  | 'relativeStopLoss'
  | 'relativeTakeProfit'
> & {
  readonly clientOrderId: string | undefined
  /** The position it is meant for; undefined for a new one. */
  readonly positionId: number | undefined
}

/**
 * What an account owns and owes: its balance, positions, orders, deals and deposits. Knows no clock, no prices and no
 * wire; whoever changes it says when. Everything in it is immutable, so what was read stays true of its moment.
 */
export class AccountBook {
  readonly account: SandboxAccount
  readonly #numbers: Numbers
  readonly #positions = new Map<number, Position>()
  readonly #orders = new Map<number, Order>()
  readonly #deals: Deal[] = []
  readonly #deposits: Deposit[] = []
  #balance = 0n
  #balanceVersion = 1
  #balanceUpdatedAt: number
  #closingDealAt: number | undefined

  constructor(account: SandboxAccount, numbers: Numbers) {
    this.account = account
    this.#numbers = numbers
    this.#balanceUpdatedAt = account.registeredAt
    if (account.deposit !== 0n) this.deposit(account.deposit, account.registeredAt)
  }

  get balance(): bigint {
    return this.#balance
  }

  get balanceVersion(): number {
    return this.#balanceVersion
  }

  get balanceUpdatedAt(): number {
    return this.#balanceUpdatedAt
  }

  /** When a deal last reduced or closed a position. */
  get closingDealAt(): number | undefined {
    return this.#closingDealAt
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
    return this.#orders
  }

  get deals(): readonly Deal[] {
    return this.#deals
  }

  get deposits(): readonly Deposit[] {
    return this.#deposits
  }

  /** What the open positions use together; `instead` shows what it were with other positions in place of some. */
  usedMargin(instead: readonly Position[] = []): bigint {
    const positions = new Map(this.#positions)
    for (const position of instead) positions.set(position.positionId, position)
    const { totalMargin: rule, moneyDigits } = this.account
    return totalMargin(positions.values(), rule, moneyDigits)
  }

  /** Margin of one position as it is shown. */
  marginOf(position: Position): bigint {
    return shownMargin(position.margin, this.account.moneyDigits)
  }

  /** Volume held in a symbol on a side. */
  volumeHeld(symbolId: number, side: Position['side']): number {
    let sum = 0
    for (const position of this.#positions.values()) {
      if (position.symbolId === symbolId && position.side === side) sum += position.volume
    }
    return sum
  }

  /** On a netted account: the one position of a symbol, open or on its way, which further orders share. */
  positionOf(symbolId: number): Position | undefined {
    let onItsWay: Position | undefined
    for (const position of this.#positions.values()) {
      if (position.symbolId !== symbolId) continue
      if (position.volume > 0) return position
      // One whose closing still waits for its protection to go is not coming back.
      if (position.openedAt === undefined) onItsWay = position
    }
    return onItsWay
  }

  deposit(delta: bigint, at: number): Deposit {
    this.#book(delta, at)
    const entry: Deposit = {
      depositId: this.#numbers.deposit(),
      delta,
      balance: this.#balance,
      balanceVersion: this.#balanceVersion,
      at,
    }
    this.#deposits.push(entry)
    return entry
  }

  /** Takes an order: it is accepted, its position on its way. */
  accept(terms: OrderTerms, at: number): Order {
    const { positionId: wanted, clientOrderId, ...rest } = terms
    const known = wanted === undefined ? undefined : this.#positions.get(wanted)
    const position = known ?? this.#newPosition(terms)
    const order: Order = {
      ...rest,
      orderId: this.#numbers.order(),
      positionId: position.positionId,
      type: 'market',
      status: 'accepted',
      clientOrderId: clientOrderId ?? this.#numbers.clientOrder(),
      stopPrice: undefined,
      limitPrice: undefined,
      executedVolume: 0,
      executionPrice: undefined,
      openedAt: at,
      updatedAt: at,
      closedAt: undefined,
    }
    this.#orders.set(order.orderId, order)
    return order
  }

  /** Gives an accepted order a fresh position: the one it was meant for has ended meanwhile. */
  redirect(order: Order): Order {
    const { positionId } = this.#newPosition(order)
    const redirected = { ...order, positionId }
    this.#orders.set(order.orderId, redirected)
    return redirected
  }

  /** Writes down what an execution did. */
  record(order: Order, deal: Omit<Deal, 'dealId'>, position: Position): Deal {
    const numbered: Deal = { ...deal, dealId: this.#numbers.deal() }
    this.#orders.set(order.orderId, order)
    this.#deals.push(numbered)
    if (deal.settlement !== undefined) this.#closingDealAt = deal.executedAt
    this.#positions.set(position.positionId, position)
    return numbered
  }

  /** Books what a closing came to. */
  settle(
    amount: bigint,
    at: number,
  ): { readonly balance: bigint; readonly balanceVersion: number } {
    this.#book(amount, at)
    return { balance: this.#balance, balanceVersion: this.#balanceVersion }
  }

  /** Ends an order without an execution. */
  end(order: Order, status: 'rejected' | 'cancelled', at: number): Order {
    const ended: Order = { ...order, status, updatedAt: at, closedAt: at }
    this.#orders.set(order.orderId, ended)
    return ended
  }

  /** Whether another order that is accepted and not ended is meant for the position. */
  isAwaited(positionId: number, besides: number): boolean {
    for (const order of this.#orders.values()) {
      if (order.positionId !== positionId || order.status !== 'accepted') continue
      if (order.orderId !== besides) return true
    }
    return false
  }

  /** Closes a position that has no volume: it is forgotten here, and returned as it ended. */
  endPosition(position: Position, at: number): Position {
    this.#positions.delete(position.positionId)
    return { ...position, status: 'closed', protection: undefined, updatedAt: at, closedAt: at }
  }

  /** Protects a position: makes its protection order, or changes the one it has. */
  protect(
    position: Position,
    levels: Pick<Protection, 'stopLoss' | 'takeProfit'>,
    at: number,
  ): { readonly order: Order; readonly position: Position } {
    const before =
      position.protection === undefined ? undefined : this.#orders.get(position.protection.orderId)
    const order: Order = {
      orderId: before?.orderId ?? this.#numbers.order(),
      positionId: position.positionId,
      symbolId: position.symbolId,
      type: 'protection',
      side: opposite(position.side),
      volume: position.volume,
      status: 'accepted',
      closing: true,
      clientOrderId: before?.clientOrderId ?? this.#numbers.clientOrder(),
      label: undefined,
      comment: undefined,
      relativeStopLoss: undefined,
      relativeTakeProfit: undefined,
      stopPrice: levels.stopLoss,
      limitPrice: levels.takeProfit,
      executedVolume: 0,
      executionPrice: undefined,
      openedAt: before?.openedAt ?? at,
      updatedAt: at,
      closedAt: undefined,
    }
    const guarded: Position = {
      ...position,
      protection: { orderId: order.orderId, ...levels },
      updatedAt: at,
    }
    this.#orders.set(order.orderId, order)
    this.#positions.set(position.positionId, guarded)
    return { order, position: guarded }
  }

  #newPosition(terms: Pick<Order, 'symbolId' | 'side' | 'label' | 'comment'>): Position {
    const position = newPosition(this.#numbers.position(), terms)
    this.#positions.set(position.positionId, position)
    return position
  }

  #book(delta: bigint, at: number): void {
    this.#balance += delta
    this.#balanceVersion++
    this.#balanceUpdatedAt = at
  }
}
