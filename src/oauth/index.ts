/**
 * Login, token exchange and refresh for cTrader, and where tokens are kept.
 *
 * @packageDocumentation
 */

export type { AccessTokenSource, IssuedToken } from './access-token-source.ts'
export type { OAuthApplication } from './application.ts'
export {
  type AuthorizationRequest,
  type AuthorizationRequestOptions,
  createAuthorizationRequest,
} from './authorization-url.ts'
export { type AuthorizeWithLoopbackOptions, authorizeWithLoopback } from './authorize.ts'
export {
  type CallbackOutcome,
  type CallbackPage,
  type CallbackPageRenderer,
  renderCallbackPage,
} from './callback-pages.ts'
export { type CallbackAnswer, readCallbackQuery } from './callback-query.ts'
export type { EmergencyCopy } from './emergency-copy.ts'
export {
  ctraderIdEndpoints,
  type OAuthEndpoints,
  openApiEndpoints,
  sandboxEndpoints,
  type TokenRequestForm,
} from './endpoints.ts'
export {
  type ApplicationFromEnv,
  applicationFromEnv,
  problemOfVariable,
  type Variables,
} from './environment.ts'
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
export { createGrantCoordinator, type GrantCoordinator } from './grant-coordinator.ts'
export type { GrantDoor, ProbeResult, SocketTokens } from './grant-door.ts'
export {
  GrantClosedError,
  NotLoggedInError,
  type ReauthorizationDetails,
  type ReauthorizationReason,
  ReauthorizationRequiredError,
  RefresherSilentError,
  TokenPersistError,
  TokenWaitTimeoutError,
} from './grant-errors.ts'
export type { GrantEvent, GrantEventListener, GrantHealth, RefreshDoor } from './grant-events.ts'
export {
  type ForgetGrantOptions,
  forgetGrant,
  type SaveLoginOptions,
  saveLogin,
} from './grant-login.ts'
export type { GrantCoordinatorOptions } from './grant-options.ts'
export { IdentityChangedError, ScopeInsufficientError } from './identity-errors.ts'
export type { LoginOptions } from './login-options.ts'
export {
  CallbackListener,
  type CallbackListenerOptions,
  listenForCallback,
  type OfferedAnswer,
  type ReceiveCallbackOptions,
  type ReceivedCode,
} from './loopback.ts'
export { type AuthorizeManuallyOptions, authorizeManually } from './manual.ts'
export { ManualInputError, type ManualInputProblem } from './manual-input-error.ts'
export { createMemoryTokenStore, type MemoryTokenStoreOptions } from './memory-token-store.ts'
export { type PasteContext, type PastedAnswer, readPastedAnswer } from './pasted-answer.ts'
export type { AskForAnswer, ManualQuestion } from './pasting.ts'
export {
  type RedirectUriDifference,
  type RedirectUriPart,
  type RedirectUriValidation,
  type RedirectUriWarning,
  validateRedirectUri,
} from './redirect-uri.ts'
export type { RedirectUriProblem } from './redirect-uri-syntax.ts'
export type { RefreshFailureKind } from './refresh-outcome.ts'
export { requireScope, type Scope, scopes } from './scope.ts'
export { type Share, SharedGrants } from './shared-grants.ts'
export {
  checkState,
  createState,
  isStateAcceptable,
  type RandomBytes,
  type StateCheck,
  type StatePolicy,
  stateDigest,
} from './state.ts'
export {
  type ExchangeCodeOptions,
  exchangeCode,
  type ProcessTokenAnswerOptions,
  processTokenAnswer,
  type RefreshedTokens,
  type RefreshTokensOptions,
  refreshTokens,
  type TokenEndpointOptions,
} from './token-endpoint.ts'
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
} from './token-errors.ts'
export { decodeTokenRecord, encodeTokenRecord } from './token-record.ts'
export type { FetchLike, TokenAnswer, TokenGrant, TokenTransport } from './token-request.ts'
export { createTokenSet, type TokenSet, type TokenSetInput } from './token-set.ts'
export {
  formatGrantKey,
  type GrantKey,
  type LockOptions,
  type RefreshIntent,
  requireSuccession,
  type TokenRecord,
  type TokenStore,
  type TokenStoreLock,
} from './token-store.ts'
export {
  type CorruptionReason,
  TokenStoreAccessError,
  TokenStoreConflictError,
  TokenStoreCorruptError,
  TokenStoreInsecureError,
  TokenStoreLockedError,
  TokenStoreLockLostError,
} from './token-store-errors.ts'
