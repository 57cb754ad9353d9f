import { type Clock, systemClock } from '../../async/clock.ts'
import { deferred } from '../../async/deferred.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { say } from '../../say.ts'
import { ControlArgumentError, JournalMismatchError } from './errors.ts'
import {
  checkQueryNames,
  describeEntry,
  type JournalEntry,
  type JournalQuery,
} from './journal-entry.ts'
import { findMessage } from './message-names.ts'

export interface JournalOptions {
  /** How many entries are kept; older ones are forgotten. @defaultValue 10,000 */
  readonly limit?: number
  /** Whether quotes and depth that were sent are kept, too: there may be very many of them. @defaultValue false */
  readonly quotes?: boolean
}

/** How long to wait for an entry. */
export interface JournalWait {
  /** In real milliseconds, whatever the sandbox's time does. @defaultValue 5,000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * What went over the sandbox's connections, in the order in which it happened, so that a test can ask for it: was there
 * exactly one new order? What did the client say first?
 *
 * Connections of `control.terminal` are not in it: they are the test's own doing.
 */
export class Journal {
  /** Whether quotes and depth are kept. */
  readonly quotes: boolean
  readonly #limit: number
  readonly #realTime: Clock
  // A ring once it is full: `#first` is the oldest.
  #entries: JournalEntry[] = []
  #first = 0
  #seq = 0
  readonly #listeners = new Set<(entry: JournalEntry) => void>()

  constructor(options: JournalOptions = {}, realTime: Clock = systemClock) {
    const { limit = 10_000, quotes = false } = options
    if (!(Number.isSafeInteger(limit) && limit > 0)) {
      throw new InvalidArgumentError(`A journal of ${limit} entries is not possible.`, {
        facts: { limit },
        remedy: 'Give a whole number above 0.',
      })
    }
    this.quotes = quotes
    this.#limit = limit
    this.#realTime = realTime
  }

  /** Writes down what happened. */
  add(entry: Omit<JournalEntry, 'seq'>): JournalEntry {
    const numbered: JournalEntry = { seq: ++this.#seq, ...entry }
    if (this.#entries.length < this.#limit) this.#entries.push(numbered)
    else {
      this.#entries[this.#first] = numbered
      this.#first = (this.#first + 1) % this.#limit
    }
    for (const listener of this.#listeners) listener(numbered)
    return numbered
  }

  /** The number of the newest entry: `since` it, only what comes later counts. */
  mark(): number {
    return this.#seq
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#entries.length
  }

  /** The entries that fit, oldest first. */
  entries(query: JournalQuery = {}): readonly JournalEntry[] {
    const fits = compile(query)
    const found: JournalEntry[] = []
    const { length } = this.#entries
    for (let index = 0; index < length; index++) {
      const entry = this.#entries[(this.#first + index) % length] as JournalEntry
      if (fits(entry)) found.push(entry)
    }
    return found
  }

  count(query: JournalQuery = {}): number {
    return this.entries(query).length
  }

  /** The newest entry that fits. */
  last(query: JournalQuery = {}): JournalEntry | undefined {
    return this.entries(query).at(-1)
  }

  /**
   * Insists on a number of entries that fit, and returns them.
   *
   * @throws JournalMismatchError that shows what there is instead
   * @throws ControlArgumentError for a query that means nothing, and for what is no number of entries
   */
  expect(query: JournalQuery, times: number): readonly JournalEntry[] {
    checkQueryNames(query)
    if (!Number.isInteger(times) || times < 0)
      throw unusable('times', times, 'Give a whole number.')
    const found = this.entries(query)
    if (found.length === times) return found
    const others = found.length > 0 ? found : this.entries({ since: this.#seq - 20 })
    const shown = others.slice(-12).map(describeEntry)
    throw new JournalMismatchError(
      `${describeQuery(query)} was expected ${counted(times)} and is in the journal ${counted(found.length)}.`,
      {
        facts: { expected: times, found: found.length, entries: shown },
        remedy: `${found.length > 0 ? 'Found' : 'The last entries'}: ${shown.length === 0 ? 'none' : shown.join('; ')}.`,
      },
    )
  }

  /** Insists on exactly one entry that fits, and returns it. @throws JournalMismatchError */
  expectOne(query: JournalQuery): JournalEntry {
    return this.expect(query, 1)[0] as JournalEntry
  }

  /** Insists that nothing fits. @throws JournalMismatchError */
  expectNone(query: JournalQuery): void {
    this.expect(query, 0)
  }

  /**
   * The first entry that fits, now or as soon as there is one.
   *
   * @throws JournalMismatchError when there is none in time; the signal's reason when it aborts
   */
  async waitFor(query: JournalQuery, wait: JournalWait = {}): Promise<JournalEntry> {
    const [ready] = this.entries(query)
    if (ready !== undefined) return ready
    const { timeoutMs = 5_000, signal } = wait
    const { promise, resolve, reject } = deferred<JournalEntry>()
    const fits = compile(query)
    const listener = (entry: JournalEntry): void => {
      if (fits(entry)) resolve(entry)
    }
    const abort = (): void => reject(signal?.reason)
    const timer = this.#realTime.after(timeoutMs, () =>
      reject(
        new JournalMismatchError(`${describeQuery(query)} did not come within ${timeoutMs} ms.`, {
          facts: { timeoutMs },
          remedy: `The last entries: ${this.entries().slice(-8).map(describeEntry).join('; ')}.`,
        }),
      ),
    )
    this.#listeners.add(listener)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    try {
      return await promise
    } finally {
      timer.cancel()
      this.#listeners.delete(listener)
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Calls back with every entry from now on. Returns how to stop that. */
  onEntry(listener: (entry: JournalEntry) => void): () => void {
    const own = (entry: JournalEntry): void => listener(entry)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Forgets all entries. Numbers go on. */
  clear(): void {
    this.#entries = []
    this.#first = 0
  }
}

/** @throws ControlArgumentError for a query that means nothing */
function compile(query: JournalQuery): (entry: JournalEntry) => boolean {
  checkQueryNames(query)
  const { direction, account, connection, host, clientMsgId, since, where } = query
  oneOf('direction', direction, ['received', 'sent'])
  oneOf('host', host, ['demo', 'live'])
  // An account of '1001' would fit no entry, and a test that wants none would pass.
  for (const name of ['account', 'connection', 'since'] as const)
    ofType(name, query[name], 'number')
  ofType('clientMsgId', clientMsgId, 'string')
  ofType('where', where, 'function')
  const message = query.message === undefined ? undefined : findMessage(query.message)
  return (entry) =>
    (since === undefined || entry.seq > since) &&
    (direction === undefined || entry.direction === direction) &&
    (message === undefined || entry.message === message) &&
    (account === undefined || entry.account === account) &&
    (connection === undefined || entry.connection === connection) &&
    (host === undefined || entry.host === host) &&
    (clientMsgId === undefined || entry.clientMsgId === clientMsgId) &&
    (where === undefined || where(entry))
}

function oneOf(name: string, given: unknown, known: readonly string[]): void {
  if (given === undefined || known.includes(given as string)) return
  throw unusable(name, given, `Choose ${known.join(' or ')}.`)
}

function ofType(name: string, given: unknown, type: 'number' | 'string' | 'function'): void {
  if (given === undefined || (typeof given === type && !Number.isNaN(given))) return
  throw unusable(name, given, `Give a ${type}.`)
}

function unusable(name: string, given: unknown, remedy: string): ControlArgumentError {
  return new ControlArgumentError(`${name} of a journal query cannot be ${say(given)}.`, {
    facts: { field: name },
    remedy,
  })
}

function describeQuery(query: JournalQuery): string {
  const { message = 'A message', where, ...rest } = query
  const more = Object.entries(rest).map(([key, value]) => `${key} ${value}`)
  if (where !== undefined) more.push('a condition of its own')
  return `${message}${more.length === 0 ? '' : ` with ${more.join(', ')}`}`
}

function counted(times: number): string {
  return times === 1 ? 'once' : `${times} times`
}
