import type { Clock } from '../../async/clock.ts'
import type { catalog, RequestMessage, RequestName, ResponseMessage } from '../../protocol/index.ts'
import type { TradingDesk } from '../desk/trading-desk.ts'
import type { Application, Identity } from '../identity/index.ts'
import type { Market } from '../market/market.ts'
import type { World } from '../world/index.ts'
import type { AccountSession, AccountSessions } from './account-sessions.ts'
import type { ApiBehaviour } from './behaviour.ts'
import type { Connection } from './connection.ts'
import type { ApiLimits } from './limits.ts'
import type { Pacer, Steps } from './pacer.ts'
import type { OrderRefusal, Refusal } from './refusal.ts'
import type { SpotFeed } from './spot-feed.ts'

/** What one API server works with. Identity, world, market and desk are shared with the server of the other kind. */
export interface Services {
  /** Which accounts are served here; the others are routed to the other host. */
  readonly kind: 'demo' | 'live'
  readonly identity: Identity
  readonly world: World
  readonly market: Market
  readonly desk: TradingDesk
  readonly clock: Clock
  readonly behaviour: ApiBehaviour
  readonly limits: ApiLimits
  readonly sessions: AccountSessions
  /** All that are open. */
  readonly connections: ReadonlySet<Connection>
  readonly spots: SpotFeed
  /** Spreads long work over turns of the event loop; undefined where everything is done at once. */
  readonly pacer: Pacer | undefined
}

/** One request being carried out, before anything is known about the client. */
export interface Call {
  readonly connection: Connection
  readonly clientMsgId: string | undefined
  readonly services: Services
}

/** A request of an authenticated application. */
export interface ApplicationCall extends Call {
  readonly application: Application
}

/** A request for an account that is authorised on the connection. */
export interface AccountCall extends ApplicationCall {
  readonly session: AccountSession
}

type CallFor<K extends RequestName> = K extends 'applicationAuth'
  ? Call
  : K extends 'accountAuth'
    ? ApplicationCall
    : RequestMessage<K> extends { readonly ctidTraderAccountId: number }
      ? AccountCall
      : ApplicationCall

/**
 * What a handler hands back: the response, or why there is none. Requests that are answered by execution events hand
 * back nothing when they were taken.
 */
type Outcome<K extends RequestName> = (typeof catalog)[K]['expect'] extends 'ProtoOAExecutionEvent'
  ? undefined | Refusal | OrderRefusal
  : ResponseMessage<K> | Refusal

/**
 * Carries out one kind of request. What the catalogue says about authentication and scope has been checked. What takes
 * long is handed back in steps, so that other connections are served between them.
 */
export type Handler<K extends RequestName> = (
  request: RequestMessage<K>,
  call: CallFor<K>,
) => Outcome<K> | Steps<Outcome<K>>

/** A handler for each of the named requests: leaving one out, or adding one, does not compile. */
export type HandlersFor<K extends RequestName> = { readonly [Name in K]: Handler<Name> }
