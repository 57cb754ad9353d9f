import { ioTurn } from '../../async/clock.ts'

/** Work in small steps that ends in a result. */
export type Steps<T> = Iterator<undefined, T>

// A step takes one to three milliseconds on an idle machine.
const stepsPerTurn = 4

interface Job {
  /** Does one step; true when it was the last. */
  step(): boolean
}

/**
 * Does long work in steps, a few in each turn of the event loop, so that others are served meanwhile. All long work of a
 * sandbox shares one: two pieces of work take turns.
 *
 * How many steps a turn takes is counted, not timed; but when the work is done depends on the machine. So nobody paces
 * where a test owns the time and expects the same frames in the same order: everything is done at once there.
 */
export class Pacer {
  readonly #jobs: Job[] = []
  #working = false

  /** Does as many steps as one turn has room for; whether the work is done is told by `done`. */
  begin<T>(steps: Steps<T>): { readonly done: true; readonly value: T } | { readonly done: false } {
    for (let count = this.#jobs.length === 0 ? 0 : stepsPerTurn; count < stepsPerTurn; count++) {
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
      for (let count = 0; count < stepsPerTurn; count++) {
        const job = this.#jobs.shift()
        if (job !== undefined && !job.step()) this.#jobs.push(job)
      }
    }
    this.#working = false
  }
}

/** The result of work that is done at once. */
export function allSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
