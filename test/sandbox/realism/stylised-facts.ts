/** Quotes of a week, oldest first; prices as people write them. */
export interface Week {
  readonly at: readonly number[]
  readonly bid: readonly number[]
  readonly ask: readonly number[]
}

export interface Facts {
  /** Quotes in each hour of the day, UTC. */
  readonly quotesByHour: readonly number[]
  /** Distance from bid to ask that this part of the quotes does not exceed, by part. */
  readonly spreads: ReadonlyMap<number, number>
  readonly kurtosis: number
  /** Correlation of the size of a minute's return with that of the next minute's. */
  readonly clustering: number
  /** The longest time without a quote, ms, and the move over it relative to a minute's. */
  readonly pause: number
  readonly gapMoves: number
}

const hour = 3_600_000
const minute = 60_000
const parts = [0.01, 0.25, 0.5, 0.75, 0.99] as const

/** What is known to be true of markets, measured on a week. */
export function factsOf(week: Week): Facts {
  const quotesByHour = Array.from({ length: 24 }, () => 0)
  const spreads: number[] = []
  const closes = new Map<number, number>()
  let pause = 0
  let gap = 0
  for (const [index, at] of week.at.entries()) {
    const bid = week.bid[index] ?? 0
    const ask = week.ask[index] ?? 0
    const middle = (bid + ask) / 2
    const slot = Math.floor(at / hour) % 24
    quotesByHour[slot] = (quotesByHour[slot] ?? 0) + 1
    spreads.push(ask - bid)
    closes.set(Math.floor(at / minute), middle)
    const before = week.at[index - 1] ?? at
    if (at - before > pause) {
      pause = at - before
      gap = Math.abs(
        Math.log((2 * middle) / ((week.bid[index - 1] ?? 0) + (week.ask[index - 1] ?? 0))),
      )
    }
  }
  spreads.sort((one, other) => one - other)
  const returns: number[] = []
  for (const [number, close] of closes) {
    const before = closes.get(number - 1)
    if (before !== undefined) returns.push(Math.log(close / before))
  }
  const deviation = Math.sqrt(moment(returns, 2))
  return {
    quotesByHour,
    spreads: new Map(parts.map((part) => [part, spreads[Math.floor(spreads.length * part)] ?? 0])),
    kurtosis: moment(returns, 4) / moment(returns, 2) ** 2,
    clustering: autocorrelation(returns.map(Math.abs)),
    pause,
    gapMoves: gap / deviation,
  }
}

/**
 * Holds a week against a real one; every sentence of the answer is a fact that is wrong.
 *
 * @param open hours of the day (UTC) in which both trade
 */
export function differences(made: Facts, real: Facts, open: readonly number[]): string[] {
  const wrong: string[] = []
  for (const slot of open) {
    const [ours, theirs] = [made.quotesByHour[slot] ?? 0, real.quotesByHour[slot] ?? 0]
    const ratio = ours / theirs
    if (!(ratio > 1 / 3 && ratio < 3))
      wrong.push(`${ours} quotes at ${slot} h instead of ${theirs}`)
  }
  for (const [part, theirs] of real.spreads) {
    const ours = made.spreads.get(part) ?? 0
    const ratio = ours / theirs
    if (!(ratio > 1 / 2 && ratio < 2))
      wrong.push(`spread at ${part} is ${ratio} times the real one`)
  }
  if (!(made.kurtosis > 10)) wrong.push(`kurtosis is ${made.kurtosis}`)
  if (!(made.clustering > 0.15 && made.clustering < 0.5)) {
    wrong.push(`clustering is ${made.clustering}`)
  }
  return wrong
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function moment(values: readonly number[], order: number): number {
  const centre = mean(values)
  return mean(values.map((value) => (value - centre) ** order))
}

function autocorrelation(values: readonly number[]): number {
  const centre = mean(values)
  let along = 0
  for (let index = 1; index < values.length; index++) {
    along += ((values[index] ?? 0) - centre) * ((values[index - 1] ?? 0) - centre)
  }
  return along / values.length / moment(values, 2)
}
