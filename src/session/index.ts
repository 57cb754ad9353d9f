export type { TokenAccounts } from './authenticator.ts'
export type { Calls } from './calls.ts'
export { type Carrier, carriers, checkCarrier, formatOf, type WireFormat } from './carrier.ts'
export { connectSession } from './connect-session.ts'
export type { MalformedListener, MessageListener, UnknownListener } from './dispatcher.ts'
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
export type { CallOptions, Exchange } from './exchange.ts'
export { withFreshToken } from './fresh-token.ts'
export { grantDoor } from './grant-door.ts'
export { Listeners } from './listeners.ts'
export type { Counters, Histograms, Metrics, RequestEnd } from './metrics.ts'
export { openSession } from './open-session.ts'
export type { SessionOptions } from './options.ts'
export {
  AccessTokenRejectedError,
  AccountUnstableError,
  MuteConnectionError,
  NotReadyError,
  ReconnectGivenUpError,
  SessionNotReadyError,
  TokenUnavailableError,
} from './reconnect-errors.ts'
export type { OpenSessionOptions, ReconnectOptions, WhenOffline } from './reconnect-options.ts'
export type { CloseOptions, Readiness, ReconnectingSession } from './reconnecting-session.ts'
export { OrderRejectedError, RequestRefusedError } from './refusal.ts'
export type { BudgetQueue, QueueStatus, RateLimits } from './scheduler.ts'
export type { LinkSession, Session } from './session.ts'
export type { SessionEnd, SessionState } from './state.ts'
export { toTokenSource } from './static-token.ts'
export type { Missing, SessionStatus, WaitReason } from './status.ts'
export type { Subscription } from './subscriptions.ts'
export type { WireTap } from './tap.ts'
