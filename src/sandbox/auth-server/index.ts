export type { AuthBehaviour } from './auth-behaviour.ts'
export type { ConsentAccount } from './consent-account.ts'
export {
  type AuthServer,
  type AuthServerOptions,
  createAuthServer,
} from './create-auth-server.ts'
export { AuthServerPortError } from './errors.ts'
