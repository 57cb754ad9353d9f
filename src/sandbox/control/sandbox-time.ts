import { AcceleratedClock } from '../../async/accelerated-clock.ts'
import { type Clock, ioTurn, systemClock } from '../../async/clock.ts'
import { ManualClock } from '../../async/manual-clock.ts'
import { InvalidArgumentError } from '../../errors.ts'
import { ControlArgumentError, NothingHappenedError, TimeNotOwnedError } from './errors.ts'
import type { Journal } from './journal.ts'
import { checkQueryNames, type JournalQuery } from './journal-entry.ts'

/**
 * How time passes in a sandbox.
 *
 * - `real`: as on the machine
 * - `owned`: it stands still until `sandbox.time` is told to move it
 * - `accelerated`: so many times faster than on the machine
 */
export type TimeChoice =
  | 'real'
  | 'owned'
  | { readonly mode: 'owned'; readonly start?: number | string | Date }
  | {
      readonly mode: 'accelerated'
      readonly factor: number
      readonly start?: number | string | Date
    }

export interface AdvanceOptions {
  /**
   * Whether the time that passes counts as silence of the clients: for a test of what becomes of one that sends no
   * heartbeats. A client whose own clock stands still says nothing while a test jumps over an hour, so usually it does not.
   * @defaultValue false
   */
  readonly countsAsSilence?: boolean
}

export interface RunUntilOptions extends AdvanceOptions {
  /** How much time may pass, ms of the sandbox's time. @defaultValue 3,600,000 */
  readonly atMostMs?: number
}

/** Clocks of a sandbox, and who moves them. */
export interface TimeSource {
  readonly mode: 'real' | 'owned' | 'accelerated' | 'given'
  /** For market, tokens and limits. */
  readonly clock: Clock
  /** For the idle rules of connections. */
  readonly idleClock: Clock
  readonly owned: { readonly clock: ManualClock; readonly idle: ManualClock } | undefined
}

/**
 * Makes the clocks.
 *
 * The idle rules have one of their own. In accelerated time it is the machine's, because a client at the other end of a
 * socket lives in real time and cannot send a heartbeat every millisecond. In owned time it stands still unless the test
 * says that the time it skips counts as silence.
 *
 * @throws InvalidArgumentError for a choice that means nothing
 */
export function timeSource(choice: TimeChoice | undefined, given: Clock | undefined): TimeSource {
  if (given !== undefined) {
    if (choice !== undefined) {
      throw new InvalidArgumentError('Both a clock and a kind of time were given.', {
        remedy: 'Leave out one of the sandbox options clock and time.',
      })
    }
    return { mode: 'given', clock: given, idleClock: given, owned: undefined }
  }
  const wanted = choice === undefined || typeof choice === 'string' ? { mode: choice } : choice
  const { mode = 'real' } = wanted
  const start = 'start' in wanted ? momentOf(wanted.start) : undefined
  if (mode === 'owned') {
    const clock = new ManualClock(start)
    const idle = new ManualClock(start)
    return { mode, clock, idleClock: idle, owned: { clock, idle } }
  }
  if (mode === 'accelerated') {
    const factor = 'factor' in wanted ? wanted.factor : Number.NaN
    const clock = new AcceleratedClock({ factor, ...(start === undefined ? {} : { start }) })
    return { mode, clock, idleClock: systemClock, owned: undefined }
  }
  if (mode !== 'real') {
    throw new InvalidArgumentError(`Time cannot be ${JSON.stringify(mode)}.`, {
      facts: { mode: String(mode) },
      remedy: "Choose 'real', 'owned' or { mode: 'accelerated', factor: 60 }.",
    })
  }
  return { mode, clock: systemClock, idleClock: systemClock, owned: undefined }
}

function momentOf(start: number | string | Date | undefined): number | undefined {
  if (start === undefined) return undefined
  const at = typeof start === 'string' ? Date.parse(start) : Number(start)
  if (Number.isFinite(at)) return at
  throw new InvalidArgumentError(`Time cannot start at ${JSON.stringify(start)}.`, {
    remedy: 'Give milliseconds since 1970, a Date or an ISO 8601 text.',
  })
}

/** What time control needs to know of the sandbox's traffic. */
export interface TrafficGauge {
  /** Counts up with everything that is read or written. */
  activity: number
}

/** The sandbox's clock for others: what they do by it counts as something that may have to be waited for. */
function sharedClock(clock: Clock, gauge: TrafficGauge): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, call, options) =>
      clock.after(
        ms,
        () => {
          gauge.activity++
          call()
        },
        options,
      ),
  }
}

// After so many turns of the event loop in which nothing moved, everybody has said what they had to say.
const quietTurns = 3
// A conversation that never ends is not waited for; nor is a reader who does not read.
const mostTurns = 2_000
// So that a long stretch of time in which nobody is told anything does not block the process.
const callsPerTurn = 2_000

/**
 * The sandbox's time, as its owner moves it.
 *
 * Moving it goes from one timer to the next, and after each one that sent something waits until the clients of this
 * process have read it and said what they say to it. So a client that shares the clock answers every heartbeat on the
 * way, and a jump over an hour is as if the hour had passed.
 */
export class SandboxTime {
  readonly mode: 'real' | 'owned' | 'accelerated' | 'given'
  /** For clients that are to go by the sandbox's time. */
  readonly clock: Clock
  readonly #source: TimeSource
  readonly #gauge: TrafficGauge
  readonly #journal: Journal
  #moving: Promise<unknown> = Promise.resolve()

  constructor(source: TimeSource, gauge: TrafficGauge, journal: Journal) {
    this.mode = source.mode
    this.clock = source.owned === undefined ? source.clock : sharedClock(source.clock, gauge)
    this.#source = source
    this.#gauge = gauge
    this.#journal = journal
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#source.clock.now()
  }

  /**
   * Moves time forward by so many milliseconds. Calls queue up: the next begins when the one before is done.
   *
   * @throws TimeNotOwnedError when time moves by itself
   * @throws ControlArgumentError for a time that is not finite or goes back
   */
  advance(ms: number, options: AdvanceOptions = {}): Promise<void> {
    if (!(Number.isFinite(ms) && ms >= 0)) {
      throw new ControlArgumentError(`Time cannot be moved by ${ms} ms.`, {
        facts: { ms },
        remedy: 'Time only moves forward, by a finite number of milliseconds.',
      })
    }
    return this.#queue(() => this.#run(this.now() + ms, options, () => false)).then(() => {})
  }

  /** Moves time forward to a moment. Throws as {@link advance} does. */
  advanceTo(moment: number | string | Date, options: AdvanceOptions = {}): Promise<void> {
    const at = typeof moment === 'string' ? Date.parse(moment) : Number(moment)
    if (!(Number.isFinite(at) && at >= this.now())) {
      throw new ControlArgumentError(`Time cannot be moved to ${JSON.stringify(moment)}.`, {
        facts: { now: this.now(), target: String(moment) },
        remedy: `Time only moves forward: give a moment after ${new Date(this.now()).toISOString()}.`,
      })
    }
    return this.#queue(() => this.#run(at, options, () => false)).then(() => {})
  }

  /**
   * Moves time forward until something has happened, and stops there: a condition has become true, or the journal has
   * got an entry that fits.
   *
   * @throws NothingHappenedError when that takes too long; TimeNotOwnedError when time moves by itself
   * @throws ControlArgumentError for a bound that is not finite or below 0
   */
  async runUntil(
    event: JournalQuery | (() => boolean),
    options: RunUntilOptions = {},
  ): Promise<void> {
    const { atMostMs = 3_600_000 } = options
    if (!(Number.isFinite(atMostMs) && atMostMs >= 0)) {
      throw new ControlArgumentError(`Time cannot be moved by at most ${atMostMs} ms.`, {
        facts: { atMostMs },
        remedy: 'Time only moves forward, by a finite number of milliseconds.',
      })
    }
    const isQuery = typeof event !== 'function'
    if (isQuery) checkQueryNames(event)
    let seen = false
    const since = this.#journal.mark()
    const happened = isQuery
      ? () => {
          seen ||= this.#journal.mark() > since && this.#journal.count({ ...event, since }) > 0
          return seen
        }
      : event
    const done = await this.#queue(() => this.#run(this.now() + atMostMs, options, happened))
    if (!done) throw new NothingHappenedError(isQuery ? 'The event' : 'The condition', atMostMs)
  }

  /** Waits until the clients of this process have read what was sent and said what they say to it. No time passes. */
  async settle(): Promise<void> {
    let quiet = 0
    let before = this.#gauge.activity
    for (let turn = 0; turn < mostTurns && quiet < quietTurns; turn++) {
      await ioTurn()
      const { activity } = this.#gauge
      quiet = activity === before ? quiet + 1 : 0
      before = activity
    }
  }

  #queue<T>(move: () => Promise<T>): Promise<T> {
    if (this.#source.owned === undefined) throw new TimeNotOwnedError(this.mode)
    const moved = this.#moving.then(move)
    this.#moving = moved.catch(() => {})
    return moved
  }

  /** Moves to a moment, or to where it is enough. Returns whether it was. */
  async #run(
    target: number,
    { countsAsSilence = false }: AdvanceOptions,
    isEnough: () => boolean,
  ): Promise<boolean> {
    const { owned } = this.#source
    if (owned === undefined) return false
    const { clock } = owned
    const idle = countsAsSilence ? owned.idle : undefined
    // The idle clock may have stood still before; from here on both move by the same.
    const behind = clock.now() - (idle?.now() ?? clock.now())
    await this.settle()
    for (let calls = 1; !isEnough(); calls++) {
      const idleAt = (idle?.nextAt ?? Number.POSITIVE_INFINITY) + behind
      const next = Math.min(clock.nextAt ?? Number.POSITIVE_INFINITY, idleAt)
      if (next > target) {
        clock.advanceTo(target)
        idle?.advanceTo(target - behind)
        return isEnough()
      }
      const before = this.#gauge.activity
      if (idleAt > next) clock.step()
      else clock.advanceTo(Math.max(next, clock.now()))
      idle?.advanceTo(clock.now() - behind)
      if (this.#gauge.activity !== before) await this.settle()
      else if (calls % callsPerTurn === 0) await ioTurn()
    }
    return true
  }
}
