import type { Clock, Timer } from '../../async/clock.ts'
import { Heap } from './heap.ts'

interface Entry<Job> {
  readonly at: number
  /** Counts up, so that jobs of the same moment are done in the order in which they were given. */
  readonly order: number
  readonly job: Job
}

/** What waits to be done: plain data, as long as jobs are. */
export interface JobsState<Job> {
  readonly capturedAt: number
  readonly entries: readonly Entry<Job>[]
}

/**
 * Things to be done later. They are data and not functions, so that they can be captured and put back; there is one
 * timer, for the first of them.
 */
export class Jobs<Job> {
  readonly #clock: Clock
  readonly #run: (job: Job) => void
  readonly #heap = new Heap<Entry<Job>>(isBefore)
  #count = 0
  #timer: { readonly at: number; readonly timer: Timer } | undefined

  constructor(clock: Clock, run: (job: Job) => void) {
    this.#clock = clock
    this.#run = run
  }

  /** Does a job in so many milliseconds; never before this returns. */
  after(ms: number, job: Job): void {
    this.at(this.#clock.now() + ms, job)
  }

  /** Does a job at a moment; one that has passed counts as now. */
  at(moment: number, job: Job): void {
    this.#heap.push({ at: moment, order: this.#count++, job })
    this.#arm()
  }

  /** Every job that waits, in no order. */
  *waiting(): Generator<Job> {
    for (const { job } of this.#heap.values()) yield job
  }

  capture(): JobsState<Job> {
    return { capturedAt: this.#clock.now(), entries: [...this.#heap.values()] }
  }

  /** Puts back what was captured, as far from being due as it was then. */
  restore({ capturedAt, entries }: JobsState<Job>): void {
    const shift = this.#clock.now() - capturedAt
    this.clear()
    for (const { at, order, job } of entries) this.#heap.push({ at: at + shift, order, job })
    this.#count = entries.reduce((most, { order }) => Math.max(most, order + 1), 0)
    this.#arm()
  }

  /** Forgets some of what waits. */
  drop(isUnwanted: (job: Job, at: number) => boolean): void {
    const all = [...this.#heap.values()]
    if (!all.some(({ job, at }) => isUnwanted(job, at))) return
    this.#heap.keep(({ job, at }) => !isUnwanted(job, at))
    this.#arm()
  }

  clear(): void {
    this.#timer?.timer.cancel()
    this.#timer = undefined
    this.#heap.clear()
  }

  #arm(): void {
    const { first } = this.#heap
    if (first === undefined || this.#timer?.at === first.at) return
    this.#timer?.timer.cancel()
    const timer = this.#clock.after(first.at - this.#clock.now(), () => this.#ring())
    this.#timer = { at: first.at, timer }
  }

  #ring(): void {
    this.#timer = undefined
    try {
      for (;;) {
        const { first } = this.#heap
        if (first === undefined || first.at > this.#clock.now()) return
        this.#heap.pop()
        this.#run(first.job)
      }
    } finally {
      this.#arm()
    }
  }
}

function isBefore(left: Entry<unknown>, right: Entry<unknown>): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
