import { Heap } from './heap.ts'

/** Both sides of a price, units of 1e-5. */
interface Prices {
  readonly bid: number
  readonly ask: number
}

/** Prices at which something has to be looked at; what is left out does not matter to it. */
export interface Reactions {
  readonly bidAtMost?: number | undefined
  readonly bidAtLeast?: number | undefined
  readonly askAtMost?: number | undefined
  readonly askAtLeast?: number | undefined
}

interface Entry<Book> {
  readonly price: number
  readonly id: number
  readonly book: Book
  /** Which wait of the id this belongs to: an older one counts no more. */
  readonly wait: number
}

const falling = {
  isBefore: (left: { price: number }, right: { price: number }) => left.price > right.price,
}
const rising = {
  isBefore: (left: { price: number }, right: { price: number }) => left.price < right.price,
}

/**
 * What waits for prices of one symbol. A quote costs as much as there is that it reaches, whatever else waits: the nearest
 * prices are at hand in four heaps.
 */
export class PriceWatch<Book> {
  readonly #heaps = {
    bidAtMost: new Heap<Entry<Book>>(falling.isBefore),
    bidAtLeast: new Heap<Entry<Book>>(rising.isBefore),
    askAtMost: new Heap<Entry<Book>>(falling.isBefore),
    askAtLeast: new Heap<Entry<Book>>(rising.isBefore),
  }
  readonly #waits = new Map<number, number>()
  #count = 0

  /** Lets something wait, instead of any wait of its before. */
  add(id: number, book: Book, reactions: Reactions): void {
    const wait = ++this.#count
    this.#waits.set(id, wait)
    for (const side of sides) {
      const price = reactions[side]
      if (price !== undefined) this.#heaps[side].push({ price, id, book, wait })
    }
    this.#tidy()
  }

  remove(id: number): void {
    this.#waits.delete(id)
  }

  /** What a quote reaches, by id; it waits no more. */
  take({ bid, ask }: Prices): readonly { readonly id: number; readonly book: Book }[] {
    const reached: Entry<Book>[] = []
    for (const side of sides) {
      const heap = this.#heaps[side]
      const now = side === 'bidAtMost' || side === 'bidAtLeast' ? bid : ask
      const atMost = side === 'bidAtMost' || side === 'askAtMost'
      for (let { first } = heap; first !== undefined; { first } = heap) {
        if (atMost ? now > first.price : now < first.price) break
        heap.pop()
        if (this.#waits.get(first.id) !== first.wait) continue
        this.#waits.delete(first.id)
        reached.push(first)
      }
    }
    return reached.sort((left, right) => left.id - right.id)
  }

  /** Throws away what counts no more, before it outgrows what does. */
  #tidy(): void {
    const live = this.#waits.size
    for (const side of sides) {
      const heap = this.#heaps[side]
      if (heap.size > 2 * live + 64) heap.keep(({ id, wait }) => this.#waits.get(id) === wait)
    }
  }
}

const sides = ['bidAtMost', 'bidAtLeast', 'askAtMost', 'askAtLeast'] as const
