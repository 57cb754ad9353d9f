import {
  AccountLostError,
  type CallOptions,
  ConnectionLostError,
  type ReconnectingSession,
  RequestRefusedError,
} from '../../../src/session/index.ts'
import type { FakeTokens } from '../tokens.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import { subscriptionKeys } from './server-link.ts'

export interface DriverOptions {
  readonly session: ReconnectingSession
  readonly random: Random
  readonly tokens: FakeTokens
  readonly ledger: Ledger
}

const accountIds = [7, 8, 9]
const symbols = [1, 2, 3, 4]

type Answer = Promise<{ readonly error: unknown }>

/** A program that uses a session as programs do, at random, and remembers what it may rely on. */
export class Driver {
  /** The subscriptions it has been told it has. */
  readonly expected = new Set<string>()
  /** Those whose last request ended without an answer: nobody knows. */
  readonly uncertain = new Set<string>()
  /** The accounts it has been given. */
  readonly accounts = new Set<number>()
  readonly #options: DriverOptions
  readonly #busy = new Set<string>()
  readonly #opening = new Set<number>()
  #serial = 0

  constructor(options: DriverOptions) {
    this.#options = options
  }

  /** Whether no subscription is being changed. */
  get isIdle(): boolean {
    return this.#busy.size === 0
  }

  /** Does one thing. */
  act(): void {
    const { random } = this.#options
    const accountId = random.pick(accountIds)
    if (!this.accounts.has(accountId)) return void this.#openAccount(accountId)
    const dice = random.below(100)
    if (dice < 30) this.#ask(accountId)
    else if (dice < 45) this.#order(accountId)
    else if (dice < 70) this.#subscribe(accountId)
    else if (dice < 85) this.#unsubscribe(accountId)
    else if (dice < 95) this.#history(accountId)
    else for (let burst = random.below(90); burst > 0; burst--) this.#ask(accountId)
  }

  /** Asks once for an account, and returns whether it was answered. */
  async check(accountId: number): Promise<boolean> {
    const { session } = this.#options
    const options = { clientMsgId: this.#id(), timeoutMs: 10_000 }
    const payload = { ctidTraderAccountId: accountId }
    const { error } = await this.#follow(
      'reconcile',
      options,
      session.call.reconcile(payload, options),
    )
    return error === undefined
  }

  async #openAccount(accountId: number): Promise<void> {
    const { session, tokens } = this.#options
    if (this.#opening.has(accountId)) return
    this.#opening.add(accountId)
    try {
      await session.authorizeAccount(accountId, tokens)
      this.accounts.add(accountId)
    } catch {
      // It is tried again when its turn comes.
    }
    this.#opening.delete(accountId)
  }

  #ask(accountId: number): void {
    const { session, random } = this.#options
    const options = this.#callOptions()
    const account = { ctidTraderAccountId: accountId }
    if (random.chance(0.2)) {
      void this.#follow('version', options, session.call.version({}, options))
    } else if (random.chance(0.5)) {
      void this.#follow('reconcile', options, session.call.reconcile(account, options))
    } else
      void this.#follow('assetClassList', options, session.call.assetClassList(account, options))
  }

  #history(accountId: number): void {
    const options = this.#callOptions()
    const request = { ctidTraderAccountId: accountId }
    const { session } = this.#options
    void this.#follow('dealList', options, session.call.dealList(request, options))
  }

  #order(accountId: number): void {
    const { session, random } = this.#options
    const options = { ...this.#callOptions(), repeat: random.chance(0.3) }
    const order = {
      ctidTraderAccountId: accountId,
      symbolId: random.pick(symbols),
      orderType: 1,
      tradeSide: 1,
      volume: 100_000,
    }
    // Whatever its caller allows, an order is not repeated.
    void this.#follow(
      'newOrder',
      { ...options, repeat: false },
      session.call.newOrder(order, options),
    )
  }

  #subscribe(accountId: number): void {
    const { session, random } = this.#options
    const options = this.#callOptions()
    const symbolId = random.pick(symbols)
    const account = { ctidTraderAccountId: accountId }
    const { call } = session
    switch (random.below(3)) {
      case 0: {
        const fields = { ...account, symbolId: [symbolId] }
        this.#change('SubscribeSpotsReq', fields, options, () =>
          call.subscribeSpots(fields, options),
        )
        break
      }
      case 1: {
        const fields = { ...account, symbolId: [symbolId] }
        this.#change('SubscribeDepthQuotesReq', fields, options, () =>
          call.subscribeDepthQuotes(fields, options),
        )
        break
      }
      default: {
        const fields = { ...account, symbolId, period: 1 + random.below(2) }
        this.#change('SubscribeLiveTrendbarReq', fields, options, () =>
          call.subscribeLiveTrendbar(fields, options),
        )
      }
    }
  }

  #unsubscribe(accountId: number): void {
    const { session, random } = this.#options
    const options = this.#callOptions()
    const account = { ctidTraderAccountId: accountId }
    const fields = { ...account, symbolId: [random.pick(symbols)] }
    const { call } = session
    if (random.chance(0.5)) {
      this.#change('UnsubscribeSpotsReq', fields, options, () =>
        call.unsubscribeSpots(fields, options),
      )
    } else {
      this.#change('UnsubscribeDepthQuotesReq', fields, options, () =>
        call.unsubscribeDepthQuotes(fields, options),
      )
    }
  }

  /** One change of a subscription at a time, or nobody could say what is expected. */
  #change(
    name: string,
    fields: Readonly<Record<string, unknown>>,
    options: CallOptions & { readonly clientMsgId: string },
    send: () => Promise<unknown>,
  ): void {
    const [key = ''] = subscriptionKeys({ name, fields })
    const isEnd = name.startsWith('Un')
    if (this.#busy.has(key) || (isEnd && !this.expected.has(key))) return
    this.#busy.add(key)
    void this.#follow(name, options, send(), isEnd).then(({ error }) => {
      this.#busy.delete(key)
      this.#learn(key, isEnd, error)
    })
  }

  #learn(key: string, isEnd: boolean, error: unknown): void {
    const outcome = error === undefined ? 'answered' : (error as { outcome?: string }).outcome
    if (outcome === 'answered') {
      this.uncertain.delete(key)
      if (isEnd) this.expected.delete(key)
      else this.expected.add(key)
      return
    }
    const isThere =
      error instanceof RequestRefusedError && error.serverCode === 'ALREADY_SUBSCRIBED'
    if (isThere) {
      this.uncertain.delete(key)
      this.expected.add(key)
    } else if (outcome === 'unknown' || (isEnd && outcome === 'refused')) {
      this.uncertain.add(key)
      if (isEnd) this.expected.delete(key)
    } else if (isEnd && isLoss(error)) {
      // It never left, and went with its link all the same.
      this.expected.delete(key)
    }
  }

  #follow(
    request: string,
    { clientMsgId, repeat = false }: CallOptions & { readonly clientMsgId: string },
    answer: Promise<unknown>,
    mayBeLocal = false,
  ): Answer {
    const { ledger } = this.#options
    const mayRepeat = repeat || request !== 'newOrder'
    return ledger.follow({ id: clientMsgId, request, mayRepeat, mayBeLocal }, answer)
  }

  #callOptions(): CallOptions & { readonly clientMsgId: string } {
    const { random } = this.#options
    const stop = new AbortController()
    const options = {
      clientMsgId: this.#id(),
      timeoutMs: 500 + random.below(20_000),
      repeat: random.chance(0.3),
    }
    if (random.chance(0.9)) return options
    void Promise.resolve().then(() => random.chance(0.5) && stop.abort(new Error('enough')))
    return { ...options, signal: stop.signal }
  }

  #id(): string {
    return `r${this.#serial++}`
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof ConnectionLostError || error instanceof AccountLostError
}
