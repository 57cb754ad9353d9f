import type { Clock, Timer } from '../../async/clock.ts'
import type { CutKind, Dispatch } from './traffic.ts'

/** Sends the messages of one connection later, twice, not at all or in another order, as it is told for each. */
export class Postman {
  readonly #clock: Clock
  readonly #end: (how: CutKind) => void
  readonly #timers = new Set<Timer>()
  #lastDue = Number.NEGATIVE_INFINITY
  #overtaken: (() => void) | undefined

  /** @param end breaks the connection off */
  constructor(clock: Clock, end: (how: CutKind) => void) {
    this.#clock = clock
    this.#end = end
  }

  /** Whether a message without wishes of its own may be sent directly. */
  get isIdle(): boolean {
    return this.#overtaken === undefined
  }

  send(dispatch: Dispatch | undefined, put: () => void): void {
    if (dispatch?.cut !== undefined) return this.#end(dispatch.cut)
    const { copies = 1, delayMs = 0, overtakenWithinMs, closesBehind = false } = dispatch ?? {}
    const deliver = (): void => {
      for (let copy = 0; copy < copies; copy++) put()
      this.#letGo()
      if (closesBehind) this.#end('close')
    }
    if (delayMs > 0) {
      // Delayed messages do not overtake each other, whatever their delays; others overtake them.
      const now = this.#clock.monotonic()
      this.#lastDue = Math.max(this.#lastDue, now + delayMs)
      this.later(this.#lastDue - now, deliver)
    } else if (overtakenWithinMs !== undefined && this.isIdle) {
      this.#overtaken = deliver
      this.later(overtakenWithinMs, () => this.#letGo())
    } else deliver()
  }

  /** Calls back, unless the connection ends before. */
  later(ms: number, call: () => void): void {
    const timer = this.#clock.after(
      ms,
      () => {
        this.#timers.delete(timer)
        call()
      },
      { keepAlive: false },
    )
    this.#timers.add(timer)
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#overtaken = undefined
  }

  #letGo(): void {
    const deliver = this.#overtaken
    this.#overtaken = undefined
    deliver?.()
  }
}
