export {
  type Application,
  type Ctid,
  type Grant,
  type Invalidation,
  isRefusal,
  type Refusal,
  type RefusalReason,
  type Scope,
  type TokenPair,
} from './application.ts'
export { Identity, type IdentityOptions, type IssueTokensInput } from './identity.ts'
