import type { BookState } from '../engine/index.ts'
import type { RandomState } from '../random.ts'
import type { Job } from './job.ts'
import type { JobsState } from './jobs.ts'
import type { NumbersState } from './numbers.ts'
import type { InstrumentChange } from './trading-desk.ts'

/** Everything a desk knows. Plain data: what it was captured from never changes it. */
export interface DeskState {
  readonly numbers: NumbersState
  readonly books: readonly BookState[]
  /** What was changed about instruments, by symbol id. */
  readonly instruments: readonly (readonly [symbolId: number, change: InstrumentChange])[]
  readonly jobs: JobsState<Job>
  readonly latency: RandomState
  readonly fills: RandomState
}
