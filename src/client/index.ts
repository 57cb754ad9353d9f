export { Account } from './account.ts'
export { type Client, createClient } from './create-client.ts'
export { type Environment, environments, type HostAddress } from './environment.ts'
export {
  AccountNotFoundError,
  AccountOnOtherHostError,
  AccountOpenTimeoutError,
  OrderNotSentError,
  TokenSourceError,
} from './errors.ts'
export type { FailedGrant } from './grants.ts'
export { type IdentifyGrantOptions, identifyGrant } from './identify-grant.ts'
export type { ApplicationCredentials, ClientGrant, ClientOptions } from './options.ts'
export { ClientClosedError } from './session-pool.ts'
export type { ConnectionStatus } from './status.ts'
