import type { Connection } from '../api-server/connection.ts'
import type { Dispatch, LineQuality, PassingMessage, Reception } from '../api-server/traffic.ts'
import { Random } from '../random.ts'
import { ControlNotFoundError } from './errors.ts'
import type { FaultDelay, FaultHandle, FaultRule } from './fault.ts'
import { type CheckedFault, checkFault, type FaultKind } from './fault-check.ts'

/** What happens to the answers of a request that was hit by a fault. */
export interface AnswerFate {
  readonly rule: number
  readonly copies: number
  readonly delayMs: number
}

/** What a rule decided about a message. */
export interface Verdict<T> {
  readonly rule: number
  readonly decision: T
}

/** What happens to a request: on its way in, and to what answers it. */
export interface RequestVerdict {
  readonly reception: Reception | undefined
  readonly answer: AnswerFate | undefined
}

interface Active extends CheckedFault {
  readonly id: number
  readonly random: Random
  matched: number
  acted: number
}

// A line has no finer clock than this.
const throttleGapMs = 20

/** The fault rules of a sandbox. The oldest rule that fits and acts decides; rules behind it still count the message. */
export class Faults {
  readonly #random: Random
  readonly #rules = new Map<number, Active>()
  // How many rules there are of each kind, so that traffic without rules is not looked at.
  readonly #counts: Record<FaultKind, number> = { request: 0, sending: 0, line: 0 }
  #count = 0

  constructor(random: Random) {
    this.#random = random
  }

  /**
   * Makes a rule. It counts messages from now on.
   *
   * @throws ControlArgumentError for a rule that means nothing
   */
  add(rule: FaultRule): FaultHandle {
    const checked = checkFault(rule)
    const id = ++this.#count
    const random =
      rule.seed === undefined ? this.#random.fork(`fault:${id}`) : new Random(rule.seed)
    this.#rules.set(id, { ...checked, id, random, matched: 0, acted: 0 })
    this.#counts[checked.kind]++
    return this.#handle(id)
  }

  /** The rules there are, oldest first. */
  list(): readonly FaultHandle[] {
    return [...this.#rules.keys()].map((id) => this.#handle(id))
  }

  /** Ends a rule. @throws ControlNotFoundError */
  remove(id: number): void {
    if (!this.#rules.has(id)) {
      throw new ControlNotFoundError('fault rule', id, [...this.#rules.keys()])
    }
    this.#forget(id)
  }

  /** Ends all rules. */
  clear(): void {
    for (const id of [...this.#rules.keys()]) this.#forget(id)
  }

  /** @internal What becomes of a request. */
  ofRequest(connection: Connection, message: PassingMessage): Verdict<RequestVerdict> | undefined {
    if (this.#counts.request === 0) return undefined
    const active = this.#choose('request', connection, message)
    if (active === undefined) return undefined
    return { rule: active.id, decision: requestVerdict(active) }
  }

  /** @internal What becomes of a message that is about to be sent. */
  ofSending(connection: Connection, message: PassingMessage): Verdict<Dispatch> | undefined {
    if (this.#counts.sending === 0) return undefined
    const active = this.#choose('sending', connection, message)
    if (active === undefined) return undefined
    return { rule: active.id, decision: dispatchOf(active) }
  }

  /** @internal What a connection's line is like. */
  ofLine(connection: Connection): LineQuality | undefined {
    if (this.#counts.line === 0) return undefined
    for (const active of this.#rules.values()) {
      if (active.kind !== 'line' || !fitsConnection(active.rule, connection)) continue
      active.matched++
      if (!acts(active)) continue
      this.#spend(active)
      return qualityOf(active.rule)
    }
    return undefined
  }

  #choose(kind: FaultKind, connection: Connection, message: PassingMessage): Active | undefined {
    let chosen: Active | undefined
    for (const active of [...this.#rules.values()]) {
      if (active.kind !== kind || !fits(active, connection, message)) continue
      active.matched++
      if (chosen !== undefined || !acts(active)) continue
      chosen = active
      this.#spend(active)
    }
    return chosen
  }

  #spend(active: Active): void {
    active.acted++
    const { times, nth } = active.rule
    const isSpent = nth !== undefined || (times !== undefined && active.acted >= times)
    if (isSpent) this.#counts[active.kind] -= this.#rules.delete(active.id) ? 1 : 0
  }

  #forget(id: number): void {
    const active = this.#rules.get(id)
    if (active === undefined) return
    this.#rules.delete(id)
    this.#counts[active.kind]--
  }

  #handle(id: number): FaultHandle {
    // The rule itself is kept: a spent one still tells how often it acted.
    const active = this.#rules.get(id) as Active
    return {
      id,
      rule: active.rule,
      get matched() {
        return active.matched
      },
      get acted() {
        return active.acted
      },
      remove: () => this.#forget(id),
    }
  }
}

function fits(active: Active, connection: Connection, message: PassingMessage): boolean {
  const { rule } = active
  if (active.message !== undefined) {
    if (active.message !== message.name) return false
  } else if (message.name === 'ProtoHeartbeatEvent') return false
  if (rule.connection !== undefined && rule.connection !== connection.id) return false
  if (rule.host !== undefined && rule.host !== connection.host) return false
  return rule.account === undefined || rule.account === accountOf(message.payload)
}

function fitsConnection(rule: FaultRule, connection: Connection): boolean {
  if (rule.connection !== undefined && rule.connection !== connection.id) return false
  if (rule.host !== undefined && rule.host !== connection.host) return false
  return rule.account === undefined || connection.accounts.has(rule.account)
}

/** Whether a rule that fits acts this time. */
function acts({ rule, matched, random }: Active): boolean {
  if (rule.nth !== undefined && matched !== rule.nth) return false
  return rule.probability === undefined || random.next() < rule.probability
}

/** The account that a message names. */
export function accountOf(payload: object): number | undefined {
  const id = (payload as { ctidTraderAccountId?: unknown }).ctidTraderAccountId
  return typeof id === 'number' ? id : undefined
}

function requestVerdict({ id, rule, random }: Active): RequestVerdict {
  const carryOut = { kind: 'carry-out', delayMs: 0, cutAfter: undefined } as const
  const answered = (copies: number, delayMs: number): RequestVerdict => ({
    reception: undefined,
    answer: { rule: id, copies, delayMs },
  })
  const only = (reception: Reception): RequestVerdict => ({ reception, answer: undefined })
  switch (rule.fault) {
    case 'ignore':
      return only({ kind: 'ignore' })
    case 'delay':
      return only({ ...carryOut, delayMs: draw(rule.ms, random) })
    case 'refuse': {
      const { errorCode, description, retryAfter, maintenanceEndTimestamp } = rule
      const name = rule.as === 'order-error' ? 'ProtoOAOrderErrorEvent' : 'ProtoOAErrorRes'
      const payload = { errorCode, description, retryAfter, maintenanceEndTimestamp }
      return only({ kind: 'answer', name, payload })
    }
    case 'lose-answer':
      return answered(0, 0)
    case 'repeat-answer':
      return answered(2, 0)
    case 'delay-answer':
      return answered(1, draw(rule.ms, random))
    case 'cut-before':
      return only({ kind: 'cut', how: rule.how ?? 'cut' })
    case 'cut-after':
      return only({ ...carryOut, cutAfter: rule.how ?? 'cut' })
    default:
      return { reception: undefined, answer: undefined }
  }
}

function dispatchOf({ rule, random }: Active): Dispatch {
  const usual: Dispatch = {
    ...{ copies: 1, delayMs: 0, overtakenWithinMs: undefined },
    ...{ cut: undefined, closesBehind: false },
  }
  switch (rule.fault) {
    case 'lose':
      return { ...usual, copies: 0 }
    case 'repeat':
      return { ...usual, copies: 2 }
    case 'delay-sending':
      return { ...usual, delayMs: draw(rule.ms, random) }
    case 'reorder':
      return { ...usual, overtakenWithinMs: rule.withinMs ?? 1_000 }
    case 'cut':
      return { ...usual, cut: rule.how ?? 'cut' }
    default:
      return usual
  }
}

function qualityOf(rule: FaultRule): LineQuality | undefined {
  if (rule.fault === 'slice') return { pieceBytes: rule.bytes, gapMs: rule.gapMs ?? 0 }
  if (rule.fault !== 'throttle') return undefined
  const perGap = (rule.bytesPerSecond * throttleGapMs) / 1000
  if (perGap >= 1) return { pieceBytes: Math.floor(perGap), gapMs: throttleGapMs }
  return { pieceBytes: 1, gapMs: Math.ceil(1000 / rule.bytesPerSecond) }
}

function draw(ms: FaultDelay, random: Random): number {
  if (typeof ms === 'number') return ms
  const [least, most] = ms
  return least + random.integer(most - least + 1)
}
