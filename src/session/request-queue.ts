import { catalog, type RequestName, urgencies } from '../protocol/index.ts'

/** A request that waits for its turn. */
export interface Queued {
  readonly request: RequestName
  /** When it was first asked for, on the monotonic clock. */
  readonly sinceMs: number
}

/**
 * How much older a request must be to go before one that is a step more urgent. Nothing starves: a question about the
 * market that has waited for four seconds goes before a closing order of this moment.
 */
const stepMs = 1_000

const rankOf = (request: RequestName): number =>
  urgencies.indexOf(catalog[request].urgency) * stepMs

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

  /** The one whose turn it is among those of kinds that may be sent. */
  first(mayBeSent: (request: RequestName) => boolean): Item | undefined {
    let best: Item | undefined
    let bestKey = Number.POSITIVE_INFINITY
    for (const [request, items] of this.#kinds) {
      const [first] = items
      if (first === undefined) continue
      const key = first.sinceMs + rankOf(request)
      if (key < bestKey && mayBeSent(request)) {
        best = first
        bestKey = key
      }
    }
    return best
  }

  /** The kinds of which at least one waits. */
  kinds(): IterableIterator<RequestName> {
    return this.#kinds.keys()
  }

  clear(): void {
    this.#kinds.clear()
    this.#size = 0
  }

  #itemsOf(request: RequestName): Set<Item> {
    const known = this.#kinds.get(request)
    if (known !== undefined) return known
    const items = new Set<Item>()
    this.#kinds.set(request, items)
    return items
  }
}
