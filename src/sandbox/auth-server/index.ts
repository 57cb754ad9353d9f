export type {
  ApplicationControl,
  PortalApplication,
  PortalChanges,
} from './admin/application-control.ts'
export type { ConsentChoice, ConsentControl } from './admin/consent-control.ts'
export type { GrantControl, GrantInfo, NewGrant } from './admin/grant-control.ts'
export type { SandboxAuth, TokenRequestLog } from './admin/sandbox-auth.ts'
export { type AuthBehaviour, authorizationPresets, type ErrorText } from './auth-behaviour.ts'
export {
  type TokenRequestForm,
  type TokenRequestRecord,
  tokenFingerprint,
} from './auth-journal.ts'
export type { AuthSwitchControl } from './auth-switches.ts'
export type { ConsentAccount } from './consent-account.ts'
export {
  type AuthServer,
  type AuthServerOptions,
  createAuthServer,
} from './create-auth-server.ts'
export { AuthServerPortError } from './errors.ts'
export type { AuthFaultControl } from './faults/auth-faults.ts'
export type {
  AuthFault,
  AuthFaultAction,
  AuthFaultRule,
  JsonValue,
  TwinField,
} from './faults/fault-rule.ts'
export type { TokenFinding } from './token-findings.ts'
