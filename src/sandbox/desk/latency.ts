import { InvalidArgumentError } from '../../errors.ts'
import type { Random } from '../random.ts'

/** A time in ms, or the least and the most of one that is drawn evenly. Whole numbers. */
export type Delay = number | readonly [least: number, most: number]

/** How long the desk takes. */
export interface DeskLatency {
  /** From taking an order to announcing that it is accepted. @defaultValue 2 */
  readonly acceptance: Delay
  /** From taking an order to its execution; never before its acceptance. @defaultValue [30, 70] */
  readonly execution: Delay
  /** From an execution to what the server does about the position's protection. @defaultValue [3, 8] */
  readonly protection: Delay
  /** From taking a change or a cancellation to carrying it out. @defaultValue [3, 8] */
  readonly amendment: Delay
  /** From the quote that reaches a pending order, a stop loss or a take profit to the execution. @defaultValue 0 */
  readonly trigger: Delay
}

/** Snappy, yet long enough that a client cannot mistake the acceptance for the fill. The original takes 50 to 200 ms. */
const defaults: DeskLatency = {
  acceptance: 2,
  execution: [30, 70],
  protection: [3, 8],
  amendment: [3, 8],
  trigger: 0,
}

/** Draws the desk's delays: the same ones for the same seed. */
export class Latencies {
  readonly #latency: DeskLatency
  readonly #random: Random

  /** @throws InvalidArgumentError for a delay that is not a whole number of ms, or a range turned round. */
  constructor(latency: Partial<DeskLatency>, random: Random) {
    this.#latency = { ...defaults, ...latency }
    this.#random = random
    for (const [name, delay] of Object.entries(this.#latency)) check(name, delay)
  }

  draw(kind: keyof DeskLatency): number {
    const delay = this.#latency[kind]
    if (typeof delay === 'number') return delay
    const [least, most] = delay
    return least + this.#random.integer(most - least + 1)
  }
}

function check(name: string, delay: Delay): void {
  const [least, most] = typeof delay === 'number' ? [delay, delay] : delay
  const usable = Number.isSafeInteger(least) && Number.isSafeInteger(most)
  if (usable && least >= 0 && most >= least) return
  throw new InvalidArgumentError(`The ${name} latency ${JSON.stringify(delay)} is not usable.`, {
    facts: { name, least, most },
    remedy: 'Give whole milliseconds, or the least and the most of them: 20 or [10, 30].',
  })
}
