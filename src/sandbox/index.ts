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
export {
  type AuthFault,
  type AuthFaultAction,
  type AuthFaultControl,
  type AuthFaultRule,
  type JsonValue,
  type SandboxAuth,
  type TokenRequestForm,
  type TokenRequestLog,
  type TokenRequestRecord,
  type TwinField,
  tokenFingerprint,
} from './auth-server/index.ts'
export type { SandboxBehaviour } from './behaviour.ts'
export { CertificateAuthorityError } from './certificates.ts'
export { createSandbox } from './create-sandbox.ts'
export type { NewApplication } from './credentials.ts'
export type { Delay, DeskLatency } from './desk/index.ts'
export { PortInUseError, PortRefusedError } from './errors.ts'
export type { Application, Scope, TokenPair } from './identity/index.ts'
export {
  ReplayError,
  ReplayFileError,
  ReplayRowError,
  ReplaySymbolError,
} from './market/errors.ts'
export type { SandboxOptions } from './options.ts'
export { parseSandboxOptions, type SandboxOptionsText } from './options-text.ts'
export type {
  IssueTokens,
  Sandbox,
  SandboxAccountInfo,
  SandboxCarrier,
  SandboxClientOptions,
  SandboxHost,
  SandboxLine,
} from './sandbox.ts'
export {
  type ConsentByHttpOptions,
  type ConsentOutcome,
  ConsentWalkError,
  consentByHttp,
} from './user-agent.ts'
