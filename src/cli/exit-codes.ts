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

/**
 * The exit status of each error code. What is not listed is unexpected: either it is a bug, or a command let something
 * through that it should have dealt with.
 */
const exitCodeTable: Readonly<Record<string, ExitCode>> = {
  // What was asked, or how the command is set up, has to change.
  USAGE: exitCodes.usage,
  INVALID_ARGUMENT: exitCodes.usage,
  OAUTH_CONFIGURATION: exitCodes.usage,
  INVALID_REDIRECT_URI: exitCodes.usage,
  MANUAL_INPUT: exitCodes.usage,
  IDENTITY_CHANGED: exitCodes.usage,
  SCOPE_INSUFFICIENT: exitCodes.refused,
  CALLBACK_PORT_IN_USE: exitCodes.usage,
  PORT_IN_USE: exitCodes.usage,
  CONTROL_ARGUMENT: exitCodes.usage,
  TIME_NOT_OWNED: exitCodes.usage,
  PORT_REFUSED: exitCodes.usage,
  SANDBOX_ACCOUNT_UNKNOWN: exitCodes.usage,
  SANDBOX_FILE: exitCodes.usage,
  SANDBOX_CA_UNUSABLE: exitCodes.usage,
  SANDBOX_PORT_UNAVAILABLE: exitCodes.usage,
  REPLAY_FILE_UNREADABLE: exitCodes.usage,
  REPLAY_ROW_INVALID: exitCodes.usage,
  REPLAY_SYMBOL_UNKNOWN: exitCodes.usage,
  RECORDING_UNUSABLE: exitCodes.usage,
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
  TOKEN_PERSIST_FAILED: exitCodes.usage,
  KEYCHAIN_UNAVAILABLE: exitCodes.usage,
  TOKEN_STORE_CONFLICT: exitCodes.refused,

  // A person has to log in.
  LOGIN_NEEDED: exitCodes.loginNeeded,
  NO_ACCOUNTS: exitCodes.loginNeeded,
  ACCESS_TOKEN_EXPIRED: exitCodes.loginNeeded,
  ACCESS_TOKEN_REJECTED: exitCodes.loginNeeded,
  REFRESH_TOKEN_REFUSED: exitCodes.loginNeeded,
  NOT_LOGGED_IN: exitCodes.loginNeeded,
  REAUTHORIZATION_REQUIRED: exitCodes.loginNeeded,

  // A server, or the person at the consent page, said no.
  REQUEST_REFUSED: exitCodes.refused,
  JOURNAL_MISMATCH: exitCodes.refused,
  NOTHING_HAPPENED: exitCodes.refused,
  SANDBOX_REFUSED: exitCodes.refused,
  TERMINAL_REFUSED: exitCodes.refused,
  ORDER_REJECTED: exitCodes.refused,
  ORDER_NOT_FILLED: exitCodes.refused,
  AUTHORIZATION_DENIED: exitCodes.refused,
  APPLICATION_INACTIVE: exitCodes.refused,
  INVALID_AUTHORIZATION_CODE: exitCodes.refused,
  INVALID_CLIENT_CREDENTIALS: exitCodes.refused,
  TOKEN_REQUEST_REFUSED: exitCodes.refused,
  TOKEN_RATE_LIMITED: exitCodes.refused,
  MALFORMED_CALLBACK: exitCodes.refused,
  STATE_MISMATCH: exitCodes.refused,
  CONSENT_WALK_FAILED: exitCodes.refused,

  UNKNOWN_SYMBOL: exitCodes.notFound,
  CONTROL_NOT_FOUND: exitCodes.notFound,
  ACCOUNT_NOT_FOUND: exitCodes.notFound,
  POSITION_NOT_FOUND: exitCodes.notFound,

  ORDER_OUTCOME_UNKNOWN: exitCodes.outcomeUnknown,

  // The way to the server is broken, or the answer did not come in time.
  REQUEST_TIMEOUT: exitCodes.connection,
  TOKEN_STORE_TIMEOUT: exitCodes.connection,
  SANDBOX_UNREACHABLE: exitCodes.connection,
  NO_QUOTE: exitCodes.connection,
  CONNECTION_LOST: exitCodes.connection,
  CONNECTION_REFUSED: exitCodes.connection,
  CONNECT_TIMEOUT: exitCodes.connection,
  HOST_NOT_FOUND: exitCodes.connection,
  HOST_UNREACHABLE: exitCodes.connection,
  CERTIFICATE_REJECTED: exitCodes.connection,
  TLS_FAILED: exitCodes.connection,
  LINK_CLOSED: exitCodes.connection,
  WEBSOCKET_REFUSED: exitCodes.connection,
  FRAME_TOO_LONG: exitCodes.connection,
  FRAME_CUT: exitCodes.connection,
  SERVER_SILENT: exitCodes.connection,
  CLIENT_DISCONNECTED: exitCodes.connection,
  ACCOUNT_LOST: exitCodes.connection,
  ACCOUNT_UNSTABLE: exitCodes.connection,
  CONNECTION_MUTE: exitCodes.connection,
  NOT_READY: exitCodes.connection,
  SESSION_NOT_READY: exitCodes.connection,
  RECONNECT_GIVEN_UP: exitCodes.connection,
  TOKEN_UNAVAILABLE: exitCodes.connection,
  AUTHORIZATION_TIMEOUT: exitCodes.connection,
  TOKEN_ENDPOINT_UNREACHABLE: exitCodes.connection,
  TOKEN_ENDPOINT_UNAVAILABLE: exitCodes.connection,
  REFRESH_OUTCOME_UNKNOWN: exitCodes.connection,
  REFRESHER_SILENT: exitCodes.connection,
  TOKEN_STORE_LOCKED: exitCodes.connection,
  TOKEN_STORE_LOCK_LOST: exitCodes.connection,
  TOKEN_WAIT_TIMEOUT: exitCodes.connection,
}

/** Codes of the server that say that the token is the problem. */
const tokenCodes: readonly unknown[] = ['CH_ACCESS_TOKEN_INVALID', 'OA_AUTH_TOKEN_EXPIRED']

/** The exit status for an error that ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  // Looked at by shape: this file is part of what `ctrader --version` loads, the SDK is not.
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) {
    return exitCodes.unexpected
  }
  if (error.code === 'REQUEST_REFUSED' && 'serverCode' in error) {
    if (tokenCodes.includes(error.serverCode)) return exitCodes.loginNeeded
  }
  return Object.hasOwn(exitCodeTable, error.code)
    ? (exitCodeTable[error.code] ?? exitCodes.unexpected)
    : exitCodes.unexpected
}

/** Whether an error counts although a signal has ended the command: what the command was to leave behind is not whole. */
export function isNoMatterOfSignals(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'RECORDING_UNUSABLE'
}
