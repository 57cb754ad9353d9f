import type { Instrument } from '../world/index.ts'
import { shareOfMargin } from './margin.ts'
import { pointsPerOne, type Ratio, ratio, roundAway, roundHalfAway, times } from './ratio.ts'
import { entryScale, type Position, type Settlement, type Side } from './trade.ts'

const volumePerUnit = 100n

/** What an execution adds to a position. */
export interface Entry {
  readonly side: Side
  readonly volume: number
  /** Units of 1e-5. */
  readonly price: number
  readonly commission: bigint
  /** Units of 1e-12 of the deposit asset. */
  readonly margin: bigint
  /** Base to deposit. */
  readonly marginRate: Ratio
  readonly at: number
}

/** The position after an entry; prices and rates of several entries are averaged by volume. */
export function enter(position: Position, entry: Entry): Position {
  const price = BigInt(entry.price) * entryScale
  const held = BigInt(position.volume)
  const added = BigInt(entry.volume)
  const first = position.volume === 0
  return {
    ...position,
    side: entry.side,
    status: 'open',
    volume: position.volume + entry.volume,
    entry: first
      ? price
      : roundHalfAway(ratio(position.entry * held + price * added, held + added)),
    commission: position.commission + entry.commission,
    margin: position.margin + entry.margin,
    marginRate: first ? entry.marginRate : averageRate(position, entry),
    openedAt: position.openedAt ?? entry.at,
    updatedAt: entry.at,
  }
}

// Kept to thirteen decimals, as entry prices are: exact fractions would grow with every entry.
function averageRate(position: Position, entry: Entry): Ratio {
  const scale = pointsPerOne * entryScale
  const held = times(position.marginRate, ratio(position.volume))
  const added = times(entry.marginRate, ratio(entry.volume))
  const sum = held.num * added.den + added.num * held.den
  const under = held.den * added.den * BigInt(position.volume + entry.volume)
  return ratio(roundHalfAway(ratio(sum * scale, under)), scale)
}

/** What closing a part of a position at a price comes to. */
export interface Exit {
  readonly volume: number
  /** Units of 1e-5. */
  readonly price: number
  /** Of the closing itself; zero or negative. */
  readonly commission: bigint
  readonly instrument: Instrument
  readonly deposit: { readonly asset: string; readonly digits: number }
  /** Quote to deposit. */
  readonly rate: Ratio
  readonly at: number
}

/** A settlement before it is booked. */
export type Outcome = Omit<Settlement, 'balance' | 'balanceVersion'>

/**
 * Closes a part of a position or all of it. Commission and swap are released by the share of the volume, halves away from
 * zero: of -5 closing half releases -3 and leaves -2.
 */
export function leave(
  position: Position,
  exit: Exit,
): { readonly position: Position; readonly outcome: Outcome } {
  const { volume, instrument, deposit, rate } = exit
  const exact = times(grossInQuote(position, volume, exit.price), rate)
  const money = times(exact, ratio(10n ** BigInt(deposit.digits)))
  const released = share(position.commission, volume, position.volume)
  const swap = share(position.swap, volume, position.volume)
  const converted = instrument.quote !== deposit.asset
  const left = position.volume - volume
  return {
    outcome: {
      entry: position.entry,
      closedVolume: volume,
      gross: roundHalfAway(money),
      swap,
      commission: released + exit.commission,
      // Charged on profits and losses alike, and rounded up: a captured 0.1835 was booked as 0.19.
      conversionFee: converted ? conversionFee(money, instrument.conversionFeeRate) : 0n,
      rate,
    },
    position: {
      ...position,
      volume: left,
      status: left === 0 ? 'created' : 'open',
      commission: position.commission - released,
      swap: position.swap - swap,
      margin: left === 0 ? 0n : shareOfMargin(position.margin, left, position.volume),
      updatedAt: exit.at,
    },
  }
}

/** Profit or loss of a part of a position at a price, exactly, in the quote asset. */
export function grossInQuote(
  position: Pick<Position, 'side' | 'entry'>,
  volume: number,
  price: number,
): Ratio {
  const gain = BigInt(price) * entryScale - position.entry
  const signed = position.side === 'buy' ? gain : -gain
  return ratio(signed * BigInt(volume), entryScale * pointsPerOne * volumePerUnit)
}

function conversionFee(money: Ratio, feeRate: number): bigint {
  const amount = money.num < 0n ? { num: -money.num, den: money.den } : money
  return -roundAway(times(amount, ratio(feeRate, 10_000)))
}

function share(amount: bigint, part: number, whole: number): bigint {
  return part === whole ? amount : roundHalfAway(ratio(amount * BigInt(part), whole))
}
