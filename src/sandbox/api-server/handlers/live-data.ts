import { ProtoOATrendbarPeriod } from '../../../protocol/index.ts'
import type { HandlersFor, Services } from '../call.ts'
import { Refusal } from '../refusal.ts'

const knownPeriods: ReadonlySet<number> = new Set(Object.values(ProtoOATrendbarPeriod))

/** Subscriptions. A request that names one wrong symbol changes nothing at all. */
export const liveDataHandlers = {
  subscribeSpots(request, { connection, services }) {
    const { ctidTraderAccountId: accountId, symbolId: ids } = request
    const wrong = refuseSymbols(ids, services)
    if (wrong !== undefined) return wrong
    const { spots } = services
    const held = ids.find((id) => spots.has(connection, accountId, id))
    if (held !== undefined) {
      return new Refusal('ALREADY_SUBSCRIBED', `Already subscribed to spots of symbol ${held}`)
    }
    const withTimestamp = request.subscribeToSpotTimestamp ?? false
    for (const id of new Set(ids)) spots.subscribe(connection, accountId, id, withTimestamp)
    return { ctidTraderAccountId: accountId }
  },

  unsubscribeSpots(request, { connection, services }) {
    const { ctidTraderAccountId: accountId, symbolId: ids } = request
    const wrong = refuseSymbols(ids, services)
    if (wrong !== undefined) return wrong
    const { spots } = services
    const missing = ids.find((id) => !spots.has(connection, accountId, id))
    if (missing !== undefined) return notSubscribedToSpots(missing)
    for (const id of ids) spots.unsubscribe(connection, accountId, id)
    return { ctidTraderAccountId: accountId }
  },

  subscribeLiveTrendbar(request, { connection, services }) {
    const { ctidTraderAccountId: accountId, symbolId, period } = request
    const { spots, clock, behaviour } = services
    const wrong = refuseSymbols([symbolId], services) ?? refusePeriod(period)
    if (wrong !== undefined) return wrong
    if (!spots.has(connection, accountId, symbolId)) {
      const { description } = notSubscribedToSpots(symbolId)
      return new Refusal(behaviour.trendbarWithoutSpots, description)
    }
    if (spots.hasBars(connection, accountId, symbolId, period)) {
      const what = `trend bars of period ${period} of symbol ${symbolId}`
      return new Refusal('ALREADY_SUBSCRIBED', `Already subscribed to ${what}`)
    }
    spots.addBars(connection, accountId, symbolId, { period, now: clock.now() })
    return { ctidTraderAccountId: accountId }
  },

  unsubscribeLiveTrendbar(request, { connection, services }) {
    const { ctidTraderAccountId: accountId, symbolId, period } = request
    const { spots } = services
    const wrong = refuseSymbols([symbolId], services) ?? refusePeriod(period)
    if (wrong !== undefined) return wrong
    if (!spots.hasBars(connection, accountId, symbolId, period)) {
      const what = `trend bars of period ${period} of symbol ${symbolId}`
      return new Refusal('INVALID_REQUEST', `Not subscribed to ${what}`)
    }
    spots.removeBars(connection, accountId, symbolId, period)
    return { ctidTraderAccountId: accountId }
  },

  subscribeDepthQuotes(request, { connection, services }) {
    const { ctidTraderAccountId: accountId, symbolId: ids } = request
    const wrong = refuseSymbols(ids, services)
    if (wrong !== undefined) return wrong
    const { spots } = services
    const blind = ids.find((id) => !spots.has(connection, accountId, id))
    if (blind !== undefined) return notSubscribedToSpots(blind)
    const held = ids.find((id) => spots.depth.has(connection, accountId, id))
    if (held !== undefined) {
      return new Refusal('ALREADY_SUBSCRIBED', `Already subscribed to depth of symbol ${held}`)
    }
    for (const id of new Set(ids)) spots.depth.subscribe(connection, accountId, id)
    return { ctidTraderAccountId: accountId }
  },

  unsubscribeDepthQuotes(request, { connection, services }) {
    const { ctidTraderAccountId: accountId, symbolId: ids } = request
    const wrong = refuseSymbols(ids, services)
    if (wrong !== undefined) return wrong
    const { depth } = services.spots
    const missing = ids.find((id) => !depth.has(connection, accountId, id))
    if (missing !== undefined) {
      return new Refusal('INVALID_REQUEST', `Not subscribed to depth of symbol ${missing}`)
    }
    for (const id of ids) depth.unsubscribe(connection, accountId, id)
    return { ctidTraderAccountId: accountId }
  },
} satisfies HandlersFor<
  | 'subscribeSpots'
  | 'unsubscribeSpots'
  | 'subscribeLiveTrendbar'
  | 'unsubscribeLiveTrendbar'
  | 'subscribeDepthQuotes'
  | 'unsubscribeDepthQuotes'
>

/** The sandbox's word for a period that the schema does not have. */
export function refusePeriod(period: number): Refusal | undefined {
  if (knownPeriods.has(period)) return undefined
  return new Refusal('INVALID_REQUEST', `Unknown trend bar period ${period}`)
}

/** Refuses an empty list of symbols, and ids that no symbol has. */
export function refuseSymbols(ids: readonly number[], { world }: Services): Refusal | undefined {
  if (ids.length === 0) {
    return new Refusal('INVALID_REQUEST', 'Message missing required fields: symbolId')
  }
  const unknown = ids.find((id) => !world.symbols.has(id))
  if (unknown === undefined) return undefined
  return new Refusal('SYMBOL_NOT_FOUND', `Symbol ${unknown} not found`)
}

function notSubscribedToSpots(id: number): Refusal {
  return new Refusal('NOT_SUBSCRIBED_TO_SPOTS', `Not subscribed to spots of symbol ${id}`)
}
