import {
  type ProtoOAClosePositionReq,
  type ProtoOANewOrderReq,
  type ProtoOAOrder,
  type ProtoOAPosition,
  type ProtoOATrader,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import {
  AccountBook,
  newPosition,
  opposite,
  type Position,
  planExecution,
  type Side,
} from '../engine/index.ts'
import type { Instrument } from '../world/index.ts'
import { checkDistances, checkPrecision } from './check-levels.ts'
import { checkRequest } from './check-request.ts'
import { checkTrading } from './check-trading.ts'
import type { DeskOptions } from './create-desk.ts'
import { UnknownAccountError } from './errors.ts'
import { Floor } from './floor.ts'
import { createNumbers } from './numbers.ts'
import { OrderFlow } from './order-flow.ts'
import { ProtectionWatch } from './protection-watch.ts'
import {
  checkPartialVolume,
  checkVolume,
  invalid,
  notYet,
  positionNotFound,
  refused,
} from './refusals.ts'
import type { DeskEvent, DeskRefusal, TradingDesk } from './trading-desk.ts'
import { orderToWire, positionToWire, traderToWire } from './wire-forms.ts'

/** The desk: checks requests, keeps the accounts' books, and hands orders that were taken to the flow. */
export class Desk implements TradingDesk {
  readonly #floor: Floor
  readonly #watch: ProtectionWatch
  readonly #flow: OrderFlow
  readonly #books: ReadonlyMap<number, AccountBook>
  readonly #assetIds: ReadonlyMap<string, number>

  constructor(options: DeskOptions) {
    const { accounts, assets } = options.world
    const numbers = createNumbers()
    this.#floor = new Floor(options)
    this.#watch = new ProtectionWatch(this.#floor)
    this.#flow = new OrderFlow(this.#floor, this.#watch)
    this.#books = new Map(
      accounts.map((account) => [account.accountId, new AccountBook(account, numbers)]),
    )
    this.#assetIds = new Map(assets.map(({ name, assetId }) => [name, assetId]))
  }

  trader(accountId: number): ProtoOATrader {
    const book = this.book(accountId)
    return traderToWire(book, this.#assetIds.get(book.account.depositAsset) ?? 0)
  }

  reconcile(
    accountId: number,
    returnProtectionOrders: boolean,
  ): { position: readonly ProtoOAPosition[]; order: readonly ProtoOAOrder[] } {
    const book = this.book(accountId)
    const position: ProtoOAPosition[] = []
    const order: ProtoOAOrder[] = []
    for (const open of book.openPositions()) {
      const instrument = this.#floor.instrument(open.symbolId)
      if (instrument === undefined) continue
      position.push(positionToWire(open, book, instrument))
      const guard = book.orders.get(open.protection?.orderId ?? 0)
      if (returnProtectionOrders && guard !== undefined) order.push(orderToWire(guard, instrument))
    }
    return { position, order }
  }

  lastActivity(accountId: number): {
    readonly balanceUpdatedAt: number
    readonly closingDealAt: number | undefined
  } {
    const { balanceUpdatedAt, closingDealAt } = this.book(accountId)
    return { balanceUpdatedAt, closingDealAt }
  }

  newOrder(request: ProtoOANewOrderReq, clientMsgId: string | undefined): DeskRefusal | undefined {
    const book = this.book(request.ctidTraderAccountId)
    const instrument = this.#floor.instrument(request.symbolId)
    const malformed = checkRequest(request)
    if (malformed !== undefined) return malformed
    if (instrument === undefined) {
      const description = `Symbol not found with id ${request.symbolId}`
      return { channel: 'error', errorCode: 'SYMBOL_NOT_FOUND', description }
    }
    const side = request.tradeSide === TradeSide.BUY ? 'buy' : 'sell'
    const target = targetOf(request, side, book)
    if (isRefusal(target)) return target
    const refusal = this.#checkNewOrder(request, side, book, instrument, target)
    if (refusal !== undefined) return refusal
    this.#floor.market.subscribed(instrument.symbolId)
    const { symbolId, volume, label, comment, clientOrderId } = request
    const { relativeStopLoss, relativeTakeProfit } = request
    const order = book.accept(
      {
        ...{ symbolId, side, volume, label, comment, clientOrderId, closing: false },
        ...{ relativeStopLoss, relativeTakeProfit, positionId: target?.positionId },
      },
      this.#floor.now(),
    )
    this.#flow.begin(book, order, clientMsgId)
    return undefined
  }

  closePosition(
    request: ProtoOAClosePositionReq,
    clientMsgId: string | undefined,
  ): DeskRefusal | undefined {
    const { positionId, volume } = request
    const book = this.book(request.ctidTraderAccountId)
    const position = book.positions.get(positionId)
    const instrument = this.#floor.instrument(position?.symbolId ?? 0)
    if (position === undefined || position.volume === 0 || instrument === undefined) {
      return positionNotFound(positionId)
    }
    const bad = checkPartialVolume(volume, position.volume, instrument)
    if (bad !== undefined) return bad
    if (this.#flow.isClosing(positionId)) {
      return refused('POSITION_LOCKED', `Position ${positionId} is being closed`)
    }
    const now = this.#floor.now()
    const { account } = book
    const { market } = this.#floor
    const trading = checkTrading({ account, instrument, market, now, closing: true })
    if (isRefusal(trading)) return trading
    const order = book.accept(
      {
        ...{ symbolId: position.symbolId, side: opposite(position.side), volume, closing: true },
        ...{ label: undefined, comment: undefined, clientOrderId: undefined, positionId },
        ...{ relativeStopLoss: undefined, relativeTakeProfit: undefined },
      },
      now,
    )
    this.#flow.begin(book, order, clientMsgId)
    return undefined
  }

  onEvent(listener: (event: DeskEvent) => void): () => void {
    return this.#floor.onEvent(listener)
  }

  close(): void {
    this.#watch.close()
    this.#floor.close()
  }

  /** What an account owns and owes. @throws UnknownAccountError */
  book(accountId: number): AccountBook {
    const book = this.#books.get(accountId)
    if (book === undefined) throw new UnknownAccountError(accountId)
    return book
  }

  /** Checks an order against the instrument, the market and the money. */
  #checkNewOrder(
    request: ProtoOANewOrderReq,
    side: Side,
    book: AccountBook,
    instrument: Instrument,
    target: Position | undefined,
  ): DeskRefusal | undefined {
    const now = this.#floor.now()
    const { account } = book
    const { market, terms } = this.#floor
    const malformed = checkPrecision(request, instrument) ?? checkVolume(request.volume, instrument)
    if (malformed !== undefined) return malformed
    const { volume } = request
    const reduces = target !== undefined && target.side !== side && target.volume >= volume
    const trading = checkTrading({ account, instrument, market, now, closing: reduces })
    if (isRefusal(trading)) return trading
    if (reduces) return undefined
    if (side === 'sell' && !instrument.shortSelling) {
      return refused('SHORT_SELLING_NOT_ALLOWED', `${instrument.name} cannot be sold short`)
    }
    const tooClose = checkDistances(request, side, instrument, trading)
    if (tooClose !== undefined) return tooClose
    const { symbolId, label, comment } = request
    const position = target ?? newPosition(0, { symbolId, side, label, comment })
    const plan = planExecution(book, position, { side, volume, at: now }, terms)
    if (plan === 'NOT_ENOUGH_MONEY') return refused(plan, 'Not enough funds for the operation')
    if (typeof plan === 'string') return refused(plan, `No quotes for symbol ${instrument.name}`)
    return undefined
  }
}

/** The position that an order is for: undefined for one of its own. */
function targetOf(
  { positionId, symbolId }: ProtoOANewOrderReq,
  side: Side,
  book: AccountBook,
): Position | undefined | DeskRefusal {
  const netted = book.account.accountType === 'NETTED'
  if (positionId === undefined) return netted ? book.positionOf(symbolId) : undefined
  const position = book.positions.get(positionId)
  if (position === undefined || position.volume === 0) return positionNotFound(positionId)
  if (position.symbolId !== symbolId) {
    return invalid(`Position ${positionId} is of another symbol: ${position.symbolId}`)
  }
  if (!netted && position.side !== side) return notYet('reduce a position by an order: close it')
  return position
}

function isRefusal(value: object | undefined): value is DeskRefusal {
  return value !== undefined && 'errorCode' in value
}
