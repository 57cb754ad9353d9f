import { CTraderError, InvalidArgumentError } from '../errors.ts'
import { type Deferred, deferred } from './deferred.ts'

/**
 * What a full mailbox does with one more item.
 *
 * - `drop-oldest` forgets the item that has waited longest
 * - `keep-latest` replaces a waiting item of the same key, so that a slow reader gets the newest of each
 * - `fail` ends the stream with a {@link StreamOverflowError}
 */
export type Overflow = 'drop-oldest' | 'keep-latest' | 'fail'

export interface MailboxOptions<T> {
  /** How many items may wait. @default 1024 */
  readonly limit?: number
  /** @default 'fail' */
  readonly overflow?: Overflow
  /** Which items replace each other under `keep-latest`. Without it every item is its own. */
  readonly key?: (item: T) => unknown
  /** Called for every item that is dropped or replaced unread. */
  readonly onDrop?: (() => void) | undefined
  /** Called once when the reader leaves or the stream ends. */
  readonly onClose?: () => void
}

/** A reader did not keep up and its stream was set to fail rather than to drop. */
export class StreamOverflowError extends CTraderError {
  constructor(limit: number) {
    super(
      'STREAM_OVERFLOW',
      `More than ${limit} items waited for a reader that did not take them.`,
      {
        facts: { limit },
        remedy: 'Read faster, raise the limit, or choose an overflow policy that drops.',
      },
    )
  }
}

/** Turns pushed items into an async iterable for one reader, with a bound and a named overflow policy. */
export class Mailbox<T> implements AsyncIterableIterator<T> {
  readonly #limit: number
  readonly #overflow: Overflow
  readonly #key: ((item: T) => unknown) | undefined
  readonly #onDrop: (() => void) | undefined
  readonly #onClose: (() => void) | undefined
  // Insertion order is delivery order; under keep-latest the key finds the waiting item to replace.
  readonly #items = new Map<unknown, T>()
  readonly #readers: Deferred<IteratorResult<T, undefined>>[] = []
  #serial = 0
  #ended = false
  #error: unknown
  #dropped = 0

  constructor(options: MailboxOptions<T> = {}) {
    this.#limit = options.limit ?? 1024
    if (!(Number.isInteger(this.#limit) && this.#limit > 0)) {
      throw new InvalidArgumentError('A stream needs room for at least one item.', {
        facts: { limit: this.#limit },
      })
    }
    this.#overflow = options.overflow ?? 'fail'
    this.#key = options.key
    this.#onDrop = options.onDrop
    this.#onClose = options.onClose
  }

  /** How many items were dropped or replaced unread. */
  get dropped(): number {
    return this.#dropped
  }

  /** Hands over an item. Returns false once the stream has ended. */
  push(item: T): boolean {
    if (this.#ended) return false
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve({ done: false, value: item })
      return true
    }
    const latest = this.#overflow === 'keep-latest'
    const slot = latest && this.#key !== undefined ? this.#key(item) : this.#serial++
    if (latest && this.#items.has(slot)) {
      this.#items.set(slot, item)
      this.#drop()
      return true
    }
    if (this.#items.size >= this.#limit) {
      if (this.#overflow === 'fail') {
        this.fail(new StreamOverflowError(this.#limit))
        return false
      }
      const oldest = this.#items.keys().next()
      if (!oldest.done) this.#items.delete(oldest.value)
      this.#items.set(slot, item)
      this.#drop()
      return true
    }
    this.#items.set(slot, item)
    return true
  }

  /** Ends the stream: waiting items are still read, then the reader's loop ends. */
  end(): void {
    this.#finish(undefined)
  }

  /** Ends the stream with an error: waiting items are still read, then the reader's loop throws it once. */
  fail(error: unknown): void {
    this.#finish(error)
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const first = this.#items.entries().next()
    if (!first.done) {
      this.#items.delete(first.value[0])
      return Promise.resolve({ done: false, value: first.value[1] })
    }
    if (this.#ended) {
      const error = this.#error
      this.#error = undefined
      if (error !== undefined) return Promise.reject(error)
      return Promise.resolve({ done: true, value: undefined })
    }
    const reader = deferred<IteratorResult<T, undefined>>()
    this.#readers.push(reader)
    return reader.promise
  }

  /** The reader leaves; waiting items are forgotten. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#items.clear()
    this.#error = undefined
    this.#finish(undefined)
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #drop(): void {
    this.#dropped++
    this.#onDrop?.()
  }

  #finish(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    const readers = this.#readers.splice(0)
    const [first, ...rest] = readers
    if (error !== undefined && first !== undefined) first.reject(error)
    else {
      this.#error = error
      first?.resolve({ done: true, value: undefined })
    }
    for (const reader of rest) reader.resolve({ done: true, value: undefined })
    this.#onClose?.()
  }
}
