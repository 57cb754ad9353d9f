import type {
  ProtoOAClosePositionReq,
  ProtoOAExecutionEvent,
  ProtoOANewOrderReq,
  ProtoOAOrder,
  ProtoOAPosition,
  ProtoOATrader,
} from '../../protocol/index.ts'

/** An execution event to be sent to whoever watches the account. */
export interface DeskEvent {
  readonly accountId: number
  readonly event: ProtoOAExecutionEvent
  /** Id of the request that caused it; undefined for what the server did by itself. */
  readonly clientMsgId: string | undefined
}

/** Why a trading request was not taken, in the original's words where they are known. */
export interface DeskRefusal {
  /** `error` travels as ProtoOAErrorRes (2142), `order-error` as ProtoOAOrderErrorEvent (2132). */
  readonly channel: 'error' | 'order-error'
  readonly errorCode: string
  readonly description: string
  readonly orderId?: number
  readonly positionId?: number
}

/** Trades of all accounts. Scope and authorisation are checked before a request comes here. */
export interface TradingDesk {
  /**
   * The account in wire form, with its balance of now.
   * @throws UnknownAccountError for an id that no account has; so do the others, except where they refuse.
   */
  trader(accountId: number): ProtoOATrader
  /** Open positions, and orders at work. Protection orders are among them only when asked for. */
  reconcile(
    accountId: number,
    returnProtectionOrders: boolean,
  ): { readonly position: readonly ProtoOAPosition[]; readonly order: readonly ProtoOAOrder[] }
  /** Takes an order. Undefined means taken: events follow through `onEvent`, none before this returns. */
  newOrder(request: ProtoOANewOrderReq, clientMsgId: string | undefined): DeskRefusal | undefined
  /** Takes a closing. Undefined means taken: events follow through `onEvent`, none before this returns. */
  closePosition(
    request: ProtoOAClosePositionReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined
  /** When the account's balance last changed and when a deal last closed something, ms. */
  lastActivity(accountId: number): {
    readonly balanceUpdatedAt: number
    readonly closingDealAt: number | undefined
  }
  /** Calls back with every event of every account, in order. Returns how to stop that. */
  onEvent(listener: (event: DeskEvent) => void): () => void
  /** Forgets everything under way: no event afterwards, no timer. Harmless to repeat. */
  close(): void
}
