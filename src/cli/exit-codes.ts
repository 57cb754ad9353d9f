import { CTraderError, RequestRefusedError } from '../index.ts'

/** What the command's exit status means. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  loginNeeded: 3,
  refused: 4,
  notFound: 5,
  outcomeUnknown: 6,
  connection: 7,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit status of each error code; what is not listed is unexpected. */
const table: Readonly<Record<string, ExitCode>> = {
  INVALID_ARGUMENT: exitCodes.usage,
  USAGE: exitCodes.usage,
  OAUTH_CONFIGURATION: exitCodes.usage,
  INVALID_REDIRECT_URI: exitCodes.usage,
  CALLBACK_PORT_IN_USE: exitCodes.usage,
  PORT_IN_USE: exitCodes.usage,
  PORT_REFUSED: exitCodes.usage,
  SANDBOX_CA_UNUSABLE: exitCodes.usage,
  SANDBOX_PORT_UNAVAILABLE: exitCodes.usage,
  REPLAY_FILE_UNREADABLE: exitCodes.usage,
  REPLAY_ROW_INVALID: exitCodes.usage,
  REPLAY_SYMBOL_UNKNOWN: exitCodes.usage,
  INVALID_VOLUME: exitCodes.usage,
  INVALID_DISTANCE: exitCodes.usage,
  INVALID_MESSAGE: exitCodes.usage,
  MALFORMED_JSON: exitCodes.usage,
  MALFORMED_MESSAGE: exitCodes.usage,
  UNSAFE_INTEGER: exitCodes.usage,
  AMBIGUOUS_SYMBOL: exitCodes.usage,
  ACCOUNT_ON_OTHER_HOST: exitCodes.usage,
  TOKEN_STORE_ACCESS: exitCodes.usage,
  TOKEN_STORE_INSECURE: exitCodes.usage,
  TOKEN_STORE_CORRUPT: exitCodes.usage,

  LOGIN_NEEDED: exitCodes.loginNeeded,
  ACCESS_TOKEN_EXPIRED: exitCodes.loginNeeded,
  REFRESH_TOKEN_REFUSED: exitCodes.loginNeeded,

  REQUEST_REFUSED: exitCodes.refused,
  ORDER_REJECTED: exitCodes.refused,
  ORDER_NOT_FILLED: exitCodes.refused,
  AUTHORIZATION_DENIED: exitCodes.refused,
  APPLICATION_INACTIVE: exitCodes.refused,
  INVALID_AUTHORIZATION_CODE: exitCodes.refused,
  INVALID_CLIENT_CREDENTIALS: exitCodes.refused,
  TOKEN_REQUEST_REFUSED: exitCodes.refused,
  TOKEN_RATE_LIMITED: exitCodes.refused,
  STATE_MISMATCH: exitCodes.refused,
  CONSENT_WALK_FAILED: exitCodes.refused,

  UNKNOWN_SYMBOL: exitCodes.notFound,
  ACCOUNT_NOT_FOUND: exitCodes.notFound,
  POSITION_NOT_FOUND: exitCodes.notFound,

  ORDER_OUTCOME_UNKNOWN: exitCodes.outcomeUnknown,

  REQUEST_TIMEOUT: exitCodes.connection,
  CONNECTION_LOST: exitCodes.connection,
  CONNECTION_REFUSED: exitCodes.connection,
  CONNECT_TIMEOUT: exitCodes.connection,
  HOST_NOT_FOUND: exitCodes.connection,
  HOST_UNREACHABLE: exitCodes.connection,
  CERTIFICATE_REJECTED: exitCodes.connection,
  TLS_FAILED: exitCodes.connection,
  LINK_CLOSED: exitCodes.connection,
  SERVER_SILENT: exitCodes.connection,
  CLIENT_DISCONNECTED: exitCodes.connection,
  ACCOUNT_LOST: exitCodes.connection,
  AUTHORIZATION_TIMEOUT: exitCodes.connection,
  TOKEN_ENDPOINT_UNREACHABLE: exitCodes.connection,
  TOKEN_ENDPOINT_UNAVAILABLE: exitCodes.connection,
}

/** Server codes that say that the token is the problem. */
const tokenCodes = new Set(['CH_ACCESS_TOKEN_INVALID', 'OA_AUTH_TOKEN_EXPIRED'])

/** The exit status for an error that ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof CTraderError)) return exitCodes.unexpected
  if (error instanceof RequestRefusedError) {
    if (tokenCodes.has(error.serverCode)) return exitCodes.loginNeeded
  }
  return table[error.code] ?? exitCodes.unexpected
}
