import {
  type AccountBook,
  type ExecutionTerms,
  entryScale,
  type Side,
  toDouble,
} from '../engine/index.ts'

/** What an account holds of one symbol, summed up so that a quote costs one multiplication for each side. */
interface Holding {
  readonly mark: Mark
  readonly symbolId: number
  /** Volumes, and volumes times entry prices. */
  readonly bought: number
  readonly boughtFor: number
  readonly sold: number
  readonly soldFor: number
  /** From the quote asset to the deposit asset; undefined where they are the same. */
  readonly conversion: readonly [from: string, to: string] | undefined
  /** From price times volume to units of 10^-moneyDigits. */
  readonly scale: number
  /** Symbols whose quotes change its value. */
  readonly moves: readonly number[]
  value: number
}

/** Where an account stands. */
interface Mark {
  readonly book: AccountBook
  /** One for each symbol held. */
  holdings: readonly Holding[]
  /** What the equity is without profits and losses. */
  fixed: number
  /** Below this equity somebody has to look closely. */
  alert: number
  /** From this moment on somebody has to look again, whatever the equity. */
  lookAt: number
}

/**
 * Keeps an eye on the equity of every account that holds something, in doubles, which is fast and nearly right; where that
 * comes near a level that matters it calls for an exact look. A quote costs as much as there are positions in its symbol,
 * and in those that are converted by it, whatever the number of accounts.
 */
export class Revaluation {
  readonly #terms: ExecutionTerms
  readonly #look: (book: AccountBook) => void
  readonly #marks = new Map<AccountBook, Mark>()
  readonly #bySymbol = new Map<number, Set<Holding>>()

  constructor(terms: ExecutionTerms, look: (book: AccountBook) => void) {
    this.#terms = terms
    this.#look = look
  }

  /** A book has changed, in one symbol or as a whole. */
  update(book: AccountBook, symbolId: number | undefined): void {
    let mark = this.#marks.get(book)
    if (mark === undefined) {
      const never = { alert: Number.NEGATIVE_INFINITY, lookAt: Number.POSITIVE_INFINITY }
      mark = { book, holdings: [], fixed: 0, ...never }
      this.#marks.set(book, mark)
    }
    const held = new Set<number>()
    if (symbolId === undefined) {
      for (const position of book.openPositions()) held.add(position.symbolId)
      for (const known of mark.holdings) held.add(known.symbolId)
    } else held.add(symbolId)
    for (const each of held) this.#hold(mark, each)
    let fixed = book.balance + book.bonus
    for (const position of book.openPositions()) fixed += position.swap + position.commission
    mark.fixed = Number(fixed)
    if (mark.holdings.length === 0) this.#marks.delete(book)
  }

  /**
   * From now on the account is looked at when its equity comes near `level`, units of 10^-moneyDigits. Near is what
   * rounding each position by itself and reckoning in doubles can amount to. At `lookAt` (ms) it is looked at anyway.
   */
  watchBelow(book: AccountBook, level: number, lookAt: number): void {
    const mark = this.#marks.get(book)
    if (mark === undefined) return
    let size = Math.abs(mark.fixed) + Math.abs(level)
    for (const { boughtFor, soldFor, scale } of mark.holdings) {
      size += (boughtFor + soldFor) * scale
    }
    mark.alert = level + book.positions.size + 1 + size * 1e-9
    mark.lookAt = lookAt
  }

  /** Whether an account has to be looked at now. */
  isNear(book: AccountBook, now: number): boolean {
    const mark = this.#marks.get(book)
    return mark !== undefined && (equityOf(mark) <= mark.alert || now >= mark.lookAt)
  }

  clear(): void {
    this.#marks.clear()
    this.#bySymbol.clear()
  }

  /** A symbol has a new quote. */
  changed(symbolId: number, now: number): void {
    const holdings = this.#bySymbol.get(symbolId)
    if (holdings === undefined) return
    const price = this.#prices()
    const rate = this.#rates()
    let near: AccountBook[] | undefined
    for (const holding of holdings) {
      holding.value = worthOf(holding, price, rate)
      const { mark } = holding
      if (equityOf(mark) > mark.alert && now < mark.lookAt) continue
      near ??= []
      near.push(mark.book)
    }
    for (const book of new Set(near)) this.#look(book)
  }

  #hold(mark: Mark, symbolId: number): void {
    const before = mark.holdings.find((known) => known.symbolId === symbolId)
    if (before !== undefined) {
      for (const moved of before.moves) this.#bySymbol.get(moved)?.delete(before)
      mark.holdings = mark.holdings.filter((known) => known !== before)
    }
    const instrument = this.#terms.instruments.get(symbolId)
    if (instrument === undefined) return
    const { depositAsset, moneyDigits } = mark.book.account
    const sums = { buy: { volume: 0, cost: 0n }, sell: { volume: 0, cost: 0n } }
    for (const { side, volume, entry } of mark.book.positionsOf(symbolId)) {
      sums[side].volume += volume
      sums[side].cost += entry * BigInt(volume)
    }
    const { buy, sell } = sums
    if (buy.volume === 0 && sell.volume === 0) return
    const chain = this.#terms.conversion.chain(instrument.quote, depositAsset) ?? []
    const holding: Holding = {
      mark,
      ...{ symbolId, bought: buy.volume, sold: sell.volume },
      boughtFor: Number(buy.cost) / Number(entryScale),
      soldFor: Number(sell.cost) / Number(entryScale),
      conversion: chain.length === 0 ? undefined : [instrument.quote, depositAsset],
      // Prices are in 1e-5, volumes in hundredths.
      scale: Number(10n ** BigInt(moneyDigits)) / 10_000_000,
      moves: [...new Set([symbolId, ...chain.map((link) => link.symbolId)])],
      value: 0,
    }
    mark.holdings = [...mark.holdings, holding]
    for (const moved of holding.moves) {
      const others = this.#bySymbol.get(moved)
      if (others === undefined) this.#bySymbol.set(moved, new Set([holding]))
      else others.add(holding)
    }
    holding.value = worthOf(holding, this.#prices(), this.#rates())
  }

  /** Looks each price up once. */
  #prices(): (symbolId: number, side: Side) => number {
    const known = new Map<number, readonly [buy: number, sell: number]>()
    return (symbolId, side) => {
      let prices = known.get(symbolId)
      if (prices === undefined) {
        const { priceOf } = this.#terms
        prices = [priceOf(symbolId, 'buy') ?? Number.NaN, priceOf(symbolId, 'sell') ?? Number.NaN]
        known.set(symbolId, prices)
      }
      return side === 'buy' ? prices[0] : prices[1]
    }
  }

  /** Works each rate out once. */
  #rates(): (conversion: Holding['conversion'], side: Side) => number {
    const known = new Map<string, number>()
    return (conversion, side) => {
      if (conversion === undefined) return 1
      const [from, to] = conversion
      const key = `${from}${to}${side}`
      let rate = known.get(key)
      if (rate === undefined) {
        const exact = this.#terms.conversion.rates(this.#terms.priceOf, side)(from, to)
        rate = exact === undefined ? Number.NaN : toDouble(exact)
        known.set(key, rate)
      }
      return rate
    }
  }
}

function worthOf(
  { symbolId, bought, boughtFor, sold, soldFor, conversion, scale }: Holding,
  price: (symbolId: number, side: Side) => number,
  rate: (conversion: Holding['conversion'], side: Side) => number,
): number {
  let value = 0
  if (bought > 0) {
    value += (price(symbolId, 'sell') * bought - boughtFor) * rate(conversion, 'sell')
  }
  if (sold > 0) value += (soldFor - price(symbolId, 'buy') * sold) * rate(conversion, 'buy')
  // Without a price a position counts without its profit or loss.
  return Number.isNaN(value) ? 0 : value * scale
}

function equityOf({ fixed, holdings }: Mark): number {
  let equity = fixed
  for (const { value } of holdings) equity += value
  return equity
}
