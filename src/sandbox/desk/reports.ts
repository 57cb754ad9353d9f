import type {
  ProtoOAExpectedMargin,
  ProtoOAOrder,
  ProtoOAPosition,
  ProtoOAPositionUnrealizedPnL,
} from '../../protocol/index.ts'
import {
  type AccountBook,
  marginOf,
  type Side,
  shownMargin,
  unrealizedGross,
} from '../engine/index.ts'
import type { Floor } from './floor.ts'
import { noQuotes, refused, symbolNotFound } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'
import { orderToWire, positionToWire } from './wire-forms.ts'

/** Open positions and working orders; protection orders among them when wanted. */
export function reconcile(
  floor: Floor,
  book: AccountBook,
  returnProtectionOrders: boolean,
): { readonly position: readonly ProtoOAPosition[]; readonly order: readonly ProtoOAOrder[] } {
  const position: ProtoOAPosition[] = []
  const order: ProtoOAOrder[] = []
  for (const open of book.openPositions()) {
    const instrument = floor.instrument(open.symbolId)
    if (instrument === undefined) continue
    position.push(positionToWire(open, book, instrument))
    const guard = book.orders.get(open.protection?.orderId ?? 0)
    if (returnProtectionOrders && guard !== undefined) order.push(orderToWire(guard, instrument))
  }
  for (const working of book.workingOrders()) {
    const instrument = floor.instrument(working.symbolId)
    if (instrument !== undefined) order.push(orderToWire(working, instrument))
  }
  return { position, order }
}

/** What the open positions would bring now. A position whose price nobody knows brings its costs. */
export function unrealizedPnL(
  floor: Floor,
  book: AccountBook,
): {
  readonly positionUnrealizedPnL: readonly ProtoOAPositionUnrealizedPnL[]
  readonly moneyDigits: number
} {
  const positionUnrealizedPnL: ProtoOAPositionUnrealizedPnL[] = []
  for (const position of book.openPositions()) {
    const gross = unrealizedGross(position, book, floor.terms) ?? 0n
    positionUnrealizedPnL.push({
      positionId: position.positionId,
      grossUnrealizedPnL: gross,
      netUnrealizedPnL: gross + position.swap + position.commission,
    })
  }
  return { positionUnrealizedPnL, moneyDigits: book.account.moneyDigits }
}

/** What new positions would need, on top of what is held. */
export function expectedMargin(
  floor: Floor,
  book: AccountBook,
  symbolId: number,
  volumes: readonly number[],
): { readonly margin: ProtoOAExpectedMargin[]; readonly moneyDigits: number } | DeskRefusal {
  const { moneyDigits } = book.account
  const instrument = floor.instrument(symbolId)
  if (instrument === undefined) return symbolNotFound(symbolId)
  const unknown: DeskRefusal = { ...noQuotes(instrument), channel: 'error' }
  if (floor.market.quote(symbolId) === undefined) return unknown
  const margin: ProtoOAExpectedMargin[] = []
  for (const volume of volumes) {
    if (volume < 0) {
      const description = `Volume = ${volume} should not be below zero`
      return { ...refused('TRADING_BAD_VOLUME', description), channel: 'error' }
    }
    const buyMargin = marginFor(floor, book, symbolId, volume, 'buy')
    const sellMargin = marginFor(floor, book, symbolId, volume, 'sell')
    if (buyMargin === undefined || sellMargin === undefined) return unknown
    margin.push({ volume, buyMargin, sellMargin })
  }
  return { margin, moneyDigits }
}

function marginFor(
  { terms }: Floor,
  book: AccountBook,
  symbolId: number,
  volume: number,
  side: Side,
): bigint | undefined {
  const { depositAsset, moneyDigits, leverageInCents: accountLeverage } = book.account
  const instrument = terms.instruments.get(symbolId)
  if (instrument === undefined) return undefined
  const rates = terms.conversion.rates(terms.priceOf, side)
  const marginRate = rates(instrument.base, depositAsset)
  const baseToUsd = rates(instrument.base, 'USD')
  if (marginRate === undefined || baseToUsd === undefined) return undefined
  const tiers = terms.leverages.get(instrument.leverageId)?.tiers ?? []
  const each = { marginRate, baseToUsd, accountLeverage, tiers }
  return shownMargin(marginOf(volume, book.volumeHeld(symbolId, side), each), moneyDigits)
}
