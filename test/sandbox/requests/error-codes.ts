/** The error codes that no failure of a request provokes, and why. */
export const unprovoked: Readonly<Record<string, string>> = {
  UNKNOWN_ERROR: 'only a mistake of the sandbox itself',
  UNSUPPORTED_MESSAGE: 'for what is none of the requests; abuse.test.ts sends such',
  FRAME_TOO_LONG: 'for bytes, before they are a request; abuse.test.ts sends such',
  TIMEOUT_ERROR: 'nothing in the sandbox takes so long; a fault rule says it for those who need it',
  CONCURRENT_MODIFICATION: 'what is being executed is told as PENDING_EXECUTION or POSITION_LOCKED',
  OA_AUTH_TOKEN_EXPIRED: 'expired tokens were seen to be refused as CH_ACCESS_TOKEN_INVALID',
  RET_NO_SUCH_LOGIN: 'accounts are never deleted; unknown ones were seen refused by another code',
  CH_SERVER_NOT_REACHABLE: 'a broker that is away was seen to be told as CANT_ROUTE_REQUEST',
  CH_OA_CLIENT_NOT_FOUND: 'unknown client ids were seen to be refused as CH_CLIENT_AUTH_FAILURE',
  CHANNEL_IS_BLOCKED: 'nobody says what blocks a channel; a muted connection answers nothing',
  UNKNOWN_SYMBOL: 'to be merged with SYMBOL_NOT_FOUND, which is used',
  POSITION_NOT_OPEN: 'positions that are closed were seen to be told as POSITION_NOT_FOUND',
  TRADING_BAD_STAKE: 'no field of a request holds a stake',
  NOT_SUBSCRIBED_TO_PNL: 'of requests that were withdrawn',
}
