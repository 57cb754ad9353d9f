import type { Timer } from './clock.ts'

interface Entry {
  readonly at: number
  readonly order: number
  readonly call: () => void
  readonly keepAlive: boolean
  waiting: boolean
}

/**
 * Calls that wait for their time: the earliest first, those of the same time in the order they were made. Adding and
 * taking cost the logarithm of how many wait, so that years of a simulated market do not slow down with every timer.
 */
export class TimerQueue {
  // A binary heap. A cancelled entry stays where it is until it comes to the top, or until most are cancelled.
  #heap: Entry[] = []
  #order = 0
  #waiting = 0
  #keepingAlive = 0

  /** How many calls wait. */
  get size(): number {
    return this.#waiting
  }

  /** Whether any waiting call is to keep the process alive. */
  get keepsAlive(): boolean {
    return this.#keepingAlive > 0
  }

  /** The time of the earliest call; undefined when none waits. */
  get next(): number | undefined {
    return this.#top()?.at
  }

  add(at: number, call: () => void, keepAlive = true): Timer {
    const entry: Entry = { at, order: this.#order++, call, keepAlive, waiting: true }
    this.#heap.push(entry)
    this.#waiting++
    if (keepAlive) this.#keepingAlive++
    this.#rise(this.#heap.length - 1)
    return { cancel: () => this.#forget(entry) }
  }

  /** Takes the earliest call if it is due at `until` or before. */
  take(until: number): { readonly at: number; readonly call: () => void } | undefined {
    const top = this.#top()
    if (top === undefined || top.at > until) return undefined
    // Off the heap first: forgetting may build a new one.
    this.#drop()
    this.#forget(top)
    return top
  }

  #forget(entry: Entry): void {
    if (!entry.waiting) return
    entry.waiting = false
    this.#waiting--
    if (entry.keepAlive) this.#keepingAlive--
    if (this.#heap.length < 64 || this.#heap.length < this.#waiting * 2) return
    // An array in order is a heap.
    this.#heap = this.#heap.filter((one) => one.waiting).sort(byTime)
  }

  #top(): Entry | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || top.waiting) return top
      this.#drop()
    }
  }

  #drop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    const heap = this.#heap
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      if (byTime(heap[at] as Entry, heap[above] as Entry) >= 0) return
      this.#swap(at, above)
      at = above
    }
  }

  #sink(): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      const left = at * 2 + 1
      if (left >= heap.length) return
      const right = left + 1
      const isRightFirst =
        right < heap.length && byTime(heap[right] as Entry, heap[left] as Entry) < 0
      const first = isRightFirst ? right : left
      if (byTime(heap[at] as Entry, heap[first] as Entry) <= 0) return
      this.#swap(at, first)
      at = first
    }
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap
    const kept = heap[one] as Entry
    heap[one] = heap[other] as Entry
    heap[other] = kept
  }
}

function byTime(one: Entry, other: Entry): number {
  return one.at === other.at ? one.order - other.order : one.at - other.at
}
