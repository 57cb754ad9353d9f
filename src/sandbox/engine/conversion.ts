import type { Instrument } from '../world/index.ts'
import { one, over, pointsPerOne, type Ratio, ratio, times } from './ratio.ts'
import type { Side } from './trade.ts'

/** The price at which a side trades now, units of 1e-5: the ask to buy, the bid to sell. Undefined without a quote. */
export type PriceOf = (symbolId: number, side: Side) => number | undefined

/** Converts one asset to another at the prices of the moment; undefined when a price or a way is missing. */
export type Rates = (from: string, to: string) => Ratio | undefined

/** Finds which instruments lead from one asset to another. */
export class Conversion {
  readonly #instruments: readonly Instrument[]
  readonly #known = new Map<string, readonly Instrument[] | undefined>()

  constructor(instruments: Iterable<Instrument>) {
    this.#instruments = [...instruments]
  }

  /** The shortest chain, in order; empty for the same asset, undefined when there is none. */
  chain(from: string, to: string): readonly Instrument[] | undefined {
    const key = `${from}>${to}`
    if (!this.#known.has(key)) this.#known.set(key, this.#search(from, to))
    return this.#known.get(key)
  }

  /**
   * Rates for a deal of that side. Every price on the way is the one of the deal's own side, as the original's help page
   * has it: the ask when the deal buys, the bid when it sells.
   */
  rates(priceOf: PriceOf, side: Side): Rates {
    return (from, to) => {
      const chain = this.chain(from, to)
      if (chain === undefined) return undefined
      let asset = from
      let rate = one
      for (const instrument of chain) {
        const points = priceOf(instrument.symbolId, side)
        if (points === undefined) return undefined
        const price = ratio(points, pointsPerOne)
        const forward = instrument.base === asset
        rate = forward ? times(rate, price) : over(rate, price)
        asset = forward ? instrument.quote : instrument.base
      }
      return rate
    }
  }

  #search(from: string, to: string): readonly Instrument[] | undefined {
    // Breadth first: the first way found is a shortest one, and the table's order decides between equals.
    const seen = new Set([from])
    let front: { asset: string; way: readonly Instrument[] }[] = [{ asset: from, way: [] }]
    while (front.length > 0) {
      const arrived = front.find(({ asset }) => asset === to)
      if (arrived !== undefined) return arrived.way
      const next: typeof front = []
      for (const { asset, way } of front) {
        for (const instrument of this.#instruments) {
          const { base, quote } = instrument
          const reached = base === asset ? quote : quote === asset ? base : undefined
          if (reached === undefined || seen.has(reached)) continue
          seen.add(reached)
          next.push({ asset: reached, way: [...way, instrument] })
        }
      }
      front = next
    }
    return undefined
  }
}
