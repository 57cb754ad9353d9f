import {
  ProtoOAChangeBalanceType as ChangeBalance,
  ProtoOAExecutionType as ExecutionType,
} from '../../protocol/index.ts'
import {
  type AccountBook,
  equityOf,
  newYorkDay,
  nextOf,
  opposite,
  type Position,
  rolloverCommissionOf,
  swapOf,
} from '../engine/index.ts'
import type { Instrument } from '../world/index.ts'
import type { Floor } from './floor.ts'
import type { Cause } from './job.ts'

const saturday = 6
const hour = 3_600_000
const byServer: Cause = { server: true, clientMsgId: undefined }

/**
 * Charges what it costs to hold positions over night: swap, which stays with the position until it is closed, or on
 * swap-free accounts a commission, which is taken from the balance. There is a timer only while something is open.
 */
export class Rollover {
  readonly #floor: Floor

  constructor(floor: Floor) {
    this.#floor = floor
  }

  /** A book has changed: makes sure that the next rollover is on its way when there is something to charge. */
  update(book: AccountBook): void {
    for (const _ of book.openPositions()) return this.#plan()
  }

  /** A moment at which some instruments roll over. */
  charge(books: Iterable<AccountBook>, moment: number): void {
    let open = false
    const due = this.#due(moment)
    for (const book of books) {
      let charged = false
      for (const position of [...book.openPositions()]) {
        open = true
        const instrument = due.get(position.symbolId)
        const days = instrument === undefined ? 0 : daysAt(instrument, book, moment)
        if (instrument === undefined || days === 0) continue
        charged = this.#chargeOne(book, position, instrument, moment, days) || charged
      }
      if (charged) this.#floor.changed(book, undefined)
    }
    if (open) this.#plan()
  }

  /**
   * Books were put back. What waits is then as far from being due as it was, but a rollover goes by the calendar: one
   * that is due at another time now is planned again.
   */
  resume(books: Iterable<AccountBook>): void {
    this.#floor.jobs.drop((job, at) => job.kind === 'rollover' && job.moment !== at)
    for (const book of books) this.update(book)
  }

  #plan(): void {
    for (const job of this.#floor.jobs.waiting()) if (job.kind === 'rollover') return
    const now = this.#floor.now()
    let moment = Number.POSITIVE_INFINITY
    for (const { swap } of this.#floor.terms.instruments.values()) {
      moment = Math.min(moment, nextOf(swap, now))
    }
    if (moment < Number.POSITIVE_INFINITY) this.#floor.jobs.at(moment, { kind: 'rollover', moment })
  }

  #due(moment: number): ReadonlyMap<number, Instrument> {
    const due = new Map<number, Instrument>()
    for (const [symbolId, instrument] of this.#floor.terms.instruments) {
      if (nextOf(instrument.swap, moment - 1) === moment) due.set(symbolId, instrument)
    }
    return due
  }

  #chargeOne(
    book: AccountBook,
    position: Position,
    instrument: Instrument,
    moment: number,
    days: number,
  ): boolean {
    const { swap, rollover } = instrument
    const { swapFree, depositAsset, moneyDigits } = book.account
    const age = moment - (position.openedAt ?? moment)
    const spared = swapFree
      ? age < rollover.skipDays * 24 * hour
      : age < swap.skipPeriods * swap.periodHours * hour
    const side = opposite(position.side)
    const { priceOf, conversion } = this.#floor.terms
    const price = priceOf(position.symbolId, side)
    if (spared || price === undefined) return false
    const rates = conversion.rates(priceOf, side)
    const deposit = { asset: depositAsset, digits: moneyDigits }
    const amount = swapFree
      ? rolloverCommissionOf(position, instrument, rates, deposit, days)
      : swapOf(position, instrument, price, rates, deposit, days)
    if (amount === undefined || amount === 0n) return false
    if (swapFree) this.#withdraw(book, amount)
    else {
      const at = this.#floor.now()
      const charged = { ...position, swap: position.swap + amount, updatedAt: at }
      book.putPosition(charged)
      this.#floor.publish(book, { type: ExecutionType.SWAP, position: charged }, byServer)
    }
    return true
  }

  #withdraw(book: AccountBook, amount: bigint): void {
    const equity = equityOf(book, this.#floor.terms) + amount
    const { BALANCE_WITHDRAW_ROLLOVER: type } = ChangeBalance
    const cashFlow = book.changeBalance(type, amount, equity, undefined, this.#floor.now())
    this.#floor.publish(book, { type: ExecutionType.DEPOSIT_WITHDRAW, cashFlow }, byServer)
  }
}

/** How many days are charged at a rollover: none at weekends, three on one day of the week. */
function daysAt({ swap, rollover }: Instrument, { account }: AccountBook, moment: number): number {
  const day = newYorkDay(moment)
  if (day >= saturday && (account.swapFree || !swap.atWeekends)) return 0
  return day === (account.swapFree ? rollover.tripleDay : swap.tripleDay) ? 3 : 1
}
