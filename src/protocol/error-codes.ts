import type { ProtoErrorCode, ProtoOAErrorCode } from './generated/enums.ts'

/**
 * Whether sending the same request again helps.
 *
 * - `no`: it would fail again; the request or the account has to be different
 * - `after-repair`: yes, once what `remedy` says has been done
 * - `wait`: yes, after a while
 * - `success`: not needed, what was asked for is already so
 */
export type RetryAdvice = 'no' | 'after-repair' | 'wait' | 'success'

/** What an error code of the server means and what to do about it. */
export interface ServerErrorCode {
  readonly meaning: string
  readonly retry: RetryAdvice
  readonly remedy: string
}

/** Every code the protocol names, and the one the token endpoint uses. */
export type ServerErrorName =
  | keyof typeof ProtoErrorCode
  | keyof typeof ProtoOAErrorCode
  | 'ACCESS_DENIED'

type Row = readonly [retry: RetryAdvice, meaning: string, remedy: string]

const rows: Readonly<Record<ServerErrorName, Row>> = {
  // Anything at all.
  UNKNOWN_ERROR: [
    'wait',
    'The server failed without saying why.',
    'Repeat a query once after a moment; after a trading request, compare with the open positions and orders first.',
  ],
  UNSUPPORTED_MESSAGE: [
    'no',
    'The server does not know this kind of message.',
    'Check the payload type against the protocol release the server speaks.',
  ],
  INVALID_REQUEST: [
    'no',
    'The server refuses the request as it stands.',
    'Read the description: correct the field it names, or authorise the account again if it says "not authorized".',
  ],
  TIMEOUT_ERROR: [
    'after-repair',
    'The server did not execute the request in time and rejected it.',
    'Compare with the open positions and orders, then decide whether to send it again.',
  ],
  ENTITY_NOT_FOUND: [
    'no',
    'Nothing exists under the id that was given.',
    'Fetch the list again and take the id from there.',
  ],
  CANT_ROUTE_REQUEST: [
    'wait',
    "The server has no way to the account: it lives on the other host, is disabled, or its broker's server is down.",
    'Check that isLive of the account matches the host; if it does, try again later.',
  ],
  FRAME_TOO_LONG: [
    'after-repair',
    'The message is longer than the server takes.',
    'Split the request, for example into several lists of ids.',
  ],
  BLOCKED_PAYLOAD_TYPE: [
    'wait',
    'Too many requests of this kind; the server blocks the kind for a while.',
    'Send nothing of this kind for retryAfter seconds, and longer each time it happens again.',
  ],
  REQUEST_FREQUENCY_EXCEEDED: [
    'wait',
    'More requests in a second than one connection may send.',
    'Wait a second or more, longer each time it happens again, and send more slowly.',
  ],
  INCORRECT_BOUNDARIES: [
    'after-repair',
    'The time window is too long, reversed or reaches into the future.',
    'Ask for a shorter window that ends now at the latest.',
  ],

  // The server or the connection.
  CH_SERVER_NOT_REACHABLE: [
    'wait',
    'The trading server behind the gateway does not answer.',
    'Try again later, with growing pauses.',
  ],
  SERVER_IS_UNDER_MAINTENANCE: [
    'wait',
    'The server is down for maintenance.',
    'Try again after maintenanceEndTimestamp, or in some minutes if it is absent.',
  ],
  CONNECTIONS_LIMIT_EXCEEDED: [
    'wait',
    'The application has too many connections open.',
    'Close connections that are not needed and wait some minutes; one for demo and one for live serve any number of accounts.',
  ],

  // The application and its tokens.
  CH_CLIENT_AUTH_FAILURE: [
    'no',
    'The client id or secret is wrong, or the application is not active yet.',
    'Check both values, and in the portal that the status of the application is Active.',
  ],
  CH_OA_CLIENT_NOT_FOUND: [
    'no',
    'No application has this client id.',
    'Copy the client id from the portal again.',
  ],
  CH_CLIENT_NOT_AUTHENTICATED: [
    'after-repair',
    'The application is not authenticated on this connection.',
    'Authenticate the application first.',
  ],
  CH_CLIENT_ALREADY_AUTHENTICATED: [
    'success',
    'The application is authenticated on this connection already.',
    'Go on; authenticate once per connection.',
  ],
  CH_ACCESS_TOKEN_INVALID: [
    'after-repair',
    'The token is unknown, expired or replaced by a newer one.',
    'Refresh the grant once; if that fails too, ask the owner for consent again.',
  ],
  OA_AUTH_TOKEN_EXPIRED: [
    'after-repair',
    'The access token has expired.',
    'Refresh the grant and authorise the account with the new token.',
  ],
  ACCESS_DENIED: [
    'no',
    'The token endpoint refused the code, the refresh token or the credentials.',
    'Codes live for a minute and refresh tokens work once: ask the owner for consent again.',
  ],

  // Accounts.
  ACCOUNT_NOT_AUTHORIZED: [
    'after-repair',
    'The account has no session on this connection, or its token does not allow this.',
    'To trade, log in again with the scope trading; otherwise authorise the account on this connection first.',
  ],
  ALREADY_LOGGED_IN: [
    'success',
    'The account is authorised on this connection already.',
    'Go on; authorise once per account and connection.',
  ],
  CH_CTID_TRADER_ACCOUNT_NOT_FOUND: [
    'no',
    'The token reaches no account with this id.',
    'Take the id from the account list; the login number that traders see is another one.',
  ],
  RET_NO_SUCH_LOGIN: [
    'no',
    'The trading account does not exist any more.',
    'Fetch the account list again.',
  ],
  RET_ACCOUNT_DISABLED: [
    'no',
    'The broker has disabled the account.',
    'The owner has to ask the broker.',
  ],
  CHANNEL_IS_BLOCKED: [
    'no',
    'Operations on this account are blocked.',
    'The owner has to ask the broker.',
  ],

  // Symbols, prices and subscriptions.
  SYMBOL_NOT_FOUND: [
    'no',
    'The account has no symbol with this id.',
    'Take the id from the symbol list of this account; ids differ between brokers.',
  ],
  UNKNOWN_SYMBOL: [
    'no',
    'The account has no such symbol.',
    'Take the id from the symbol list of this account; ids differ between brokers.',
  ],
  SYMBOL_HAS_HOLIDAY: [
    'wait',
    'The symbol is not traded because of a holiday.',
    'Try again when the holiday is over; the symbol lists its holidays.',
  ],
  MARKET_CLOSED: [
    'wait',
    'The symbol is outside its trading hours.',
    'Try again when its schedule opens.',
  ],
  NO_QUOTES: [
    'wait',
    'The symbol has no price at the moment.',
    'Try again when a price has arrived.',
  ],
  NOT_SUBSCRIBED_TO_SPOTS: [
    'after-repair',
    'Live bars and depth need the prices of the symbol subscribed.',
    'Subscribe to the prices of the symbol first.',
  ],
  ALREADY_SUBSCRIBED: [
    'success',
    'The subscription exists already.',
    'Go on; subscribe once per symbol and connection.',
  ],
  NOT_SUBSCRIBED_TO_PNL: [
    'no',
    'There is no subscription to profit and loss.',
    'The feature was withdrawn from the protocol: ask for the unrealised profit and loss instead.',
  ],

  // Orders and positions that are not what they were thought to be.
  ORDER_NOT_FOUND: [
    'after-repair',
    'No such order; it may have been filled or cancelled a moment ago.',
    'Fetch the open positions and orders and decide anew.',
  ],
  POSITION_NOT_FOUND: [
    'after-repair',
    'No such open position; it may have been closed, or filled, a moment ago.',
    'Fetch the open positions and orders and decide anew.',
  ],
  POSITION_NOT_OPEN: [
    'after-repair',
    'The position is not open, or not any more.',
    'If it was to be closed, that is done; otherwise fetch the open positions and orders and decide anew.',
  ],
  POSITION_LOCKED: [
    'wait',
    'Another operation on the position is in progress.',
    'Try again in a moment.',
  ],
  PENDING_EXECUTION: [
    'wait',
    'The order is being executed.',
    'Wait for the events of the execution, then decide anew.',
  ],
  CONCURRENT_MODIFICATION: [
    'wait',
    'The order is being executed and cannot be changed at this moment.',
    'Wait a moment, look at the order again and decide anew.',
  ],
  UNABLE_TO_CANCEL_ORDER: [
    'after-repair',
    'The order cannot be cancelled.',
    'Fetch the open positions and orders: it may be filled or cancelled already.',
  ],
  UNABLE_TO_AMEND_ORDER: [
    'after-repair',
    'The order cannot be changed.',
    'Fetch the open positions and orders: it may be filled or cancelled already.',
  ],

  // Trades that are not allowed or not possible.
  NOT_ENOUGH_MONEY: [
    'no',
    'The free margin does not cover the trade.',
    'Trade a smaller volume, close something or pay money in.',
  ],
  MAX_EXPOSURE_REACHED: [
    'no',
    'The account would hold more of the symbol than is allowed.',
    'Trade a smaller volume or close something in the symbol.',
  ],
  TOO_MANY_POSITIONS: [
    'no',
    'The account holds as many positions as it may.',
    'Close a position first.',
  ],
  TRADING_BAD_VOLUME: [
    'no',
    "The volume is below the symbol's minimum, above its maximum or off its step.",
    'Round the volume to stepVolume within minVolume and maxVolume.',
  ],
  TRADING_BAD_STOPS: [
    'no',
    'Stop loss or take profit is on the wrong side of the market.',
    'Put the stop loss of a long at or below the bid and its take profit at or above it; of a short the other way round by the ask.',
  ],
  TRADING_BAD_PRICES: [
    'no',
    'A price of the order is not allowed.',
    'Check the side of the market and the digits of the price.',
  ],
  TRADING_BAD_STAKE: [
    'no',
    'The stake of the spread bet is not allowed.',
    'Choose a stake that the symbol allows.',
  ],
  TRADING_BAD_EXPIRATION_DATE: [
    'no',
    'The expiration time of the order is not allowed.',
    'Choose a time in the future, in milliseconds since 1970.',
  ],
  PROTECTION_IS_TOO_CLOSE_TO_MARKET: [
    'after-repair',
    'Stop loss or take profit is nearer to the market than the symbol allows.',
    'Move the level away from the market by slDistance or tpDistance at least.',
  ],
  WORSE_GSL_NOT_ALLOWED: [
    'no',
    'The change would loosen a guaranteed stop loss.',
    'Only move a guaranteed stop loss towards the market.',
  ],
  SHORT_SELLING_NOT_ALLOWED: [
    'no',
    'The symbol cannot be sold short.',
    'Only sell what the account holds.',
  ],
  TRADING_DISABLED: [
    'no',
    'Trading of the symbol is switched off.',
    'Look at tradingMode of the symbol; it may be switched on again later.',
  ],
  TRADING_NOT_ALLOWED: [
    'no',
    'The account may not do this trade.',
    'Look at accessRights of the account: it may be for looking, or for closing, only.',
  ],
}

/**
 * Every error code the protocol names, by its name as the server sends it (in `errorCode` of `ProtoOAErrorRes`,
 * `ProtoErrorRes`, `ProtoOAOrderErrorEvent` and rejecting execution events), and `ACCESS_DENIED` of the token endpoint.
 * Servers may send others: use {@link describeErrorCode} for a code off the wire.
 */
export const serverErrorCodes = Object.freeze(
  Object.fromEntries(
    Object.entries(rows).map(([code, [retry, meaning, remedy]]) => [
      code,
      Object.freeze({ meaning, retry, remedy }),
    ]),
  ),
) as Readonly<Record<ServerErrorName, ServerErrorCode>>

const unknown: ServerErrorCode = Object.freeze({
  meaning: 'The server gives a code that this release does not know.',
  retry: 'no',
  remedy: 'Read the description the server sent with it; a newer release may know the code.',
})

/** What to make of an error code. Never fails: a code nobody knows gets an entry that says so, and no retry. */
export function describeErrorCode(code: string): ServerErrorCode {
  return isKnown(code) ? serverErrorCodes[code] : unknown
}

function isKnown(code: string): code is ServerErrorName {
  return Object.hasOwn(serverErrorCodes, code)
}
