/**
 * A cTrader Open API of one's own: authorization server and API hosts on this machine, for tests and for trying things
 * out without credentials.
 *
 * @packageDocumentation
 */
export type { Clock, Timer } from '../async/clock.ts'
export { ManualClock } from '../async/manual-clock.ts'
export type { BreachAnswer } from './api-server/behaviour.ts'
export type { ApiLimits } from './api-server/limits.ts'
export type { CutKind } from './api-server/traffic.ts'
export {
  type ApplicationControl,
  type AuthBehaviour,
  type AuthFault,
  type AuthFaultAction,
  type AuthFaultControl,
  type AuthFaultRule,
  type AuthSwitchControl,
  authorizationPresets,
  type ConsentChoice,
  type ConsentControl,
  type ErrorText,
  type GrantControl,
  type GrantInfo,
  type JsonValue,
  type NewGrant,
  type PortalApplication,
  type PortalChanges,
  type SandboxAuth,
  type TokenFinding,
  type TokenRequestForm,
  type TokenRequestLog,
  type TokenRequestRecord,
  type TwinField,
  tokenFingerprint,
} from './auth-server/index.ts'
export type { SandboxBehaviour } from './behaviour.ts'
export { CertificateAuthorityError } from './certificates.ts'
export {
  type AccountAccess,
  type AccountState,
  type AccountsControl,
  type AccountTerms,
  type AdvanceOptions,
  type Amount,
  type ConnectionChoice,
  type ConnectionInfo,
  type ConnectionsControl,
  ControlArgumentError,
  ControlNotFoundError,
  type FaultDelay,
  type FaultHandle,
  type FaultRule,
  type FaultScope,
  type Faults,
  type Journal,
  type JournalEntry,
  JournalMismatchError,
  type JournalOptions,
  type JournalQuery,
  type JournalWait,
  type LimitedRiskMargin,
  type LineFault,
  type Lots,
  type Maintenance,
  type MaintenanceState,
  type MaintenanceWindow,
  type MarketControl,
  type NewAccount,
  NothingHappenedError,
  type PriceInput,
  type PriceMove,
  type PriceSpike,
  type RecordingProgress,
  type RequestFault,
  type RevertOptions,
  type RulesChange,
  type RulesControl,
  type RunUntilOptions,
  type SandboxControl,
  type SandboxState,
  type SandboxTime,
  type SendingFault,
  type SnapshotInfo,
  type Snapshots,
  type SymbolPrice,
  type SymbolRules,
  type Terminal,
  type TerminalOrder,
  TerminalRefusedError,
  type TerminalTicket,
  type TimeChoice,
  TimeNotOwnedError,
  type TokenChoice,
  type TokensControl,
  type TradingModeName,
} from './control/index.ts'
export { createSandbox } from './create-sandbox.ts'
export type { NewApplication } from './credentials.ts'
export type { FillModel } from './desk/fills.ts'
export type { Delay, DeskLatency } from './desk/index.ts'
export { PortInUseError, PortRefusedError, SandboxInProductionError } from './errors.ts'
export type {
  Application,
  Ctid,
  GrantChoice,
  GrantPolicy,
  RefusalReason,
  Scope,
  TokenPair,
} from './identity/index.ts'
export {
  ReplayError,
  ReplayFileError,
  ReplayRowError,
  ReplaySymbolError,
} from './market/errors.ts'
export type { SandboxOptions } from './options.ts'
export { parseSandboxOptions, type SandboxOptionsText } from './options-text.ts'
export {
  type RecordSessionsOptions,
  recordSessions,
  type SessionRecorder,
} from './recording/record-sessions.ts'
export {
  type ReplaySessionsOptions,
  replaySessions,
  type SessionReplay,
} from './recording/replay-sessions.ts'
export { RecordingError } from './recording/session-file.ts'
export type {
  IssueTokens,
  Sandbox,
  SandboxAccountInfo,
  SandboxCarrier,
  SandboxClientOptions,
  SandboxHost,
  SandboxLine,
} from './sandbox.ts'
export { clientOptionsFromFile, SandboxFileError } from './sandbox-line.ts'
export {
  type ConsentByHttpOptions,
  type ConsentOutcome,
  ConsentWalkError,
  consentByHttp,
} from './user-agent.ts'
export type { AccountType } from './world/index.ts'
