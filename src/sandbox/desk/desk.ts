import {
  ProtoOAChangeBalanceType as ChangeBalance,
  ProtoOAExecutionType as ExecutionType,
  type ProtoOAMarginCall,
  type ProtoOANewOrderReq,
  type ProtoOATrader,
} from '../../protocol/index.ts'
import { AccountBook, equityOf } from '../engine/index.ts'
import type { SandboxAccount } from '../world/index.ts'
import type { DeskOptions } from './create-desk.ts'
import type { DeskState } from './desk-state.ts'
import { DuplicateAccountError, UnknownAccountError } from './errors.ts'
import { Floor } from './floor.ts'
import { History } from './history.ts'
import type { Cause, Job } from './job.ts'
import { changedMarginCall } from './margin-calls.ts'
import { MarginGuard } from './margin-guard.ts'
import { takeNewOrder } from './new-order.ts'
import { DeskNumbers } from './numbers.ts'
import { isRefusal } from './refusals.ts'
import { expectedMargin, reconcile, unrealizedPnL } from './reports.ts'
import { RequestFlow } from './request-flow.ts'
import { Rollover } from './rollover.ts'
import type {
  AccountChange,
  DeskEvent,
  DeskRefusal,
  HistoryQuery,
  InstrumentChange,
  TradingDesk,
} from './trading-desk.ts'
import { marginCallToWire } from './wire-forms.ts'
import { traderToWire } from './wire-trader.ts'

const byServer: Cause = { server: true, clientMsgId: undefined }

/** The desk: keeps the accounts' books, answers about them, and hands what is to be done to those who do it. */
export class Desk implements TradingDesk {
  readonly #floor: Floor
  readonly #flow: RequestFlow
  readonly #guard: MarginGuard
  readonly #rollover: Rollover
  readonly #history: History
  readonly #numbers = new DeskNumbers()
  readonly #books = new Map<number, AccountBook>()
  readonly #assetIds: ReadonlyMap<string, number>
  readonly #stopListening: () => void

  constructor(options: DeskOptions) {
    const { accounts, assets } = options.world
    this.#floor = new Floor(options, (job) => this.#run(job))
    this.#flow = new RequestFlow(this.#floor)
    this.#guard = new MarginGuard(this.#floor, (...step) => this.#flow.closing.stopOut(...step))
    this.#rollover = new Rollover(this.#floor)
    this.#history = new History(this.#floor)
    for (const account of accounts) {
      this.#books.set(account.accountId, new AccountBook(account, this.#numbers))
    }
    this.#assetIds = new Map(assets.map(({ name, assetId }) => [name, assetId]))
    this.#floor.onChange((book, symbolId) => {
      this.#guard.update(book, symbolId)
      this.#rollover.update(book)
    })
    this.#stopListening = options.market.onChange(({ symbolId }) => {
      this.#flow.changed(symbolId)
      this.#guard.changed(symbolId)
    })
  }

  account(accountId: number): SandboxAccount {
    return this.book(accountId).account
  }

  trader(accountId: number): ProtoOATrader {
    const book = this.book(accountId)
    return traderToWire(book, this.#assetIds.get(book.account.depositAsset) ?? 0)
  }

  instrument(symbolId: number) {
    return this.#floor.instrument(symbolId)
  }

  symbol(symbolId: number) {
    return this.#floor.instruments.symbol(symbolId, this.#floor.now())
  }

  reconcile(accountId: number, returnProtectionOrders: boolean) {
    return reconcile(this.#floor, this.book(accountId), returnProtectionOrders)
  }

  unrealizedPnL(accountId: number) {
    return unrealizedPnL(this.#floor, this.book(accountId))
  }

  expectedMargin(accountId: number, symbolId: number, volumes: readonly number[]) {
    return expectedMargin(this.#floor, this.book(accountId), symbolId, volumes)
  }

  marginCalls(accountId: number) {
    return this.book(accountId).marginCalls.map(marginCallToWire)
  }

  updateMarginCall(accountId: number, wanted: ProtoOAMarginCall): DeskRefusal | undefined {
    const book = this.book(accountId)
    const call = changedMarginCall(book, wanted, this.#floor.now())
    if (isRefusal(call)) return call
    book.putMarginCall(call)
    const event = { ctidTraderAccountId: accountId, marginCall: marginCallToWire(call) }
    const name = 'ProtoOAMarginCallUpdateEvent'
    this.#floor.tell({ accountId, name, event, clientMsgId: undefined })
    this.#floor.changed(book, undefined)
    return undefined
  }

  deals(accountId: number, query: HistoryQuery) {
    const book = this.book(accountId)
    return this.#history.deals(book, book.deals, query)
  }

  dealsOfPosition(accountId: number, positionId: number, query: HistoryQuery) {
    const book = this.book(accountId)
    return this.#history.deals(book, book.dealsOf(positionId), query)
  }

  dealOffsets(accountId: number, dealId: number) {
    const book = this.book(accountId)
    const deal = book.deals.find((known) => known.dealId === dealId)
    return deal && this.#history.offsets(book, deal)
  }

  orders(accountId: number, query: HistoryQuery) {
    return this.#history.orders(this.book(accountId).ordersByChange, query)
  }

  ordersOfPosition(accountId: number, positionId: number, query: HistoryQuery) {
    return this.#history.orders(this.book(accountId).ordersOfByChange(positionId), query)
  }

  orderDetails(accountId: number, orderId: number) {
    const book = this.book(accountId)
    const known = book.orders.get(orderId)
    const order = known && this.#history.order(known)
    if (order === undefined) return undefined
    const query = { from: 0, to: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }
    return { order, deal: this.#history.deals(book, book.dealsOfOrder(orderId), query).rows }
  }

  cashFlows(accountId: number, from: number, to: number) {
    return this.#history.cashFlows(this.book(accountId), from, to)
  }

  newOrder(request: ProtoOANewOrderReq, clientMsgId: string | undefined): DeskRefusal | undefined {
    const book = this.book(request.ctidTraderAccountId)
    const order = takeNewOrder(this.#floor, book, request)
    if (isRefusal(order)) return order
    this.#floor.market.subscribed(order.symbolId)
    this.#flow.orders.begin(book, order, clientMsgId)
    return undefined
  }

  amendOrder(...[request, id]: Parameters<TradingDesk['amendOrder']>): DeskRefusal | undefined {
    return this.#flow.takeAmendment(this.book(request.ctidTraderAccountId), request, id)
  }

  cancelOrder(...[request, id]: Parameters<TradingDesk['cancelOrder']>): DeskRefusal | undefined {
    return this.#flow.takeCancellation(this.book(request.ctidTraderAccountId), request, id)
  }

  amendPosition(
    ...[request, id]: Parameters<TradingDesk['amendPosition']>
  ): DeskRefusal | undefined {
    return this.#flow.takeProtection(this.book(request.ctidTraderAccountId), request, id)
  }

  closePosition(
    ...[request, id]: Parameters<TradingDesk['closePosition']>
  ): DeskRefusal | undefined {
    return this.#flow.takeClosing(this.book(request.ctidTraderAccountId), request, id)
  }

  changeBalance(...[accountId, delta, options = {}]: Parameters<TradingDesk['changeBalance']>) {
    const book = this.book(accountId)
    const { BALANCE_DEPOSIT, BALANCE_WITHDRAW } = ChangeBalance
    const { type = delta < 0n ? BALANCE_WITHDRAW : BALANCE_DEPOSIT, note } = options
    const equity = equityOf(book, this.#floor.terms) + delta
    const cashFlow = book.changeBalance(type, delta, equity, note, this.#floor.now())
    this.#floor.publish(book, { type: ExecutionType.DEPOSIT_WITHDRAW, cashFlow }, byServer)
    this.#floor.changed(book, undefined)
  }

  changeBonus(...[accountId, delta, options = {}]: Parameters<TradingDesk['changeBonus']>) {
    const book = this.book(accountId)
    const { from = 'manager', note } = options
    const [manager, broker] = from === 'manager' ? [delta, 0n] : [0n, delta]
    const bonus = book.changeBonus(manager, broker, note, this.#floor.now())
    this.#floor.publish(book, { type: ExecutionType.BONUS_DEPOSIT_WITHDRAW, bonus }, byServer)
    this.#floor.changed(book, undefined)
  }

  openAccount(account: SandboxAccount): void {
    const { accountId } = account
    if (this.#books.has(accountId)) throw new DuplicateAccountError(accountId)
    this.#books.set(accountId, new AccountBook(account, this.#numbers))
  }

  changeAccount(accountId: number, change: AccountChange): void {
    const book = this.book(accountId)
    book.account = { ...book.account, ...change }
    const event = { ctidTraderAccountId: accountId, trader: this.trader(accountId) }
    this.#floor.tell({
      accountId,
      name: 'ProtoOATraderUpdatedEvent',
      event,
      clientMsgId: undefined,
    })
    this.#floor.changed(book, undefined)
  }

  changeInstrument(symbolId: number, change: InstrumentChange): void {
    this.#floor.instruments.change(symbolId, change)
    for (const accountId of this.#books.keys()) {
      const event = { ctidTraderAccountId: accountId, symbolId: [symbolId] }
      const name = 'ProtoOASymbolChangedEvent'
      this.#floor.tell({ accountId, name, event, clientMsgId: undefined })
    }
    // What waited for the mode to change does not wait for the next quote.
    if (change.tradingMode !== undefined) this.lookAgain(symbolId)
  }

  lookAgain(symbolId: number): void {
    this.#flow.changed(symbolId)
    this.#guard.changed(symbolId)
  }

  lastActivity(accountId: number) {
    const { balanceUpdatedAt, closingDealAt } = this.book(accountId)
    return { balanceUpdatedAt, closingDealAt }
  }

  onEvent(listener: (event: DeskEvent) => void): () => void {
    return this.#floor.onEvent(listener)
  }

  capture(): DeskState {
    const { jobs, random, instruments } = this.#floor
    return {
      numbers: this.#numbers.capture(),
      books: [...this.#books.values()].map((book) => book.capture()),
      instruments: instruments.capture(),
      jobs: jobs.capture(),
      latency: random.latency.capture(),
      fills: random.fills.capture(),
    }
  }

  restore(state: DeskState): void {
    const { jobs, random, instruments } = this.#floor
    this.#flow.clear()
    this.#guard.clear()
    instruments.restore(state.instruments)
    this.#books.clear()
    for (const each of state.books) {
      const book = AccountBook.restore(each, this.#numbers)
      this.#books.set(book.account.accountId, book)
    }
    this.#numbers.restore(state.numbers)
    random.latency.restore(state.latency)
    random.fills.restore(state.fills)
    jobs.restore(state.jobs)
    this.#rollover.resume(this.#books.values())
    for (const book of this.#books.values()) {
      // A position wants its price to move, whoever opened it and when.
      for (const { symbolId } of book.openPositions()) this.#floor.market.subscribed(symbolId)
      for (const { symbolId } of book.workingOrders()) this.#floor.market.subscribed(symbolId)
      this.#flow.watch(book)
    }
    for (const book of this.#books.values()) this.#guard.resume(book)
  }

  close(): void {
    this.#stopListening()
    this.#flow.clear()
    this.#guard.clear()
    this.#floor.close()
  }

  /** What an account owns and owes. @throws UnknownAccountError */
  book(accountId: number): AccountBook {
    const book = this.#books.get(accountId)
    if (book === undefined) throw new UnknownAccountError(accountId)
    return book
  }

  #run(job: Job): void {
    if (job.kind === 'rollover') return this.#rollover.charge(this.#books.values(), job.moment)
    const accountId = 'request' in job ? job.request.ctidTraderAccountId : job.accountId
    const book = this.#books.get(accountId)
    if (book !== undefined) this.#flow.run(book, job)
  }
}
