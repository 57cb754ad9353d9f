/**
 * Client for the cTrader Open API.
 *
 * @packageDocumentation
 */
export type {
  AccessRights,
  AccountSummary,
  AccountType,
  GrantIdentity,
  GrantScope,
  Trader,
} from './accounts/index.ts'
export { type Clock, systemClock, type Timer, type TimerOptions } from './async/clock.ts'
export { type Overflow, StreamOverflowError } from './async/mailbox.ts'
export type { WaitOptions } from './async/wait-options.ts'
export {
  Account,
  AccountNotFoundError,
  AccountOnOtherHostError,
  type ApplicationCredentials,
  type Client,
  ClientClosedError,
  type ClientGrant,
  type ClientOptions,
  createClient,
  type Environment,
  environments,
  type HostAddress,
  type IdentifyGrantOptions,
  identifyGrant,
} from './client/index.ts'
export {
  CTraderError,
  type CTraderErrorOptions,
  type ErrorFact,
  type ErrorFacts,
  InvalidArgumentError,
} from './errors.ts'
export { type LogFields, type Logger, silentLogger } from './log.ts'
export {
  AmbiguousSymbolError,
  type Quote,
  type SymbolRef,
  type SymbolSummary,
  UnknownSymbolError,
  type WatchQuotesOptions,
} from './market/index.ts'
export { Secret } from './secret.ts'
export {
  type AccountLoss,
  AccountLostError,
  type CallOptions,
  type Calls,
  type Carrier,
  ClientDisconnectedError,
  ConnectionLostError,
  carriers,
  connectSession,
  type Exchange,
  type MalformedListener,
  type MessageListener,
  OrderRejectedError,
  RequestAbortedError,
  RequestError,
  type RequestIdentity,
  type RequestOutcome,
  RequestRefusedError,
  RequestTimeoutError,
  type Session,
  SessionClosedError,
  type SessionEnd,
  type SessionOptions,
  type SessionState,
  SilentServerError,
  type TokenAccounts,
  type UnknownListener,
  UnreadableAnswerError,
} from './session/index.ts'
export {
  type ClosedPart,
  type ClosePositionOptions,
  type Deal,
  type Fill,
  InvalidDistanceError,
  InvalidVolumeError,
  type Order,
  OrderNotFilledError,
  OrderOutcomeUnknownError,
  type PlaceOrderOptions,
  type Position,
  PositionNotFoundError,
  type Side,
  type UnknownOrder,
} from './trading/index.ts'
export {
  CertificateError,
  type CertificateProblem,
  ConnectAbortedError,
  ConnectionRefusedError,
  type ConnectStage,
  ConnectTimeoutError,
  HostNotFoundError,
  HostUnreachableError,
  LinkClosedError,
  MessageTooLongError,
  TlsError,
  WebSocketRefusedError,
} from './transport/index.ts'
export {
  CurrencyMismatchError,
  Decimal,
  type DecimalInput,
  type Distance,
  type Instrument,
  lots,
  Money,
  pips,
  points,
  priceDistance,
  units,
  type Volume,
} from './units/index.ts'
