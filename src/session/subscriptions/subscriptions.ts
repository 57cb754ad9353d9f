import type { RequestMessage, RequestName } from '../../protocol/index.ts'

/** One stream of market data that an account asked for. */
export type Subscription =
  | { readonly kind: 'spots'; readonly symbolId: number; readonly withTimestamps: boolean }
  /** `period` is the number of the `ProtoOATrendbarPeriod`. */
  | { readonly kind: 'live-bars'; readonly symbolId: number; readonly period: number }
  | { readonly kind: 'depth'; readonly symbolId: number }

/** A subscription that the session keeps alive. */
export interface Wanted {
  readonly accountId: number
  readonly subscription: Subscription
  /** The order in which they were made. */
  readonly serial: number
  /** The epoch of the account in which the server took it. */
  epoch: number
}

type SubscribeRequest = 'subscribeSpots' | 'subscribeLiveTrendbar' | 'subscribeDepthQuotes'
type UnsubscribeRequest = 'unsubscribeSpots' | 'unsubscribeLiveTrendbar' | 'unsubscribeDepthQuotes'

/** What the subscriptions of a request are. */
export const subscribing: {
  readonly [K in SubscribeRequest]: (payload: RequestMessage<K>) => Subscription[]
} = {
  subscribeSpots: ({ symbolId, subscribeToSpotTimestamp }) =>
    symbolId.map((id) => ({
      kind: 'spots',
      symbolId: id,
      withTimestamps: subscribeToSpotTimestamp === true,
    })),
  subscribeLiveTrendbar: ({ symbolId, period }) => [{ kind: 'live-bars', symbolId, period }],
  subscribeDepthQuotes: ({ symbolId }) => symbolId.map((id) => ({ kind: 'depth', symbolId: id })),
}

/** Which subscriptions a request ends. */
export const unsubscribing: {
  readonly [K in UnsubscribeRequest]: (payload: RequestMessage<K>) => Subscription[]
} = {
  unsubscribeSpots: ({ symbolId }) =>
    symbolId.map((id) => ({ kind: 'spots', symbolId: id, withTimestamps: false })),
  unsubscribeLiveTrendbar: ({ symbolId, period }) => [{ kind: 'live-bars', symbolId, period }],
  unsubscribeDepthQuotes: ({ symbolId }) => symbolId.map((id) => ({ kind: 'depth', symbolId: id })),
}

export function isSubscribing(request: RequestName): request is SubscribeRequest {
  return request in subscribing
}

export function isUnsubscribing(request: RequestName): request is UnsubscribeRequest {
  return request in unsubscribing
}

/** The subscriptions of all accounts, each under the account it belongs to, in the order they were made. */
export class Subscriptions {
  readonly #byAccount = new Map<number, Map<string, Wanted>>()
  // Those that nobody wants and that the server may have all the same.
  readonly #leftovers = new Map<number, Map<string, Subscription>>()
  // How many requests for each are under way.
  readonly #asked = new Map<string, number>()
  #serial = 0

  /** Every subscription of an account, in the order they were made. */
  of(accountId: number): Wanted[] {
    const wanted = this.#byAccount.get(accountId)
    return wanted === undefined ? [] : [...wanted.values()].sort((a, b) => a.serial - b.serial)
  }

  has(wanted: Wanted): boolean {
    return this.#byAccount.get(wanted.accountId)?.get(keyOf(wanted.subscription)) === wanted
  }

  add(accountId: number, subscription: Subscription, epoch: number): void {
    const key = keyOf(subscription)
    const known = this.#byAccount.get(accountId)?.get(key)
    this.#put({ accountId, subscription, serial: known?.serial ?? this.#serial++, epoch })
  }

  /** Forgets one; returns it, so that it can be put back. */
  remove(accountId: number, subscription: Subscription): Wanted | undefined {
    const key = keyOf(subscription)
    const wanted = this.#byAccount.get(accountId)
    const known = wanted?.get(key)
    wanted?.delete(key)
    if (wanted?.size === 0) this.#byAccount.delete(accountId)
    return known
  }

  /** A request for some is under way. Returns a function that says that it has ended. */
  asking(accountId: number, list: readonly Subscription[]): () => void {
    const keys = list.map((one) => `${accountId} ${keyOf(one)}`)
    for (const key of keys) this.#asked.set(key, (this.#asked.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        const left = (this.#asked.get(key) ?? 1) - 1
        if (left > 0) this.#asked.set(key, left)
        else this.#asked.delete(key)
      }
    }
  }

  /** The server may have one on the present link that nobody wants. */
  leaveBehind(accountId: number, subscription: Subscription): void {
    let left = this.#leftovers.get(accountId)
    if (left === undefined) {
      left = new Map()
      this.#leftovers.set(accountId, left)
    }
    left.set(keyOf(subscription), subscription)
  }

  /** Takes those of an account that the server may have though nobody wants them; they are forgotten here. */
  takeLeftovers(accountId: number): Subscription[] {
    const left = [...(this.#leftovers.get(accountId)?.values() ?? [])]
    this.#leftovers.delete(accountId)
    const wanted = this.#byAccount.get(accountId)
    return left.filter((one) => {
      const key = keyOf(one)
      return wanted?.has(key) !== true && !this.#asked.has(`${accountId} ${key}`)
    })
  }

  /** There is another link: whatever the server had on the one before is gone. */
  forgetLink(): void {
    this.#leftovers.clear()
  }

  /** Puts a removed one back in its place, unless it has been made anew meanwhile. */
  putBack(wanted: Wanted): void {
    const key = keyOf(wanted.subscription)
    if (this.#byAccount.get(wanted.accountId)?.has(key) !== true) this.#put(wanted)
  }

  forgetAccount(accountId: number): void {
    this.#byAccount.delete(accountId)
    this.#leftovers.delete(accountId)
  }

  #put(wanted: Wanted): void {
    const { accountId, subscription } = wanted
    let list = this.#byAccount.get(accountId)
    if (list === undefined) {
      list = new Map()
      this.#byAccount.set(accountId, list)
    }
    list.set(keyOf(subscription), wanted)
  }
}

function keyOf(subscription: Subscription): string {
  const { kind, symbolId } = subscription
  return kind === 'live-bars' ? `${kind} ${symbolId} ${subscription.period}` : `${kind} ${symbolId}`
}
