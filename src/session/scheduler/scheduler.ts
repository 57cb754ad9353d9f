import type { Clock, Timer } from '../../async/clock.ts'
import { catalog, type RateBudget, type RequestName } from '../../protocol/index.ts'
import { Pauses } from './pauses.ts'
import { RateWindow, type Slot } from './rate-window.ts'
import { type Queued, RequestQueue } from './request-queue.ts'

/** How many requests a second the server takes on one connection. */
export interface RateLimits {
  /** Requests that are not about history. @defaultValue 50 */
  readonly generalPerSecond: number
  /** Requests about history. @defaultValue 5 */
  readonly historicalPerSecond: number
}

/** The requests of one budget that wait for their turn. */
export interface BudgetQueue {
  readonly waiting: number
  /** How long the one that has waited longest has waited, in milliseconds; 0 when none waits. */
  readonly longestWaitMs: number
}

/** What waits to be sent on a connection because of the server's rate limits. */
export type QueueStatus = Readonly<Record<RateBudget, BudgetQueue>>

const empty: BudgetQueue = { waiting: 0, longestWaitMs: 0 }

/** The status where there is no connection. */
export const nothingQueued: QueueStatus = { general: empty, historical: empty }

/** A request on its way out. */
export interface Ticket extends Queued {
  /** Hands it to the link. Must not throw. */
  send(): void
}

export interface SchedulerOptions {
  readonly clock: Clock
  readonly limits: RateLimits
  /** Called when a request is sent, with how long it waited. */
  readonly onSent?: ((request: RequestName, waitedMs: number) => void) | undefined
}

// Urgency alone would let a stream of orders starve every question. So each eighth turn is that of the request that has
// waited longest, if it has waited for a second.
const turns = 8
const patienceMs = 1_000

interface Lane {
  readonly window: RateWindow
  readonly queue: RequestQueue<Ticket>
  /** Counts what left the queue. */
  turn: number
  timer: Timer | undefined
  dueMs: number
}

// How much the way may differ from what the quickest answer tells of it, and the two clocks from each other.
const reserveMs = 10
const windowMs = 1_000 + reserveMs

// One of the fifty is for closing and cancelling, which so need not wait behind a burst of anything else.
const kept = 1
const fewest = 10

/**
 * Decides when a request leaves. Below the server's limits that is at once; above them the most urgent goes first, as soon
 * as the server takes one more. Heartbeats are not counted, neither here nor there.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #lanes: Readonly<Record<RateBudget, Lane>>
  readonly #pauses = new Pauses()
  // The quickest answer so far: what longer ones took beyond that, their requests may have spent on the way.
  #quickestMs = Number.POSITIVE_INFINITY
  readonly #sent = new WeakMap<Ticket, Slot>()
  #stopped = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    const { generalPerSecond, historicalPerSecond } = options.limits
    this.#lanes = {
      general: makeLane(generalPerSecond, generalPerSecond >= fewest ? kept : 0),
      historical: makeLane(historicalPerSecond, 0),
    }
  }

  /** What waits. */
  get status(): QueueStatus {
    const now = this.#options.clock.monotonic()
    const of = ({ queue }: Lane): BudgetQueue => ({
      waiting: queue.size,
      longestWaitMs: queue.oldestMs === undefined ? 0 : now - queue.oldestMs,
    })
    return { general: of(this.#lanes.general), historical: of(this.#lanes.historical) }
  }

  /** Sends a request now if that is possible, and otherwise when its turn has come. */
  submit(ticket: Ticket): void {
    if (this.#stopped) return
    const lane = this.#laneOf(ticket)
    const now = this.#options.clock.monotonic()
    if (lane.queue.size === 0 && this.#waitMs(lane, ticket.request, now) === 0) {
      this.#send(lane, ticket, now)
      return
    }
    lane.queue.add(ticket)
    this.#run(lane)
  }

  /** Forgets a request that waits; it will not be sent. Harmless for one that does not. */
  withdraw(ticket: Ticket): void {
    const lane = this.#laneOf(ticket)
    if (!lane.queue.remove(ticket) || lane.queue.size > 0) return
    lane.timer?.cancel()
    lane.timer = undefined
  }

  /** The server has answered a request, in whatever way: it tells when the request had arrived at the latest. */
  answered(ticket: Ticket): void {
    const slot = this.#sent.get(ticket)
    if (slot === undefined || slot.lateMs !== undefined) return
    const tookMs = this.#options.clock.monotonic() - slot.sentMs
    this.#quickestMs = Math.min(this.#quickestMs, tookMs)
    slot.lateMs = tookMs - this.#quickestMs
    const lane = this.#laneOf(ticket)
    if (lane.queue.size > 0) this.#run(lane)
  }

  /**
   * The server has refused a request because of its limits: its kind is paused. Returns for how long, in milliseconds.
   *
   * @param retryAfterMs what the server asked for, if it did
   */
  refused(ticket: Ticket, retryAfterMs: number | undefined): number {
    const now = this.#options.clock.monotonic()
    const untilMs = this.#pauses.refused(ticket.request, retryAfterMs, this.#sentAt(ticket), now)
    return untilMs - now
  }

  /** Sends a refused request again when the pause is over, at the place that its age gives it. */
  again(ticket: Ticket): void {
    if (this.#stopped) return
    const lane = this.#laneOf(ticket)
    lane.queue.putBack(ticket)
    this.#run(lane)
  }

  /** The server did not refuse a request because of its limits. */
  taken(ticket: Ticket): void {
    this.#pauses.taken(ticket.request, this.#sentAt(ticket))
  }

  /** Sends nothing any more. */
  stop(): void {
    this.#stopped = true
    for (const lane of Object.values(this.#lanes)) {
      lane.queue.clear()
      lane.timer?.cancel()
      lane.timer = undefined
    }
  }

  #laneOf({ request }: Ticket): Lane {
    return this.#lanes[catalog[request].budget]
  }

  #sentAt(ticket: Ticket): number {
    return this.#sent.get(ticket)?.sentMs ?? ticket.sinceMs
  }

  /** How long until a request of this kind may be sent, were it the first. */
  #waitMs(lane: Lane, request: RequestName, now: number): number {
    const mayUseAll = catalog[request].urgency === 'close'
    return Math.max(lane.window.waitMs(now, mayUseAll), this.#pauses.waitMs(request, now))
  }

  #send(lane: Lane, ticket: Ticket, now: number): void {
    this.#sent.set(ticket, lane.window.take(now))
    this.#options.onSent?.(ticket.request, now - ticket.sinceMs)
    ticket.send()
  }

  /** Sends what may be sent, and comes back when more may. */
  #run(lane: Lane): void {
    const { clock } = this.#options
    while (!this.#stopped) {
      const now = clock.monotonic()
      const next = this.#next(lane, now)
      if (next === undefined) return this.#wait(lane, now)
      lane.queue.remove(next)
      lane.turn++
      this.#send(lane, next, now)
    }
  }

  /** Whose turn it is. */
  #next(lane: Lane, now: number): Ticket | undefined {
    const mayBeSent = (request: RequestName): boolean => this.#waitMs(lane, request, now) === 0
    if (lane.turn % turns === turns - 1) {
      const oldest = lane.queue.oldest(mayBeSent)
      if (oldest !== undefined && now - oldest.sinceMs >= patienceMs) return oldest
    }
    return lane.queue.mostUrgent(mayBeSent)
  }

  #wait(lane: Lane, now: number): void {
    let waitMs = Number.POSITIVE_INFINITY
    for (const request of lane.queue.kinds()) {
      waitMs = Math.min(waitMs, this.#waitMs(lane, request, now))
    }
    if (waitMs === Number.POSITIVE_INFINITY) return
    if (lane.timer !== undefined) {
      if (lane.dueMs <= now + waitMs) return
      lane.timer.cancel()
    }
    lane.dueMs = now + waitMs
    lane.timer = this.#options.clock.after(waitMs, () => {
      lane.timer = undefined
      this.#run(lane)
    })
  }
}

function makeLane(limit: number, keptSlots: number): Lane {
  return {
    window: new RateWindow({ limit, kept: keptSlots, spanMs: windowMs }),
    queue: new RequestQueue(),
    turn: 0,
    timer: undefined,
    dueMs: 0,
  }
}
