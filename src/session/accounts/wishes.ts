import type { RequestMessage, RequestName, ResponseMessage } from '../../protocol/index.ts'
import { AccountLostError, ConnectionLostError, RequestError } from '../errors.ts'
import { RequestRefusedError } from '../requests/refusal.ts'
import { isThere } from '../subscriptions/restore-subscriptions.ts'
import {
  isSubscribing,
  isUnsubscribing,
  type Subscription,
  type Subscriptions,
  subscribing,
  unsubscribing,
  type Wanted,
} from '../subscriptions/subscriptions.ts'
import type { AccountKeeper } from './account-keeper.ts'
import { toTokenSource } from './static-token.ts'

export interface WishesOptions {
  readonly keeper: AccountKeeper
  readonly subscriptions: Subscriptions
  /** Whether requests for an account can be sent. */
  readonly isHere: (accountId: number) => boolean
  /** Whether the server has authorised it. */
  readonly isAuthorized: (accountId: number) => boolean
  /** An account was logged out. */
  readonly onLeft: (accountId: number) => void
}

// With any of these the server has not looked at what it was asked.
const unheard = new Set([
  'REQUEST_FREQUENCY_EXCEEDED',
  'BLOCKED_PAYLOAD_TYPE',
  'SERVER_IS_UNDER_MAINTENANCE',
  'CANT_ROUTE_REQUEST',
])

/** Notes what is wanted of the server (accounts and subscriptions) by watching the requests that make and end it. */
export class Wishes {
  readonly #options: WishesOptions

  constructor(options: WishesOptions) {
    this.#options = options
  }

  /** Watches one request and its answer. Returns the answer. */
  track<K extends RequestName>(
    request: K,
    payload: RequestMessage<K>,
    send: () => Promise<ResponseMessage<K>>,
  ): Promise<ResponseMessage<K>> {
    if (isSubscribing(request)) return this.#subscribe(request, payload, send)
    if (isUnsubscribing(request)) return this.#unsubscribe(request, payload, send)
    const answer = send()
    if (request === 'accountAuth') this.#adopt(payload as RequestMessage<'accountAuth'>, answer)
    if (request === 'accountLogout') this.#letGo(accountOf(payload), answer)
    return answer
  }

  #subscribe<K extends RequestName, T>(
    request: keyof typeof subscribing,
    payload: RequestMessage<K>,
    send: () => Promise<T>,
  ): Promise<T> {
    const { keeper, subscriptions } = this.#options
    const accountId = accountOf(payload)
    const list = (subscribing[request] as (message: object) => Subscription[])(payload)
    const add = (): void => {
      const epoch = keeper.get(accountId)?.epoch ?? 0
      for (const one of list) subscriptions.add(accountId, one, epoch)
    }
    const asked = subscriptions.asking(accountId, list)
    const answer = send()
    answer.then(add, (error: unknown) => {
      // One that is there already is wanted all the same. Of several nobody knows which one it is.
      if (list.length === 1 && isThere(error)) add()
    })
    answer.then(asked, asked)
    return answer
  }

  /** Forgotten at once, so that nobody restores what is being given up; unless the server keeps it. */
  #unsubscribe<K extends RequestName>(
    request: keyof typeof unsubscribing,
    payload: RequestMessage<K>,
    send: () => Promise<ResponseMessage<K>>,
  ): Promise<ResponseMessage<K>> {
    const { keeper, subscriptions, isHere } = this.#options
    const accountId = accountOf(payload)
    const list = (unsubscribing[request] as (message: object) => Subscription[])(payload)
    const removed = list
      .map((one) => subscriptions.remove(accountId, one))
      .filter((wanted): wanted is Wanted => wanted !== undefined)
    if (removed.length > 0 && keeper.get(accountId)?.isKept === true && !isHere(accountId)) {
      // The server has nothing to end: the subscription went with the link. It only must not be made again. With an
      // account that was lost while its link stayed it may have stayed as well: that is seen to once it is back.
      for (const { subscription } of removed) subscriptions.leaveBehind(accountId, subscription)
      return Promise.resolve({ ctidTraderAccountId: accountId } as ResponseMessage<K>)
    }
    const answer = send()
    answer.catch((error: unknown) => {
      if (removed.length === 0 || !isStillThere(error)) return
      for (const wanted of removed) subscriptions.putBack(wanted)
      keeper.resubscribe(accountId)
    })
    return answer
  }

  /** An account that its owner has authorised by hand is kept as well. */
  #adopt(request: RequestMessage<'accountAuth'>, answer: Promise<unknown>): void {
    const { ctidTraderAccountId: accountId, accessToken } = request
    const { keeper, isAuthorized } = this.#options
    answer.then(
      () => {
        if (isAuthorized(accountId)) keeper.adopt(accountId, toTokenSource(accessToken))
      },
      () => {},
    )
  }

  /** One that its owner logs out is not, and that it is lost then is as it should be. */
  #letGo(accountId: number, answer: Promise<unknown>): void {
    const { keeper, onLeft } = this.#options
    const account = keeper.get(accountId)
    if (account === undefined) return
    account.isLeaving = true
    const leave = (): void => {
      if (keeper.get(accountId) === account) keeper.remove(accountId)
      onLeft(accountId)
    }
    answer.then(leave, (error: unknown) => {
      account.isLeaving = false
      if (error instanceof RequestError && error.outcome === 'unknown') leave()
    })
  }
}

function accountOf(payload: object): number {
  return (payload as { readonly ctidTraderAccountId: number }).ctidTraderAccountId
}

/** Whether the server has a subscription all the same whose end it was asked for. */
function isStillThere(error: unknown): boolean {
  if (error instanceof RequestRefusedError) return unheard.has(error.serverCode)
  if (error instanceof ConnectionLostError || error instanceof AccountLostError) return false
  return error instanceof RequestError && error.outcome === 'not-sent'
}
