/**
 * Login, token exchange and refresh for cTrader, and where tokens are kept.
 *
 * @packageDocumentation
 */

export type { OAuthApplication } from './application/application.ts'
export {
  type ApplicationFromEnv,
  applicationFromEnv,
  problemOfVariable,
  type Variables,
} from './application/environment.ts'
export {
  type RedirectUriDifference,
  type RedirectUriPart,
  type RedirectUriValidation,
  type RedirectUriWarning,
  validateRedirectUri,
} from './application/redirect-uri.ts'
export type { RedirectUriProblem } from './application/redirect-uri-syntax.ts'
export { requireScope, type Scope, scopes } from './application/scope.ts'
export {
  type AuthorizationRequest,
  type AuthorizationRequestOptions,
  createAuthorizationRequest,
} from './authorization/authorization-url.ts'
export {
  checkState,
  createState,
  isStateAcceptable,
  type RandomBytes,
  type StateCheck,
  stateDigest,
} from './authorization/state.ts'
export {
  type CallbackOutcome,
  type CallbackPage,
  type CallbackPageRenderer,
  renderCallbackPage,
} from './callback/callback-pages.ts'
export { type CallbackAnswer, readCallbackQuery } from './callback/callback-query.ts'
export {
  CallbackListener,
  type CallbackListenerOptions,
  listenForCallback,
  type OfferedAnswer,
  type ReceiveCallbackOptions,
  type ReceivedCode,
} from './callback/loopback.ts'
export { createGrantCoordinator, type GrantCoordinator } from './coordinator/grant-coordinator.ts'
export {
  AuthorizationDeniedError,
  AuthorizationTimeoutError,
  CallbackListenerClosedError,
  CallbackPortInUseError,
  InvalidRedirectUriError,
  MalformedCallbackError,
  OAuthConfigurationError,
  OAuthError,
  type OAuthErrorKind,
  type OAuthErrorOptions,
  type OAuthPhase,
  StateMismatchError,
} from './errors.ts'
export type { AccessTokenSource, IssuedToken } from './grant/access-token-source.ts'
export type { GrantDoor, ProbeResult, SocketTokens } from './grant/grant-door.ts'
export {
  GrantClosedError,
  NotLoggedInError,
  type ReauthorizationDetails,
  type ReauthorizationReason,
  ReauthorizationRequiredError,
  RefresherSilentError,
  TokenPersistError,
  TokenWaitTimeoutError,
} from './grant/grant-errors.ts'
export type {
  GrantEvent,
  GrantEventListener,
  GrantHealth,
  RefreshDoor,
} from './grant/grant-events.ts'
export {
  type ForgetGrantOptions,
  forgetGrant,
  type SaveLoginOptions,
  saveLogin,
} from './grant/grant-login.ts'
export type { GrantCoordinatorOptions } from './grant/grant-options.ts'
export { IdentityChangedError, ScopeInsufficientError } from './grant/identity-errors.ts'
export type { RefreshFailureKind } from './grant/refresh-outcome.ts'
export { type AuthorizeWithLoopbackOptions, authorizeWithLoopback } from './login/authorize.ts'
export type { LoginOptions } from './login/login-options.ts'
export { type AuthorizeManuallyOptions, authorizeManually } from './login/manual.ts'
export { ManualInputError, type ManualInputProblem } from './login/manual-input-error.ts'
export { type PasteContext, type PastedAnswer, readPastedAnswer } from './login/pasted-answer.ts'
export type { AskForAnswer, ManualQuestion } from './login/pasting.ts'
export {
  ctraderIdEndpoints,
  type OAuthEndpoints,
  openApiEndpoints,
  type StatePolicy,
  sandboxEndpoints,
  type TokenRequestForm,
} from './server/endpoints.ts'
export type { EmergencyCopy } from './store/emergency-copy.ts'
export { createMemoryTokenStore, type MemoryTokenStoreOptions } from './store/memory-token-store.ts'
export { type Share, SharedGrants } from './store/shared-grants.ts'
export { decodeTokenRecord, encodeTokenRecord } from './store/token-record.ts'
export {
  formatGrantKey,
  type GrantKey,
  type LockOptions,
  type RefreshIntent,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
  type TokenStoreLock,
} from './store/token-store.ts'
export {
  type CorruptionReason,
  type GrantKnowledge,
  TokenStoreAccessError,
  TokenStoreConflictError,
  TokenStoreCorruptError,
  TokenStoreInsecureError,
  TokenStoreLockedError,
  TokenStoreLockLostError,
  TokenStoreTimeoutError,
} from './store/token-store-errors.ts'
export {
  type ExchangeCodeOptions,
  exchangeCode,
  type ProcessTokenAnswerOptions,
  processTokenAnswer,
  type RefreshedTokens,
  type RefreshTokensOptions,
  refreshTokens,
  type TokenEndpointOptions,
} from './tokens/token-endpoint.ts'
export {
  AccessTokenExpiredError,
  ApplicationInactiveError,
  type CodeRefusalReason,
  InvalidAuthorizationCodeError,
  InvalidClientCredentialsError,
  RefreshOutcomeUnknownError,
  RefreshTokenRefusedError,
  type RequestOutcome,
  type TokenAnswerProblem,
  TokenEndpointUnavailableError,
  TokenEndpointUnreachableError,
  TokenRateLimitedError,
  TokenRequestRefusedError,
  TokenResponseMalformedError,
} from './tokens/token-errors.ts'
export type { FetchLike, TokenAnswer, TokenGrant, TokenTransport } from './tokens/token-request.ts'
export { createTokenSet, type TokenSet, type TokenSetInput } from './tokens/token-set.ts'
