import { ProtoOAChangeBalanceType, ProtoOAExecutionType } from '../../protocol/index.ts'
import {
  type AccountBook,
  equityOf,
  isMarginLevelAtMost,
  type MarginCall,
  nextStopOut,
  type Position,
} from '../engine/index.ts'
import { executesPending } from './check-trading.ts'
import type { Floor } from './floor.ts'
import { Revaluation } from './revaluation.ts'
import { marginCallToWire } from './wire-forms.ts'

/** A margin call is told at most once in this time. */
const quietMs = 600_000

/**
 * Watches over margin levels: tells margin calls, closes positions at the stop-out level, and makes up for balances below
 * zero where the account is protected from them.
 */
export class MarginGuard {
  readonly #floor: Floor
  readonly #stopOut: (book: AccountBook, position: Position, volume: number) => boolean
  readonly #revaluation: Revaluation
  /** Books being looked at: what a stop-out changes is part of the look. */
  readonly #looking = new Set<AccountBook>()

  constructor(
    floor: Floor,
    stopOut: (book: AccountBook, position: Position, volume: number) => boolean,
  ) {
    this.#floor = floor
    this.#stopOut = stopOut
    this.#revaluation = new Revaluation(floor.terms, (book) => this.#look(book))
  }

  /** A book has changed. */
  update(book: AccountBook, symbolId: number | undefined): void {
    this.#revaluation.update(book, symbolId)
    if (this.#looking.has(book)) return
    this.#arm(book)
    if (this.#revaluation.isNear(book, this.#floor.now())) this.#look(book)
    this.#makeUp(book)
  }

  /** A symbol has a new quote. */
  changed(symbolId: number): void {
    this.#revaluation.changed(symbolId, this.#floor.now())
  }

  /** Looks after what a restored book holds, without telling anything now. */
  resume(book: AccountBook): void {
    this.#revaluation.update(book, undefined)
    this.#arm(book)
  }

  clear(): void {
    this.#revaluation.clear()
  }

  #look(book: AccountBook): void {
    this.#looking.add(book)
    try {
      const { terms } = this.#floor
      const equity = equityOf(book, terms)
      const used = book.usedMargin()
      const now = this.#floor.now()
      for (const call of book.marginCalls) {
        if (isQuiet(call, now) || !isMarginLevelAtMost(equity, used, call.level)) continue
        this.#tell(book, { ...call, triggeredAt: now })
      }
      if (isMarginLevelAtMost(equity, used, book.account.stopOutLevel)) this.#close(book)
      this.#arm(book)
    } finally {
      this.#looking.delete(book)
    }
  }

  /** Closes until the margin level is above the threshold, or nothing is left that can be closed. */
  #close(book: AccountBook): void {
    const { market, terms } = this.#floor
    const now = this.#floor.now()
    const closable = (position: Position): boolean => {
      const instrument = terms.instruments.get(position.symbolId)
      return (
        instrument !== undefined &&
        executesPending(instrument, true) &&
        market.isOpen(position.symbolId, now) &&
        market.quote(position.symbolId) !== undefined
      )
    }
    const isCalled = (): boolean =>
      isMarginLevelAtMost(equityOf(book, terms), book.usedMargin(), book.account.stopOutLevel)
    while (isCalled()) {
      const step = nextStopOut(book, terms, now, closable)
      if (step === undefined || !this.#stopOut(book, step.position, step.volume)) return
    }
    this.#makeUp(book)
  }

  #tell(book: AccountBook, call: MarginCall): void {
    book.putMarginCall(call)
    const { accountId } = book.account
    this.#floor.tell({
      accountId,
      name: 'ProtoOAMarginCallTriggerEvent',
      event: { ctidTraderAccountId: accountId, marginCall: marginCallToWire(call) },
      clientMsgId: undefined,
    })
  }

  /** Has the account looked at again where something would happen: at the highest level that is not quiet, or after. */
  #arm(book: AccountBook): void {
    const now = this.#floor.now()
    let percent = book.account.stopOutLevel
    let lookAt = Number.POSITIVE_INFINITY
    for (const call of book.marginCalls) {
      const { level, triggeredAt } = call
      if (triggeredAt !== undefined && isQuiet(call, now)) {
        lookAt = Math.min(lookAt, triggeredAt + quietMs)
      } else percent = Math.max(percent, level)
    }
    this.#revaluation.watchBelow(book, (Number(book.usedMargin()) * percent) / 100, lookAt)
  }

  #makeUp(book: AccountBook): void {
    if (book.balance >= 0n || !book.account.negativeBalanceProtection) return
    for (const _ of book.openPositions()) return
    const delta = -book.balance
    const { BALANCE_DEPOSIT_NEGATIVE_BALANCE_PROTECTION: type } = ProtoOAChangeBalanceType
    const cashFlow = book.changeBalance(type, delta, book.bonus, undefined, this.#floor.now())
    this.#floor.publish(
      book,
      { type: ProtoOAExecutionType.DEPOSIT_WITHDRAW, cashFlow },
      { server: true, clientMsgId: undefined },
    )
    this.#floor.changed(book, undefined)
  }
}

function isQuiet({ triggeredAt }: MarginCall, now: number): boolean {
  return triggeredAt !== undefined && now < triggeredAt + quietMs
}
