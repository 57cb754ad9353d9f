import { emptyRun, pushTick, type TickRun } from './model/minute-ticks.ts'

/** Ticks that are kept together: what is written once is not copied again when more come. */
const ticksPerBlock = 1_024
const columns = 3

interface Block {
  /** When, bid and ask, one tick after the other. */
  readonly numbers: Float64Array
  readonly sides: Uint8Array
}

/** The ticks of one minute as they come, however many. */
export class TickLog {
  count = 0
  readonly #blocks: Block[] = []
  #last: Block | undefined

  /** Takes a tick; it is not older than the one before. */
  append(at: number, bid: number, ask: number, sides: number): void {
    const place = this.count % ticksPerBlock
    const block = place === 0 || this.#last === undefined ? this.#begin() : this.#last
    const { numbers } = block
    numbers[place * columns] = at
    numbers[place * columns + 1] = bid
    numbers[place * columns + 2] = ask
    block.sides[place] = sides
    this.count++
  }

  /** A copy of them. */
  run(): TickRun {
    const run = emptyRun()
    for (let index = 0; index < this.count; index++) {
      const block = this.#blocks[Math.floor(index / ticksPerBlock)]
      const place = index % ticksPerBlock
      const column = (number: number): number => block?.numbers[place * columns + number] ?? 0
      pushTick(run, column(0), column(1), column(2), block?.sides[place] ?? 0)
    }
    return run
  }

  #begin(): Block {
    const block = {
      numbers: new Float64Array(ticksPerBlock * columns),
      sides: new Uint8Array(ticksPerBlock),
    }
    this.#blocks.push(block)
    this.#last = block
    return block
  }
}
