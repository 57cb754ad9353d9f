import type { Prices } from './protection.ts'
import type { Order, TriggerMethod } from './trade.ts'

/** What a quote does to a waiting order. */
export type OrderVerdict = 'wait' | 'arm' | 'disarm' | 'activate' | 'execute'

/**
 * Whether a quote triggers an order that waits for its price. A stop limit order first becomes a limit order
 * (`activate`); whatever waits for the opening executes at the first quote.
 */
export function judgeOrder(order: Order, quote: Prices): OrderVerdict {
  switch (order.type) {
    case 'limit':
      return reachesLimit(order, quote) ? 'execute' : 'wait'
    case 'stop':
      return judgeStop(order, quote, 'execute')
    case 'stop-limit':
      if (!order.activated) return judgeStop(order, quote, 'activate')
      return reachesLimit(order, quote) ? 'execute' : 'wait'
    default:
      return 'execute'
  }
}

function reachesLimit({ side, limitPrice }: Order, { bid, ask }: Prices): boolean {
  if (limitPrice === undefined) return false
  return side === 'buy' ? ask <= limitPrice : bid >= limitPrice
}

function judgeStop(order: Order, quote: Prices, then: 'execute' | 'activate'): OrderVerdict {
  const { side, stopPrice, trigger, armed } = order
  if (stopPrice === undefined) return 'wait'
  const reached = isStopReached(side, stopPrice, trigger, quote)
  if (!reached) return armed ? 'disarm' : 'wait'
  const double = trigger === 'double-trade' || trigger === 'double-opposite'
  return !double || armed ? then : 'arm'
}

function isStopReached(
  side: Order['side'],
  stopPrice: number,
  trigger: TriggerMethod,
  { bid, ask }: Prices,
): boolean {
  const opposed = trigger === 'opposite' || trigger === 'double-opposite'
  if (side === 'buy') return (opposed ? bid : ask) >= stopPrice
  return (opposed ? ask : bid) <= stopPrice
}

/** The worst price at which an order may be executed; undefined when it takes any. */
export function worstPrice(order: Order, grid: number): number | undefined {
  const { type, side, limitPrice, baseSlippagePrice, slippageInPoints = 0 } = order
  if (type === 'limit' || type === 'stop-limit') return limitPrice
  if (type !== 'market-range' || baseSlippagePrice === undefined) return undefined
  return baseSlippagePrice + (side === 'buy' ? 1 : -1) * slippageInPoints * grid
}

/** A stop limit order once its stop has been reached: a limit order, so many points behind the stop. */
export function activated(order: Order, grid: number): Order {
  const { side, stopPrice, slippageInPoints = 0 } = order
  const behind = (side === 'buy' ? 1 : -1) * slippageInPoints * grid
  const limitPrice = stopPrice === undefined ? undefined : stopPrice + behind
  return { ...order, activated: true, armed: false, limitPrice }
}
