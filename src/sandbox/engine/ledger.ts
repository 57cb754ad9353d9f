import {
  ProtoOAChangeBalanceType as ChangeBalance,
  ProtoOAChangeBonusType as ChangeBonus,
} from '../../protocol/index.ts'
import type { SandboxAccount } from '../world/index.ts'
import type { Numbers } from './numbers.ts'
import type { BonusChange, CashFlow, Deal, MarginCall } from './trade.ts'

/** What a ledger holds. */
export interface LedgerState {
  readonly balance: bigint
  readonly balanceVersion: number
  readonly balanceUpdatedAt: number
  readonly closingDealAt: number | undefined
  readonly managerBonus: bigint
  readonly ibBonus: bigint
  readonly deals: readonly Deal[]
  readonly cashFlows: readonly CashFlow[]
  readonly bonusChanges: readonly BonusChange[]
  readonly marginCalls: readonly MarginCall[]
}

/** The money of an account, and every reason why it changed. */
export class Ledger {
  readonly #numbers: Numbers
  #account: SandboxAccount
  #money: Omit<LedgerState, 'deals' | 'cashFlows' | 'bonusChanges'>
  #deals: Deal[] = []
  #cashFlows: CashFlow[] = []
  #bonusChanges: BonusChange[] = []
  readonly #dealsByPosition = new Map<number, Deal[]>()
  readonly #dealsByOrder = new Map<number, Deal[]>()

  constructor(account: SandboxAccount, numbers: Numbers) {
    this.#account = account
    this.#numbers = numbers
    const [first, second, third] = account.marginCallLevels
    const call = { updatedAt: undefined, triggeredAt: undefined }
    this.#money = {
      balance: 0n,
      ...{ balanceVersion: 1, balanceUpdatedAt: account.registeredAt },
      ...{ closingDealAt: undefined, managerBonus: 0n, ibBonus: 0n },
      marginCalls: [
        { threshold: 1, level: first, ...call },
        { threshold: 2, level: second, ...call },
        { threshold: 3, level: third, ...call },
      ],
    }
    const { deposit, registeredAt } = account
    if (deposit !== 0n) {
      this.changeBalance(ChangeBalance.BALANCE_DEPOSIT, deposit, deposit, undefined, registeredAt)
    }
  }

  /** The account's terms as they are now. */
  get account(): SandboxAccount {
    return this.#account
  }

  set account(account: SandboxAccount) {
    this.#account = account
  }

  get balance(): bigint {
    return this.#money.balance
  }

  get balanceVersion(): number {
    return this.#money.balanceVersion
  }

  get balanceUpdatedAt(): number {
    return this.#money.balanceUpdatedAt
  }

  /** When a deal last reduced or closed a position. */
  get closingDealAt(): number | undefined {
    return this.#money.closingDealAt
  }

  get managerBonus(): bigint {
    return this.#money.managerBonus
  }

  get ibBonus(): bigint {
    return this.#money.ibBonus
  }

  /** Money that counts for margin without being part of the balance. */
  get bonus(): bigint {
    return this.#money.managerBonus + this.#money.ibBonus
  }

  get marginCalls(): readonly MarginCall[] {
    return this.#money.marginCalls
  }

  /** In the order in which they were executed. */
  get deals(): readonly Deal[] {
    return this.#deals
  }

  dealsOf(positionId: number): readonly Deal[] {
    return this.#dealsByPosition.get(positionId) ?? []
  }

  dealsOfOrder(orderId: number): readonly Deal[] {
    return this.#dealsByOrder.get(orderId) ?? []
  }

  /** In the order in which they happened. */
  get cashFlows(): readonly CashFlow[] {
    return this.#cashFlows
  }

  get bonusChanges(): readonly BonusChange[] {
    return this.#bonusChanges
  }

  /** Books money that comes or goes other than by a deal. @param equity after the change */
  changeBalance(
    type: ChangeBalance,
    delta: bigint,
    equity: bigint,
    note: string | undefined,
    at: number,
  ): CashFlow {
    this.#book(delta, at)
    const { balance, balanceVersion } = this.#money
    const cashFlowId = this.#numbers.cashFlow()
    const entry = { cashFlowId, type, delta, balance, balanceVersion, equity, note, at }
    this.#cashFlows.push(entry)
    return entry
  }

  changeBonus(
    managerDelta: bigint,
    ibDelta: bigint,
    note: string | undefined,
    at: number,
  ): BonusChange {
    const managerBonus = this.managerBonus + managerDelta
    const ibBonus = this.ibBonus + ibDelta
    this.#money = { ...this.#money, managerBonus, ibBonus }
    const gives = managerDelta + ibDelta >= 0n
    const entry = {
      bonusId: this.#numbers.bonus(),
      type: gives ? ChangeBonus.BONUS_DEPOSIT : ChangeBonus.BONUS_WITHDRAW,
      ...{ managerBonus, managerDelta, ibBonus, ibDelta, note, at },
    }
    this.#bonusChanges.push(entry)
    return entry
  }

  /** Replaces the margin call of the same threshold. */
  putMarginCall(call: MarginCall): void {
    const marginCalls = this.marginCalls.map((known) =>
      known.threshold === call.threshold ? call : known,
    )
    this.#money = { ...this.#money, marginCalls }
  }

  /** Books what a closing came to. */
  settle(
    amount: bigint,
    at: number,
  ): { readonly balance: bigint; readonly balanceVersion: number } {
    this.#book(amount, at)
    const { balance, balanceVersion } = this.#money
    return { balance, balanceVersion }
  }

  protected addDeal(deal: Deal): Deal {
    this.#deals.push(deal)
    if (deal.settlement !== undefined) {
      this.#money = { ...this.#money, closingDealAt: deal.executedAt }
    }
    append(this.#dealsByPosition, deal.positionId, deal)
    append(this.#dealsByOrder, deal.orderId, deal)
    return deal
  }

  protected captureMoney(): LedgerState {
    return {
      ...this.#money,
      deals: [...this.#deals],
      cashFlows: [...this.#cashFlows],
      bonusChanges: [...this.#bonusChanges],
    }
  }

  protected restoreMoney(state: LedgerState): void {
    const { balance, balanceVersion, balanceUpdatedAt, closingDealAt } = state
    const { managerBonus, ibBonus, marginCalls } = state
    this.#money = {
      balance,
      ...{ balanceVersion, balanceUpdatedAt, closingDealAt },
      ...{ managerBonus, ibBonus, marginCalls },
    }
    this.#cashFlows = [...state.cashFlows]
    this.#bonusChanges = [...state.bonusChanges]
    this.#deals = []
    for (const deal of state.deals) this.addDeal(deal)
    this.#money = { ...this.#money, closingDealAt }
  }

  #book(delta: bigint, at: number): void {
    const { balance, balanceVersion } = this.#money
    this.#money = {
      ...this.#money,
      balance: balance + delta,
      balanceVersion: balanceVersion + 1,
      balanceUpdatedAt: at,
    }
  }
}

function append(index: Map<number, Deal[]>, key: number, deal: Deal): void {
  const known = index.get(key)
  if (known === undefined) index.set(key, [deal])
  else known.push(deal)
}
