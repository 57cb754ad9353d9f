import type { LiveSession } from '../live-session.ts'
import type { CallOptions } from '../requests/exchange.ts'
import type { Subscription } from './subscriptions.ts'

/** Ends a subscription of an account on a link. That the server does not have it is a refusal. */
export async function endSubscription(
  { call }: LiveSession,
  ctidTraderAccountId: number,
  subscription: Subscription,
  options: CallOptions,
): Promise<void> {
  const { symbolId } = subscription
  switch (subscription.kind) {
    case 'spots':
      await call.unsubscribeSpots({ ctidTraderAccountId, symbolId: [symbolId] }, options)
      break
    case 'live-bars': {
      const { period } = subscription
      await call.unsubscribeLiveTrendbar({ ctidTraderAccountId, symbolId, period }, options)
      break
    }
    case 'depth':
      await call.unsubscribeDepthQuotes({ ctidTraderAccountId, symbolId: [symbolId] }, options)
  }
}
