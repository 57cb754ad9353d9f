/** A binary heap: the entry that comes before all others is at hand, whatever the number of entries. */
export class Heap<Entry> {
  readonly #isBefore: (left: Entry, right: Entry) => boolean
  #entries: Entry[] = []

  constructor(isBefore: (left: Entry, right: Entry) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#entries.length
  }

  /** The first entry; undefined when there is none. */
  get first(): Entry | undefined {
    return this.#entries[0]
  }

  /** Every entry, in no order. */
  values(): Iterable<Entry> {
    return this.#entries
  }

  push(entry: Entry): void {
    const entries = this.#entries
    let at = entries.push(entry) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = entries[above]
      if (parent === undefined || !this.#isBefore(entry, parent)) break
      entries[at] = parent
      at = above
    }
    entries[at] = entry
  }

  /** Takes the first entry out. */
  pop(): Entry | undefined {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (last === undefined || entries.length === 0) return first
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const [one, two] = [entries[left], entries[left + 1]]
      if (one === undefined) break
      const rightIsFirst = two !== undefined && this.#isBefore(two, one)
      const child = rightIsFirst ? two : one
      if (this.#isBefore(last, child)) break
      entries[at] = child
      at = rightIsFirst ? left + 1 : left
    }
    entries[at] = last
    return first
  }

  /** Keeps only some entries. */
  keep(wanted: (entry: Entry) => boolean): void {
    const kept = this.#entries.filter(wanted)
    this.#entries = []
    for (const entry of kept) this.push(entry)
  }

  clear(): void {
    this.#entries = []
  }
}
