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
export type { SessionOptions } from './options.ts'
export { OrderRejectedError, RequestRefusedError } from './refusal.ts'
export type { Session } from './session.ts'
export type { SessionEnd, SessionState } from './state.ts'
