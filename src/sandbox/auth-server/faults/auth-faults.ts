import type { Clock, Timer } from '../../../async/clock.ts'
import { Random } from '../../random.ts'
import type { AuthFault, AuthFaultAction, AuthFaultRule } from './fault-rule.ts'
import { readFaultRule } from './read-fault-rule.ts'

/** A request, as far as rules ask for it. */
export interface FaultSubject {
  readonly endpoint: 'token' | 'authorize'
  readonly grantType?: string | undefined
  readonly clientId?: string | undefined
  readonly step?: string | undefined
}

/** What happens to one request. */
export interface Strike {
  /** The fault it comes from. */
  readonly id: number
  readonly when: 'before-commit' | 'after-commit'
  readonly action: AuthFaultAction | undefined
  /** Resolves when the delay has passed. */
  wait(): Promise<void>
}

class Entry implements AuthFault {
  seen = 0
  struck = 0
  readonly id: number
  readonly rule: ReturnType<typeof readFaultRule>
  readonly random: Random
  readonly #remove: (entry: Entry) => void

  constructor(
    id: number,
    rule: ReturnType<typeof readFaultRule>,
    random: Random,
    remove: (entry: Entry) => void,
  ) {
    this.id = id
    this.rule = rule
    this.random = random
    this.#remove = remove
  }

  remove(): void {
    this.#remove(this)
  }

  toJSON() {
    const { id, rule, seen, struck } = this
    return { id, rule, seen, struck }
  }
}

/** What shall go wrong at the authorization server. A request is struck by the first rule that fits it. */
export interface AuthFaultControl {
  /**
   * Sets up a fault. It stays in the list when it is used up, with how often it struck.
   *
   * @throws InvalidArgumentError for a rule that is not usable
   */
  add(rule: AuthFaultRule): AuthFault
  /** Every fault, the oldest first. */
  list(): readonly AuthFault[]
  /** Takes all of them away. */
  clear(): void
}

/** Keeps the rules and decides which request they strike. */
export class AuthFaults implements AuthFaultControl {
  readonly #clock: Clock
  readonly #random: Random
  readonly #entries = new Set<Entry>()
  readonly #waiting = new Map<Timer, () => void>()
  #last = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  add(rule: AuthFaultRule): AuthFault {
    const read = readFaultRule(rule)
    const id = ++this.#last
    const { seed } = read
    const random = seed === undefined ? this.#random.fork(`fault ${id}`) : new Random(seed)
    const entry = new Entry(id, read, random, (one) => this.#entries.delete(one))
    this.#entries.add(entry)
    return entry
  }

  list(): readonly AuthFault[] {
    return [...this.#entries]
  }

  clear(): void {
    this.#entries.clear()
  }

  /** What happens to this request, if anything. Counts it. */
  strike(subject: FaultSubject): Strike | undefined {
    for (const entry of this.#entries) {
      const { skip = 0, times = 1, probability = 1, delayMs = 0, when, action } = entry.rule
      if (!fits(entry.rule, subject) || (times !== 'always' && entry.struck >= times)) continue
      entry.seen++
      if (entry.seen <= skip || entry.random.next() >= probability) continue
      entry.struck++
      return { id: entry.id, when, action, wait: () => this.#wait(delayMs) }
    }
    return undefined
  }

  /** Lets go of whatever is being delayed. */
  close(): void {
    for (const [timer, resolve] of this.#waiting) {
      timer.cancel()
      resolve()
    }
    this.#waiting.clear()
  }

  #wait(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#clock.after(ms, () => {
        this.#waiting.delete(timer)
        resolve()
      })
      this.#waiting.set(timer, resolve)
    })
  }

  /** The time that slow bodies take. */
  pause(ms: number): Promise<void> {
    return this.#wait(ms)
  }
}

function fits(rule: AuthFaultRule, subject: FaultSubject): boolean {
  const same = (wanted: string | undefined, got: string | undefined): boolean =>
    wanted === undefined || wanted === got
  return (
    same(rule.endpoint, subject.endpoint) &&
    same(rule.grantType, subject.grantType) &&
    same(rule.clientId, subject.clientId) &&
    same(rule.step, subject.step)
  )
}
