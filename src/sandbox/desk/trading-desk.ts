import type {
  Messages,
  ProtoOAAmendOrderReq,
  ProtoOAAmendPositionSLTPReq,
  ProtoOACancelOrderReq,
  ProtoOAChangeBalanceType,
  ProtoOAClosePositionReq,
  ProtoOADeal,
  ProtoOADealOffset,
  ProtoOADepositWithdraw,
  ProtoOAExpectedMargin,
  ProtoOAMarginCall,
  ProtoOANewOrderReq,
  ProtoOAOrder,
  ProtoOAPosition,
  ProtoOAPositionUnrealizedPnL,
  ProtoOASymbol,
  ProtoOATrader,
} from '../../protocol/index.ts'
import type { Instrument, SandboxAccount } from '../world/index.ts'
import type { DeskState } from './desk-state.ts'

/** What the desk tells by itself. */
export type DeskMessageName =
  | 'ProtoOAExecutionEvent'
  | 'ProtoOAOrderErrorEvent'
  | 'ProtoOATrailingSLChangedEvent'
  | 'ProtoOAMarginChangedEvent'
  | 'ProtoOATraderUpdatedEvent'
  | 'ProtoOAMarginCallUpdateEvent'
  | 'ProtoOAMarginCallTriggerEvent'
  | 'ProtoOASymbolChangedEvent'

/** An event to be sent to whoever follows the account. */
export type DeskEvent = {
  readonly [K in DeskMessageName]: {
    readonly accountId: number
    readonly name: K
    readonly event: Messages[K]
    /** Id of the request that caused it; undefined for what the server did by itself. */
    readonly clientMsgId: string | undefined
  }
}[DeskMessageName]

/** Why a request was not taken, in the original's words where they are known. */
export interface DeskRefusal {
  /** `error` travels as ProtoOAErrorRes (2142), `order-error` as ProtoOAOrderErrorEvent (2132). */
  readonly channel: 'error' | 'order-error'
  readonly errorCode: string
  readonly description: string
  readonly orderId?: number
  readonly positionId?: number
}

/** A stretch of history, both ends included, ms; and how many rows at most. */
export interface HistoryQuery {
  readonly from: number
  readonly to: number
  readonly most: number
}

/** The newest rows of a stretch, newest first, and whether it holds more. */
export interface HistoryPage<Row> {
  readonly rows: readonly Row[]
  readonly hasMore: boolean
}

/** What may be changed about an account that exists. */
export type AccountChange = Partial<
  Omit<SandboxAccount, 'accountId' | 'depositAsset' | 'deposit' | 'moneyDigits' | 'registeredAt'>
>

/** What may be changed about an instrument while it trades. */
export type InstrumentChange = Partial<
  Omit<Instrument, 'symbolId' | 'name' | 'base' | 'quote' | 'digits' | 'tradingWeek' | 'quoting'>
>

/**
 * Trades of all accounts. Scope and authorisation are checked before a request comes here.
 *
 * Whoever takes an account id throws UnknownAccountError for one that no account has.
 */
export interface TradingDesk {
  /** The account's terms as they are now. */
  account(accountId: number): SandboxAccount
  /** The account in wire form, with its balance of now. */
  trader(accountId: number): ProtoOATrader
  /** A symbol's terms as they are now. */
  instrument(symbolId: number): Instrument | undefined
  /** A symbol in wire form, with its terms of now. */
  symbol(symbolId: number): ProtoOASymbol | undefined
  /** Open positions, and orders at work. Protection orders are among them only when asked for. */
  reconcile(
    accountId: number,
    returnProtectionOrders: boolean,
  ): { readonly position: readonly ProtoOAPosition[]; readonly order: readonly ProtoOAOrder[] }
  /** What the open positions would bring if they were closed now, without the commission of that. */
  unrealizedPnL(accountId: number): {
    readonly positionUnrealizedPnL: readonly ProtoOAPositionUnrealizedPnL[]
    readonly moneyDigits: number
  }
  /** What new positions of these volumes would need now. */
  expectedMargin(
    accountId: number,
    symbolId: number,
    volumes: readonly number[],
  ): { readonly margin: ProtoOAExpectedMargin[]; readonly moneyDigits: number } | DeskRefusal
  marginCalls(accountId: number): readonly ProtoOAMarginCall[]
  updateMarginCall(accountId: number, call: ProtoOAMarginCall): DeskRefusal | undefined

  deals(accountId: number, query: HistoryQuery): HistoryPage<ProtoOADeal>
  dealsOfPosition(
    accountId: number,
    positionId: number,
    query: HistoryQuery,
  ): HistoryPage<ProtoOADeal>
  dealOffsets(
    accountId: number,
    dealId: number,
  ):
    | { readonly offsetBy: ProtoOADealOffset[]; readonly offsetting: ProtoOADealOffset[] }
    | undefined
  orders(accountId: number, query: HistoryQuery): HistoryPage<ProtoOAOrder>
  ordersOfPosition(
    accountId: number,
    positionId: number,
    query: HistoryQuery,
  ): HistoryPage<ProtoOAOrder>
  orderDetails(
    accountId: number,
    orderId: number,
  ): { readonly order: ProtoOAOrder; readonly deal: readonly ProtoOADeal[] } | undefined
  cashFlows(accountId: number, from: number, to: number): readonly ProtoOADepositWithdraw[]

  /** Takes an order. Undefined means taken: events follow through `onEvent`, none before this returns. */
  newOrder(request: ProtoOANewOrderReq, clientMsgId: string | undefined): DeskRefusal | undefined
  /** Takes a change of a pending order, and so on: as with `newOrder`. */
  amendOrder(
    request: ProtoOAAmendOrderReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined
  cancelOrder(
    request: ProtoOACancelOrderReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined
  amendPosition(
    request: ProtoOAAmendPositionSLTPReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined
  closePosition(
    request: ProtoOAClosePositionReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined

  /** Pays into an account or, below zero, out of it. @defaultValue type: a deposit or withdrawal */
  changeBalance(
    accountId: number,
    delta: bigint,
    options?: { readonly type?: ProtoOAChangeBalanceType; readonly note?: string },
  ): void
  /** Gives a bonus or, below zero, takes it back. */
  changeBonus(
    accountId: number,
    delta: bigint,
    options?: { readonly from?: 'manager' | 'introducing broker'; readonly note?: string },
  ): void
  /** Opens another account. @throws DuplicateAccountError */
  openAccount(account: SandboxAccount): void
  /** Changes an account's terms: leverage, access rights and so on. Whoever follows it is told. */
  changeAccount(accountId: number, change: AccountChange): void
  /** Changes a symbol's terms. Everybody is told that it has changed, and not what. @throws UnknownSymbolError */
  changeInstrument(symbolId: number, change: InstrumentChange): void

  /** A symbol trades again: does what waited for that, at the price there is, before its next quote. */
  lookAgain(symbolId: number): void

  /** When the account's balance last changed and when a deal last closed something, ms. */
  lastActivity(accountId: number): {
    readonly balanceUpdatedAt: number
    readonly closingDealAt: number | undefined
  }
  /** Calls back with every event of every account, in order. Returns how to stop that. */
  onEvent(listener: (event: DeskEvent) => void): () => void
  /** Everything the desk knows, as plain data that does not change any more. */
  capture(): DeskState
  /** Puts back a captured state, whatever happened since. Nobody is told. */
  restore(state: DeskState): void
  /** Forgets everything under way: no event afterwards, no timer. Harmless to repeat. */
  close(): void
}
