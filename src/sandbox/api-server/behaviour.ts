import { chooseSwitches, type SwitchPositions } from '../choose-switches.ts'

/** How a breach of a rate limit is answered. */
export type BreachAnswer = 'REQUEST_FREQUENCY_EXCEEDED' | 'BLOCKED_PAYLOAD_TYPE'

/**
 * What the sources about the original disagree on, or do not say. Each switch defaults to what is better attested or,
 * where nothing is, to what is harder on a client.
 */
export interface ApiBehaviour {
  /** A breach of the limit for requests that are not about history. @defaultValue 'REQUEST_FREQUENCY_EXCEEDED' */
  readonly generalBreach: BreachAnswer
  /** A breach of the limit for requests about history. @defaultValue 'BLOCKED_PAYLOAD_TYPE' */
  readonly historicalBreach: BreachAnswer
  /**
   * The authorisation of an account whose owner may not log in: users saw it refused as one that cannot be routed, the
   * schema has a code of its own.
   * @defaultValue 'CANT_ROUTE_REQUEST'
   */
  readonly disabledAccount: 'CANT_ROUTE_REQUEST' | 'RET_ACCOUNT_DISABLED'
  /** Whether the version may be asked for before the application is authenticated. @defaultValue false */
  readonly versionBeforeAuthentication: boolean
  /**
   * Live trend bars of a symbol whose spots are not subscribed to: the schema says the former, a user saw the latter.
   * @defaultValue 'NOT_SUBSCRIBED_TO_SPOTS'
   */
  readonly trendbarWithoutSpots: 'NOT_SUBSCRIBED_TO_SPOTS' | 'INVALID_REQUEST'
  /**
   * How long a stretch of trend bars one request may ask for: a table by period was in the schema until 2024, longer
   * ones have been answered since.
   * @defaultValue 'unlimited'
   */
  readonly trendbarWindow: 'unlimited' | 'by-period'
  /** How long a stretch of ticks one request may ask for: the help pages say a week. @defaultValue 'week' */
  readonly tickWindow: 'week' | 'unlimited'
  /** Whether some bars of the past come with a `deltaHigh` of 0 that is too low, as was reported. @defaultValue 'exact' */
  readonly trendbarHigh: 'exact' | 'sometimes-zero'
  /** Whether spot subscriptions outlive an account session ended by a token refresh. @defaultValue false */
  readonly subscriptionsSurviveRefresh: boolean
  /**
   * Whether the account sessions begun with an access token outlive its refresh. The schema says that they end; one
   * client's author reports that they go on.
   * @defaultValue false
   */
  readonly sessionsSurviveRefresh: boolean
  /**
   * What is pushed to the sessions of a token that was refreshed: that the token is invalid, that the account is
   * disconnected, both, or nothing. Users saw both.
   * @defaultValue 'both'
   */
  readonly refreshPush: 'both' | 'token' | 'disconnect' | 'none'
  /** Symbols asked for by an id that does not exist: left out of the answer, or the request refused. @defaultValue 'omitted' */
  readonly unknownSymbolIds: 'omitted' | 'refused'
  /**
   * How long a stretch of deals or orders one request may ask for. A week was documented until 2024. Cash flow is held to
   * a week in any case.
   * @defaultValue 'unlimited'
   */
  readonly historyWindow: 'unlimited' | 'week'
  /** Deals and orders of a position up to a moment after now: seen refused once. @defaultValue 'refused' */
  readonly futureOfPositions: 'refused' | 'accepted'
}

const choices: SwitchPositions<ApiBehaviour> = {
  generalBreach: ['REQUEST_FREQUENCY_EXCEEDED', 'BLOCKED_PAYLOAD_TYPE'],
  historicalBreach: ['BLOCKED_PAYLOAD_TYPE', 'REQUEST_FREQUENCY_EXCEEDED'],
  disabledAccount: ['CANT_ROUTE_REQUEST', 'RET_ACCOUNT_DISABLED'],
  versionBeforeAuthentication: [false, true],
  trendbarWithoutSpots: ['NOT_SUBSCRIBED_TO_SPOTS', 'INVALID_REQUEST'],
  trendbarWindow: ['unlimited', 'by-period'],
  tickWindow: ['week', 'unlimited'],
  trendbarHigh: ['exact', 'sometimes-zero'],
  subscriptionsSurviveRefresh: [false, true],
  sessionsSurviveRefresh: [false, true],
  refreshPush: ['both', 'token', 'disconnect', 'none'],
  unknownSymbolIds: ['omitted', 'refused'],
  historyWindow: ['unlimited', 'week'],
  futureOfPositions: ['refused', 'accepted'],
}

/**
 * The switches with what was left out filled in.
 *
 * @throws InvalidArgumentError for a switch that does not exist or a position it does not have
 */
export function resolveBehaviour(given: Partial<ApiBehaviour> = {}): ApiBehaviour {
  return chooseSwitches('behaviour', choices, given)
}
