import type { Order } from './trade.ts'

/** An account's orders, with the ways to find them that must not depend on how many there were. */
export class OrderBook {
  readonly #all = new Map<number, Order>()
  #byChange: (Order | undefined)[] = []
  readonly #places = new Map<number, number>()
  readonly #byPosition = new Map<number, Set<number>>()
  readonly #live = new Map<number, Set<number>>()

  get all(): ReadonlyMap<number, Order> {
    return this.#all
  }

  /** Every order there was, the one changed last at the end; with gaps, so that a change moves no other order. */
  get byChange(): readonly (Order | undefined)[] {
    return this.#byChange
  }

  put(order: Order): Order {
    const { orderId, positionId } = order
    const before = this.#all.get(orderId)
    if (before !== undefined && before.positionId !== positionId) {
      drop(this.#live, before.positionId, orderId)
      drop(this.#byPosition, before.positionId, orderId)
    }
    this.#all.set(orderId, order)
    this.#place(order, before)
    add(this.#byPosition, positionId, orderId)
    if (order.status === 'accepted') add(this.#live, positionId, orderId)
    else drop(this.#live, positionId, orderId)
    return order
  }

  ofPosition(positionId: number): readonly Order[] {
    const orders: Order[] = []
    for (const orderId of this.#byPosition.get(positionId) ?? []) {
      const order = this.#all.get(orderId)
      if (order !== undefined) orders.push(order)
    }
    return orders
  }

  /** The one changed last at the end, in the same order as {@link byChange} has them. */
  ofPositionByChange(positionId: number): readonly Order[] {
    const placeOf = ({ orderId }: Order): number => this.#places.get(orderId) ?? 0
    return this.ofPosition(positionId).toSorted((left, right) => placeOf(left) - placeOf(right))
  }

  working(): readonly Order[] {
    const working: Order[] = []
    for (const orderIds of this.#live.values()) {
      for (const orderId of orderIds) {
        const order = this.#all.get(orderId)
        if (order === undefined || order.stage === 'arriving') continue
        if (order.type !== 'protection') working.push(order)
      }
    }
    return working.sort((left, right) => left.orderId - right.orderId)
  }

  isAwaited(positionId: number, besides: number): boolean {
    for (const orderId of this.#live.get(positionId) ?? []) if (orderId !== besides) return true
    return false
  }

  /** Puts an order at the end of those by their changes; one whose time stays the same keeps its place. */
  #place(order: Order, before: Order | undefined): void {
    const place = this.#places.get(order.orderId)
    if (place !== undefined && before?.updatedAt === order.updatedAt) {
      this.#byChange[place] = order
      return
    }
    if (place !== undefined) this.#byChange[place] = undefined
    this.#places.set(order.orderId, this.#byChange.push(order) - 1)
    if (this.#byChange.length > 2 * this.#all.size + 64) this.#closeGaps()
  }

  #closeGaps(): void {
    this.#byChange = this.#byChange.filter((order) => order !== undefined)
    for (const [place, order] of this.#byChange.entries()) {
      if (order !== undefined) this.#places.set(order.orderId, place)
    }
  }
}

function add(index: Map<number, Set<number>>, key: number, value: number): void {
  const known = index.get(key)
  if (known === undefined) index.set(key, new Set([value]))
  else known.add(value)
}

function drop(index: Map<number, Set<number>>, key: number, value: number): void {
  const known = index.get(key)
  known?.delete(value)
  if (known?.size === 0) index.delete(key)
}
