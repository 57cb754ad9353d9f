import { decimalsOf, pointsOf } from '../engine/index.ts'
import { gridOf, type Instrument } from '../world/index.ts'
import { invalid, refused } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

/** The prices of a request in units of 1e-5: undefined where the request has none. */
export interface RequestPrices {
  readonly limitPrice: number | undefined
  readonly stopPrice: number | undefined
  readonly baseSlippagePrice: number | undefined
  readonly stopLoss: number | undefined
  readonly takeProfit: number | undefined
}

type Given = { readonly [K in keyof RequestPrices]?: number | undefined }

/** Reads the prices of a request, which are doubles, exactly; or says which of them is none of the symbol's. */
export function readPrices(given: Given, instrument: Instrument): RequestPrices | DeskRefusal {
  const prices: { -readonly [K in keyof RequestPrices]: RequestPrices[K] } = {
    limitPrice: undefined,
    ...{ stopPrice: undefined, baseSlippagePrice: undefined },
    ...{ stopLoss: undefined, takeProfit: undefined },
  }
  for (const name of Object.keys(prices) as (keyof RequestPrices)[]) {
    const price = given[name]
    if (price === undefined) continue
    const protects = name === 'stopLoss' || name === 'takeProfit'
    const what = `Order ${protects ? 'protection' : 'price'} = ${price}`
    if (!(Number.isFinite(price) && price > 0 && price <= 10_000_000_000)) {
      const code = protects ? 'TRADING_BAD_STOPS' : 'TRADING_BAD_PRICES'
      return refused(code, `${what} is not a price`)
    }
    if (decimalsOf(price) > instrument.digits) {
      return invalid(
        `${what} has more digits than symbol allows. Allowed ${instrument.digits} digits`,
      )
    }
    prices[name] = pointsOf(price)
  }
  return prices
}

/** Distances of stop loss and take profit from the entry, units of 1e-5. */
export interface Distances {
  readonly relativeStopLoss?: number | undefined
  readonly relativeTakeProfit?: number | undefined
}

/** Checks that relative levels sit on the symbol's price grid. */
export function checkPrecision(
  { relativeStopLoss, relativeTakeProfit }: Distances,
  instrument: Instrument,
): DeskRefusal | undefined {
  const grid = gridOf(instrument)
  const given = { 'stop loss': relativeStopLoss, 'take profit': relativeTakeProfit }
  for (const [name, distance] of Object.entries(given)) {
    if (distance === undefined) continue
    if (distance <= 0) return invalid(`Relative ${name} should be greater than zero`)
    if (distance % grid !== 0) return invalid(`Relative ${name} has invalid precision`)
  }
  return undefined
}
