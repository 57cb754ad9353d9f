import { type Clock, ioTurn } from '../../async/clock.ts'

/** Work in small steps that ends in a result. */
export type Steps<T> = Iterator<undefined, T>

// A step takes one to three milliseconds on an idle machine, and several times as long on a busy one.
const stepsPerTurn = 4
/** After so many milliseconds a turn begins no further step: with the one that it is in it stays below 20. */
const turnMs = 10

interface Job {
  /** Does one step; true when it was the last. */
  step(): boolean
}

/**
 * Does long work in steps, a few in each turn of the event loop, so that others are served meanwhile. All long work of a
 * sandbox shares one: two pieces of work take turns.
 *
 * A turn ends after so many steps, or earlier where they take long; it takes one step at least. When the work is done
 * depends on the machine, therefore. So nobody paces where a test owns the time and expects the same frames in the same order: everything is done at once there.
 */
export class Pacer {
  readonly #jobs: Job[] = []
  readonly #clock: Pick<Clock, 'monotonic'>
  #working = false

  /** @param clock the machine's, however fast the sandbox's own time passes */
  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Does as many steps as one turn has room for; whether the work is done is told by `done`. */
  begin<T>(steps: Steps<T>): { readonly done: true; readonly value: T } | { readonly done: false } {
    if (this.#jobs.length > 0) return { done: false }
    const hasRoom = this.#turn()
    while (hasRoom()) {
      const { done, value } = steps.next()
      if (done === true) return { done, value }
    }
    return { done: false }
  }

  /**
   * Goes on with work in later turns.
   *
   * @param isWanted asked before every step; what nobody wants any more is given up
   * @param finish gets a function that hands over the result, or throws what the work threw
   */
  goOn<T>(steps: Steps<T>, isWanted: () => boolean, finish: (result: () => T) => void): void {
    const step = (): boolean => {
      if (!isWanted()) return true
      try {
        const { done, value } = steps.next()
        if (done !== true) return false
        finish(() => value)
      } catch (error) {
        finish(() => {
          throw error
        })
      }
      return true
    }
    this.#jobs.push({ step })
    if (!this.#working) void this.#work()
  }

  async #work(): Promise<void> {
    this.#working = true
    while (this.#jobs.length > 0) {
      await ioTurn()
      const hasRoom = this.#turn()
      while (this.#jobs.length > 0 && hasRoom()) {
        const job = this.#jobs.shift()
        if (job !== undefined && !job.step()) this.#jobs.push(job)
      }
    }
    this.#working = false
  }

  /** Whether there is room for another step in the turn that begins with this call. */
  #turn(): () => boolean {
    const began = this.#clock.monotonic()
    let steps = 0
    return () =>
      steps++ === 0 || (steps <= stepsPerTurn && this.#clock.monotonic() - began < turnMs)
  }
}

/** The result of work that is done at once. */
export function allSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
