import {
  ProtoOAOrderType as OrderType,
  type ProtoOANewOrderReq,
  ProtoOATimeInForce as TimeInForce,
  ProtoOATradeSide as TradeSide,
} from '../../protocol/index.ts'
import {
  type AccountBook,
  type Levels,
  levelsAround,
  newPosition,
  type Order,
  type OrderTerms,
  type Position,
  planExecution,
  type Side,
} from '../engine/index.ts'
import type { Quote } from '../market/index.ts'
import type { Instrument } from '../world/index.ts'
import { checkGuarantee } from './check-guarantee.ts'
import { checkLevels, type LevelReference, marketReference } from './check-levels.ts'
import { checkPrecision, readPrices } from './check-prices.ts'
import { checkRequest, isPending } from './check-request.ts'
import { checkMarket, checkMode, checkRights } from './check-trading.ts'
import { checkLimits, checkPartialVolume, checkVolume } from './check-volume.ts'
import type { Floor } from './floor.ts'
import {
  invalid,
  isRefusal,
  noQuotes,
  positionNotFound,
  refused,
  shownPrice,
  symbolNotFound,
} from './refusals.ts'
import { orderTypeFromWire, timeInForceFromWire, triggerFromWire } from './terms-from-wire.ts'
import type { DeskRefusal } from './trading-desk.ts'

interface Draft {
  readonly book: AccountBook
  readonly instrument: Instrument
  readonly terms: OrderTerms
  /** The position it is for; undefined for one of its own. */
  readonly target: Position | undefined
  /** Whether it does nothing but make the position smaller. */
  readonly reduces: boolean
}

/** Takes a new order into the book, or says why not. */
export function takeNewOrder(
  floor: Floor,
  book: AccountBook,
  request: ProtoOANewOrderReq,
): Order | DeskRefusal {
  const now = floor.now()
  const malformed = checkRequest(request, now)
  if (malformed !== undefined) return malformed
  const instrument = floor.instrument(request.symbolId)
  if (instrument === undefined) return symbolNotFound(request.symbolId)
  const draft = draftOf(book, instrument, request)
  if (isRefusal(draft)) return draft
  const refusal = checkTerms(draft, floor, now) ?? checkPrice(draft, floor, now)
  if (refusal !== undefined) return refusal
  const { terms, target } = draft
  const { clientOrderId } = request
  return book.accept(terms, { positionId: target?.positionId, clientOrderId }, now)
}

function draftOf(
  book: AccountBook,
  instrument: Instrument,
  request: ProtoOANewOrderReq,
): Draft | DeskRefusal {
  const side = request.tradeSide === TradeSide.BUY ? 'buy' : 'sell'
  const prices = readPrices(request, instrument)
  if (isRefusal(prices)) return prices
  const malformed = checkPrecision(request, instrument)
  if (malformed !== undefined) return malformed
  const target = targetOf(request, book)
  if (isRefusal(target)) return target
  const { symbolId, volume, label, comment } = request
  const { relativeStopLoss, relativeTakeProfit, slippageInPoints } = request
  const against = target !== undefined && target.volume > 0 && target.side !== side
  // On a hedged account an order against the position it names can do nothing but reduce it.
  const closing = against && book.account.accountType !== 'NETTED'
  const bad = closing
    ? checkPartialVolume(volume, target.volume, instrument)
    : checkVolume(volume, instrument)
  if (bad !== undefined) return bad
  const pending = isPending(request.orderType)
  const expiresAt = pending ? request.expirationTimestamp : undefined
  const terms: OrderTerms = {
    symbolId,
    ...{ side, volume, label, comment, relativeStopLoss, relativeTakeProfit },
    ...prices,
    // Of a stop limit order the limit follows from its stop.
    limitPrice: request.orderType === OrderType.LIMIT ? prices.limitPrice : undefined,
    stopPrice: pending && request.orderType !== OrderType.LIMIT ? prices.stopPrice : undefined,
    ...{ slippageInPoints, expiresAt, closing, stopOut: false },
    type: orderTypeFromWire(request.orderType),
    timeInForce: timeInForceFromWire(
      pending && expiresAt !== undefined ? TimeInForce.GOOD_TILL_DATE : request.timeInForce,
      pending,
    ),
    trailing: request.trailingStopLoss ?? false,
    guaranteed: request.guaranteedStopLoss ?? false,
    trigger: triggerFromWire(request.stopTriggerMethod),
  }
  const reduces = against && target.volume >= volume
  return { book, instrument, terms, target, reduces }
}

function targetOf(
  { positionId, symbolId }: ProtoOANewOrderReq,
  book: AccountBook,
): Position | undefined | DeskRefusal {
  const netted = book.account.accountType === 'NETTED'
  if (positionId === undefined) return netted ? book.positionOf(symbolId) : undefined
  const position = book.positions.get(positionId)
  if (position === undefined || position.volume === 0) return positionNotFound(positionId)
  if (position.symbolId === symbolId) return position
  return invalid(`Position ${positionId} is of another symbol: ${position.symbolId}`)
}

/** Checks what the account and the instrument allow. */
function checkTerms(draft: Draft, floor: Floor, now: number): DeskRefusal | undefined {
  const { book, instrument, terms, target, reduces } = draft
  const { side, volume, type, timeInForce } = terms
  const refusal = checkRights(book.account, reduces) ?? checkMode(instrument, reduces)
  if (refusal !== undefined) return refusal
  // What waits, for its price or for the opening, can be placed while the market is closed.
  const waits = type === 'limit' || type === 'stop' || type === 'stop-limit'
  const quote = floor.market.quote(instrument.symbolId)
  if (!waits && timeInForce !== 'market-on-open') {
    const closed = checkMarket(instrument, floor, now)
    if (isRefusal(closed)) return closed
  }
  if (quote === undefined) return noQuotes(instrument)
  if (reduces) return undefined
  if (side === 'sell' && !instrument.shortSelling) {
    return refused('SHORT_SELLING_NOT_ALLOWED', `${instrument.name} cannot be sold short`)
  }
  const { guaranteed, stopLoss, relativeStopLoss } = terms
  // What closes the other side first adds nothing to this one.
  const turned = target !== undefined && target.side !== side ? target.volume : 0
  const hasStop = stopLoss !== undefined || relativeStopLoss !== undefined
  return (
    checkGuarantee(book, instrument, guaranteed, hasStop) ??
    checkLimits(book, instrument, side, volume - turned, target === undefined)
  )
}

/** Checks what depends on where the market is: stops, levels, and for what is executed at once the money. */
function checkPrice(draft: Draft, floor: Floor, now: number): DeskRefusal | undefined {
  const { book, instrument, terms, target, reduces } = draft
  const quote = floor.market.quote(instrument.symbolId)
  const { side, volume, guaranteed, stopPrice } = terms
  const waits = (terms.limitPrice ?? stopPrice) !== undefined
  // What waits to make a position smaller may find it gone, or turned round.
  if (quote === undefined || (reduces && !waits)) return undefined
  const passed = checkStopPrice(side, stopPrice, quote, instrument)
  if (passed !== undefined) return passed
  const tooClose = checkOrderLevels(terms, quote, instrument)
  if (tooClose !== undefined || waits) return tooClose
  if (terms.timeInForce === 'market-on-open') return undefined
  const { symbolId, label, comment } = terms
  const position = target ?? newPosition(0, { symbolId, side, label, comment })
  const entry = side === 'buy' ? quote.ask : quote.bid
  const guaranteedStop = guaranteed ? levelsOf(terms, entry).stopLoss : undefined
  const trade = { side, volume, guaranteedStop, at: now }
  const plan = planExecution(book, position, trade, floor.terms)
  if (plan === 'NOT_ENOUGH_MONEY') return refused(plan, 'Not enough funds for the operation')
  if (typeof plan === 'string') return refused(plan, `No quotes for symbol ${instrument.name}`)
  return undefined
}

/**
 * Checks stop loss and take profit of an order, as far from where it will be filled as they have to be: from its own price,
 * or from the market where it has none. Without a quote there is nothing to measure the latter by.
 */
export function checkOrderLevels(
  terms: Parameters<typeof levelsOf>[0] &
    Pick<OrderTerms, 'guaranteed' | 'limitPrice' | 'stopPrice'>,
  quote: Pick<Quote, 'bid' | 'ask'> | undefined,
  instrument: Instrument,
): DeskRefusal | undefined {
  const { side, guaranteed } = terms
  const own = terms.limitPrice ?? terms.stopPrice
  const entry = own ?? (side === 'buy' ? quote?.ask : quote?.bid)
  if (entry === undefined) return undefined
  const reference: LevelReference =
    own === undefined && quote !== undefined
      ? marketReference(side, quote)
      : { price: entry, name: 'order price', what: `${side.toUpperCase()} order` }
  return checkLevels(levelsOf(terms, entry), side, guaranteed, reference, instrument)
}

/** A stop on the wrong side of the market would be a market order. */
export function checkStopPrice(
  side: Side,
  stopPrice: number | undefined,
  quote: Pick<Quote, 'bid' | 'ask'>,
  instrument: Instrument,
): DeskRefusal | undefined {
  if (stopPrice === undefined) return undefined
  const buys = side === 'buy'
  if (buys ? stopPrice >= quote.ask : stopPrice <= quote.bid) return undefined
  const name = buys ? 'ASK' : 'BID'
  const current = shownPrice(buys ? quote.ask : quote.bid, instrument)
  return refused(
    'TRADING_BAD_PRICES',
    `Stop price for ${side.toUpperCase()} order should be ${buys ? '>=' : '<='} current ${name} price. ` +
      `current ${name}: ${current}, stop price: ${shownPrice(stopPrice, instrument)}`,
  )
}

/** The levels of an order that is filled at a price: absolute where they are given so, else at their distances. */
export function levelsOf(
  terms: Pick<OrderTerms, 'side' | 'stopLoss' | 'takeProfit'> & {
    readonly relativeStopLoss: number | undefined
    readonly relativeTakeProfit: number | undefined
  },
  price: number,
): Levels {
  const around = levelsAround(terms.side, price, terms)
  return {
    stopLoss: terms.stopLoss ?? around.stopLoss,
    takeProfit: terms.takeProfit ?? around.takeProfit,
  }
}
