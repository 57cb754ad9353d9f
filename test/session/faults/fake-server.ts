import type { Clock } from '../../../src/async/clock.ts'
import type { Received } from '../../peer/wire.ts'
import type { Random } from './random.ts'
import { ServerLink, type ServerPipe, subscriptionKeys } from './server-link.ts'
import { type WireForm, wireForm } from './wire-form.ts'

/** What the server does wrong, and how often. All are probabilities for each request. */
export interface Moods {
  unanswered: number
  refused: number
  twice: number
  late: number
  wrongAccount: number
}

export const calm: Moods = { unanswered: 0, refused: 0, twice: 0, late: 0, wrongAccount: 0 }

const historical = new Set(['ProtoOADealListReq', 'ProtoOAGetTrendbarsReq'])
const answers: Readonly<Record<string, string>> = {
  ProtoOAVersionReq: 'ProtoOAVersionRes',
  ProtoOAReconcileReq: 'ProtoOAReconcileRes',
  ProtoOADealListReq: 'ProtoOADealListRes',
  ProtoOAAssetClassListReq: 'ProtoOAAssetClassListRes',
}
const refusals = [
  'CANT_ROUTE_REQUEST',
  'REQUEST_FREQUENCY_EXCEEDED',
  'BLOCKED_PAYLOAD_TYPE',
  'MARKET_CLOSED',
]
const limits = { general: 50, historical: 5 }

/**
 * A server for runs in virtual time. It keeps the protocol's rules by itself, knows nothing of the client's code, and
 * writes down what it was asked and what it answered.
 */
export class FakeServer {
  readonly links: ServerLink[] = []
  /** Everything that broke a rule. */
  readonly complaints: string[] = []
  /** How often each request arrived, and what it was told, by id. */
  readonly received = new Map<string, number>()
  readonly granted = new Set<string>()
  readonly denied = new Map<string, number>()
  readonly deadTokens = new Set<string>()
  moods: Moods = calm
  /** Until when it works on itself, in milliseconds since 1970. */
  maintenanceUntil = 0
  /** The original counts that in seconds in one message and in milliseconds in another. */
  isEndInSeconds = false
  readonly #clock: Clock
  readonly #random: Random

  readonly #form: WireForm

  constructor(clock: Clock, random: Random, form: WireForm = wireForm('protobuf-tcp')) {
    this.#clock = clock
    this.#random = random
    this.#form = form
  }

  accept(peer: ServerPipe): void {
    this.links.push(new ServerLink(peer, this.#form, (message, link) => this.#take(message, link)))
  }

  /** The links that still stand. */
  get open(): ServerLink[] {
    return this.links.filter((link) => link.peer.open)
  }

  #take(message: Received, link: ServerLink): void {
    const { name, clientMsgId } = message
    if (name === 'ProtoHeartbeatEvent') {
      link.heartbeats++
      return link.send('ProtoHeartbeatEvent', {})
    }
    this.#count(name, link)
    if (clientMsgId === undefined) return void this.complaints.push(`${name} came without an id`)
    this.received.set(clientMsgId, (this.received.get(clientMsgId) ?? 0) + 1)
    if (link.isMute || this.#random.chance(this.moods.unanswered)) return
    const delay = this.#random.chance(this.moods.late) ? this.#random.below(20_000) : 0
    if (delay > 0) this.#clock.after(delay, () => this.#answer(message, link))
    else this.#answer(message, link)
  }

  #count(name: string, link: ServerLink): void {
    const budget = historical.has(name) ? 'historical' : 'general'
    const now = this.#clock.monotonic()
    const recent = link.arrivals[budget].filter((at) => at > now - 1_000)
    recent.push(now)
    link.arrivals[budget] = recent
    if (recent.length > limits[budget]) {
      this.complaints.push(`${recent.length} ${budget} requests within a second, at ${name}`)
    }
  }

  #answer(message: Received, link: ServerLink): void {
    if (!link.peer.open) return
    const { name, fields } = message
    if (name === 'ProtoOAApplicationAuthReq') return this.#application(message, link)
    if (!link.isApplicationKnown) return this.#deny(message, link, 'CH_CLIENT_NOT_AUTHENTICATED')
    if (name === 'ProtoOAAccountAuthReq') return this.#account(message, link)
    const accountId = fields['ctidTraderAccountId'] as number | undefined
    if (accountId !== undefined && !link.accounts.has(accountId)) {
      return this.#deny(message, link, 'INVALID_REQUEST', 'Trading account is not authorized')
    }
    if (this.#random.chance(this.moods.refused)) {
      return this.#deny(message, link, this.#random.pick(refusals))
    }
    if (this.#random.chance(this.moods.wrongAccount) && accountId !== undefined) {
      const other = { ctidTraderAccountId: accountId + 1_000 }
      link.send('ProtoOAReconcileRes', other, message.clientMsgId)
      return
    }
    this.#serve(message, link)
    if (this.#random.chance(this.moods.twice)) this.#again(message, link)
  }

  #application(message: Received, link: ServerLink): void {
    const left = this.maintenanceUntil - this.#clock.now()
    if (left > 0) {
      const end = this.isEndInSeconds
        ? Math.ceil(this.maintenanceUntil / 1_000)
        : this.maintenanceUntil
      this.#deny(message, link, 'SERVER_IS_UNDER_MAINTENANCE', undefined, {
        maintenanceEndTimestamp: end,
      })
      link.peer.end()
      return
    }
    link.isApplicationKnown = true
    this.#grant(message, link, 'ProtoOAApplicationAuthRes', {})
  }

  #account(message: Received, link: ServerLink): void {
    const { ctidTraderAccountId, accessToken } = message.fields
    const accountId = ctidTraderAccountId as number
    if (this.deadTokens.has(String(accessToken))) {
      return this.#deny(message, link, 'CH_ACCESS_TOKEN_INVALID')
    }
    if (link.accounts.has(accountId)) return this.#deny(message, link, 'ALREADY_LOGGED_IN')
    if (this.#random.chance(this.moods.refused))
      return this.#deny(message, link, 'CANT_ROUTE_REQUEST')
    link.accounts.add(accountId)
    this.#grant(message, link, 'ProtoOAAccountAuthRes', { ctidTraderAccountId })
  }

  #serve(message: Received, link: ServerLink): void {
    const { name, fields, clientMsgId } = message
    const account = { ctidTraderAccountId: fields['ctidTraderAccountId'] }
    if (name.includes('Unsubscribe')) {
      for (const key of subscriptionKeys(message)) link.subscriptions.delete(key)
      return this.#grant(message, link, name.replace(/Req$/, 'Res'), account)
    }
    if (name.includes('Subscribe')) {
      const keys = subscriptionKeys(message)
      if (keys.some((key) => link.subscriptions.has(key))) {
        return this.#deny(message, link, 'ALREADY_SUBSCRIBED')
      }
      for (const key of keys) link.subscriptions.add(key)
      return this.#grant(message, link, name.replace(/Req$/, 'Res'), account)
    }
    if (name === 'ProtoOANewOrderReq') {
      this.#grant(message, link, 'ProtoOAExecutionEvent', { ...account, executionType: 2 })
      link.send('ProtoOAExecutionEvent', { ...account, executionType: 3 }, clientMsgId)
      return
    }
    if (name === 'ProtoOATraderReq') {
      const trader = { ...account, balance: 0, depositAssetId: 1 }
      return this.#grant(message, link, 'ProtoOATraderRes', { ...account, trader })
    }
    const answer = answers[name]
    if (answer === undefined) return void this.complaints.push(`nobody expected ${name}`)
    const more = { version: '91', hasMore: false, ...account }
    this.#grant(message, link, answer, more)
  }

  #again({ name, fields, clientMsgId }: Received, link: ServerLink): void {
    const { ctidTraderAccountId } = fields
    link.send('ProtoOAErrorRes', { errorCode: 'TOO_LATE', ctidTraderAccountId }, clientMsgId)
    if (name in answers) link.send('ProtoOAReconcileRes', { ctidTraderAccountId: 7 }, clientMsgId)
  }

  #grant(
    { clientMsgId }: Received,
    link: ServerLink,
    answer: string,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    this.granted.add(clientMsgId ?? '')
    link.send(answer, fields, clientMsgId)
  }

  #deny(
    { clientMsgId, fields }: Received,
    link: ServerLink,
    errorCode: string,
    description?: string,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const id = clientMsgId ?? ''
    this.denied.set(id, (this.denied.get(id) ?? 0) + 1)
    const { ctidTraderAccountId } = fields
    const retryAfter = errorCode === 'BLOCKED_PAYLOAD_TYPE' ? { retryAfter: 1 } : {}
    link.send(
      'ProtoOAErrorRes',
      { errorCode, description, ctidTraderAccountId, ...retryAfter, ...more },
      clientMsgId,
    )
  }
}
