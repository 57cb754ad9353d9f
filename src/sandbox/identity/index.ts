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
export { defaultGrantPolicy, type GrantPolicy } from './grant-policy.ts'
export type { LivingGrant } from './grant-table.ts'
export {
  type GrantChoice,
  Identity,
  type IdentityOptions,
  type IssueTokensInput,
} from './identity.ts'
