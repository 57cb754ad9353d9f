import { catalog, type RequestName, urgencies } from '../../protocol/index.ts'

/** A request that waits for its turn. */
export interface Queued {
  readonly request: RequestName
  /** When it was first asked for, on the monotonic clock. */
  readonly sinceMs: number
}

const rankOf = (request: RequestName): number => urgencies.indexOf(catalog[request].urgency)

/** Requests that wait, the most urgent first, older ones before younger ones. */
export class RequestQueue<Item extends Queued> {
  // Requests of one kind keep their order, so that only the first of each has to be looked at.
  readonly #kinds = new Map<RequestName, Set<Item>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Since when the one waits that has waited longest; undefined when nobody waits. */
  get oldestMs(): number | undefined {
    let oldest: number | undefined
    for (const items of this.#kinds.values()) {
      const [first] = items
      if (first !== undefined && !(first.sinceMs >= (oldest ?? Number.POSITIVE_INFINITY))) {
        oldest = first.sinceMs
      }
    }
    return oldest
  }

  /** Adds one that is asked for now. */
  add(item: Item): void {
    this.#itemsOf(item.request).add(item)
    this.#size++
  }

  /** Puts one back that was asked for before: ahead of those of its kind that are younger. */
  putBack(item: Item): void {
    const items = this.#itemsOf(item.request)
    const younger = [...items].filter((one) => one.sinceMs > item.sinceMs)
    for (const one of younger) items.delete(one)
    items.add(item)
    for (const one of younger) items.add(one)
    this.#size++
  }

  /** Takes one out, wherever it is. Returns whether it was there. */
  remove(item: Item): boolean {
    const items = this.#kinds.get(item.request)
    if (items?.delete(item) !== true) return false
    this.#size--
    if (items.size === 0) this.#kinds.delete(item.request)
    return true
  }

  /** The most urgent one among those of kinds that may be sent; of several, the one that has waited longest. */
  mostUrgent(mayBeSent: (request: RequestName) => boolean): Item | undefined {
    return this.#best(mayBeSent, (a, b) => {
      const urgency = rankOf(a.request) - rankOf(b.request)
      return urgency === 0 ? a.sinceMs - b.sinceMs : urgency
    })
  }

  /** The one that has waited longest among those of kinds that may be sent. */
  oldest(mayBeSent: (request: RequestName) => boolean): Item | undefined {
    return this.#best(mayBeSent, (a, b) => a.sinceMs - b.sinceMs)
  }

  /** The kinds of which at least one waits. */
  kinds(): IterableIterator<RequestName> {
    return this.#kinds.keys()
  }

  clear(): void {
    this.#kinds.clear()
    this.#size = 0
  }

  #best(
    mayBeSent: (request: RequestName) => boolean,
    compare: (a: Item, b: Item) => number,
  ): Item | undefined {
    let best: Item | undefined
    for (const [request, items] of this.#kinds) {
      const [first] = items
      if (first === undefined) continue
      if (best !== undefined && compare(first, best) >= 0) continue
      if (mayBeSent(request)) best = first
    }
    return best
  }

  #itemsOf(request: RequestName): Set<Item> {
    const known = this.#kinds.get(request)
    if (known !== undefined) return known
    const items = new Set<Item>()
    this.#kinds.set(request, items)
    return items
  }
}
