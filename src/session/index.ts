export type { TokenAccounts } from './accounts/authenticator.ts'
export { withFreshToken } from './accounts/fresh-token.ts'
export { grantDoor } from './accounts/grant-door.ts'
export { toTokenSource } from './accounts/static-token.ts'
export { connectSession } from './connect-session.ts'
export {
  type AccountLoss,
  AccountLostError,
  ClientDisconnectedError,
  ConnectionLostError,
  RequestAbortedError,
  RequestError,
  type RequestIdentity,
  type RequestOutcome,
  RequestTimeoutError,
  SessionClosedError,
  SilentServerError,
  UnreadableAnswerError,
} from './errors.ts'
export { type Carrier, carriers, checkCarrier, formatOf, type WireFormat } from './link/carrier.ts'
export type { WireTap } from './link/tap.ts'
export type { Counters, DroppingStream, Histograms, Metrics, RequestEnd } from './metrics.ts'
export { openSession } from './open-session.ts'
export { defaultRequestTimeoutMs, type SessionOptions } from './options.ts'
export type { CloseOptions, Readiness, ReconnectingSession } from './reconnecting-session.ts'
export {
  AccessTokenRejectedError,
  AccountUnstableError,
  MuteConnectionError,
  NotReadyError,
  ReconnectGivenUpError,
  SessionNotReadyError,
  TokenUnavailableError,
} from './recovery/reconnect-errors.ts'
export type {
  OpenSessionOptions,
  ReconnectOptions,
} from './recovery/reconnect-options.ts'
export type { Calls } from './requests/calls.ts'
export type { MalformedListener, MessageListener, UnknownListener } from './requests/dispatcher.ts'
export type { CallOptions, Exchange, WhenOffline } from './requests/exchange.ts'
export { OrderRejectedError, RequestRefusedError } from './requests/refusal.ts'
export type { BudgetQueue, QueueStatus, RateLimits } from './scheduler/scheduler.ts'
export type { LinkSession, Session } from './session.ts'
export { Listeners } from './status/listeners.ts'
export type { SessionEnd, SessionState } from './status/state.ts'
export type { Missing, SessionStatus, WaitReason } from './status/status.ts'
export type { Subscription } from './subscriptions/subscriptions.ts'
