import type { Order } from './trade.ts'

/** An account's orders, with the ways to find them that must not depend on how many there were. */
export class OrderBook {
  readonly #all = new Map<number, Order>()
  readonly #byPosition = new Map<number, Set<number>>()
  readonly #live = new Map<number, Set<number>>()

  /** Every order there was, the one changed last at the end. */
  get all(): ReadonlyMap<number, Order> {
    return this.#all
  }

  put(order: Order): Order {
    const { orderId, positionId } = order
    const before = this.#all.get(orderId)
    if (before !== undefined && before.positionId !== positionId) {
      drop(this.#live, before.positionId, orderId)
      drop(this.#byPosition, before.positionId, orderId)
    }
    // Deleted first, so that the map keeps the order of the last changes: history is listed by them.
    if (before?.updatedAt !== order.updatedAt) this.#all.delete(orderId)
    this.#all.set(orderId, order)
    add(this.#byPosition, positionId, orderId)
    if (order.status === 'accepted') add(this.#live, positionId, orderId)
    else drop(this.#live, positionId, orderId)
    return order
  }

  ofPosition(positionId: number): readonly Order[] {
    return this.#pick(this.#byPosition.get(positionId))
  }

  working(): readonly Order[] {
    const working: Order[] = []
    for (const orderIds of this.#live.values()) {
      for (const order of this.#pick(orderIds)) {
        if (order.stage !== 'arriving' && order.type !== 'protection') working.push(order)
      }
    }
    return working.sort((left, right) => left.orderId - right.orderId)
  }

  isAwaited(positionId: number, besides: number): boolean {
    return this.#pick(this.#live.get(positionId)).some(({ orderId }) => orderId !== besides)
  }

  #pick(orderIds: Iterable<number> = []): readonly Order[] {
    return [...orderIds].flatMap((orderId) => this.#all.get(orderId) ?? [])
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
