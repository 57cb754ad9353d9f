import { InvalidArgumentError } from '../../errors.ts'
import type { Side } from '../engine/index.ts'
import type { Market } from '../market/index.ts'
import type { Random } from '../random.ts'

/** So much volume at a price; hundredths of a unit, units of 1e-5. */
export interface Slice {
  readonly price: number
  readonly volume: number
}

/** How orders are filled. */
export interface FillModel {
  /**
   * How much worse than the quoted price a market or stop order is filled, in points (10^-digits), or the least and the
   * most of it, drawn evenly. Below zero is better than quoted.
   * @defaultValue 0
   */
  readonly slippage: number | readonly [least: number, most: number]
  /**
   * `quote`: any volume at the quoted price. `depth`: level by level through the depth of market, one deal for each level,
   * and no further than it goes.
   * @defaultValue 'quote'
   */
  readonly liquidity: 'quote' | 'depth'
}

const defaults: FillModel = { slippage: 0, liquidity: 'quote' }

/** Says at which prices a volume is filled now. Slippage is drawn: the same for the same seed. */
export class Fills {
  readonly #model: FillModel
  readonly #market: Market
  readonly #random: Random

  /** @throws InvalidArgumentError for slippage that is not whole points, or a range turned round. */
  constructor(options: {
    readonly model: Partial<FillModel>
    readonly market: Market
    readonly random: Random
  }) {
    this.#model = { ...defaults, ...options.model }
    this.#market = options.market
    this.#random = options.random
    const [least, most] = rangeOf(this.#model.slippage)
    if (Number.isSafeInteger(least) && Number.isSafeInteger(most) && least <= most) return
    throw new InvalidArgumentError(`Slippage of ${JSON.stringify(this.#model.slippage)}?`, {
      facts: { least, most },
      remedy: 'Give whole points, or the least and the most of them: 2 or [-1, 3].',
    })
  }

  /**
   * The parts in which a volume is filled, best price first; together they may be less than the volume.
   *
   * @param grid one point of the symbol, units of 1e-5
   * @param worst the worst price allowed. An order with one is filled at quoted prices, without slippage beyond it.
   */
  slices(
    symbolId: number,
    side: Side,
    volume: number,
    grid: number,
    worst: number | undefined,
    slips: boolean,
  ): readonly Slice[] {
    const levels = this.#levels(symbolId, side, volume)
    const shift = slips ? this.#slip() * grid * (side === 'buy' ? 1 : -1) : 0
    const slices: Slice[] = []
    let left = volume
    for (const level of levels) {
      const price = Math.max(grid, level.price + shift)
      const tooBad = worst !== undefined && (side === 'buy' ? price > worst : price < worst)
      if (left <= 0 || tooBad) break
      const part = Math.min(left, level.volume)
      if (part > 0) slices.push({ price, volume: part })
      left -= part
    }
    return slices
  }

  /**
   * One price for a volume that has to be filled whole: the average through the depth, rounded against the account; what
   * goes beyond the last level is filled there.
   */
  wholePrice(symbolId: number, side: Side, volume: number, grid: number): number | undefined {
    const levels = this.#levels(symbolId, side, volume)
    const last = levels.at(-1)
    if (last === undefined) return undefined
    let left = volume
    let sum = 0n
    for (const level of levels) {
      const part = level === last ? left : Math.min(left, level.volume)
      sum += BigInt(part) * BigInt(level.price)
      left -= part
    }
    const step = BigInt(grid)
    const under = BigInt(volume) * step
    const up = side === 'buy' ? under - 1n : 0n
    const average = Number(((sum + up) / under) * step)
    return Math.max(grid, average + this.#slip() * grid * (side === 'buy' ? 1 : -1))
  }

  #levels(symbolId: number, side: Side, volume: number): readonly Slice[] {
    const quote = this.#market.lastQuote(symbolId)
    if (quote === undefined) return []
    const top = [{ price: side === 'buy' ? quote.ask : quote.bid, volume }]
    if (this.#model.liquidity === 'quote') return top
    const depth = this.#market.depth(symbolId)
    if (depth === undefined) return top
    const levels = side === 'buy' ? depth.asks : depth.bids
    return levels.map(({ price, size }) => ({ price, volume: size }))
  }

  #slip(): number {
    const [least, most] = rangeOf(this.#model.slippage)
    return least === most ? least : least + this.#random.integer(most - least + 1)
  }
}

function rangeOf(slippage: FillModel['slippage']): readonly [least: number, most: number] {
  return typeof slippage === 'number' ? [slippage, slippage] : slippage
}
