import type { HandlersFor, Services } from '../call.ts'
import { Refusal } from '../refusal.ts'
import { unsupported } from './unsupported.ts'

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
    if (missing !== undefined) {
      return new Refusal('NOT_SUBSCRIBED_TO_SPOTS', `Not subscribed to spots of symbol ${missing}`)
    }
    for (const id of ids) spots.unsubscribe(connection, accountId, id)
    return { ctidTraderAccountId: accountId }
  },

  subscribeLiveTrendbar: unsupported('live trend bars'),
  unsubscribeLiveTrendbar: unsupported('live trend bars'),
  subscribeDepthQuotes: unsupported('depth of market'),
  unsubscribeDepthQuotes: unsupported('depth of market'),
} satisfies HandlersFor<
  | 'subscribeSpots'
  | 'unsubscribeSpots'
  | 'subscribeLiveTrendbar'
  | 'unsubscribeLiveTrendbar'
  | 'subscribeDepthQuotes'
  | 'unsubscribeDepthQuotes'
>

function refuseSymbols(ids: readonly number[], { world }: Services): Refusal | undefined {
  if (ids.length === 0) {
    return new Refusal('INVALID_REQUEST', 'Message missing required fields: symbolId')
  }
  const unknown = ids.find((id) => !world.symbols.has(id))
  if (unknown === undefined) return undefined
  return new Refusal('SYMBOL_NOT_FOUND', `Symbol ${unknown} not found`)
}
